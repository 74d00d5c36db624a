//! Commands on a complaint: decided by the domain, with or without words.

use std::sync::Arc;

use jiff::Timestamp;
use redress_complaint::{Command, FUTURE_TOLERANCE, Refusal, contact, decide};
use redress_envelope::{Commitment, VaultRef};
use redress_event_log::Moment;
use redress_log_service::{etag, load_problem, read_problem};
use redress_policy::{Book, ClockRefusal, Clocks, clock};
use redress_service::Problem;
use redress_wire::CommandRequest;
use redress_wire::Message;
use tonic::Request;

use super::refused::{contact_refused, refused};
use crate::clocked::{Clocked, Event};
use crate::life::ComplaintLife;
use crate::order::{Order, Ran, Target};
use crate::sealing;
use crate::workflow::Inner;

const COMPLAINT: Target = Target {
    kind: "complaint",
    id_field: "complaint_id",
    id_invalid: "COMPLAINT_ID_INVALID",
};

pub(super) fn order<R: CommandRequest + Message>(
    inner: &Inner,
    request: &Request<R>,
    method: &str,
) -> Result<Order, Problem> {
    Order::read(inner, request, method, COMPLAINT)
}

pub(super) async fn run(
    inner: &Inner,
    mut order: Order,
    command: impl Into<Command>,
) -> Result<Ran<Clocked>, Problem> {
    let (command, usual) = (command.into(), Arc::clone(&inner.rules));
    let caller = order.caller();
    // Until it is recorded nobody puts another policy in force.
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let book = Arc::clone(in_force.book());
    let decide = move |case: &Clocked, moment: Moment| {
        let rules = case.rules_for(&command, &caller, &book, &usual);
        let events = decide(&case.complaint, &command, &rules, moment.time)?;
        case.with_clocks(events, &book).map_err(Not::Clock)
    };
    let ran = order
        .transact::<ComplaintLife, _>(inner, decide, not_decided)
        .await;
    drop(in_force);
    ran
}

/// A person's word about one clock of an open complaint.
pub(super) async fn run_on_clock(
    inner: &Inner,
    mut order: Order,
    decide: impl FnOnce(&Clocks, Timestamp, &Book) -> Result<Vec<clock::Event>, ClockRefusal>
    + Send
    + 'static,
) -> Result<Ran<Clocked>, Problem> {
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let book = Arc::clone(in_force.book());
    let occurred_at = order.occurred_at;
    let decide = move |case: &Clocked, moment: Moment| {
        if case.complaint.status().is_none() {
            return Err(Not::Refused(Refusal::NotOpened));
        }
        if let Some(merging) = case.complaint.merging() {
            let into = merging.into;
            return Err(Not::Refused(Refusal::ComplaintMerged { into }));
        }
        let at = occurred_at.unwrap_or(moment.time);
        if at.duration_since(moment.time) > FUTURE_TOLERANCE {
            return Err(Not::Refused(Refusal::OccurredInFuture { occurred_at: at }));
        }
        let events = decide(&case.clocks, at, &book).map_err(Not::Clock)?;
        Ok(events.into_iter().map(Event::Clock).collect())
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, not_decided);
    let ran = ran.await;
    drop(in_force);
    ran
}

/// Why a command is not recorded.
pub(super) enum Not {
    Refused(Refusal),
    /// A clock can be told nothing of it.
    Clock(ClockRefusal),
    /// What is said or heard is refused.
    Contact(contact::Refusal),
    /// Nobody has said that the response may be communicated.
    Approved,
}

impl From<contact::Refusal> for Not {
    fn from(refusal: contact::Refusal) -> Self {
        Self::Contact(refusal)
    }
}

