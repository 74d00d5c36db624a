//! What can be asked. `occurred_at` says when it happened; without it, it happens now.

use jiff::Timestamp;
use redress_envelope::VaultRef;

use crate::{BounceReason, Informs, Proof};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    IssueStatusToken(IssueStatusToken),
    RevokeStatusTokens(RevokeStatusTokens),
    SendMessage(SendMessage),
    RecordDelivery(RecordDelivery),
    RecordBounce(RecordBounce),
    RecordReply(RecordReply),
}

/// Give out a token more. No two are the same: every one is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueStatusToken {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    /// An entry under the complainant's key.
    pub bound_to: VaultRef,
    pub occurred_at: Option<Timestamp>,
}

/// Let a token open nothing any more, or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeStatusTokens {
    /// `None`: all of them.
    pub token: Option<u32>,
    /// A code of the organisation's own.
    pub reason: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

/// Tell the complainant something. Two messages are never the same: every one is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendMessage {
    pub template: String,
    /// The version of the policy whose template it is.
    pub template_policy: String,
    pub language: String,
    pub channel: String,
    pub content: VaultRef,
    pub informs: Informs,
    pub occurred_at: Option<Timestamp>,
}

/// Whoever sent a message knows that it arrived, or how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDelivery {
    pub message: u32,
    pub proof: Proof,
    /// Where it went and what was said there.
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Whoever sent a message knows that it does not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBounce {
    pub message: u32,
    pub reason: BounceReason,
    /// What the other side said.
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// The complainant answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordReply {
    /// The message that it answers, where that is known.
    pub message: Option<u32>,
    pub channel: String,
    pub words: VaultRef,
    /// A keyed hash of the id that the reply has where it came from: of one key there is one reply.
    pub reply_key: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

macro_rules! from_each {
    ($($name:ident),+ $(,)?) => {$(
        impl From<$name> for Command {
            fn from(command: $name) -> Self {
                Self::$name(command)
            }
        }
    )+};
}

from_each!(
    IssueStatusToken,
    RevokeStatusTokens,
    SendMessage,
    RecordDelivery,
    RecordBounce,
    RecordReply,
);
