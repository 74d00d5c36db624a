//! What may be asked for, and when it is refused.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::{Actor, earliest_today};

use crate::event::{
    Accepted, Action, ActionKind, CandidateOpened, Closed, Dismissed, Event, Finding, Implemented,
    Planned, SignalAdded, Slice, Source, SourceKind, Verdict,
};
use crate::refusal::{Refusal, Rule};
use crate::state::{Stage, State};
use crate::text::{decimal, line, month, text, title};

const NAME_CHARS: usize = 200;
const TITLE_CHARS: usize = 500;
const TEXT_CHARS: usize = 4_000;
const ACTION_CHARS: usize = 500;
const MAX_ACTIONS: usize = 20;
const MAX_FIGURES: usize = 40;

/// A command with what its caller gave, the parts that a rule asks for included or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    OpenCandidate(CandidateOpened),
    /// A signal of the improvement's slice: opens a candidate, or is further evidence.
    TakeSignal(CandidateOpened),
    Accept {
        owner: Option<Actor>,
        due: Option<Date>,
        occurred_at: Option<Timestamp>,
    },
    Dismiss {
        reason: String,
        occurred_at: Option<Timestamp>,
    },
    Plan {
        actions: Vec<ActionDraft>,
        occurred_at: Option<Timestamp>,
    },
    Implement {
        evidence: String,
        occurred_at: Option<Timestamp>,
    },
    Close {
        summary: String,
        occurred_at: Option<Timestamp>,
    },
}

/// An action as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionDraft {
    pub kind: String,
    pub owner: Option<Actor>,
    pub due: Option<Date>,
    pub description: String,
}

/// The last decision once more is already true; any other one must fit the stage. `at` is when it is
/// decided: it is also when it happens, where the command does not say.
pub fn decide(state: &State, command: &Command, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::OpenCandidate(candidate) => open_candidate(state, candidate),
        Command::TakeSignal(signal) => take_signal(state, signal),
        Command::Accept {
            owner,
            due,
            occurred_at,
        } => {
            let accepted = Accepted {
                owner: given("owner", owner.as_ref())?,
                due: given("due", due.as_ref())?,
                occurred_at: *occurred_at,
            };
            accept(state, accepted, at)
        }
        Command::Dismiss {
            reason,
            occurred_at,
        } => {
            let reason = text("reason", reason, TEXT_CHARS)?;
            let occurred_at = *occurred_at;
            dismiss(
                state,
                Dismissed {
                    reason,
                    occurred_at,
                },
            )
        }
        Command::Plan {
            actions,
            occurred_at,
        } => {
            let actions = plan_actions(actions)?;
            let occurred_at = *occurred_at;
            plan(
                state,
                Planned {
                    actions,
                    occurred_at,
                },
                at,
            )
        }
        Command::Implement {
            evidence,
            occurred_at,
        } => {
            let evidence = text("evidence", evidence, TEXT_CHARS)?;
            let occurred_at = *occurred_at;
            implement(
                state,
                Implemented {
                    evidence,
                    occurred_at,
                },
            )
        }
        Command::Close {
            summary,
            occurred_at,
        } => {
            let closed = Closed {
                summary: text("summary", summary, TEXT_CHARS)?,
                verdict: Verdict::NotMeasured,
                occurred_at: *occurred_at,
            };
            close(state, closed)
        }
    }
}

fn open_candidate(state: &State, candidate: &CandidateOpened) -> Result<Vec<Event>, Refusal> {
    match state {
        State::Opened { source, .. } if *source == candidate.source => Ok(Vec::new()),
        State::Opened { .. } => Err(Refusal::of("source", Rule::OtherSource)),
        State::NotYet => Ok(vec![Event::CandidateOpened(CandidateOpened {
            source: source(&candidate.source, candidate.finding.is_some())?,
            title: heading(candidate)?,
            finding: candidate.finding.as_ref().map(finding).transpose()?,
            occurred_at: candidate.occurred_at,
        })]),
    }
}

