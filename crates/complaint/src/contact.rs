//! What is said to the complainant and heard back, and the tokens that show where the complaint stands.
//!
//! All of it is possible wherever a complaint that was opened stands, also once it is over: who
//! complained can be told something, answer, and look. So it is a fold of its own beside
//! [`State`](crate::State), in the same stream.
//!
//! # A message
//!
//! It is requested, and handed to whoever sends it. What became of it comes back: it was delivered, on
//! the strength of a [`Proof`], it bounced, or both in this order, because a server that took a
//! message may give it back later. A reply is recorded with the message that it answers, where that
//! is known.
//!
//! # A status token
//!
//! Somebody who has it sees where the complaint stands. The event holds a hash of it alone, and a
//! reference to an entry of the vault under the complainant's key: when that is rendered unreadable,
//! the token opens nothing any more.

pub mod command;
pub mod event;

mod codec;
mod decide;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_envelope::VaultRef;

#[cfg(feature = "schema")]
pub(crate) use codec::schema_of;
pub use command::Command;
pub use decide::{MAX_MESSAGES, MAX_TOKENS, decide};
pub use event::Event;
pub use refusal::{CODES, Refusal};

use crate::{Informs, Proof};

/// What the next decision about it needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The tokens that open something, by number.
    tokens: BTreeMap<u32, Token>,
    /// The highest numbers that were ever given.
    tokens_numbered: u32,
    messages: BTreeMap<u32, Message>,
    /// The keys of the replies that were recorded.
    replies: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the token, in hex.
    pub hash: String,
    pub bound_to: VaultRef,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub requested_at: Timestamp,
    pub channel: String,
    pub informs: Informs,
    pub course: Course,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    Requested,
    Delivered {
        proof: Proof,
        /// When the first proof was given.
        first_at: Timestamp,
    },
    Bounced {
        at: Timestamp,
    },
}

impl Contact {
    pub fn tokens(&self) -> &BTreeMap<u32, Token> {
        &self.tokens
    }

    /// The highest number that a token ever had.
    pub fn tokens_numbered(&self) -> u32 {
        self.tokens_numbered
    }

    /// The token with that hash, if it opens something.
    pub fn token(&self, hash: &str) -> Option<(u32, &Token)> {
        let mut all = self.tokens.iter();
        all.find(|(_, token)| token.hash == hash)
            .map(|(number, token)| (*number, token))
    }

    pub fn messages(&self) -> &BTreeMap<u32, Message> {
        &self.messages
    }

    /// Messages are numbered from 1 without gaps.
    pub fn messages_numbered(&self) -> u32 {
        self.messages.keys().next_back().copied().unwrap_or(0)
    }

    /// When the complainant was told how it stands, if an event means that: as the policy said when
    /// the message was requested, that is with the request or with the first proof of its delivery.
    /// To be asked before the event is folded.
    pub fn informed_at(&self, event: &Event) -> Option<Timestamp> {
        match event {
            Event::MessageRequested(e) => {
                (e.informs == Informs::OnRequest).then_some(e.occurred_at)
            }
            Event::MessageDelivered(e) => {
                let message = self.messages.get(&e.message)?;
                let is_first = message.course == Course::Requested;
                let informs = message.informs == Informs::OnDelivery;
                (is_first && informs).then_some(e.occurred_at)
            }
            Event::StatusTokenIssued(_)
            | Event::StatusTokenRevoked(_)
            | Event::MessageBounced(_)
            | Event::MessageReplied(_) => None,
        }
    }

    /// Folds an event. One that does not fit changes nothing.
    pub fn evolve(&mut self, event: &Event) {
        match event {
            Event::StatusTokenIssued(e) => {
                self.tokens_numbered = self.tokens_numbered.max(e.token);
                let (hash, bound_to) = (e.token_hash.clone(), e.bound_to.clone());
                self.tokens.insert(e.token, Token { hash, bound_to });
            }
            Event::StatusTokenRevoked(e) => {
                self.tokens.remove(&e.token);
            }
            Event::MessageRequested(e) => {
                let message = Message {
                    requested_at: e.occurred_at,
                    channel: e.channel.clone(),
                    informs: e.informs,
                    course: Course::Requested,
                };
                self.messages.insert(e.message, message);
            }
            Event::MessageDelivered(e) => self.delivered(e),
            Event::MessageBounced(e) => {
                if let Some(message) = self.messages.get_mut(&e.message) {
                    message.course = Course::Bounced { at: e.occurred_at };
                }
            }
            Event::MessageReplied(e) => self.replies.extend(e.reply_key.clone()),
        }
    }

    fn delivered(&mut self, e: &event::MessageDelivered) {
        let Some(message) = self.messages.get_mut(&e.message) else {
            return;
        };
        let first_at = match &message.course {
            Course::Requested => e.occurred_at,
            Course::Delivered { first_at, .. } => *first_at,
            Course::Bounced { .. } => return,
        };
        let proof = e.proof.clone();
        message.course = Course::Delivered { proof, first_at };
    }
}
