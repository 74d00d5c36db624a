//! What a command comes to: events, nothing if it is true already, or a refusal.

use jiff::Timestamp;

use super::command::{
    IssueStatusToken, RecordBounce, RecordDelivery, RecordReply, RevokeStatusTokens, SendMessage,
};
use super::event::{
    MessageBounced, MessageDelivered, MessageReplied, MessageRequested, StatusTokenIssued,
    StatusTokenRevoked,
};
use super::{Command, Contact, Course, Event, Message, Refusal};
use crate::decide::{field, occurred};
use crate::{File, State};

/// Tokens of one complaint that open something at a time.
pub const MAX_TOKENS: usize = 20;

/// Messages about one complaint.
pub const MAX_MESSAGES: usize = 500;

/// `at` is when the command is decided: it is also when it happens, where the command does not say.
pub fn decide(
    complaint: &State,
    contact: &Contact,
    command: &Command,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let at = redress_envelope::stamp(at, None);
    let file = complaint.file().ok_or(crate::Refusal::NotOpened)?;
    match command {
        Command::IssueStatusToken(c) => issue(file, contact, c, at),
        Command::RevokeStatusTokens(c) => revoke(file, contact, c, at),
        Command::SendMessage(c) => send(file, contact, c, at),
        Command::RecordDelivery(c) => delivered(contact, c, at),
        Command::RecordBounce(c) => bounced(contact, c, at),
        Command::RecordReply(c) => replied(file, contact, c, at),
    }
}

fn issue(
    file: &File,
    contact: &Contact,
    command: &IssueStatusToken,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if contact.tokens.len() >= MAX_TOKENS {
        return Err(Refusal::TooManyTokens);
    }
    Ok(vec![Event::StatusTokenIssued(StatusTokenIssued {
        token: contact.tokens_numbered.saturating_add(1),
        token_hash: command.token_hash.clone(),
        bound_to: command.bound_to.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

fn revoke(
    file: &File,
    contact: &Contact,
    command: &RevokeStatusTokens,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    let occurred_at = occurred::after_receipt(command.occurred_at, at, file)?;
    let event = |token| {
        Event::StatusTokenRevoked(StatusTokenRevoked {
            token,
            reason: command.reason.clone(),
            occurred_at,
        })
    };
    match command.token {
        None => Ok(contact.tokens.keys().copied().map(event).collect()),
        Some(token) if contact.tokens.contains_key(&token) => Ok(vec![event(token)]),
        // It was given out once, and revoked since.
        Some(token) if (1..=contact.tokens_numbered).contains(&token) => Ok(Vec::new()),
        Some(token) => Err(Refusal::TokenUnknown { token }),
    }
}

fn send(
    file: &File,
    contact: &Contact,
    command: &SendMessage,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if contact.messages.len() >= MAX_MESSAGES {
        return Err(Refusal::TooManyMessages);
    }
    field::code("channel", &command.channel)?;
    Ok(vec![Event::MessageRequested(MessageRequested {
        message: contact.messages_numbered().saturating_add(1),
        template: command.template.clone(),
        template_policy: command.template_policy.clone(),
        language: command.language.clone(),
        channel: command.channel.clone(),
        content: command.content.clone(),
        informs: command.informs,
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// The first of each proof counts. Another one is more of it: what a server took is read later.
fn delivered(
    contact: &Contact,
    command: &RecordDelivery,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let message = known(contact, command.message)?;
    match &message.course {
        Course::Bounced { at } => {
            let (message, at) = (command.message, *at);
            return Err(Refusal::AlreadyBounced { message, at });
        }
        Course::Delivered { proof, .. } if *proof == command.proof => return Ok(Vec::new()),
        Course::Delivered { .. } | Course::Requested => {}
    }
    field::code("proof", command.proof.as_str())?;
    Ok(vec![Event::MessageDelivered(MessageDelivered {
        message: command.message,
        proof: command.proof.clone(),
        explanation: command.explanation.clone(),
        occurred_at: after_request(message, command.occurred_at, at)?,
    })])
}

/// The first one counts.
fn bounced(
    contact: &Contact,
    command: &RecordBounce,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let message = known(contact, command.message)?;
    match &message.course {
        Course::Bounced { .. } => return Ok(Vec::new()),
        Course::Delivered { .. } | Course::Requested => {}
    }
    field::code("reason", command.reason.as_str())?;
    Ok(vec![Event::MessageBounced(MessageBounced {
        message: command.message,
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at: after_request(message, command.occurred_at, at)?,
    })])
}

fn replied(
    file: &File,
    contact: &Contact,
    command: &RecordReply,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let Some(key) = &command.reply_key
        && contact.replies.contains(key)
    {
        return Ok(Vec::new());
    }
    field::code("channel", &command.channel)?;
    let occurred_at = match command.message {
        Some(number) => after_request(known(contact, number)?, command.occurred_at, at)?,
        None => occurred::after_receipt(command.occurred_at, at, file)?,
    };
    Ok(vec![Event::MessageReplied(MessageReplied {
        message: command.message,
        channel: command.channel.clone(),
        words: command.words.clone(),
        reply_key: command.reply_key.clone(),
        occurred_at,
    })])
}

fn known(contact: &Contact, message: u32) -> Result<&Message, Refusal> {
    let found = contact.messages.get(&message);
    found.ok_or(Refusal::MessageUnknown { message })
}

/// What becomes of a message comes after it was asked for.
fn after_request(
    message: &Message,
    given: Option<Timestamp>,
    at: Timestamp,
) -> Result<Timestamp, Refusal> {
    let earliest = message.requested_at;
    match given {
        Some(given) if given < earliest => Err(Refusal::BeforeRequest { given, earliest }),
        Some(_) | None => Ok(occurred::after(given, at, &[])?.max(earliest)),
    }
}
