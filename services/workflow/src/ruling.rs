//! What the policies in force say to one command about one complaint, in the domain's own words.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress_complaint::{
    CloseBasis, Command, ExternalRecourse, RequiredRecord, Rules, Severity, State,
};
use redress_envelope::Actor;
use redress_policy::document::{self, Fact, Facts, Found};
use redress_policy::{Book, Ruling};

/// The rules of a command. Those of closing are worked out only where they are asked for.
pub(crate) fn rules_for(
    complaint: &State,
    facts: &Facts,
    command: &Command,
    caller: &Actor,
    book: &Book,
    usual: &Rules,
) -> Rules {
    let ruling = Ruling::of(book, facts);
    let usual = if let Command::Close(_) | Command::ProposeResponse(_) = command {
        closing(complaint, facts, book, usual)
    } else {
        usual.clone()
    };
    let owned = |words: BTreeSet<&str>| words.into_iter().map(str::to_owned).collect();
    let limits = ruling.remedy_limits().map(|limits| {
        let limits = limits.into_iter();
        limits.map(|(currency, limit)| (currency.to_owned(), limit))
    });
    Rules {
        proposed_severity: proposed_severity(command, &ruling),
        remedy_kinds: ruling.remedy_kinds().map(owned),
        approval_limits: limits.map(Iterator::collect),
        caller: Some(caller.clone()),
        ..usual
    }
}

/// The rules of closing a complaint as it stands.
pub(crate) fn closing(complaint: &State, facts: &Facts, book: &Book, usual: &Rules) -> Rules {
    let ruling = Ruling::of(book, facts);
    let bases = ruling.close_bases();
    let mut rules = Rules {
        silence_ends_at: silence_ends_at(complaint, &ruling),
        close_bases: bases.map(|all| all.into_iter().map(CloseBasis::from).collect()),
        external_recourse: match ruling.external_recourse() {
            document::ExternalRecourse::NotAskedFor => ExternalRecourse::NotAskedFor,
            document::ExternalRecourse::UnlessUpheld => ExternalRecourse::UnlessUpheld,
            document::ExternalRecourse::Always => ExternalRecourse::Always,
        },
        evidence: ruling.evidence().into_iter().map(str::to_owned).collect(),
        ..usual.clone()
    };
    for word in ruling.records() {
        if let Ok(record) = word.parse::<RequiredRecord>() {
            rules.records.insert(record);
        } else if fact(word).is_none_or(|fact| !facts.knows(fact)) {
            rules.unknown_facts.insert(word.to_owned());
        }
    }
    rules
}

fn silence_ends_at(complaint: &State, ruling: &Ruling<'_>) -> Option<Timestamp> {
    let explained = complaint.decision()?.recourse_explained_at?;
    let ends = ruling.silence_ends_at(explained)?;
    Some(ends.unwrap_or_else(|why| {
        tracing::warn!(%why, "the end of a silence cannot be computed");
        Timestamp::MAX
    }))
}

fn proposed_severity(command: &Command, ruling: &Ruling<'_>) -> Option<Severity> {
    let Command::Assess(assess) = command else {
        return None;
    };
    let proposed = ruling.severity(Found {
        safety_implication: assess.safety_implication.as_ref()?.as_str(),
        impact: assess.impact.as_ref()?.as_str(),
        complexity: assess.complexity.as_ref()?.as_str(),
    });
    proposed.map(|it| Severity::from(it.severity))
}

/// What feedback says, in the word by which a policy asks for it.
fn fact(word: &str) -> Option<Fact> {
    let all = [
        ("product", Fact::Product),
        ("issue", Fact::Issue),
        ("site", Fact::Site),
        ("supplier", Fact::Supplier),
        ("business_unit", Fact::BusinessUnit),
        ("segment", Fact::Segment),
        ("jurisdiction", Fact::Jurisdiction),
    ];
    let found = all.iter().find(|(it, _)| *it == word);
    found.map(|(_, fact)| *fact)
}

#[cfg(test)]
mod tests {
    use redress_complaint::{Level, SafetyImplication};
    use redress_policy::document::{
        CLOSE_BASES, LEVELS, REQUIRED_RECORDS, SAFETY_IMPLICATIONS, SEVERITIES,
    };

    use super::*;

    #[test]
    fn a_policy_uses_the_words_of_the_domain() {
        assert_eq!(CLOSE_BASES, CloseBasis::WORDS);
        assert_eq!(SEVERITIES, Severity::WORDS);
        assert_eq!(SAFETY_IMPLICATIONS, SafetyImplication::WORDS);
        assert_eq!(LEVELS, Level::WORDS);
        for word in REQUIRED_RECORDS {
            let is_step = word.parse::<RequiredRecord>().is_ok();
            assert!(is_step || fact(word).is_some(), "{word}");
        }
        let steps = RequiredRecord::WORDS.iter();
        assert!(steps.clone().all(|word| REQUIRED_RECORDS.contains(word)));
    }
}
