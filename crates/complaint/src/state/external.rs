//! A dispute before another body, and what else outlives a stage.

use jiff::Timestamp;
use redress_envelope::{ItemId, VaultRef};

use super::{Flags, Ground, Stage, State};
use crate::{ExternalResult, ReferredBy, ResolutionMethod};

/// The last one; it may be over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// A code of the organisation's own.
    pub body: String,
    pub referred_by: ReferredBy,
    pub step: ExternalStep,
    /// Since when that step is taken, and with which words.
    pub since: Timestamp,
    pub words: Option<VaultRef>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternalStep {
    Referred,
    NoticeReceived,
    PositionStated,
    Resolving {
        method: ResolutionMethod,
    },
    Ended(ExternalResult),
    Implemented(ExternalResult),
    FileClosed {
        /// `None`: it came to none.
        result: Option<ExternalResult>,
        reason: Option<String>,
    },
}

/// That it was asked, after the closing, whether all is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    pub channel: String,
    pub result: Option<String>,
    pub explanation: Option<VaultRef>,
    pub at: Timestamp,
}

/// That another complaint answers this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merging {
    pub into: ItemId,
    pub ground: Ground,
    pub at: Timestamp,
    /// Where it stood, and what stood beside it.
    pub stage: Stage,
    pub flags: Flags,
}

impl External {
    /// The other body is not done with it.
    pub fn is_open(&self) -> bool {
        match self.step {
            ExternalStep::Referred
            | ExternalStep::NoticeReceived
            | ExternalStep::PositionStated
            | ExternalStep::Resolving { .. }
            | ExternalStep::Ended(_)
            | ExternalStep::Implemented(_) => true,
            ExternalStep::FileClosed { .. } => false,
        }
    }

    /// What it came to, as far as it has.
    pub fn result(&self) -> Option<&ExternalResult> {
        match &self.step {
            ExternalStep::Referred
            | ExternalStep::NoticeReceived
            | ExternalStep::PositionStated
            | ExternalStep::Resolving { .. } => None,
            ExternalStep::Ended(result) | ExternalStep::Implemented(result) => Some(result),
            ExternalStep::FileClosed { result, .. } => result.as_ref(),
        }
    }
}

impl ExternalStep {
    /// In one word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Referred => "referred",
            Self::NoticeReceived => "notice_received",
            Self::PositionStated => "position_stated",
            Self::Resolving { .. } => "resolving",
            Self::Ended(ExternalResult::Settled { .. }) => "settled",
            Self::Ended(ExternalResult::Determined { .. }) => "determination_received",
            Self::Implemented(_) => "implemented",
            Self::FileClosed { .. } => "file_closed",
        }
    }
}

impl State {
    /// The last dispute before another body.
    pub fn external(&self) -> Option<&External> {
        self.file()?.external.as_deref()
    }

    /// Only of a complaint that is merged.
    pub fn merging(&self) -> Option<&Merging> {
        match self {
            Self::Merged { merging, .. } => Some(merging),
            Self::NotOpened | Self::Open { .. } | Self::Closed { .. } | Self::Withdrawn { .. } => {
                None
            }
        }
    }

    /// Only of a closed complaint.
    pub fn followed_up(&self) -> Option<&FollowUp> {
        match self {
            Self::Closed { followed_up, .. } => followed_up.as_deref(),
            Self::NotOpened | Self::Open { .. } | Self::Merged { .. } | Self::Withdrawn { .. } => {
                None
            }
        }
    }
}
