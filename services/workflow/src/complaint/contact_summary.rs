//! What was said and heard, in one line of English. Without personal data.

use redress_complaint::contact::Event;

pub(super) fn contact_summary(event: &Event) -> String {
    match event {
        Event::StatusTokenIssued(e) => format!("Status token {} given out", e.token),
        Event::StatusTokenRevoked(e) => {
            let reason = e.reason.as_ref().map(|reason| format!(": {reason}"));
            format!(
                "Status token {} revoked{}",
                e.token,
                reason.unwrap_or_default()
            )
        }
        Event::MessageRequested(e) => {
            let (number, template) = (e.message, &e.template);
            let (channel, language) = (&e.channel, &e.language);
            format!("Message {number} to be sent by {channel}: {template}, in {language}")
        }
        Event::MessageDelivered(e) => format!("Message {} delivered: {}", e.message, e.proof),
        Event::MessageBounced(e) => format!("Message {} bounced: {}", e.message, e.reason),
        Event::MessageReplied(e) => match e.message {
            Some(number) => format!(
                "The complainant replied to message {number} by {}",
                e.channel
            ),
            None => format!("The complainant wrote by {}", e.channel),
        },
    }
}
