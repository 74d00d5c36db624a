use redress_complaint::contact::Event;
use redress_complaint::contact::event::{
    MessageBounced, MessageDelivered, MessageReplied, MessageRequested,
};
use redress_service::Problem;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    ComplaintMessage, ComplaintReply, ListMessagesRequest, ListMessagesResponse,
    list_messages_request,
};
use tonic::Request;

use crate::clocked;
use crate::complaint::case::{Case, decode};
use crate::complaint::get::{Key, find, incomplete_from, stream, unreadable};
use crate::waiting;
use crate::workflow::Inner;

const MAX_REPLIES: usize = 500;

pub(super) async fn list(
    inner: &Inner,
    request: Request<ListMessagesRequest>,
) -> Result<ListMessagesResponse, Problem> {
    let request = request.into_inner();
    waiting::for_log(inner, &request.wait_for).await?;
    let key = request.key.map(|key| match key {
        list_messages_request::Key::ComplaintId(id) => Key::Id(id),
        list_messages_request::Key::Reference(reference) => Key::Reference(reference),
    });
    let subject = find(inner, key).await?;
    let size = inner.log.head().size;
    let records = stream(inner, &subject, size).await?;
    let (case, unknown) = Case::of(&records).map_err(unreadable)?;
    let mut answer = ListMessagesResponse {
        complaint_id: subject.id().to_owned(),
        feedback_id: case
            .state
            .file()
            .map_or_else(String::new, |file| file.feedback.to_string()),
        token: inner.log.token(size).to_string(),
        incomplete_from: incomplete_from(inner, unknown),
        ..ListMessagesResponse::default()
    };
    for record in &records {
        if let Some(clocked::Event::Contact(event)) = decode(record).map_err(unreadable)? {
            tell(inner, &mut answer, &event).await?;
        }
    }
    let more = answer.replies.len().saturating_sub(MAX_REPLIES);
    answer.replies.drain(..more);
    Ok(answer)
}

async fn tell(
    inner: &Inner,
    answer: &mut ListMessagesResponse,
    event: &Event,
) -> Result<(), Problem> {
    match event {
        Event::StatusTokenIssued(_) | Event::StatusTokenRevoked(_) => {}
        Event::MessageRequested(e) => {
            let requested = requested(inner, &answer.complaint_id, e).await?;
            answer.messages.push(requested);
        }
        Event::MessageDelivered(e) => delivered(inner, &mut answer.messages, e).await?,
        Event::MessageBounced(e) => bounced(inner, &mut answer.messages, e).await?,
        Event::MessageReplied(e) => answer.replies.push(replied(inner, e).await?),
    }
    Ok(())
}

async fn requested(
    inner: &Inner,
    complaint: &str,
    e: &MessageRequested,
) -> Result<ComplaintMessage, Problem> {
    let words = inner.words(&e.content).await?;
    let (subject, text) = parts(&words.text);
    Ok(ComplaintMessage {
        message_number: e.message,
        message_id: format!("{complaint}.{}", e.message),
        template: e.template.clone(),
        template_policy: e.template_policy.clone(),
        language: e.language.clone(),
        channel: e.channel.clone(),
        informs: e.informs.as_str().to_owned(),
        status: "requested".to_owned(),
        requested_at: Some(time_to_wire(e.occurred_at)),
        subject: subject.to_owned(),
        text: text.to_owned(),
        erased: words.erased,
        missing: words.missing,
        ..ComplaintMessage::default()
    })
}

/// Subject and text, as they are sealed.
pub(super) fn parts(content: &str) -> (&str, &str) {
    content.split_once("\n\n").unwrap_or((content, ""))
}

fn of_number(messages: &mut [ComplaintMessage], number: u32) -> Option<&mut ComplaintMessage> {
    messages.iter_mut().find(|it| it.message_number == number)
}

async fn delivered(
    inner: &Inner,
    messages: &mut [ComplaintMessage],
    e: &MessageDelivered,
) -> Result<(), Problem> {
    if let Some(message) = of_number(messages, e.message) {
        "delivered".clone_into(&mut message.status);
        message.proof = e.proof.to_string();
        message.delivered_at = Some(time_to_wire(e.occurred_at));
        message.delivery_explanation = match &e.explanation {
            Some(explanation) => inner.words(explanation).await?.text,
            None => String::new(),
        };
    }
    Ok(())
}

async fn bounced(
    inner: &Inner,
    messages: &mut [ComplaintMessage],
    e: &MessageBounced,
) -> Result<(), Problem> {
    if let Some(message) = of_number(messages, e.message) {
        "bounced".clone_into(&mut message.status);
        message.bounce_reason = e.reason.to_string();
        message.bounced_at = Some(time_to_wire(e.occurred_at));
        if let Some(explanation) = &e.explanation {
            message.bounce_explanation = inner.words(explanation).await?.text;
        }
    }
    Ok(())
}

async fn replied(inner: &Inner, e: &MessageReplied) -> Result<ComplaintReply, Problem> {
    let words = inner.words(&e.words).await?;
    Ok(ComplaintReply {
        message_number: e.message.unwrap_or_default(),
        replied_at: Some(time_to_wire(e.occurred_at)),
        channel: e.channel.clone(),
        text: words.text,
        erased: words.erased,
        missing: words.missing,
    })
}
