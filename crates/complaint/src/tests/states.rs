//! Every command in every state, held against the table that people read.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::given::{apology, established, explained_no, lives, open, refund, report, sealed};
use super::walk::{
    accept_remedy, approve_remedy, assess, await_complainant, await_third_party, de_escalate,
    declare_conflict, decline_remedy, dispute, escalate, hold, not_required, offer_remedy,
    reclassify, record_evidence, record_finding, release, reopen, resume, start,
};
use super::{after, decided, external, fold, given, merge};
use crate::command::{
    Acknowledge, AddNote, Assign, ClearConflict, Close, CommunicateDecision, FulfilRemedy,
    ProposeResponse, RecordAcceptance, ReportHistory, Withdraw,
};
use crate::{
    Clearance, CloseBasis, Command, ConflictDeclaration, Event, HoldBasis, Outcome, Promises,
    Refusal, RemedyOffer, ResponseClass, Severity, Status,
};

const HEAD: &str = "# A complaint's states, and what each command makes of them

Generated from the code by a test of `crates/complaint` (`src/tests/states.rs`), which compares it: delete this file
and run `REDRESS_WRITE_GOLDEN=1 cargo test -p redress-complaint states` to write it anew. Each command is asked as
named, in every state, by somebody who says nothing else that is wrong. What a refusal says, and what makes it right,
stands in `crates/complaint/src/refusal.rs`; what an outcome and a response must agree on, in `crates/complaint`.

A state is more than the status that people see: the names here tell apart what some command tells apart.
";

/// One of each command that is as good as it can be, and more where a word of it makes another way.
fn asked() -> Vec<(&'static str, Command)> {
    let mut asked = beginnings();
    asked.extend(inquiries());
    asked.extend(answers());
    asked.extend(endings());
    asked.extend(remedies());
    asked.extend(found());
    asked.extend(flags());
    asked.extend(external::good_commands());
    asked.extend(after::good_commands());
    asked.extend(merge::good_commands());
    asked
}

fn beginnings() -> Vec<(&'static str, Command)> {
    let reported = |digest, class| ReportHistory {
        history: report(digest, class),
    };
    let acknowledge = Acknowledge {
        channel: "email".to_owned(),
        occurred_at: None,
    };
    let assign = Assign {
        handler: Some(given::user("h1")),
        queue: None,
        occurred_at: None,
    };
    let note = AddNote {
        note: sealed("x"),
        occurred_at: None,
    };
    let taken_over = report("zz", ResponseClass::InProgress);
    let (open_there, closed_there) = (
        reported("bb", ResponseClass::InProgress),
        reported("cc", ResponseClass::ClosedWithExplanation),
    );
    vec![
        ("open", open().into()),
        ("take over", given::take_over(taken_over).into()),
        ("report history, in progress", open_there.into()),
        ("report history, closed", closed_there.into()),
        ("acknowledge", acknowledge.into()),
        ("assign", assign.into()),
        ("add a note", note.into()),
    ]
}

fn inquiries() -> Vec<(&'static str, Command)> {
    let (clear, conflict) = (
        start(ConflictDeclaration::NoConflict),
        start(ConflictDeclaration::Conflict),
    );
    vec![
        ("assess", assess().into()),
        (
            "start investigation, without a conflict of interest",
            clear.into(),
        ),
        (
            "start investigation, with a conflict of interest",
            conflict.into(),
        ),
        (
            "record that no investigation is required",
            not_required("other_batch").into(),
        ),
    ]
}

fn answers() -> Vec<(&'static str, Command)> {
    let propose = |remedies: Vec<RemedyOffer>| ProposeResponse {
        refusal: remedies.is_empty().then(explained_no),
        remedies,
        cause: Some(established()),
        occurred_at: None,
    };
    let communicate = |outcome| CommunicateDecision {
        outcome,
        channel: "email".to_owned(),
        recourse_explained: true,
        occurred_at: None,
        external_recourse: None,
    };
    let fulfil = FulfilRemedy {
        remedy: 1,
        occurred_at: None,
    };
    let (yes, no) = (
        communicate(Outcome::Upheld),
        communicate(Outcome::NotUpheld),
    );
    let accept = RecordAcceptance { occurred_at: None };
    vec![
        (
            "propose a response that offers",
            propose(vec![refund(), apology()]).into(),
        ),
        ("propose a response that refuses", propose(vec![]).into()),
        ("fulfil a remedy", fulfil.into()),
        ("communicate the decision, upheld", yes.into()),
        ("communicate the decision, not upheld", no.into()),
        ("record acceptance", accept.into()),
        ("dispute", dispute("wrong_person").into()),
    ]
}

