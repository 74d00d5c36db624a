//! Before another body, after the closing, into another and back: commands for the walks, and as
//! `stored.rs` one of each event with everything that an event can hold, and with nothing that it
//! need not; and of older events those that hold what they could not at first.

use jiff::Timestamp;
use redress_envelope::{ItemId, Money, VaultRef, derived_uuid};

use super::given::{
    assessed, assessment, conflict_declared, evidence, investigating, offered_above_the_limit, user,
};
use super::stored::{sealed, text};
use super::walk::record_evidence;
use super::{after, external, merge, time};
use crate::command::RecordEvidence;
use crate::event::{
    Assessed, ConflictCleared, DeterminationReceived, EvidenceRecorded, ExternalDisputeSettled,
    ExternalFileClosed, ExternalNoticeReceived, ExternalPositionStated, ExternalResolutionBegun,
    ExternalResultImplemented, FollowedUp, MergeEnded, MergeReceived, MergedInto, Reclassified,
    ReferredExternally, SatisfactionRecorded, Unmerged,
};
use crate::{
    Clearance, Command, Determination, Event, ReferredBy, ResolutionMethod, Revision, Satisfaction,
    SatisfactionMeasure, Severity,
};

fn at() -> Timestamp {
    time("2026-03-21T09:00:00Z")
}

fn other() -> ItemId {
    ItemId::new(0, derived_uuid("test feedback", &["2"]))
}

fn award() -> Money {
    Money::new(9900, "EUR").unwrap()
}

fn referred(explanation: Option<VaultRef>) -> Event {
    Event::ReferredExternally(ReferredExternally {
        body: "financial_ombudsman".to_owned(),
        referred_by: ReferredBy::Complainant,
        explanation,
        occurred_at: at(),
    })
}

fn notice(explanation: Option<VaultRef>) -> Event {
    Event::ExternalNoticeReceived(ExternalNoticeReceived {
        explanation,
        occurred_at: at(),
    })
}

fn settled(award: Option<Money>) -> Event {
    Event::ExternalDisputeSettled(ExternalDisputeSettled {
        award,
        terms: sealed("half each"),
        occurred_at: at(),
    })
}

fn determined(award: Option<Money>, explanation: Option<VaultRef>) -> Event {
    Event::DeterminationReceived(DeterminationReceived {
        determination: Determination::Overturned,
        award,
        explanation,
        occurred_at: at(),
    })
}

fn file_closed(reason: Option<String>, explanation: Option<VaultRef>) -> Event {
    Event::ExternalFileClosed(ExternalFileClosed {
        reason,
        explanation,
        occurred_at: at(),
    })
}

fn followed_up(result: Option<String>, explanation: Option<VaultRef>) -> Event {
    Event::FollowedUp(FollowedUp {
        channel: "phone".to_owned(),
        result,
        explanation,
        occurred_at: at(),
    })
}

fn satisfied(words: Option<VaultRef>) -> Event {
    Event::SatisfactionRecorded(SatisfactionRecorded {
        satisfaction: Satisfaction {
            measure: SatisfactionMeasure::Csat,
            score: 4,
        },
        words,
        occurred_at: at(),
    })
}

fn merged(explanation: Option<VaultRef>) -> Event {
    Event::MergedInto(MergedInto {
        into: other(),
        reason: "same_kettle".to_owned(),
        explanation,
        occurred_at: at(),
    })
}

fn unmerged(explanation: Option<VaultRef>) -> Event {
    Event::Unmerged(Unmerged {
        from: other(),
        reason: "another_kettle".to_owned(),
        explanation,
        occurred_at: at(),
    })
}

/// One of each.
pub(super) fn full() -> Vec<Event> {
    vec![
        referred(Some(sealed("her letter"))),
        notice(Some(sealed("their letter"))),
        Event::ExternalPositionStated(ExternalPositionStated {
            position: sealed("it was wear and tear"),
            occurred_at: at(),
        }),
        Event::ExternalResolutionBegun(ExternalResolutionBegun {
            method: ResolutionMethod::Facilitative,
            occurred_at: at(),
        }),
        settled(Some(award())),
        determined(Some(award()), Some(sealed("they write"))),
        Event::ExternalResultImplemented(ExternalResultImplemented { occurred_at: at() }),
        file_closed(text("not_taken_on"), Some(sealed("out of time"))),
        followed_up(text("all_well"), Some(sealed("it is dry"))),
        satisfied(Some(sealed("at last"))),
        merged(Some(sealed("she wrote twice"))),
        unmerged(Some(sealed("it was the neighbour"))),
        Event::MergeReceived(MergeReceived {
            from: other(),
            occurred_at: at(),
        }),
        Event::MergeEnded(MergeEnded {
            from: other(),
            occurred_at: at(),
        }),
    ]
}

pub(super) fn bare() -> Vec<Event> {
    vec![
        referred(None),
        notice(None),
        settled(None),
        determined(None, None),
        file_closed(None, None),
        followed_up(None, None),
        satisfied(None),
        merged(None),
        unmerged(None),
    ]
}

/// Of events that are older than a field of theirs.
pub(super) fn fuller() -> Vec<Event> {
    let earlier = assessment().classification();
    let mut classification = earlier.clone();
    classification.severity = Severity::Minor;
    vec![
        Event::Assessed(Assessed {
            assessment: assessment(),
            proposed_severity: None,
            severity_reason: None,
            because: Some(Revision::NewFacts),
            occurred_at: at(),
        }),
        Event::Reclassified(Reclassified {
            classification,
            earlier,
            because: Some(Revision::Corrected),
            reason: "seal_measured".to_owned(),
            explanation: None,
            occurred_at: at(),
        }),
        Event::ConflictCleared(ConflictCleared {
            person: user("i9"),
            because: Some(Clearance::Unfounded),
            explanation: None,
            occurred_at: at(),
        }),
        Event::EvidenceRecorded(EvidenceRecorded {
            evidence: 2,
            kind: "photograph".to_owned(),
            source: None,
            description: sealed("no drop"),
            supersedes: Some(1),
            occurred_at: at(),
        }),
    ]
}

/// Commands that some state takes, without times.
pub(super) fn good_commands() -> Vec<Command> {
    let all = [
        external::good_commands(),
        after::good_commands(),
        merge::good_commands(),
    ];
    let all = all.into_iter().flatten();
    all.map(|(_, command)| command).collect()
}

/// Commands that a rule on the command itself refuses, or one on its time.
pub(super) fn bad_commands() -> Vec<Command> {
    let again = RecordEvidence {
        supersedes: Some(1),
        ..record_evidence()
    };
    let all = [
        external::bad_commands(),
        after::bad_commands(),
        merge::bad_commands(),
        vec![again.into()],
    ];
    all.concat()
}

pub(super) fn more_lives() -> Vec<(&'static str, Vec<Event>)> {
    let mut instead = evidence(2);
    if let Event::EvidenceRecorded(e) = &mut instead {
        e.supersedes = Some(1);
    }
    let superseded = vec![evidence(1), instead];
    vec![
        (
            "evidence superseded",
            [investigating(), superseded].concat(),
        ),
        (
            "the lead with a conflict of interest",
            [assessed(), vec![conflict_declared("lead")]].concat(),
        ),
        (
            "more than one person may offer, and the lead with a conflict of interest",
            [
                investigating(),
                vec![offered_above_the_limit(), conflict_declared("lead")],
            ]
            .concat(),
        ),
    ]
}
