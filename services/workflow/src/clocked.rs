//! A complaint with its clocks and with who is to do what: what a decision rests on, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use redress_complaint::contact::{self, Contact};
use redress_complaint::{self as complaint, Command, Rules, Slices, State};
use redress_envelope::{Actor, Draft};
use redress_handler::duty::{self, Duties, Duty};
use redress_policy::clock::{self, ClockRefusal};
use redress_policy::clocks::{Change, EXTENDED, Situation, Step};
use redress_policy::document::{Fact, Facts, Moment};
use redress_policy::{Book, Clocks};
use serde_json::value::RawValue;

use crate::{escalating, route, ruling};

/// What the stream of a complaint holds.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Complaint(complaint::Event),
    Clock(clock::Event),
    Duty(duty::Event),
    /// What is said to the complainant and heard back.
    Contact(contact::Event),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Clocked {
    pub(crate) complaint: State,
    pub(crate) clocks: Clocks,
    pub(crate) duties: Duties,
    pub(crate) language: Option<Arc<str>>,
    /// Whether the complainant is said to be vulnerable.
    pub(crate) vulnerable: Option<bool>,
    pub(crate) contact: Contact,
    pub(crate) facts: Arc<Facts>,
    /// When each happened last.
    moments: BTreeMap<Moment, Timestamp>,
    /// The clocks whose time was extended.
    extended: BTreeSet<String>,
}

/// Why stored data is no event of a complaint.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodecError {
    #[error(transparent)]
    Complaint(complaint::CodecError),
    #[error(transparent)]
    Clock(redress_policy::CodecError),
    #[error(transparent)]
    Duty(redress_handler::CodecError),
}

impl CodecError {
    /// What a later version wrote, and this one does not know; nothing where the data is damaged.
    pub(crate) fn unknown(&self) -> Option<String> {
        match self {
            Self::Complaint(error) => error.unknown(),
            Self::Clock(error) => error.unknown(),
            Self::Duty(error) => error.unknown(),
        }
    }
}

pub(crate) fn decode(kind: &str, data: &RawValue) -> Result<Event, CodecError> {
    if clock::Event::KINDS.contains(&kind) {
        let event = clock::Event::decode(kind, data);
        event.map(Event::Clock).map_err(CodecError::Clock)
    } else if duty::Event::KINDS.contains(&kind) {
        let event = duty::Event::decode(kind, data);
        event.map(Event::Duty).map_err(CodecError::Duty)
    } else if contact::Event::KINDS.contains(&kind) {
        let event = contact::Event::decode(kind, data);
        event.map(Event::Contact).map_err(CodecError::Complaint)
    } else {
        let event = complaint::decode(kind, data);
        event.map(Event::Complaint).map_err(CodecError::Complaint)
    }
}

pub(crate) fn encode(event: &Event) -> Draft {
    match event {
        Event::Complaint(event) => complaint::encode(event),
        Event::Clock(event) => event.encode(),
        Event::Duty(event) => event.encode(),
        Event::Contact(event) => event.encode(),
    }
}

impl Clocked {
    pub(crate) fn evolve(&mut self, event: &Event) {
        match event {
            Event::Complaint(event) => self.evolve_complaint(event),
            Event::Clock(event) => {
                if let clock::Event::Retargeted(it) = event
                    && it.by == EXTENDED
                {
                    self.extended.insert(it.clock.clone());
                }
                self.clocks.evolve(event);
            }
            Event::Duty(event) => self.duties.evolve(event),
            Event::Contact(event) => self.evolve_contact(event),
        }
    }

    fn evolve_contact(&mut self, event: &contact::Event) {
        if let Some(at) = self.contact.informed_at(event) {
            self.moments.insert(Moment::Informed, at);
        }
        self.contact.evolve(event);
    }

    fn evolve_complaint(&mut self, event: &complaint::Event) {
        if let complaint::Event::Opened(complaint::event::Opened { about, .. })
        | complaint::Event::TakenOver(complaint::event::TakenOver { about, .. }) = event
        {
            self.facts = Arc::new(facts(about));
            self.language = about.language.as_deref().map(Arc::from);
            self.vulnerable = about.vulnerable;
        }
        if let complaint::Event::Assigned(e) = event
            && let Some(handler) = &e.handler
        {
            self.duties.let_in(handler, Duty::Handling);
        }
        if let complaint::Event::InvestigationStarted(e) = event {
            self.duties.investigates(&e.investigator);
        }
        if let complaint::Event::InvestigationNotRequired(e) = event {
            self.duties.let_in(&e.decided_by, Duty::Investigating);
        }
        if let complaint::Event::Disputed(_) | complaint::Event::Reopened(_) = event {
            self.duties.begun_anew();
        }
        let is_told = self.complaint.decision().is_some();
        if let complaint::Event::ResponseProposed(_) = event {
            self.duties.response_replaced();
        } else if let (complaint::Event::RemedyOffered(_), false) = (event, is_told) {
            self.duties.response_replaced();
        }
        complaint::evolve(&mut self.complaint, event);
        self.moments.extend(moments(event));
    }

