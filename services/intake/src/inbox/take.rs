//! One message, from the bus to its answer.

use std::sync::Arc;

use redress_envelope::Context;
use redress_event_bus::{Answer, Received, Take};
use redress_event_log::BoxFuture;
use redress_service::caller::ACTOR;
use redress_service::{Caller, Kind, Problem, Refused};
use tonic::metadata::MetadataMap;

use super::accept::accept;
use super::body::submission;
use super::message::{Message, unreadable};
use super::reject::{reject, told_before};
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
        let refused = match self.decide(&message).await {
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

    async fn decide(&self, message: &Message) -> Result<Answer, Refused> {
        let intake = &*self.intake;
        // The rules, the clock and the log may say otherwise by now: what was answered stands.
        if let Some(answer) = told_before(intake, message).await? {
            return Ok(answer);
        }
        let data = message.event.data.as_ref().map_err(unreadable)?;
        let named = message.named(&intake.names, data);
        let context = context(message)?;
        let read = || submission(data, "data");
        let accepted = accept(intake, message, &named, context, read).await?;
        let receipt = accepted.receipt();
        Ok(Answer::Accepted { receipt })
    }

    /// Keeps what cannot be accepted, and tells of it what is told ever after.
    async fn keep(&self, message: &Message, refused: &Refused) -> Result<Answer, Problem> {
        reject(&self.intake, message, refused, context(message)?).await?;
        let told = told_before(&self.intake, message).await?;
        told.ok_or_else(|| Problem::internal("a message that was rejected is not kept"))
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
