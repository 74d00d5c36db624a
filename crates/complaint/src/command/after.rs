//! What can be asked of a complaint that is over.

use jiff::Timestamp;
use redress_envelope::VaultRef;

use crate::Satisfaction;

/// Ask, after the closing, whether all is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    pub channel: String,
    /// A code of the organisation's own.
    pub result: Option<String>,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// The complainant says how satisfied they are with how it was handled. The last answer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSatisfaction {
    pub satisfaction: Satisfaction,
    pub words: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}
