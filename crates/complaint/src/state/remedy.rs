//! One remedy and what became of it.

use jiff::Timestamp;

use crate::RemedyOffer;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    pub offer: RemedyOffer,
    pub course: RemedyCourse,
}

/// What became of a remedy: one that was declined is not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemedyCourse {
    Offered,
    Accepted {
        at: Timestamp,
    },
    Declined {
        at: Timestamp,
        reason: Option<String>,
    },
    Fulfilled {
        at: Timestamp,
        /// `None`: nobody asked.
        accepted_at: Option<Timestamp>,
    },
}

impl Remedy {
    /// Neither given nor declined.
    pub fn is_open(&self) -> bool {
        match self.course {
            RemedyCourse::Offered | RemedyCourse::Accepted { .. } => true,
            RemedyCourse::Declined { .. } | RemedyCourse::Fulfilled { .. } => false,
        }
    }

    pub fn accepted_at(&self) -> Option<Timestamp> {
        match self.course {
            RemedyCourse::Accepted { at } => Some(at),
            RemedyCourse::Fulfilled { accepted_at, .. } => accepted_at,
            RemedyCourse::Offered | RemedyCourse::Declined { .. } => None,
        }
    }

    pub fn fulfilled_at(&self) -> Option<Timestamp> {
        match self.course {
            RemedyCourse::Fulfilled { at, .. } => Some(at),
            RemedyCourse::Offered
            | RemedyCourse::Accepted { .. }
            | RemedyCourse::Declined { .. } => None,
        }
    }

    /// When it was declined, and why.
    pub fn declined(&self) -> Option<(Timestamp, Option<&str>)> {
        match &self.course {
            RemedyCourse::Declined { at, reason } => Some((*at, reason.as_deref())),
            RemedyCourse::Offered
            | RemedyCourse::Accepted { .. }
            | RemedyCourse::Fulfilled { .. } => None,
        }
    }
}