impl From<Refusal> for Not {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

pub(super) fn not_decided(not: Not) -> Problem {
    match not {
        Not::Refused(refusal) => refused(&refusal),
        Not::Clock(refusal) => clock_refused(&refusal),
        Not::Contact(refusal) => contact_refused(&refusal),
        Not::Approved => Problem::refused(
            "RESPONSE_NOT_APPROVED",
            "nobody has approved the response, and a policy asks for that before it is communicated",
        )
        .with_remedy("let somebody approve it who did not investigate (`redress complaint approve`)"),
    }
}

fn clock_refused(refusal: &ClockRefusal) -> Problem {
    let problem = Problem::refused(refusal.code(), refusal.to_string());
    match refusal {
        ClockRefusal::Unknown { .. } => problem
            .with_field("clock")
            .with_remedy("name a clock of the complaint (`redress complaint show`)"),
        ClockRefusal::NotExtendable { .. } => problem
            .with_field("clock")
            .with_remedy("put a due date by hand, or apply a policy with an `extended_target`"),
        ClockRefusal::Stopped { .. } => problem
            .with_field("clock")
            .with_remedy("what is over is due no more; a reopening lets it go on"),
        ClockRefusal::BeforeWhatItFollows { .. } => problem
            .with_field("occurred_at")
            .with_remedy("give a time after the start of the clock, or none for now"),
        ClockRefusal::CalendarUnknown { .. } | ClockRefusal::OutOfRange(_) => {
            problem.with_remedy("see what the policy of the clock says (`redress policy applied`)")
        }
    }
}

/// Decides with a reference to words, where there are any.
pub(super) async fn run_with_words<C: Into<Command>>(
    inner: &Inner,
    order: Order,
    field: &'static str,
    text: &str,
    command: impl Fn(Option<VaultRef>) -> C,
) -> Result<Ran<Clocked>, Problem> {
    let words = sealed(inner, &order, field, text, |words| command(Some(words))).await?;
    run(inner, order, command(words)).await
}

/// Seals the words of a command that will be done, where there are any.
pub(super) async fn sealed<C: Into<Command>>(
    inner: &Inner,
    order: &Order,
    field: &'static str,
    text: &str,
    command: impl Fn(VaultRef) -> C,
) -> Result<Option<VaultRef>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    sealing::check(field, text)?;
    let to_be = VaultRef {
        entry: "0".repeat(32),
        commitment: Commitment([0; 32]),
    };
    if was_done(inner, order, &command(to_be.clone()).into()).await? {
        // It is answered as the first time, and so from what stands in the log.
        return Ok(Some(to_be));
    }
    inner.seal(order.id, text).await.map(Some)
}

/// Whether the command is in the log. Refuses what will be refused, so that nobody's words are kept
/// for nothing. The writer decides again, on what is true then.
pub(super) async fn was_done(
    inner: &Inner,
    order: &Order,
    command: &Command,
) -> Result<bool, Problem> {
    let Some(Before { case, time, .. }) = before(inner, order).await? else {
        return Ok(true);
    };
    let in_force = inner.policies.in_force().await?;
    let rules = case.rules_for(command, &order.caller(), in_force.book(), &inner.rules);
    match decide(&case.complaint, command, &rules, time) {
        Ok(_) => Ok(false),
        Err(refusal) => Err(refused(&refusal)),
    }
}

/// What a command is decided on, and when, as far as is known before its turn comes.
pub(super) struct Before {
    pub(super) case: Clocked,
    pub(super) version: u64,
    pub(super) time: Timestamp,
}

/// Nothing where the command is in the log.
pub(super) async fn before(inner: &Inner, order: &Order) -> Result<Option<Before>, Problem> {
    let first = inner.log.find_request(&order.request_id).await;
    if let Some(first) = first.map_err(|error| read_problem(&error))?.first() {
        // It was done, and is answered as the first time.
        let is_the_same = first.context.request_digest == order.context.request_digest;
        return if is_the_same {
            Ok(None)
        } else {
            Err(Problem::request_id_reused())
        };
    }
    let head = inner.log.head();
    let loaded = inner
        .log
        .load::<ComplaintLife>(order.subject.clone(), head.size)
        .await;
    let (case, version) = loaded.map_err(load_problem)?;
    if order.expected.is_some_and(|expected| expected != version) {
        return Err(Problem::stale_etag(etag(version)));
    }
    let now = inner.clock.now();
    let time = head.time.map_or(now, |last| last.max(now));
    Ok(Some(Before {
        case,
        version,
        time,
    }))
}
