//! Duties that the policies in force keep apart, from a severity on: who is complained of neither investigates nor
//! approves, who investigated or has a conflict of interest does not approve, both have the skills that are asked for,
//! and nothing is communicated that nobody approved. To decide that no investigation is required is to investigate.

use std::collections::BTreeSet;
use std::sync::Arc;

use redress_complaint::command::{CommunicateDecision, ProposeResponse};
use redress_complaint::{Command, Event as Step, Inquiry, Refusal, Status, decide};
use redress_envelope::Actor;
use redress_event_log::Moment;
use redress_handler::duty::{Duty, DutyRefused, Event as DutyEvent, Reason, ResponseApproved};
use redress_handler::{State, Wanted};
use redress_policy::document::Separation;
use redress_policy::{Book, Policies as _, Policy};
use redress_service::Problem;

use super::command::{Not, not_decided, run};
use super::complained_of::happened;
use super::duty::{No, duty_refused, happens_at, refuse, refused_in, told};
use crate::clocked::{Clocked, Event};
use crate::life::ComplaintLife;
use crate::order::{Order, Ran};
use crate::people;
use crate::workflow::Inner;

/// The policies that separate the duties of a complaint: all of what they ask for holds.
#[derive(Debug)]
struct Demands<'a>(Vec<(&'a str, &'a Separation)>);

impl<'a> Demands<'a> {
    /// `None`: no policy separates them.
    fn of(case: &Clocked, book: &'a Book) -> Option<Self> {
        let severity = case.complaint.severity()?;
        let separates = |policy: &'a Policy| {
            let separation = policy.separates(case.facts(), severity.as_str())?;
            Some((policy.version(), separation))
        };
        let all: Vec<_> = book.in_force().filter_map(separates).collect();
        (!all.is_empty()).then_some(Self(all))
    }

    fn ask_for_approval(&self) -> bool {
        self.0.iter().any(|(_, separation)| separation.approval)
    }

    fn skills(&self, duty: &Duty) -> Vec<String> {
        let skills = self.0.iter().flat_map(|(_, it)| skills(it, duty));
        skills
            .cloned()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// By the first of the policies that keeps the person out: by the skill that is missing, by asking for
    /// skills and so for somebody who is there, or by keeping duties apart at all.
    fn refuse(&self, case: &Clocked, refused: DutyRefused) -> Result<Vec<Event>, No> {
        let asks = |separation: &Separation| {
            let skills = skills(separation, &refused.duty);
            match &refused.skill {
                Some(skill) => skills.contains(skill),
                None => !skills.is_empty(),
            }
        };
        let by_asking = self.0.iter().find(|(_, separation)| asks(separation));
        let (version, _) = by_asking.unwrap_or(&self.0[0]);
        refuse(case, refused.under(version))
    }
}

fn skills<'a>(separation: &'a Separation, duty: &Duty) -> &'a [String] {
    match duty {
        Duty::Investigating => &separation.investigator_skills,
        Duty::Approving => &separation.approver_skills,
        Duty::Handling | Duty::Other(_) => &[],
    }
}

/// Nothing has to be read where no policy separates anything.
fn separates(book: &Book) -> bool {
    book.in_force().any(|it: &Policy| it.separation().is_some())
}

/// Begins an investigation, or records that none is required, if who does that may.
pub(super) async fn inquire(
    inner: &Inner,
    mut order: Order,
    who: Actor,
    command: impl Into<Command>,
) -> Result<Ran<Clocked>, Problem> {
    let unchanged = inner.people.unchanged().await;
    let in_force = inner.policies.in_force().await?;
    if !separates(in_force.book()) {
        drop((in_force, unchanged));
        return run(inner, order, command).await;
    }
    let person = people::person(&inner.log, &who).await?;
    order.context.policy_version = Some(in_force.cited());
    let (book, usual) = (Arc::clone(in_force.book()), Arc::clone(&inner.rules));
    let (caller, command, occurred_at) = (order.caller(), command.into(), order.occurred_at);
    let decide = move |case: &Clocked, moment: Moment| {
        let rules = case.rules_for(&command, &caller, &book, &usual);
        let events = decide(&case.complaint, &command, &rules, moment.time)?;
        let begins = |event: &Step| {
            matches!(
                event,
                Step::InvestigationStarted(_) | Step::InvestigationNotRequired(_)
            )
        };
        if let Some(demands) = Demands::of(case, &book)
            && events.iter().any(begins)
        {
            let at = happens_at(case, occurred_at, moment);
            if let Some(refused) = unfit(case, &who, &person, &demands, Duty::Investigating, at) {
                return demands.refuse(case, refused);
            }
        }
        Ok(case.with_clocks(events, &book).map_err(Not::Clock)?)
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, told);
    let ran = ran.await;
    drop((in_force, unchanged));
    let_in(ran?)
}

