//! One of every event and of every command.

use std::collections::BTreeMap;

use jiff::civil::Date;
use redress_envelope::{Actor, ItemId};
use redress_improvement::{
    Accepted, Action, ActionDraft, ActionKind, CandidateOpened, Closed, Command, Dismissed, Event,
    Implemented, Planned, Slice, Verdict,
};

pub(crate) fn owner() -> Actor {
    Actor::User("h-17".into())
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn candidate() -> CandidateOpened {
    let figures = [
        ("observed", "49"),
        ("centre", "14.2500"),
        ("mean_moving_range", "6.3043"),
        ("lower", "0.0000"),
        ("upper", "31.0194"),
        ("baseline_months", "24"),
    ];
    CandidateOpened {
        signal: ItemId::derived(0, "test signal", &["mortgage"]),
        slice: Slice {
            dimension: "product".into(),
            value: "Mortgage".into(),
        },
        month: "2017-04".into(),
        rule: "xmr_limits".into(),
        figures: BTreeMap::from(figures.map(|(name, value)| (name.into(), value.into()))),
        title: "More complaints than expected: product Mortgage, 2017-04".into(),
    }
}

/// From opening to closing, and the dismissal that could have been.
pub(crate) fn life() -> [Event; 5] {
    let at = |text: &str| Some(text.parse().unwrap());
    [
        Event::CandidateOpened(candidate()),
        Event::Accepted(Accepted {
            owner: owner(),
            due: day("2017-06-30"),
            occurred_at: at("2017-05-02T09:00:00Z"),
        }),
        Event::Planned(Planned {
            actions: vec![Action {
                kind: ActionKind::Corrective,
                owner: owner(),
                due: day("2017-06-15"),
                description: "Explain escrow changes\nbefore they take effect".into(),
            }],
            occurred_at: None,
        }),
        Event::Implemented(Implemented {
            evidence: "New letter since 2017-06-12".into(),
            occurred_at: at("2017-06-12T15:30:00.5Z"),
        }),
        Event::Closed(Closed {
            summary: "The letter is standard now".into(),
            verdict: Verdict::NotMeasured,
            occurred_at: None,
        }),
    ]
}

pub(crate) fn dismissed() -> Event {
    Event::Dismissed(Dismissed {
        reason: "A mass filing of one person".into(),
        occurred_at: None,
    })
}

/// The command that leads to an event.
pub(crate) fn command(event: &Event) -> Command {
    match event.clone() {
        Event::CandidateOpened(candidate) => Command::OpenCandidate(candidate),
        Event::Accepted(Accepted {
            owner,
            due,
            occurred_at,
        }) => Command::Accept {
            owner: Some(owner),
            due: Some(due),
            occurred_at,
        },
        Event::Dismissed(Dismissed {
            reason,
            occurred_at,
        }) => Command::Dismiss {
            reason,
            occurred_at,
        },
        Event::Planned(Planned {
            actions,
            occurred_at,
        }) => {
            let draft = |action: Action| ActionDraft {
                kind: action.kind.as_str().into(),
                owner: Some(action.owner),
                due: Some(action.due),
                description: action.description,
            };
            let actions = actions.into_iter().map(draft).collect();
            Command::Plan {
                actions,
                occurred_at,
            }
        }
        Event::Implemented(Implemented {
            evidence,
            occurred_at,
        }) => Command::Implement {
            evidence,
            occurred_at,
        },
        Event::Closed(Closed {
            summary,
            occurred_at,
            ..
        }) => Command::Close {
            summary,
            occurred_at,
        },
    }
}
