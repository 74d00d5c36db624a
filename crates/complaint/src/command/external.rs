//! What can be asked of a complaint that is before another body.

use jiff::Timestamp;
use redress_envelope::{Money, VaultRef};

use crate::{Determination, ReferredBy, ResolutionMethod};

/// Bring it before another body, or record that the complainant did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferExternally {
    /// Which one, as a code of the organisation's own.
    pub body: String,
    pub referred_by: ReferredBy,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// The other body told of the dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordExternalNotice {
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Say to the other body where the organisation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateExternalPosition {
    pub position: VaultRef,
    pub occurred_at: Option<Timestamp>,
}

/// The other body begins to resolve it, or goes on in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginExternalResolution {
    pub method: ResolutionMethod,
    pub occurred_at: Option<Timestamp>,
}

/// Both agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleExternally {
    pub award: Option<Money>,
    pub terms: VaultRef,
    pub occurred_at: Option<Timestamp>,
}

/// The other body recommends or decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDetermination {
    pub determination: Determination,
    pub award: Option<Money>,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// What was agreed on or determined is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImplementExternalResult {
    pub occurred_at: Option<Timestamp>,
}

/// It is over before the other body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseExternalFile {
    /// A code of the organisation's own; must be said where it came to no result.
    pub reason: Option<String>,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}
