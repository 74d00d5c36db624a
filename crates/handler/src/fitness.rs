//! Who may take a duty, and who is chosen.

use jiff::Timestamp;
use redress_envelope::Actor;

use crate::duty::{Considered, Reason};
use crate::state::State;

/// Of those who were looked at, how many are kept with a choice.
pub const MAX_CONSIDERED: usize = 50;

/// What a duty asks of a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The queue in which the complaint waits.
    pub queue: Option<&'a str>,
    pub skills: &'a [String],
    /// Whether somebody who is in no register will do.
    pub is_registered: bool,
}

/// Why somebody may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    NotRegistered,
    Retired,
    Absent {
        /// `None`: nobody knows.
        until: Option<Timestamp>,
    },
    NotInQueue {
        queue: String,
    },
    SkillMissing {
        skill: String,
    },
    SkillExpired {
        skill: String,
        expired_at: Timestamp,
    },
}

impl Unfit {
    pub fn reason(&self) -> Reason {
        match self {
            Self::NotRegistered => Reason::NotRegistered,
            Self::Retired => Reason::Retired,
            Self::Absent { .. } => Reason::Absent,
            Self::NotInQueue { .. } => Reason::NotInQueue,
            Self::SkillMissing { .. } => Reason::SkillMissing,
            Self::SkillExpired { .. } => Reason::SkillExpired,
        }
    }

    /// The skill that it is about.
    pub fn skill(&self) -> Option<&str> {
        match self {
            Self::SkillMissing { skill } | Self::SkillExpired { skill, .. } => Some(skill),
            Self::NotRegistered | Self::Retired | Self::Absent { .. } | Self::NotInQueue { .. } => {
                None
            }
        }
    }
}

impl State {
    /// Why the person may not take a duty at a time; nothing where nothing speaks against it.
    pub fn unfit(&self, wanted: &Wanted<'_>, at: Timestamp) -> Option<Unfit> {
        let handler = match self {
            Self::NotRegistered if wanted.is_registered => return Some(Unfit::NotRegistered),
            Self::NotRegistered => return None,
            Self::Retired => return Some(Unfit::Retired),
            Self::Registered(handler) => handler,
        };
        if let Some(absence) = handler.absence(at) {
            return Some(Unfit::Absent { until: absence.to });
        }
        if let Some(queue) = wanted.queue.filter(|it| !handler.queues.contains(*it)) {
            let queue = queue.to_owned();
            return Some(Unfit::NotInQueue { queue });
        }
        wanted.skills.iter().find_map(|skill| {
            let known = handler.skills.get(skill);
            let skill = skill.clone();
            match known.map(|known| known.expired(at)) {
                None => Some(Unfit::SkillMissing { skill }),
                Some(Some(expired_at)) => Some(Unfit::SkillExpired { skill, expired_at }),
                Some(None) => None,
            }
        })
    }
}

/// Somebody who may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub handler: Actor,
    pub state: State,
    /// Open complaints that the person handles.
    pub load: u32,
    /// In the complaint at hand.
    pub has_conflict: bool,
    /// Whether that complaint is about the person.
    pub is_complained_of: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// `None`: nobody may.
    pub chosen: Option<Actor>,
    /// Everybody who was looked at: those who may first, the fewest complaints first.
    pub considered: Vec<Considered>,
}

/// Chooses who has the fewest open complaints, of several the first by pseudonym.
pub fn choose(candidates: &[Candidate], wanted: &Wanted<'_>, at: Timestamp) -> Choice {
    let mut considered: Vec<Considered> = candidates
        .iter()
        .map(|candidate| consider(candidate, wanted, at))
        .collect();
    considered.sort_by(|a, b| {
        let key = |it: &Considered| (it.left_out.is_some(), it.load);
        key(a).cmp(&key(b)).then_with(|| a.handler.cmp(&b.handler))
    });
    let first = considered.first().filter(|it| it.left_out.is_none());
    Choice {
        chosen: first.map(|it| it.handler.clone()),
        considered,
    }
}

fn consider(candidate: &Candidate, wanted: &Wanted<'_>, at: Timestamp) -> Considered {
    let Candidate {
        handler,
        state,
        load,
        has_conflict,
        is_complained_of,
    } = candidate;
    let unfit = state.unfit(wanted, at);
    let limit = state.handler().and_then(|it| it.load_limit);
    let is_full = limit.is_some_and(|limit| *load >= limit);
    let left_out = match &unfit {
        Some(unfit) => Some(unfit.reason()),
        None if *is_complained_of => Some(Reason::ComplainedOf),
        None if *has_conflict => Some(Reason::ConflictOfInterest),
        None if is_full => Some(Reason::AtLoadLimit),
        None => None,
    };
    Considered {
        handler: handler.clone(),
        load: *load,
        left_out,
        skill: unfit.as_ref().and_then(Unfit::skill).map(str::to_owned),
    }
}
