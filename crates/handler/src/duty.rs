//! What is recorded on a complaint of who was to do what about it, and what of that counts later.

mod event;
mod refusal;

use std::collections::BTreeMap;

use redress_envelope::Actor;

pub use event::{Considered, Duty, DutyRefused, Event, HandlerChosen, Reason, Routed};

/// Where a complaint was routed, and who was refused what about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duties {
    routed: Option<Routed>,
    refused: BTreeMap<(Actor, Duty), DutyRefused>,
}

impl Duties {
    /// Where the policy has it now.
    pub fn routed(&self) -> Option<&Routed> {
        self.routed.as_ref()
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
        }
    }

    /// Somebody took a duty: what was refused before is over.
    pub fn let_in(&mut self, person: &Actor, duty: Duty) {
        self.refused.remove(&(person.clone(), duty));
    }
}
