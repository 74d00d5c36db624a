//! One of every event and of every command.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::{Actor, ItemId};
use redress_improvement::{
    Accepted, Action, ActionDraft, ActionKind, CandidateOpened, Closed, Command, Dismissed, Event,
    Finding, Implemented, Planned, SignalAdded, Slice, Source, SourceKind, Verdict,
};

pub(crate) fn owner() -> Actor {
    Actor::User("h-17".into())
}

/// When every command of these tests is decided, unless it says otherwise.
pub(crate) fn now() -> Timestamp {
    "2017-05-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn signal(name: &str) -> Source {
    let id = ItemId::derived(0, "test signal", &[name]);
    Source {
        kind: SourceKind::Signal,
        id: Some(id.to_string()),
    }
}

/// One that a person opened.
pub(crate) fn observed() -> CandidateOpened {
    CandidateOpened {
        source: Source {
            kind: SourceKind::Person,
            id: None,
        },
        title: Some("Letters about escrow are hard to understand".into()),
        finding: None,
        occurred_at: None,
    }
}

/// Everything that an event can hold, though no one opening holds it all; and nothing that it need not.
pub(crate) fn full_and_bare() -> [Vec<Event>; 2] {
    let at = |text: &str| Some(text.parse().unwrap());
    let opened_at = at("2017-05-01T07:00:00Z");
    let full = CandidateOpened {
        title: Some("Mortgages: escrow letters".into()),
        occurred_at: opened_at,
        ..candidate()
    };
    let action = |kind, description: &str| Action {
        kind,
        owner: owner(),
        due: day("2017-06-15"),
        description: description.into(),
    };
    let bare_finding = || Finding {
        figures: BTreeMap::new(),
        ..candidate().finding.unwrap()
    };
    let bare = CandidateOpened {
        finding: Some(bare_finding()),
        ..candidate()
    };
    let of = |occurred_at: Option<Timestamp>, opened: Vec<CandidateOpened>| {
        let opened = opened.into_iter().map(Event::CandidateOpened);
        let added = SignalAdded {
            source: signal("mortgage again"),
            finding: if occurred_at.is_some() {
                candidate().finding.unwrap()
            } else {
                bare_finding()
            },
            occurred_at,
        };
        let rest = [
            Event::SignalAdded(added),
            Event::Accepted(Accepted {
                owner: owner(),
                due: day("2017-06-30"),
                occurred_at,
            }),
            Event::Dismissed(Dismissed {
                reason: "A mass filing of one person".into(),
                occurred_at,
            }),
            Event::Planned(Planned {
                actions: vec![
                    action(ActionKind::Corrective, "Explain escrow changes\nbeforehand"),
                    action(
                        ActionKind::Preventive,
                        "Read letters aloud before they go out",
                    ),
                ],
                occurred_at,
            }),
            Event::Implemented(Implemented {
                evidence: "New letter since 2017-06-12".into(),
                occurred_at,
            }),
            Event::Closed(Closed {
                summary: "The letter is standard now".into(),
                verdict: Verdict::NotMeasured,
                occurred_at,
            }),
        ];
        opened.chain(rest).collect()
    };
    [
        of(at("2017-06-12T15:30:00.5Z"), vec![full]),
        of(None, vec![bare, observed()]),
    ]
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
        source: signal("mortgage"),
        title: None,
        finding: Some(Finding {
            slice: Slice {
                dimension: "product".into(),
                value: "Mortgage".into(),
            },
            month: "2017-04".into(),
            rule: "xmr_limits".into(),
            figures: BTreeMap::from(figures.map(|(name, value)| (name.into(), value.into()))),
        }),
        occurred_at: None,
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

/// Another signal of the same slice, a month later.
pub(crate) fn signal_again() -> CandidateOpened {
    CandidateOpened {
        source: signal("mortgage again"),
        finding: candidate().finding.map(|finding| Finding {
            month: "2017-05".into(),
            ..finding
        }),
        ..candidate()
    }
}

pub(crate) fn evidence() -> Event {
    let CandidateOpened {
        source, finding, ..
    } = signal_again();
    Event::SignalAdded(SignalAdded {
        source,
        finding: finding.unwrap(),
        occurred_at: None,
    })
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
        Event::SignalAdded(SignalAdded {
            source,
            finding,
            occurred_at,
        }) => Command::TakeSignal(CandidateOpened {
            source,
            title: None,
            finding: Some(finding),
            occurred_at,
        }),
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
