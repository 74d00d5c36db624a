//! Giving a duty to somebody, or refusing it. What is refused because of the person is recorded, unless just that
//! stands in the record already, and whoever asked is told so all the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use redress_complaint::command::Assign;
use redress_complaint::{Refusal, decide};
use redress_envelope::Actor;
use redress_event_log::Moment;
use redress_handler::duty::{Duty, DutyRefused, Event as DutyEvent, HandlerChosen, Reason};
use redress_handler::{Candidate, MAX_CONSIDERED, State, Wanted, choose};
use redress_log_service::load_problem;
use redress_policy::document::Choose;
use redress_policy::{Book, Policies as _};
use redress_service::Problem;

use super::command::{Not, not_decided, run};
use crate::clocked::{Clocked, Event};
use crate::handler::candidates;
use crate::life::ComplaintLife;
use crate::order::{Order, Ran};
use crate::page::Unread;
use crate::workflow::Inner;
use crate::{people, waiting};

/// Why a duty is given to nobody.
pub(super) enum No {
    Step(Not),
    /// And recorded before.
    Duty(Box<DutyRefused>),
    NobodyFits {
        queue: String,
        left_out: BTreeMap<Reason, u32>,
    },
    ByHand {
        rule: String,
    },
    Moved,
}

impl From<Not> for No {
    fn from(not: Not) -> Self {
        Self::Step(not)
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Step(refusal.into())
    }
}

/// Gives it to somebody who is named: for a queue, or for the one in which it was put by a policy.
pub(super) async fn give(
    inner: &Inner,
    mut order: Order,
    handler: Actor,
    queue: Option<String>,
) -> Result<Ran<Clocked>, Problem> {
    let unchanged = inner.people.unchanged().await;
    let person = people::person(&inner.log, &handler).await?;
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let (book, rules) = (Arc::clone(in_force.book()), Arc::clone(&inner.rules));
    let occurred_at = order.occurred_at;
    let decide = move |case: &Clocked, moment: Moment| {
        let routed = case.duties.routed();
        let queue = queue.or_else(|| {
            let known = case.complaint.assignment().and_then(|it| it.queue.clone());
            routed.map(|routed| known.unwrap_or_else(|| routed.queue.clone()))
        });
        let command = Assign {
            handler: Some(handler.clone()),
            queue: queue.clone(),
            occurred_at,
        };
        let refuse = |refused: DutyRefused| refuse(case, refused.by(routed));
        let at = happens_at(case, occurred_at, moment);
        let decided = decide(&case.complaint, &command.into(), &rules, moment.time);
        if matches!(decided, Err(Refusal::HandlerHasConflict)) {
            let why = Reason::ConflictOfInterest;
            return refuse(DutyRefused::because(handler, Duty::Handling, why, at));
        }
        let events = decided?;
        let wanted = Wanted {
            queue: queue.as_deref(),
            skills: routed.map_or(&[], |it| &it.skills),
            is_registered: routed.is_some(),
        };
        match person.unfit(&wanted, at) {
            Some(unfit) if !events.is_empty() => {
                refuse(DutyRefused::unfit(handler, Duty::Handling, &unfit, at))
            }
            Some(_) | None => Ok(case.with_clocks(events, &book).map_err(Not::Clock)?),
        }
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, told);
    let ran = ran.await;
    drop((in_force, unchanged));
    let ran = ran?;
    match refused_in(&ran) {
        Some(refused) => Err(duty_refused(&refused)),
        None => Ok(ran),
    }
}

/// Gives it to whom the policy chooses that routed it. Whoever has it and may, keeps it.
pub(super) async fn by_policy(inner: &Inner, mut order: Order) -> Result<Ran<Clocked>, Problem> {
    let choosing = inner.people.choosing().await;
    let unchanged = inner.people.unchanged().await;
    let head = inner.log.head();
    let loaded = inner
        .log
        .load::<ComplaintLife>(order.subject.clone(), head.size);
    let (case, _) = loaded.await.map_err(load_problem)?;
    let Some(queue) = waits_in(&case) else {
        let nobody = Assign {
            handler: None,
            queue: None,
            occurred_at: order.occurred_at,
        };
        return run(inner, order, nobody).await;
    };
    let people = in_queue(inner, head.size, queue.clone()).await?;
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let (book, rules) = (Arc::clone(in_force.book()), Arc::clone(&inner.rules));
    let occurred_at = order.occurred_at;
    let decide = move |case: &Clocked, moment: Moment| {
        if waits_in(case).as_ref() != Some(&queue) {
            return Err(No::Moved);
        }
        let at = happens_at(case, occurred_at, moment);
        let Some(chosen) = chosen(case, &people, &queue, &book, at)? else {
            return Ok(Vec::new());
        };
        let command = Assign {
            handler: Some(chosen.handler.clone()),
            queue: Some(queue),
            occurred_at,
        };
        let decided = decide(&case.complaint, &command.into(), &rules, moment.time)?;
        let mut events = vec![Event::Duty(DutyEvent::HandlerChosen(chosen))];
        events.extend(case.with_clocks(decided, &book).map_err(Not::Clock)?);
        Ok(events)
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, told);
    let ran = ran.await;
    drop((in_force, unchanged, choosing));
    ran
}

/// The queue of a complaint that a policy routed: that one, or where it was put by hand since.
fn waits_in(case: &Clocked) -> Option<String> {
    let routed = case.duties.routed()?;
    let put = case.complaint.assignment().and_then(|it| it.queue.clone());
    Some(put.unwrap_or_else(|| routed.queue.clone()))
}

