//! One remedy and what became of it.

use jiff::Timestamp;
use redress_envelope::{Actor, Money};

use crate::{Refusal, RemedyOffer};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    pub offer: RemedyOffer,
    pub course: RemedyCourse,
    pub approval: Approval,
}

/// Whether another person stands for it. Until then it is promised to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    NotNeeded,
    Pending {
        /// What one person may offer alone.
        limit: Money,
        offered_by: Option<Actor>,
    },
    Given {
        by: Actor,
        at: Timestamp,
    },
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

    /// Refuses what has to be approved first.
    pub(crate) fn is_approved(&self, number: u32) -> Result<(), Refusal> {
        match &self.approval {
            Approval::NotNeeded | Approval::Given { .. } => Ok(()),
            Approval::Pending { limit, .. } => Err(Refusal::RemedyNotApproved {
                remedies: vec![number],
                limit: limit.clone(),
            }),
        }
    }

    /// Neither given nor declined, and another person's approval is not waited for.
    pub fn is_promised(&self) -> bool {
        self.is_open() && !matches!(self.approval, Approval::Pending { .. })
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
