//! Duties that the policies in force keep apart, from a severity on: who is complained of neither investigates nor
//! approves, who investigated does not approve, both have the skills that are asked for, and nothing is communicated
//! that nobody approved.

use std::collections::BTreeSet;
use std::sync::Arc;

use redress_complaint::command::{CommunicateDecision, StartInvestigation};
use redress_complaint::{Command, Event as Step, Inquiry, Refusal, Status, decide};
use redress_envelope::Actor;
use redress_event_log::Moment;
use redress_handler::duty::{Duty, DutyRefused, Event as DutyEvent, Reason, ResponseApproved};
use redress_handler::{State, Wanted};
use redress_policy::{Book, Policies as _, Policy};
use redress_service::Problem;

use super::command::{Not, not_decided, run};
use super::complained_of::happened;
use super::duty::{duty_refused, happens_at, refuse, refused_in, told};
use crate::clocked::{Clocked, Event};
use crate::life::ComplaintLife;
use crate::order::{Order, Ran};
use crate::people;
use crate::workflow::Inner;

/// What all policies together ask for that separate the duties of a complaint.
#[derive(Debug, Default)]
struct Demands {
    /// Their versions, joined by commas.
    policies: String,
    investigator_skills: Vec<String>,
    approver_skills: Vec<String>,
    approval: bool,
}

impl Demands {
    /// `None`: no policy separates them.
    fn of(case: &Clocked, book: &Book) -> Option<Self> {
        let severity = case.complaint.severity()?;
        let (mut policies, mut demands) = (Vec::new(), Self::default());
        let (mut investigator, mut approver) = (BTreeSet::new(), BTreeSet::new());
        for policy in book.in_force() {
            let Some(separation) = policy.separates(case.facts(), severity.as_str()) else {
                continue;
            };
            policies.push(policy.version());
            investigator.extend(separation.investigator_skills.iter().cloned());
            approver.extend(separation.approver_skills.iter().cloned());
            demands.approval |= separation.approval;
        }
        demands.policies = policies.join(",");
        demands.investigator_skills = investigator.into_iter().collect();
        demands.approver_skills = approver.into_iter().collect();
        (!demands.policies.is_empty()).then_some(demands)
    }
}

/// Nothing has to be read where no policy separates anything.
fn separates(book: &Book) -> bool {
    book.in_force().any(|it: &Policy| it.separation().is_some())
}