/// Everybody of a queue, with everything that the log has counted.
async fn in_queue(
    inner: &Inner,
    size: u64,
    queue: String,
) -> Result<Vec<(Actor, State, u32)>, Problem> {
    waiting::view_covers(&inner.handlers, &inner.log.token(size)).await?;
    let found = inner.handlers.query(move |rows| candidates(rows, &queue));
    found.await.map_err(|error: Unread| error.0)
}

/// Who is chosen, and out of whom; nothing where who has it keeps it.
fn chosen(
    case: &Clocked,
    people: &[(Actor, State, u32)],
    queue: &str,
    book: &Book,
    at: Timestamp,
) -> Result<Option<HandlerChosen>, No> {
    let (Some(routed), Some(file)) = (case.duties.routed(), case.complaint.file()) else {
        return Err(No::Step(Refusal::NotOpened.into()));
    };
    let policy = book.version(&routed.policy);
    let rule = policy.and_then(|it| it.routing().rule(&routed.rule));
    let how = rule.map_or(Choose::LeastLoad, |it| it.choose);
    if how == Choose::ByHand {
        let rule = routed.rule.clone();
        return Err(No::ByHand { rule });
    }
    let wanted = Wanted {
        queue: Some(queue),
        skills: &routed.skills,
        is_registered: true,
    };
    let has_it = file.assignment.as_ref().and_then(|it| it.handler.as_ref());
    let keeps_it = people.iter().any(|(handler, state, _)| {
        let may = !file.has_conflict(handler)
            && !case.duties.complained_of().contains(handler)
            && state.unfit(&wanted, at).is_none();
        Some(handler) == has_it && may
    });
    if keeps_it {
        return Ok(None);
    }
    let all: Vec<Candidate> = people
        .iter()
        .map(|(handler, state, load)| Candidate {
            has_conflict: file.has_conflict(handler),
            is_complained_of: case.duties.complained_of().contains(handler),
            handler: handler.clone(),
            state: state.clone(),
            load: *load,
        })
        .collect();
    let mut choice = choose(&all, &wanted, at);
    let Some(handler) = choice.chosen else {
        let mut left_out = BTreeMap::new();
        for why in choice.considered.into_iter().filter_map(|it| it.left_out) {
            *left_out.entry(why).or_default() += 1;
        }
        let queue = queue.to_owned();
        return Err(No::NobodyFits { queue, left_out });
    };
    choice.considered.truncate(MAX_CONSIDERED);
    Ok(Some(HandlerChosen {
        handler,
        by: how.word().to_owned(),
        policy: routed.policy.clone(),
        rule: routed.rule.clone(),
        candidates: people.len() as u32,
        considered: choice.considered,
        occurred_at: at,
    }))
}

/// When a duty is given: not before there was a complaint, nor in the future.
pub(super) fn happens_at(
    case: &Clocked,
    occurred_at: Option<Timestamp>,
    moment: Moment,
) -> Timestamp {
    let received = case.complaint.file().map(|file| file.received_at);
    let is_sound = |at: &Timestamp| *at <= moment.time && received.is_none_or(|it| it <= *at);
    occurred_at.filter(is_sound).unwrap_or(moment.time)
}

pub(super) fn refuse(case: &Clocked, refused: DutyRefused) -> Result<Vec<Event>, No> {
    if case.duties.knows(&refused) {
        return Err(No::Duty(Box::new(refused)));
    }
    Ok(vec![Event::Duty(DutyEvent::DutyRefused(refused))])
}

/// The refusal that a command recorded, now or the first time.
pub(super) fn refused_in(ran: &Ran<Clocked>) -> Option<DutyRefused> {
    ran.records.iter().find_map(
        |record| match DutyEvent::decode(&record.kind, &record.data) {
            Ok(DutyEvent::DutyRefused(refused)) => Some(refused),
            Ok(
                DutyEvent::Routed(_)
                | DutyEvent::HandlerChosen(_)
                | DutyEvent::ComplainedOfNamed(_)
                | DutyEvent::ComplainedOfCleared(_)
                | DutyEvent::ResponseApproved(_),
            )
            | Err(_) => None,
        },
    )
}

pub(super) fn duty_refused(refused: &DutyRefused) -> Problem {
    let problem = Problem::refused(refused.code(), refused.message());
    let problem = match refused.field() {
        Some(field) => problem.with_field(field),
        None => problem,
    };
    problem.with_remedy(refused.remedy())
}

pub(super) fn told(no: No) -> Problem {
    match no {
        No::Step(not) => not_decided(not),
        No::Duty(refused) => duty_refused(&refused),
        No::NobodyFits { queue, left_out } => {
            let why: Vec<String> = left_out
                .iter()
                .map(|(why, count)| format!("{count} {why}"))
                .collect();
            let why = if why.is_empty() {
                "nobody takes complaints from it".to_owned()
            } else {
                why.join(", ")
            };
            let message = format!("nobody of the queue `{queue}` can take the complaint: {why}");
            Problem::refused("NO_HANDLER_FITS", message)
                .with_field("handler")
                .with_remedy("name somebody, or see who is registered (`redress handler list`)")
        }
        No::ByHand { rule } => {
            let message = format!("the rule `{rule}` leaves it to a person who handles it");
            Problem::refused("HANDLER_CHOSEN_BY_HAND", message)
                .with_field("handler")
                .with_remedy("name the handler")
        }
        No::Moved => Problem::refused(
            "COMPLAINT_ROUTED_ANEW",
            "the complaint was put into another queue meanwhile",
        )
        .with_remedy("ask again"),
    }
}
