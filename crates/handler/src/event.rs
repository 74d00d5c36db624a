//! What happened to somebody in the register. The structs are the storage format: a field may be added with a
//! default, nothing else changes.

use jiff::Timestamp;
use redress_envelope::VaultRef;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Registered(Registered),
    QueueJoined(QueueJoined),
    QueueLeft(QueueLeft),
    LoadLimited(LoadLimited),
    SkillGranted(SkillGranted),
    SkillRevoked(SkillRevoked),
    AbsenceAnnounced(AbsenceAnnounced),
    AbsenceEnded(AbsenceEnded),
    Retired(Retired),
}

/// Somebody was put into the register of those who handle complaints; again, after having been taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Registered {
    /// What the person is called, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<VaultRef>,
    /// The queues that the person takes complaints from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<String>,
    /// How many open complaints a policy may give the person. Absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_limit: Option<u32>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The person takes complaints from a queue from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueJoined {
    /// A work list of the organisation's own.
    pub queue: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The person takes no more complaints from a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueLeft {
    /// A work list of the organisation's own.
    pub queue: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// How much a policy may give the person from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoadLimited {
    /// How many open complaints. Absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_limit: Option<u32>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The person is competent in something, by training, examination or experience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillGranted {
    /// A code of the organisation's own.
    pub skill: String,
    /// From when on it counts no more unless it is granted anew. Absent: it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The person's competence counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillRevoked {
    /// A code of the organisation's own.
    pub skill: String,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The person is, or will be, away. Another one that begins at the same time replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AbsenceAnnounced {
    /// When it begins.
    pub from: Timestamp,
    /// When the person is there again. Absent: nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// When it was said.
    pub occurred_at: Timestamp,
}

/// An absence ended, or will not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AbsenceEnded {
    /// When the absence that is meant begins or began.
    pub from: Timestamp,
    /// When it ended.
    pub occurred_at: Timestamp,
}

/// The person handles no complaints any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Retired {
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl Event {
    pub fn occurred_at(&self) -> Timestamp {
        match self {
            Self::Registered(e) => e.occurred_at,
            Self::QueueJoined(e) => e.occurred_at,
            Self::QueueLeft(e) => e.occurred_at,
            Self::LoadLimited(e) => e.occurred_at,
            Self::SkillGranted(e) => e.occurred_at,
            Self::SkillRevoked(e) => e.occurred_at,
            Self::AbsenceAnnounced(e) => e.occurred_at,
            Self::AbsenceEnded(e) => e.occurred_at,
            Self::Retired(e) => e.occurred_at,
        }
    }
}