    /// What policies ask of it.
    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What was decided, each followed by where the policies in force route it then and by what it does
    /// to the clocks.
    pub(crate) fn with_clocks(
        &self,
        decided: Vec<complaint::Event>,
        book: &Book,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let mut events = Vec::new();
        let mut after = self.clone();
        for event in escalating::completed(decided, &self.facts, book) {
            let before = causes(&after.complaint);
            after.evolve_complaint(&event);
            let causes = causes(&after.complaint);
            let steps = steps(&event, &before, &causes);
            let routed = route::after(&after, &event, book);
            events.push(Event::Complaint(event));
            for event in routed {
                after.evolve(&event);
                events.push(event);
            }
            for (step, at) in steps {
                let now = after.situation(&causes);
                for event in after.clocks.follow(step, at, &now, book)? {
                    after.clocks.evolve(&event);
                    events.push(Event::Clock(event));
                }
            }
        }
        let raised = escalating::raised(&after, &events, book);
        events.extend(raised.map(Event::Complaint));
        Ok(events)
    }

    /// What the policies in force say to a command.
    pub(crate) fn rules_for(
        &self,
        command: &Command,
        caller: &Actor,
        book: &Book,
        usual: &Rules,
    ) -> Rules {
        ruling::rules_for(&self.complaint, &self.facts, command, caller, book, usual)
    }

    /// What the time alone has brought about by `now` and nobody was told of yet.
    pub(crate) fn tick(&self, now: Timestamp, book: &Book) -> Vec<Event> {
        let told = self.clocks.tick(now).into_iter();
        let mut events: Vec<Event> = told.map(Event::Clock).collect();
        let mut after = self.clone();
        for event in &events {
            after.evolve(event);
        }
        while let Some(onward) = escalating::onward(&after, now, book) {
            after.evolve_complaint(&onward);
            events.push(Event::Complaint(onward));
        }
        let raised = escalating::raised(&after, &events, book);
        events.extend(raised.map(Event::Complaint));
        events
    }

    /// What was decided already, and after it what is said and heard, each followed by what it does to
    /// the clocks.
    pub(crate) fn with_contact(
        &self,
        mut events: Vec<Event>,
        said: Vec<contact::Event>,
        book: &Book,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let mut after = self.after(&events);
        let decided = events.len();
        for event in said {
            let informed = after.contact.informed_at(&event);
            after.evolve_contact(&event);
            events.push(Event::Contact(event));
            let Some(at) = informed else {
                continue;
            };
            let causes = causes(&after.complaint);
            let now = after.situation(&causes);
            let step = Step::Moment(Moment::Informed);
            for event in after.clocks.follow(step, at, &now, book)? {
                after.clocks.evolve(&event);
                events.push(Event::Clock(event));
            }
        }
        let followed = events.get(decided..).unwrap_or_default();
        let raised = escalating::raised(&after, followed, book);
        events.extend(raised.map(Event::Complaint));
        Ok(events)
    }

    /// As it is once these are recorded.
    pub(crate) fn after(&self, events: &[Event]) -> Self {
        let mut after = self.clone();
        for event in events {
            after.evolve(event);
        }
        after
    }

    fn situation<'a>(&'a self, causes: &'a BTreeMap<&'static str, Timestamp>) -> Situation<'a> {
        Situation {
            facts: &self.facts,
            severity: self.complaint.assessment().map(|it| it.severity.as_str()),
            extended: &self.extended,
            causes,
            moments: &self.moments,
        }
    }
}

/// What policies ask of a complaint.
pub(crate) fn facts(about: &Slices) -> Facts {
    let mut facts = Facts::default()
        .with(Fact::Kind, &*about.kind)
        .with(Fact::Channel, &*about.channel);
    let optional = [
        (Fact::Jurisdiction, &about.jurisdiction),
        (Fact::Product, &about.product),
        (Fact::Issue, &about.issue),
        (Fact::Site, &about.site),
        (Fact::Supplier, &about.supplier),
        (Fact::BusinessUnit, &about.business_unit),
        (Fact::Segment, &about.segment),
    ];
    for (fact, value) in optional {
        if let Some(value) = value {
            facts = facts.with(fact, value);
        }
    }
    let tags = about.tags.iter();
    tags.fold(facts, |facts, tag| facts.with(Fact::Tag, tag))
}

