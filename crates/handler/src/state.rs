//! What the next decision needs of somebody in the register.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Event;

/// Absences that are remembered; of more the earliest are forgotten.
pub const MAX_ABSENCES: usize = 64;

/// One person. Serialised for rows of views alone, which are built again from the events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    #[default]
    NotRegistered,
    Registered(Handler),
    Retired,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handler {
    pub queues: BTreeSet<String>,
    pub skills: BTreeMap<String, Skill>,
    /// By their beginning.
    pub absences: BTreeMap<Timestamp, Absence>,
    /// Open complaints that a policy may give.
    pub load_limit: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// `None`: nobody knows.
    pub to: Option<Timestamp>,
}

impl Skill {
    /// When it expired, if it had by then.
    pub fn expired(&self, at: Timestamp) -> Option<Timestamp> {
        self.expires_at.filter(|expires_at| *expires_at <= at)
    }
}

impl Absence {
    fn is_over(self, at: Timestamp) -> bool {
        self.to.is_some_and(|to| to <= at)
    }
}

impl Handler {
    /// The absences in which a time lies, by their beginnings.
    pub fn absent(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Absence)> {
        let begun = self.absences.range(..=at);
        begun
            .map(|(from, absence)| (*from, *absence))
            .filter(move |(_, absence)| !absence.is_over(at))
    }

    /// Whether the person is away, and until when as far as is known.
    pub fn absence(&self, at: Timestamp) -> Option<Absence> {
        let away = self.absent(at).map(|(_, absence)| absence);
        // What has no end is the longest.
        away.max_by_key(|absence| absence.to.unwrap_or(Timestamp::MAX))
    }
}

impl State {
    pub fn handler(&self) -> Option<&Handler> {
        match self {
            Self::Registered(handler) => Some(handler),
            Self::NotRegistered | Self::Retired => None,
        }
    }

    fn handler_mut(&mut self) -> Option<&mut Handler> {
        match self {
            Self::Registered(handler) => Some(handler),
            Self::NotRegistered | Self::Retired => None,
        }
    }
}

/// Folds one event. What does not fit the state that it meets changes nothing.
pub fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::Registered(e) => {
            *state = State::Registered(Handler {
                queues: e.queues.iter().cloned().collect(),
                load_limit: e.load_limit,
                ..Handler::default()
            });
        }
        Event::Retired(_) => *state = State::Retired,
        Event::QueueJoined(_)
        | Event::QueueLeft(_)
        | Event::LoadLimited(_)
        | Event::SkillGranted(_)
        | Event::SkillRevoked(_)
        | Event::AbsenceAnnounced(_)
        | Event::AbsenceEnded(_) => {
            if let Some(handler) = state.handler_mut() {
                change(handler, event);
            }
        }
    }
}

fn change(handler: &mut Handler, event: &Event) {
    match event {
        Event::Registered(_) | Event::Retired(_) => {}
        Event::QueueJoined(e) => {
            handler.queues.insert(e.queue.clone());
        }
        Event::QueueLeft(e) => {
            handler.queues.remove(&e.queue);
        }
        Event::LoadLimited(e) => handler.load_limit = e.load_limit,
        Event::SkillGranted(e) => {
            let expires_at = e.expires_at;
            handler.skills.insert(e.skill.clone(), Skill { expires_at });
        }
        Event::SkillRevoked(e) => {
            handler.skills.remove(&e.skill);
        }
        Event::AbsenceAnnounced(e) => {
            handler.absences.insert(e.from, Absence { to: e.to });
            if handler.absences.len() > MAX_ABSENCES {
                handler.absences.pop_first();
            }
        }
        Event::AbsenceEnded(e) => {
            if e.occurred_at <= e.from {
                // It never began.
                handler.absences.remove(&e.from);
            } else if let Some(absence) = handler.absences.get_mut(&e.from) {
                absence.to = Some(e.occurred_at);
            }
        }
    }
}