/// Proposes a response, if it does not rest on what somebody found out who is complained of since.
pub(super) async fn propose(
    inner: &Inner,
    mut order: Order,
    command: ProposeResponse,
) -> Result<Ran<Clocked>, Problem> {
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let (book, usual) = (Arc::clone(in_force.book()), Arc::clone(&inner.rules));
    let (caller, occurred_at) = (order.caller(), order.occurred_at);
    let command: Command = command.into();
    let decide = move |case: &Clocked, moment: Moment| {
        let rules = case.rules_for(&command, &caller, &book, &usual);
        let events = decide(&case.complaint, &command, &rules, moment.time)?;
        let rests_on = investigated(case).filter(|_| !events.is_empty());
        if let (Some(demands), Some(who)) = (Demands::of(case, &book), rests_on)
            && case.duties.complained_of().contains(&who)
        {
            let at = happens_at(case, occurred_at, moment);
            let (duty, why) = (Duty::Investigating, Reason::ComplainedOf);
            return demands.refuse(case, DutyRefused::because(who, duty, why, at));
        }
        Ok(case.with_clocks(events, &book).map_err(Not::Clock)?)
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, told);
    let ran = ran.await;
    drop(in_force);
    let_in(ran?)
}

/// What was done, unless it was to record that somebody is refused.
fn let_in(ran: Ran<Clocked>) -> Result<Ran<Clocked>, Problem> {
    match refused_in(&ran) {
        Some(refused) => Err(duty_refused(&refused)),
        None => Ok(ran),
    }
}

/// Approves the response that stands, if the caller may: nobody approves for somebody else.
pub(super) async fn approve(inner: &Inner, mut order: Order) -> Result<Ran<Clocked>, Problem> {
    let by = order.caller();
    let unchanged = inner.people.unchanged().await;
    let in_force = inner.policies.in_force().await?;
    let person = people::person(&inner.log, &by).await?;
    order.context.policy_version = Some(in_force.cited());
    let book = Arc::clone(in_force.book());
    let occurred_at = order.occurred_at;
    let decide = move |case: &Clocked, moment: Moment| {
        is_proposed(case)?;
        if approved_by_whom(case).is_some() {
            return Ok(Vec::new());
        }
        let occurred_at = happened(case, occurred_at, moment)?;
        if let Some(demands) = Demands::of(case, &book)
            && let Some(refused) = unfit(case, &by, &person, &demands, Duty::Approving, occurred_at)
        {
            return demands.refuse(case, refused);
        }
        let event = DutyEvent::ResponseApproved(ResponseApproved {
            approved_by: by,
            occurred_at,
        });
        Ok(vec![Event::Duty(event)])
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, told);
    let ran = ran.await;
    drop((in_force, unchanged));
    let_in(ran?)
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
    let demands = Demands::of(case, book).filter(|it| it.ask_for_approval() && is_first);
    demands.is_some() && !told.is_empty() && approved_by_whom(case).is_none()
}

/// Who approved the response that stands, unless it is known by now that the person may not.
fn approved_by_whom(case: &Clocked) -> Option<&Actor> {
    let by = case.duties.approved();
    by.filter(|by| kept_out(case, by, &Duty::Approving).is_none())
}

/// Why somebody has no part in a complaint, whatever the person is able to.
fn kept_out(case: &Clocked, who: &Actor, duty: &Duty) -> Option<Reason> {
    if case.duties.complained_of().contains(who) {
        return Some(Reason::ComplainedOf);
    }
    if *duty != Duty::Approving {
        return None;
    }
    if investigated(case).as_ref() == Some(who) || case.duties.investigated().contains(who) {
        return Some(Reason::Investigated);
    }
    let file = case.complaint.file();
    let has_conflict = file.is_some_and(|file| file.has_conflict(who));
    has_conflict.then_some(Reason::ConflictOfInterest)
}

fn unfit(
    case: &Clocked,
    who: &Actor,
    person: &State,
    demands: &Demands<'_>,
    duty: Duty,
    at: jiff::Timestamp,
) -> Option<DutyRefused> {
    if let Some(why) = kept_out(case, who, &duty) {
        return Some(DutyRefused::because(who.clone(), duty, why, at));
    }
    let skills = demands.skills(&duty);
    let wanted = Wanted {
        queue: None,
        skills: &skills,
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