fn endings() -> Vec<(&'static str, Command)> {
    let close = |basis| Close {
        basis,
        occurred_at: None,
    };
    let withdraw = |promises| Withdraw {
        reason: None,
        explanation: None,
        promises,
        occurred_at: None,
    };
    let exhausted = close(CloseBasis::OptionsExhausted);
    let owed = withdraw(Some(Promises::StillOwed));
    vec![
        ("close, accepted", close(CloseBasis::Accepted).into()),
        ("close, silent", close(CloseBasis::Silent).into()),
        ("close, options exhausted", exhausted.into()),
        ("reopen", reopen("again").into()),
        ("withdraw, promises still owed", owed.into()),
        ("withdraw, nothing said of promises", withdraw(None).into()),
    ]
}

fn remedies() -> Vec<(&'static str, Command)> {
    vec![
        ("offer a remedy more", offer_remedy(apology()).into()),
        ("accept a remedy", accept_remedy(1).into()),
        ("decline a remedy", decline_remedy(1).into()),
        ("approve a remedy", approve_remedy(1, "lead").into()),
    ]
}

fn found() -> Vec<(&'static str, Command)> {
    let clear = ClearConflict {
        person: given::user("i1"),
        because: Some(Clearance::Ended),
        explanation: None,
        occurred_at: None,
    };
    let (declare, clear) = (declare_conflict("i1").into(), clear.into());
    vec![
        (
            "declare a conflict of interest of the investigator",
            declare,
        ),
        ("clear that conflict of interest", clear),
        ("record evidence", record_evidence().into()),
        (
            "record a finding that rests on it",
            record_finding(&[1]).into(),
        ),
        ("reclassify", reclassify(Severity::Minor).into()),
    ]
}

fn flags() -> Vec<(&'static str, Command)> {
    let hold = hold(HoldBasis::ParallelProceedings);
    vec![
        ("await the complainant", await_complainant().into()),
        ("await a third party", await_third_party().into()),
        ("resume", resume(None).into()),
        ("hold", hold.into()),
        ("release", release(None).into()),
        ("escalate to level 1", escalate(1).into()),
        ("escalate to level 3", escalate(3).into()),
        ("de-escalate", de_escalate(None).into()),
    ]
}

/// `acknowledged: acknowledged`, the event and where the complaint is after it; or the code.
fn told(given: &[Event], answer: &Result<Vec<Event>, Refusal>) -> String {
    let events = match answer {
        Err(refusal) => return format!("`{}`", refusal.code()),
        Ok(events) if events.is_empty() => return "nothing new: it is so already".to_owned(),
        Ok(events) => events,
    };
    let names: Vec<String> = events
        .iter()
        .map(|event| {
            let name = event.kind().trim_start_matches("redress.complaint.");
            format!("`{}`", name.trim_end_matches(".v1"))
        })
        .collect();
    let after = fold(&[given, events].concat());
    let refused = events.iter().find_map(|event| {
        let Event::InvestigationRefused(e) = event else {
            return None;
        };
        Some(e.refusal().code())
    });
    let refused = refused.map_or_else(String::new, |code| format!(", and is refused: `{code}`"));
    let status = after.status().map_or("", Status::as_str);
    format!("records {}; it is then {status}{refused}", names.join(", "))
}

fn table() -> String {
    let (asked, lives) = (asked(), lives());
    let mut page = HEAD.to_owned();
    page += "\n## The states, and what goes on from each\n\n| State | Status | Commands that record something |\n|---|---|---|\n";
    for (state, given) in &lives {
        let taken = asked
            .iter()
            .filter(|(_, command)| decided(given, command).is_ok_and(|events| !events.is_empty()));
        let taken: Vec<&str> = taken.map(|(name, _)| *name).collect();
        let status = fold(given).status().map_or("", Status::as_str);
        writeln!(page, "| {state} | {status} | {} |", taken.join("; ")).unwrap();
    }
    for (name, command) in &asked {
        write!(
            page,
            "\n## {name}\n\n| What comes of it | In the states |\n|---|---|\n"
        )
        .unwrap();
        let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
        for (state, given) in &lives {
            let told = told(given, &decided(given, command));
            match rows.iter_mut().find(|(known, _)| *known == told) {
                Some((_, states)) => states.push(state),
                None => rows.push((told, vec![state])),
            }
        }
        for (told, states) in rows {
            writeln!(page, "| {told} | {} |", states.join("; ")).unwrap();
        }
    }
    page
}

#[test]
fn every_command_in_every_state_is_as_the_documentation_says() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/complaint-states.md");
    let is = table();
    if !page.exists() && std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() {
        std::fs::write(&page, &is).unwrap();
    }
    let said = std::fs::read_to_string(&page).unwrap();
    for (is, said) in is.lines().zip(said.lines()) {
        assert_eq!(is, said);
    }
    assert_eq!(is.lines().count(), said.lines().count());
}

#[test]
fn the_table_has_every_command_and_every_status() {
    let asked: BTreeSet<_> = asked().iter().map(|(_, command)| command.name()).collect();
    assert_eq!(asked, Command::NAMES.iter().copied().collect());
    let reached: BTreeSet<_> = lives()
        .iter()
        .filter_map(|(_, given)| fold(given).status())
        .collect();
    assert_eq!(reached, Status::ALL.iter().copied().collect());
}
