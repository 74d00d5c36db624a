//! What is said to who complained, what becomes of it, and what is heard back.

use clap::{Args, Subcommand};
use redress_wire::workflow::v1 as wire;
use redress_wire::workflow::v1::list_messages_request::Key;
use serde_json::{Value, json};

use super::command::{d, words};
use super::target::{Target, is_reference, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time};
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Ask for a message to be sent, by whoever sends messages
    Send(SendMessage),
    /// It arrived, or came as far as the proof says
    Delivered(Delivered),
    /// It does not arrive, or came back
    Bounced(Bounced),
    /// The complainant answered
    Reply(Reply),
    /// Every message about a complaint and every reply, with the words
    List(List),
}

#[derive(Debug, Args)]
pub(crate) struct SendMessage {
    #[command(flatten)]
    target: Target,
    /// The name of a template of a policy in force
    #[arg(long)]
    template: String,
    /// How it is to be sent: email, letter, sms, ..
    #[arg(long)]
    channel: String,
    /// `de`, `de-AT`; that of the complaint, if absent
    #[arg(long, default_value = "", hide_default_value = true)]
    language: String,
    /// What stands for `{text}` in the template; `-` reads it from standard input
    #[arg(long)]
    text: Option<String>,
}

/// A message that goes with another step.
#[derive(Debug, Args)]
pub(super) struct Tell {
    /// Ask for a message too, by this template of a policy in force
    #[arg(long)]
    template: Option<String>,
    /// What stands for `{text}` in the template; `-` reads it from standard input
    #[arg(long, requires = "template")]
    text: Option<String>,
    /// The language of the message; that of the complaint, if absent
    #[arg(long, requires = "template")]
    language: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Delivered {
    #[command(flatten)]
    target: Target,
    /// Its number, from 1
    #[arg(long)]
    message: u32,
    /// What shows it: `accepted_by_server`, delivered, read, posted, `signed_for`, said, or a code of your own
    #[arg(long)]
    proof: String,
    /// Where it went and what was said there; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Bounced {
    #[command(flatten)]
    target: Target,
    /// Its number, from 1
    #[arg(long)]
    message: u32,
    /// `no_address`, `address_invalid`, `address_unknown`, `mailbox_full`, rejected, expired, or a code of your own
    #[arg(long)]
    reason: String,
    /// What the other side said; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Reply {
    #[command(flatten)]
    target: Target,
    /// The number of the message that it answers, where that is known
    #[arg(long)]
    message: Option<u32>,
    /// How it came: email, letter, ..
    #[arg(long)]
    channel: String,
    /// The words; `-` reads them from standard input
    #[arg(long)]
    text: String,
    /// The id that it has where it came from, so that it is recorded once
    #[arg(
        long = "reply-id",
        value_name = "REPLY_ID",
        default_value = "",
        hide_default_value = true
    )]
    known_as: String,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Its id, or its reference (`RD-2026-000123-7`)
    complaint: String,
    /// Wait until the answer includes what this token covers
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    wait_for: String,
}

impl Tell {
    /// Its channel is that of the step.
    pub(super) fn message(self) -> Result<Option<wire::MessageToSend>, Failure> {
        let Some(template) = self.template else {
            return Ok(None);
        };
        Ok(Some(wire::MessageToSend {
            template,
            channel: String::new(),
            language: self.language.unwrap_or_default(),
            text: words(self.text)?,
        }))
    }
}

/// Sends a request to the method of its name, and hands out the answer.
macro_rules! ask {
    ($global:expr, $target:expr, $method:ident, $request:expr) => {{
        let client = Client::of($global)?;
        let mut request = $request;
        $target
            .fill(&mut client.workflow().await?, &mut request)
            .await?;
        client
            .messages()
            .await?
            .$method(request)
            .await?
            .into_inner()
    }};
}