/// What a complaint stands still for, since when. One that is merged stands still for what it did before,
/// too: it is the same when it comes back.
fn causes(complaint: &State) -> BTreeMap<&'static str, Timestamp> {
    let mut causes = BTreeMap::new();
    if let Some(merging) = complaint.merging() {
        causes.insert("merged", merging.at);
    }
    let Some(flags) = complaint.kept_flags() else {
        return causes;
    };
    if let Some(waiting) = &flags.waiting {
        let cause = match waiting.awaited {
            complaint::Awaited::Complainant => "awaiting_complainant",
            complaint::Awaited::ThirdParty { .. } => "awaiting_third_party",
        };
        causes.insert(cause, waiting.since);
    }
    if let Some(hold) = &flags.hold {
        causes.insert("on_hold", hold.since);
    }
    causes
}

/// What an event is to clocks. A complaint that was taken over began elsewhere: its clocks begin with
/// the next step that is taken here.
fn moments(event: &complaint::Event) -> Vec<(Moment, Timestamp)> {
    use complaint::Event as E;
    match event {
        E::Opened(e) => {
            let (received, aware) = (e.about.received_at, e.about.aware_at);
            // Who has received it is aware of it.
            let aware = aware.map_or(received, |aware| aware.min(received));
            vec![(Moment::Received, received), (Moment::Aware, aware)]
        }
        E::Acknowledged(e) => vec![(Moment::Acknowledged, e.occurred_at)],
        E::Assessed(e) => vec![(Moment::Assessed, e.occurred_at)],
        E::InvestigationStarted(e) => vec![(Moment::InvestigationStarted, e.occurred_at)],
        E::ResponseProposed(e) => vec![(Moment::ResponseProposed, e.occurred_at)],
        E::DecisionCommunicated(e) => vec![(Moment::DecisionCommunicated, e.occurred_at)],
        E::AcceptanceRecorded(e) => vec![(Moment::Accepted, e.occurred_at)],
        E::Disputed(e) => vec![(Moment::Disputed, e.occurred_at)],
        E::Withdrawn(e) => vec![(Moment::Withdrawn, e.occurred_at)],
        E::Closed(e) => vec![(Moment::Closed, e.occurred_at)],
        E::TakenOver(_)
        | E::HistoryReported(_)
        | E::Assigned(_)
        | E::InvestigationRefused(_)
        | E::InvestigationNotRequired(_)
        | E::RemedyFulfilled(_)
        | E::Reopened(_)
        | E::RemedyOffered(_)
        | E::RemedyAccepted(_)
        | E::RemedyDeclined(_)
        | E::RemedyApproved(_)
        | E::ConflictDeclared(_)
        | E::ConflictCleared(_)
        | E::EvidenceRecorded(_)
        | E::FindingRecorded(_)
        | E::Reclassified(_)
        | E::ComplainantAwaited(_)
        | E::ThirdPartyAwaited(_)
        | E::Resumed(_)
        | E::Held(_)
        | E::Released(_)
        | E::Escalated(_)
        | E::DeEscalated(_)
        | E::ReferredExternally(_)
        | E::ExternalNoticeReceived(_)
        | E::ExternalPositionStated(_)
        | E::ExternalResolutionBegun(_)
        | E::ExternalDisputeSettled(_)
        | E::DeterminationReceived(_)
        | E::ExternalResultImplemented(_)
        | E::ExternalFileClosed(_)
        | E::FollowedUp(_)
        | E::SatisfactionRecorded(_)
        | E::MergedInto(_)
        | E::Unmerged(_)
        | E::MergeReceived(_)
        | E::MergeEnded(_)
        | E::NoteAdded(_) => Vec::new(),
    }
}

/// The steps of an event, in the order in which clocks take them: a severity counts for what begins
/// with it, and what stops a clock spares it the end of its pause.
fn steps(
    event: &complaint::Event,
    before: &BTreeMap<&'static str, Timestamp>,
    after: &BTreeMap<&'static str, Timestamp>,
) -> Vec<(Step<'static>, Timestamp)> {
    let occurred_at = crate::complaint::happened_at(event);
    let mut steps = Vec::new();
    if let Some(at) = occurred_at {
        use complaint::Event::{Assessed, Reclassified, Reopened};
        if matches!(event, Assessed(_) | Reclassified(_)) {
            steps.push((Step::Changed(Change::Severity), at));
        }
        if matches!(event, Reopened(_)) {
            steps.push((Step::Reopened, at));
        }
    }
    let moments = moments(event).into_iter();
    steps.extend(moments.map(|(moment, at)| (Step::Moment(moment), at)));
    if let Some(at) = occurred_at {
        let gone = before
            .iter()
            .filter(|(cause, _)| !after.contains_key(*cause));
        steps.extend(gone.map(|(cause, _)| (Step::WentOn(cause), at)));
    }
    let new = after
        .iter()
        .filter(|(cause, _)| !before.contains_key(*cause));
    steps.extend(new.map(|(cause, since)| (Step::StoodStill(cause), *since)));
    steps
}

#[cfg(test)]
mod tests;
