//! What is recorded on a complaint of who was to do what about it, and what of that counts later.

mod event;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use redress_envelope::Actor;

pub use event::{
    ComplainedOfCleared, ComplainedOfNamed, Considered, Duty, DutyRefused, Event, HandlerChosen,
    Reason, ResponseApproved, Routed,
};

/// Where a complaint was routed, and who was refused what about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duties {
    routed: Option<Routed>,
    refused: BTreeMap<(Actor, Duty), DutyRefused>,
    complained_of: BTreeSet<Actor>,
    investigated: BTreeSet<Actor>,
    approved: Option<Actor>,
}

impl Duties {
    /// Where the policy has it now.
    pub fn routed(&self) -> Option<&Routed> {
        self.routed.as_ref()
    }

    /// Those whom it is about.
    pub fn complained_of(&self) -> &BTreeSet<Actor> {
        &self.complained_of
    }

    /// Those who investigated since the last dispute or reopening.
    pub fn investigated(&self) -> &BTreeSet<Actor> {
        &self.investigated
    }

    /// Somebody investigates: what was refused before is over.
    pub fn investigates(&mut self, person: &Actor) {
        self.let_in(person, Duty::Investigating);
        self.investigated.insert(person.clone());
    }

    /// It is to be investigated anew.
    pub fn begun_anew(&mut self) {
        self.investigated.clear();
    }

    /// Who approved the response that stands.
    pub fn approved(&self) -> Option<&Actor> {
        self.approved.as_ref()
    }

    /// Another response is to be approved anew.
    pub fn response_replaced(&mut self) {
        self.approved = None;
    }

    /// Whether just this was recorded already, and the person not let in since.
    pub fn knows(&self, refused: &DutyRefused) -> bool {
        let of = (refused.person.clone(), refused.duty.clone());
        let known = self.refused.get(&of);
        known.is_some_and(|known| known.is_the_same(refused))
    }

    pub fn evolve(&mut self, event: &Event) {
        match event {
            Event::Routed(e) => self.routed = Some(e.clone()),
            Event::HandlerChosen(_) => {}
            Event::DutyRefused(e) => {
                let of = (e.person.clone(), e.duty.clone());
                self.refused.insert(of, e.clone());
            }
            Event::ComplainedOfNamed(e) => {
                self.complained_of.insert(e.person.clone());
            }
            Event::ComplainedOfCleared(e) => {
                self.complained_of.remove(&e.person);
            }
            Event::ResponseApproved(e) => {
                self.let_in(&e.approved_by, Duty::Approving);
                self.approved = Some(e.approved_by.clone());
            }
        }
    }

    /// Somebody took a duty: what was refused before is over.
    pub fn let_in(&mut self, person: &Actor, duty: Duty) {
        self.refused.remove(&(person.clone(), duty));
    }
}