pub(super) use ask;

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Send(it) => send(global, it).await,
        Verb::Delivered(it) => {
            let request = wire::RecordDeliveryRequest {
                message_number: it.message,
                proof: it.proof,
                explanation: words(it.explanation)?,
                ..d()
            };
            let answer = ask!(global, it.target, record_delivery, request);
            tell(global, answer.recorded.as_ref(), &[]);
            Ok(())
        }
        Verb::Bounced(it) => {
            let request = wire::RecordBounceRequest {
                message_number: it.message,
                reason: it.reason,
                explanation: words(it.explanation)?,
                ..d()
            };
            let answer = ask!(global, it.target, record_bounce, request);
            tell(global, answer.recorded.as_ref(), &[]);
            Ok(())
        }
        Verb::Reply(it) => {
            let request = wire::RecordReplyRequest {
                message_number: it.message.unwrap_or_default(),
                channel: it.channel,
                text: words(Some(it.text))?,
                reply_id: it.known_as,
                ..d()
            };
            let answer = ask!(global, it.target, record_reply, request);
            tell(global, answer.recorded.as_ref(), &[]);
            Ok(())
        }
        Verb::List(it) => list(global, it).await,
    }
}

async fn send(global: &Global, it: SendMessage) -> Result<(), Failure> {
    let message = wire::MessageToSend {
        template: it.template,
        channel: it.channel,
        language: it.language,
        text: words(it.text)?,
    };
    let request = wire::SendMessageRequest {
        message: Some(message),
        ..d()
    };
    let answer = ask!(global, it.target, send_message, request);
    let number = ("message_number", json!(answer.message_number));
    tell(global, answer.recorded.as_ref(), &[number]);
    Ok(())
}

async fn list(global: &Global, it: List) -> Result<(), Failure> {
    let key = if is_reference(&it.complaint) {
        Key::Reference(it.complaint)
    } else {
        Key::ComplaintId(it.complaint)
    };
    let request = wire::ListMessagesRequest {
        key: Some(key),
        wait_for: it.wait_for,
    };
    let mut client = Client::of(global)?.messages().await?;
    let answer = client.list_messages(request).await?.into_inner();
    let as_json = || {
        json!({
            "complaint_id": answer.complaint_id,
            "feedback_id": text(&answer.feedback_id),
            "messages": answer.messages.iter().map(message).collect::<Vec<_>>(),
            "replies": answer.replies.iter().map(reply).collect::<Vec<_>>(),
            "token": text(&answer.token),
            "incomplete_from": text(&answer.incomplete_from),
        })
    };
    global.output.print(as_json, || as_text(&answer));
    Ok(())
}

fn message(it: &wire::ComplaintMessage) -> Value {
    json!({
        "message_number": it.message_number,
        "message_id": it.message_id,
        "template": it.template,
        "template_policy": it.template_policy,
        "language": it.language,
        "channel": it.channel,
        "informs": it.informs,
        "status": it.status,
        "requested_at": time!(it.requested_at),
        "delivered_at": time!(it.delivered_at),
        "proof": text(&it.proof),
        "delivery_explanation": text(&it.delivery_explanation),
        "bounced_at": time!(it.bounced_at),
        "bounce_reason": text(&it.bounce_reason),
        "bounce_explanation": text(&it.bounce_explanation),
        "subject": text(&it.subject),
        "text": text(&it.text),
        "erased": it.erased,
        "missing": it.missing,
    })
}

fn reply(it: &wire::ComplaintReply) -> Value {
    json!({
        "message_number": (it.message_number != 0).then_some(it.message_number),
        "replied_at": time!(it.replied_at),
        "channel": it.channel,
        "text": text(&it.text),
        "erased": it.erased,
        "missing": it.missing,
    })
}

fn as_text(answer: &wire::ListMessagesResponse) -> String {
    let mut table = Table::new(&["no", "when", "how", "template", "status", "words"]);
    for it in &answer.messages {
        let status = match &*it.status {
            "delivered" => format!("delivered: {}", it.proof),
            "bounced" => format!("bounced: {}", it.bounce_reason),
            other => other.to_owned(),
        };
        table.row([
            it.message_number.to_string(),
            time!(it.requested_at).unwrap_or_default(),
            it.channel.clone(),
            format!("{} ({})", it.template, it.language),
            status,
            readable(&it.subject, it.erased, it.missing),
        ]);
    }
    for it in &answer.replies {
        table.row([
            String::new(),
            time!(it.replied_at).unwrap_or_default(),
            it.channel.clone(),
            String::new(),
            match it.message_number {
                0 => "reply".to_owned(),
                number => format!("reply to {number}"),
            },
            readable(&it.text, it.erased, it.missing),
        ]);
    }
    table.render()
}

fn readable(words: &str, erased: bool, missing: bool) -> String {
    match (erased, missing) {
        (true, _) => "(erased)".to_owned(),
        (false, true) => "(lost)".to_owned(),
        (false, false) => words.to_owned(),
    }
}