fn take_signal(state: &State, signal: &CandidateOpened) -> Result<Vec<Event>, Refusal> {
    let State::Opened { signals, stage, .. } = state else {
        return open_candidate(state, signal);
    };
    let id = signal.source.id.as_ref();
    if id.is_some_and(|id| signals.contains(id)) {
        return Ok(Vec::new());
    }
    match stage {
        Stage::Dismissed(_) | Stage::Closed(_) => {
            let found = state.stage_name();
            return Err(Refusal::of_all(Rule::Over { found }));
        }
        Stage::Candidate | Stage::Accepted(_) | Stage::Planned(_) | Stage::Implemented(_) => {}
    }
    let Some(found) = &signal.finding else {
        return Err(Refusal::of("source.kind", Rule::SignalWithoutFinding));
    };
    Ok(vec![Event::SignalAdded(SignalAdded {
        source: source(&signal.source, true)?,
        finding: finding(found)?,
        occurred_at: signal.occurred_at,
    })])
}

/// What a signal found says what it is about; else somebody must.
fn heading(candidate: &CandidateOpened) -> Result<Option<String>, Refusal> {
    match &candidate.title {
        None if candidate.finding.is_some() => Ok(None),
        given => title("title", given.as_deref().unwrap_or_default(), TITLE_CHARS).map(Some),
    }
}

/// A signal is the source of what it found and of nothing else.
fn source(source: &Source, has_finding: bool) -> Result<Source, Refusal> {
    let is_signal = match &source.kind {
        SourceKind::Signal => true,
        SourceKind::Complaint
        | SourceKind::Audit
        | SourceKind::Risk
        | SourceKind::Supplier
        | SourceKind::Review
        | SourceKind::Person => false,
        SourceKind::Other(_) => {
            let known = SourceKind::KNOWN;
            return Err(Refusal::of("source.kind", Rule::UnknownWord { known }));
        }
    };
    if is_signal && !has_finding {
        return Err(Refusal::of("source.kind", Rule::SignalWithoutFinding));
    }
    let id = source.id.as_deref();
    Ok(Source {
        kind: source.kind.clone(),
        id: id
            .map(|id| title("source.id", id, NAME_CHARS))
            .transpose()?,
    })
}

fn finding(finding: &Finding) -> Result<Finding, Refusal> {
    Ok(Finding {
        slice: Slice {
            dimension: line("slice.dimension", &finding.slice.dimension, NAME_CHARS)?,
            value: line("slice.value", &finding.slice.value, NAME_CHARS)?,
        },
        month: month("month", &finding.month)?,
        rule: line("rule", &finding.rule, NAME_CHARS)?,
        figures: figures(&finding.figures)?,
    })
}

fn figures(submitted: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    if submitted.len() > MAX_FIGURES {
        return Err(Refusal::of("figures", Rule::TooMany { max: MAX_FIGURES }));
    }
    let figure = |(name, value): (&String, &String)| {
        Ok((
            line("figures", name, NAME_CHARS)?,
            decimal("figures", value)?,
        ))
    };
    submitted.iter().map(figure).collect()
}

fn accept(state: &State, accepted: Accepted, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    match opened(state)? {
        Stage::Candidate => {
            not_over("due", accepted.due, accepted.occurred_at.unwrap_or(at))?;
            Ok(vec![Event::Accepted(accepted)])
        }
        Stage::Accepted(before) if *before == accepted => Ok(Vec::new()),
        Stage::Accepted(_)
        | Stage::Dismissed(_)
        | Stage::Planned(_)
        | Stage::Implemented(_)
        | Stage::Closed(_) => Err(not_a_candidate(state)),
    }
}

fn dismiss(state: &State, dismissed: Dismissed) -> Result<Vec<Event>, Refusal> {
    match opened(state)? {
        Stage::Candidate => Ok(vec![Event::Dismissed(dismissed)]),
        Stage::Dismissed(before) if *before == dismissed => Ok(Vec::new()),
        Stage::Accepted(_)
        | Stage::Dismissed(_)
        | Stage::Planned(_)
        | Stage::Implemented(_)
        | Stage::Closed(_) => Err(not_a_candidate(state)),
    }
}