/// Begins an investigation, if the investigator may.
pub(super) async fn start(
    inner: &Inner,
    mut order: Order,
    command: StartInvestigation,
) -> Result<Ran<Clocked>, Problem> {
    let unchanged = inner.people.unchanged().await;
    let in_force = inner.policies.in_force().await?;
    if !separates(in_force.book()) {
        drop((in_force, unchanged));
        return run(inner, order, command).await;
    }
    let person = people::person(&inner.log, &command.investigator).await?;
    order.context.policy_version = Some(in_force.cited());
    let (book, rules) = (Arc::clone(in_force.book()), Arc::clone(&inner.rules));
    let occurred_at = order.occurred_at;
    let decide = move |case: &Clocked, moment: Moment| {
        let investigator = command.investigator.clone();
        let events = decide(&case.complaint, &command.into(), &rules, moment.time)?;
        let begins = events
            .iter()
            .any(|it| matches!(it, Step::InvestigationStarted(_)));
        if let Some(demands) = Demands::of(case, &book).filter(|_| begins) {
            let at = happens_at(case, occurred_at, moment);
            let duty = Duty::Investigating;
            let skills = &demands.investigator_skills;
            if let Some(refused) = unfit(case, &investigator, &person, skills, duty, at) {
                return refuse(case, refused.under(&demands.policies));
            }
        }
        Ok(case.with_clocks(events, &book).map_err(Not::Clock)?)
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

/// Approves the response that stands, if the approver may.
pub(super) async fn approve(
    inner: &Inner,
    mut order: Order,
    approver: Actor,
) -> Result<Ran<Clocked>, Problem> {
    let unchanged = inner.people.unchanged().await;
    let in_force = inner.policies.in_force().await?;
    let person = people::person(&inner.log, &approver).await?;
    order.context.policy_version = Some(in_force.cited());
    let book = Arc::clone(in_force.book());
    let occurred_at = order.occurred_at;
    let decide = move |case: &Clocked, moment: Moment| {
        is_proposed(case)?;
        if case.duties.approved().is_some() {
            return Ok(Vec::new());
        }
        let occurred_at = happened(case, occurred_at, moment)?;
        if let Some(demands) = Demands::of(case, &book) {
            let duty = Duty::Approving;
            let refused = if investigated(case).as_ref() == Some(&approver) {
                let (who, why) = (approver.clone(), Reason::Investigated);
                Some(DutyRefused::because(who, duty, why, occurred_at))
            } else {
                let skills = &demands.approver_skills;
                unfit(case, &approver, &person, skills, duty, occurred_at)
            };
            if let Some(refused) = refused {
                return refuse(case, refused.under(&demands.policies));
            }
        }
        let event = DutyEvent::ResponseApproved(ResponseApproved {
            approver,
            occurred_at,
        });
        Ok(vec![Event::Duty(event)])
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

/// Communicates a decision, if somebody approved it where that is asked for.
pub(super) async fn communicate(
    inner: &Inner,
    mut order: Order,
    command: CommunicateDecision,
) -> Result<Ran<Clocked>, Problem> {
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let (book, usual) = (Arc::clone(in_force.book()), Arc::clone(&inner.rules));
    let caller = order.caller();
    let command: Command = command.into();
    let decide = move |case: &Clocked, moment: Moment| {
        let rules = case.rules_for(&command, &caller, &book, &usual);
        let events = decide(&case.complaint, &command, &rules, moment.time)?;
        if lacks_approval(case, &events, &book) {
            return Err(Not::Approved);
        }
        case.with_clocks(events, &book).map_err(Not::Clock)
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, not_decided);
    let ran = ran.await;
    drop(in_force);
    ran
}

/// Whether what tells the decision for the first time lacks an approval that a policy asks for.
pub(super) fn lacks_approval(case: &Clocked, told: &[Step], book: &Book) -> bool {
    let is_first = case.complaint.status() == Some(Status::ResponseProposed);
    let demands = Demands::of(case, book).filter(|it| it.approval && is_first);
    demands.is_some() && !told.is_empty() && case.duties.approved().is_none()
}

fn unfit(
    case: &Clocked,
    who: &Actor,
    person: &State,
    skills: &[String],
    duty: Duty,
    at: jiff::Timestamp,
) -> Option<DutyRefused> {
    if case.duties.complained_of().contains(who) {
        let why = Reason::ComplainedOf;
        return Some(DutyRefused::because(who.clone(), duty, why, at));
    }
    let wanted = Wanted {
        queue: None,
        skills,
        is_registered: !skills.is_empty(),
    };
    let unfit = person.unfit(&wanted, at)?;
    Some(DutyRefused::unfit(who.clone(), duty, &unfit, at))
}

/// Who found out what the response rests on, or decided that nothing has to be found out.
fn investigated(case: &Clocked) -> Option<Actor> {
    case.complaint.inquiry().map(|inquiry| match inquiry {
        Inquiry::Started { investigator } => investigator,
        Inquiry::NotRequired(decided) => decided.decided_by,
    })
}

/// Whether there is a response that can be approved.
fn is_proposed(case: &Clocked) -> Result<(), Refusal> {
    if let Some(merging) = case.complaint.merging() {
        let into = merging.into;
        return Err(Refusal::ComplaintMerged { into });
    }
    match case.complaint.status() {
        Some(Status::ResponseProposed) => Ok(()),
        None => Err(Refusal::NotOpened),
        Some(Status::Closed | Status::FollowedUp) => Err(Refusal::ComplaintClosed),
        Some(Status::Withdrawn) => Err(Refusal::ComplaintWithdrawn),
        Some(Status::DecisionCommunicated) => Err(Refusal::DecisionAlreadyCommunicated),
        Some(Status::Disputed | Status::ReferredExternally) => Err(Refusal::DisputeNotInvestigated),
        Some(
            Status::Received
            | Status::Acknowledged
            | Status::Assessed
            | Status::Investigating
            | Status::Merged,
        ) => Err(Refusal::ResponseNotProposed),
    }
}
