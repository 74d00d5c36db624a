//! What stands beside the stage of an open complaint, and ends with it.

use jiff::Timestamp;
use redress_envelope::VaultRef;

use super::{Ground, State};
pub use crate::event::NextLevel;
use crate::{HoldBasis, WaitingFor};

/// Boxed, because most complaints have none of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    /// It waits for somebody. That can be while it is on hold, too.
    pub waiting: Option<Box<Waiting>>,
    pub hold: Option<Box<Hold>>,
    pub escalation: Option<Box<Escalation>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub awaited: Awaited,
    pub ground: Ground,
    pub since: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    Complainant,
    ThirdParty {
        /// A code of the organisation's own.
        party: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub basis: HoldBasis,
    pub explanation: Option<VaultRef>,
    pub since: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// From 1.
    pub level: u32,
    pub ground: Ground,
    pub since: Timestamp,
    /// Where it goes on to, if it is still escalated then.
    pub next: Option<NextLevel>,
}

impl Awaited {
    pub fn word(&self) -> WaitingFor {
        match self {
            Self::Complainant => WaitingFor::Complainant,
            Self::ThirdParty { .. } => WaitingFor::ThirdParty,
        }
    }

    pub fn third_party(&self) -> Option<&str> {
        match self {
            Self::Complainant => None,
            Self::ThirdParty { party } => Some(party),
        }
    }
}

impl State {
    /// Only an open complaint has any.
    pub fn flags(&self) -> Option<&Flags> {
        match self {
            Self::Open { flags, .. } => Some(flags),
            Self::NotOpened
            | Self::Closed { .. }
            | Self::Merged { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// The flags of an open complaint, and those that a merged one will have again.
    pub fn kept_flags(&self) -> Option<&Flags> {
        match self {
            Self::Open { flags, .. } => Some(flags),
            Self::Merged { merging, .. } => Some(&merging.flags),
            Self::NotOpened | Self::Closed { .. } | Self::Withdrawn { .. } => None,
        }
    }

    pub fn waiting(&self) -> Option<&Waiting> {
        self.flags()?.waiting.as_deref()
    }

    pub fn hold(&self) -> Option<&Hold> {
        self.flags()?.hold.as_deref()
    }

    pub fn escalation(&self) -> Option<&Escalation> {
        self.flags()?.escalation.as_deref()
    }
}
