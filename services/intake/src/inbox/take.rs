//! One message, from the bus to its answer.

use std::sync::Arc;

use redress_envelope::Context;
use redress_event_bus::{Answer, Received, Take};
use redress_event_log::BoxFuture;
use redress_feedback::rejected::State;
use redress_service::caller::ACTOR;
use redress_service::{Caller, Kind, Problem, Refused};
use tonic::metadata::MetadataMap;

use super::accept::{accept, found};
use super::body::submission;
use super::message::Message;
use super::reject::{reject, was_rejected};
use crate::intake::{Inner, Intake};

/// A message that makes the program itself fail is kept apart after so many attempts, so that it
/// does not come for ever.
const MOST_ATTEMPTS: u64 = 8;

/// The inbox's way into intake.
#[derive(Debug, Clone)]
pub struct Door {
    intake: Arc<Inner>,
}

impl Intake {
    /// Takes messages of the inbox in.
    pub fn door(&self) -> Door {
        Door {
            intake: Arc::clone(&self.inner),
        }
    }
}

impl Take for Door {
    fn take(&self, received: Received) -> BoxFuture<'_, Answer> {
        Box::pin(async move { self.take_one(received).await })
    }
}

impl Door {
    async fn take_one(&self, received: Received) -> Answer {
        let attempts = received.deliveries;
        let now = self.intake.clock.now();
        let message = Message::new(&self.intake.names, received, now);
        let refused = match self.decide(&message, attempts).await {
            Ok(answer) => return answer,
            Err(refused) => refused,
        };
        let why = refused.first().to_string();
        match blame(refused.first().kind) {
            Blame::Server => Answer::Later { why },
            Blame::Program if attempts < MOST_ATTEMPTS => Answer::Again { why },
            Blame::Program | Blame::Message => match self.keep(&message, &refused).await {
                Ok(answer) => answer,
                Err(problem) => Answer::Later {
                    why: problem.to_string(),
                },
            },
        }
    }

    async fn decide(&self, message: &Message, attempts: u64) -> Result<Answer, Refused> {
        let intake = &*self.intake;
        // Whoever comes again because an acknowledgement was lost gets the answer of the first time.
        if attempts > 1
            && let Some(answer) = self.answered(message).await?
        {
            return Ok(answer);
        }
        let data = match &message.event.data {
            Ok(data) => data,
            Err(unreadable) => {
                let field = unreadable.field.unwrap_or_default();
                let problem = Problem::invalid(unreadable.code, field, unreadable.why.clone());
                return Err(problem.into());
            }
        };
        let named = message.named(&intake.names, data);
        let context = context(message)?;
        let read = || submission(data, "data");
        let accepted = accept(intake, message, &named, context, read).await?;
        let receipt = accepted.receipt();
        Ok(Answer::Accepted { receipt })
    }

    /// What a message was told that was rejected before.
    async fn answered(&self, message: &Message) -> Result<Option<Answer>, Problem> {
        let Some((kept, state)) = was_rejected(&self.intake, message).await? else {
            return Ok(None);
        };
        if let State::Accepted { .. } = state {
            let named = message.named(&self.intake.names, b"");
            if let Some(accepted) = found(&self.intake, &named).await? {
                let receipt = accepted.receipt();
                return Ok(Some(Answer::Accepted { receipt }));
            }
        }
        Ok(Some(kept))
    }

    /// Keeps what cannot be accepted. The same again adds nothing, and is told what became of it.
    async fn keep(&self, message: &Message, refused: &Refused) -> Result<Answer, Problem> {
        if let Some(answer) = self.answered(message).await? {
            return Ok(answer);
        }
        reject(&self.intake, message, refused, context(message)?).await
    }
}

enum Blame {
    /// It takes nothing at present.
    Server,
    /// It fails on this one.
    Program,
    Message,
}

fn blame(kind: Kind) -> Blame {
    match kind {
        Kind::InvalidArgument
        | Kind::FailedPrecondition
        | Kind::AlreadyExists
        | Kind::NotFound
        | Kind::OutOfRange
        | Kind::PermissionDenied
        | Kind::Unauthenticated
        | Kind::Unimplemented => Blame::Message,
        Kind::ResourceExhausted | Kind::Unavailable | Kind::DeadlineExceeded | Kind::Cancelled => {
            Blame::Server
        }
        Kind::Aborted | Kind::DataLoss | Kind::Internal => Blame::Program,
    }
}

/// Who hands a message in, and to which trace it belongs.
fn context(message: &Message) -> Result<Context, Problem> {
    let mut metadata = MetadataMap::new();
    if let Some(traceparent) = &message.event.traceparent
        && let Ok(value) = traceparent.parse()
    {
        metadata.insert("traceparent", value);
    }
    if let Some(source) = &message.source
        && let Ok(value) = format!("service:{source}").parse()
    {
        metadata.insert(ACTOR, value);
    }
    let caller = Caller::from_metadata(&metadata)?;
    let mut context = caller.context(None, None);
    context.actor = message.actor();
    Ok(context)
}
