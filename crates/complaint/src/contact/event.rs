//! What happened. The structs are the storage format, as those of [`crate::event`].

use jiff::Timestamp;
use redress_envelope::VaultRef;
use serde::{Deserialize, Serialize};

use crate::{BounceReason, Informs, Proof};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    StatusTokenIssued(StatusTokenIssued),
    StatusTokenRevoked(StatusTokenRevoked),
    MessageRequested(MessageRequested),
    MessageDelivered(MessageDelivered),
    MessageBounced(MessageBounced),
    MessageReplied(MessageReplied),
}

/// Somebody was given a token that shows where the complaint stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusTokenIssued {
    /// The number that names it within its complaint, from 1, never used twice.
    pub token: u32,
    /// SHA-256 of the token, which is 256 random bits and stands nowhere.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    pub token_hash: String,
    /// An entry of the vault under the complainant's key: once it is unreadable the token opens
    /// nothing.
    pub bound_to: VaultRef,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A token opens nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusTokenRevoked {
    /// Its number.
    pub token: u32,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant is to be told something. Whoever sends messages finds it here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageRequested {
    /// The number that names it within its complaint, from 1, never used twice.
    pub message: u32,
    /// The name of the template that it was made of.
    pub template: String,
    /// The version of the policy that has the template.
    pub template_policy: String,
    /// The language of the template, as in BCP 47: `de`, `de-AT`.
    pub language: String,
    /// How it is to be sent, as a code of the organisation's own: `email`, `letter`, ...
    pub channel: String,
    /// What is said, sealed: the subject, an empty line, and the text.
    pub content: VaultRef,
    /// Whether, and when, it counts as having informed the complainant.
    pub informs: Informs,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A message arrived, or came as far as the proof says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageDelivered {
    /// Its number.
    pub message: u32,
    /// What shows that it did.
    pub proof: Proof,
    /// Where it went and what was said there, sealed: the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A message does not arrive, or came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageBounced {
    /// Its number.
    pub message: u32,
    /// Why.
    pub reason: BounceReason,
    /// What the other side said, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageReplied {
    /// The number of the message that it answers, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<u32>,
    /// How it came, as a code of the organisation's own: `email`, `letter`, ...
    pub channel: String,
    /// The words, sealed.
    pub words: VaultRef,
    /// A keyed hash of the id that the reply has where it came from: of one key there is one reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_key: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl Event {
    pub fn occurred_at(&self) -> Timestamp {
        match self {
            Self::StatusTokenIssued(e) => e.occurred_at,
            Self::StatusTokenRevoked(e) => e.occurred_at,
            Self::MessageRequested(e) => e.occurred_at,
            Self::MessageDelivered(e) => e.occurred_at,
            Self::MessageBounced(e) => e.occurred_at,
            Self::MessageReplied(e) => e.occurred_at,
        }
    }

    /// The words that it refers to. What a token is bound to are none.
    pub fn words(&self) -> Option<&VaultRef> {
        match self {
            Self::StatusTokenIssued(_) | Self::StatusTokenRevoked(_) => None,
            Self::MessageRequested(e) => Some(&e.content),
            Self::MessageDelivered(e) => e.explanation.as_ref(),
            Self::MessageBounced(e) => e.explanation.as_ref(),
            Self::MessageReplied(e) => Some(&e.words),
        }
    }
}