fn plan(state: &State, planned: Planned, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let found = state.stage_name();
    match opened(state)? {
        Stage::Accepted(_) => {
            let at = planned.occurred_at.unwrap_or(at);
            for (index, action) in planned.actions.iter().enumerate() {
                not_over(format!("actions[{index}].due"), action.due, at)?;
            }
            Ok(vec![Event::Planned(planned)])
        }
        Stage::Planned(before) if *before == planned => Ok(Vec::new()),
        Stage::Candidate
        | Stage::Dismissed(_)
        | Stage::Planned(_)
        | Stage::Implemented(_)
        | Stage::Closed(_) => Err(Refusal::of_all(Rule::NotAccepted { found })),
    }
}

fn implement(state: &State, implemented: Implemented) -> Result<Vec<Event>, Refusal> {
    let found = state.stage_name();
    match opened(state)? {
        Stage::Planned(_) => Ok(vec![Event::Implemented(implemented)]),
        Stage::Implemented(before) if *before == implemented => Ok(Vec::new()),
        Stage::Candidate
        | Stage::Dismissed(_)
        | Stage::Accepted(_)
        | Stage::Implemented(_)
        | Stage::Closed(_) => Err(Refusal::of_all(Rule::NotPlanned { found })),
    }
}

fn close(state: &State, closed: Closed) -> Result<Vec<Event>, Refusal> {
    let found = state.stage_name();
    match opened(state)? {
        Stage::Implemented(_) => Ok(vec![Event::Closed(closed)]),
        Stage::Closed(before) if *before == closed => Ok(Vec::new()),
        Stage::Candidate
        | Stage::Dismissed(_)
        | Stage::Accepted(_)
        | Stage::Planned(_)
        | Stage::Closed(_) => Err(Refusal::of_all(Rule::NotImplemented { found })),
    }
}

fn opened(state: &State) -> Result<&Stage, Refusal> {
    match state {
        State::NotYet => Err(Refusal::of_all(Rule::NotFound)),
        State::Opened { stage, .. } => Ok(stage),
    }
}

fn not_a_candidate(state: &State) -> Refusal {
    let found = state.stage_name();
    Refusal::of_all(Rule::NotACandidate { found })
}

/// Nothing is planned for a day that is over.
fn not_over(field: impl Into<String>, due: Date, at: Timestamp) -> Result<(), Refusal> {
    if due < earliest_today(at) {
        return Err(Refusal::of(field, Rule::DueInThePast));
    }
    Ok(())
}

fn given<T: Clone>(field: &str, value: Option<&T>) -> Result<T, Refusal> {
    value
        .cloned()
        .ok_or_else(|| Refusal::of(field, Rule::Required))
}

fn plan_actions(drafts: &[ActionDraft]) -> Result<Vec<Action>, Refusal> {
    if drafts.is_empty() {
        return Err(Refusal::of("actions", Rule::PlanWithoutAction));
    }
    if drafts.len() > MAX_ACTIONS {
        return Err(Refusal::of("actions", Rule::TooMany { max: MAX_ACTIONS }));
    }
    let actions = drafts.iter().enumerate();
    actions.map(|(index, draft)| action(index, draft)).collect()
}

fn action(index: usize, draft: &ActionDraft) -> Result<Action, Refusal> {
    let path = |part| format!("actions[{index}].{part}");
    let known = ActionKind::KNOWN;
    let unknown = || Refusal::of(path("kind"), Rule::UnknownWord { known });
    Ok(Action {
        kind: ActionKind::known(draft.kind.trim()).ok_or_else(unknown)?,
        owner: given(&path("owner"), draft.owner.as_ref())?,
        due: given(&path("due"), draft.due.as_ref())?,
        description: text(&path("description"), &draft.description, ACTION_CHARS)?,
    })
}
