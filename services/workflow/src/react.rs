//! Reacting to other logs: every effect once, and what is refused written down.

mod feedback;
mod signal;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use redress_complaint::Rules;
use redress_envelope::{Actor, Context, Record, Subject};
use redress_event_log::{
    Command, Consumed, Consumption, Follower, Life, Log, Moment, Source, TransactError,
};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::life::ReactionLife;
use crate::reaction::Failed;

/// A reaction under way: an error ends the follower.
pub(crate) type Reaction = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// How long a reaction waits for a queue with room.
const QUEUE_PAUSE: Duration = Duration::from_millis(5);
/// How long it waits for a disk with room.
const DISK_PAUSE: Duration = Duration::from_secs(1);

/// What reactions need.
#[derive(Debug, Clone)]
pub(crate) struct Reactor {
    pub(crate) log: Log,
    pub(crate) partition: u16,
    pub(crate) rules: Arc<Rules>,
}

/// Why a reaction is not done.
#[derive(Debug, Clone)]
pub(crate) struct Why {
    code: String,
    message: String,
}

impl Why {
    fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

/// One reaction to one record.
#[derive(Debug, Clone)]
struct Cause {
    reaction: &'static str,
    record: redress_envelope::Cause,
    consumed: Consumed,
}

impl Cause {
    fn new(reaction: &'static str, record: &Record, consumed: Consumed) -> Self {
        Self {
            reaction,
            record: record.as_cause(),
            consumed,
        }
    }
}

/// Begins to follow a log, and says how far that has come.
pub(crate) fn follow(
    tasks: &mut JoinSet<()>,
    reactor: &Reactor,
    source: Arc<dyn Source>,
    react: fn(&Reactor, &Record, Consumed) -> Option<Reaction>,
    stopped: &watch::Sender<Option<String>>,
) -> Consumption {
    let follower = Follower::new(reactor.log.clone(), source);
    let consumed = follower.consumed();
    let (reactor, stopped) = (reactor.clone(), stopped.clone());
    tasks.spawn(async move {
        let ended = follower
            .run(|record, consumed| react(&reactor, &record, consumed))
            .await;
        let Err(why) = ended;
        tracing::error!(%why, "workflow no longer follows");
        stopped.send_replace(Some(why.to_string()));
    });
    consumed
}

impl Reactor {
    /// Decides on a stream because of a record; what is refused is written down instead.
    async fn react<L: Life>(
        self,
        cause: Cause,
        subject: Subject,
        decide: impl Fn(&L::State, Moment) -> Result<Vec<L::Event>, Why> + Clone + Send + 'static,
    ) -> Result<(), String> {
        match self.attempt::<L>(&cause, subject.clone(), decide).await? {
            Ok(()) => Ok(()),
            Err(why) => self.write_down(cause, Some(subject), why).await,
        }
    }

    /// Tries until it is decided. The outer error ends the follower.
    async fn attempt<L: Life>(
        &self,
        cause: &Cause,
        subject: Subject,
        decide: impl Fn(&L::State, Moment) -> Result<Vec<L::Event>, Why> + Clone + Send + 'static,
    ) -> Result<Result<(), Why>, String> {
        let command = Command {
            consumed: Some(cause.consumed.clone()),
            ..Command::new(subject, self.context(cause))
        };
        loop {
            let Err(error) = self
                .log
                .transact::<L, Why>(command.clone(), decide.clone())
                .await
            else {
                return Ok(Ok(()));
            };
            match error {
                TransactError::AlreadyConsumed { .. } => return Ok(Ok(())),
                TransactError::Busy { .. } => tokio::time::sleep(QUEUE_PAUSE).await,
                TransactError::Full(why) => {
                    tracing::warn!(why, "a reaction waits for the disk");
                    tokio::time::sleep(DISK_PAUSE).await;
                }
                TransactError::Stopped(_) | TransactError::Read(_) => return Err(error.to_string()),
                TransactError::Refused(why) => return Ok(Err(why)),
                TransactError::TooLarge(_) => {
                    return Ok(Err(Why::new("RECORD_TOO_LARGE", error.to_string())));
                }
                TransactError::Unwritable(_) => {
                    return Ok(Err(Why::new("RECORD_UNWRITABLE", error.to_string())));
                }
                TransactError::Unreadable(_) => {
                    return Ok(Err(Why::new("EVENT_UNREADABLE", error.to_string())));
                }
                // What a panic says may hold anything.
                TransactError::Panicked(_)
                | TransactError::Stale { .. }
                | TransactError::KeyReused { .. } => {
                    return Ok(Err(Why::new("INTERNAL", "the decision failed")));
                }
            }
        }
    }

    /// Records that a reaction was not done, so that the next ones are.
    async fn write_down(
        self,
        cause: Cause,
        about: Option<Subject>,
        why: Why,
    ) -> Result<(), String> {
        let (reaction, code) = (cause.reaction, &*why.code);
        tracing::warn!(reaction, cause = %cause.record, code, "a reaction failed");
        let failed = Failed {
            reaction: reaction.to_owned(),
            cause: cause.record,
            about,
            code: why.code,
            message: why.message,
        };
        let subject = failed.subject(self.partition);
        let decide = move |is_recorded: &bool, _: Moment| {
            Ok(if *is_recorded {
                Vec::new()
            } else {
                vec![failed.clone()]
            })
        };
        let attempt = self
            .attempt::<ReactionLife>(&cause, subject, decide)
            .await?;
        attempt.map_err(|why| format!("a failed reaction cannot be recorded: {}", why.message))
    }

    fn context(&self, cause: &Cause) -> Context {
        Context {
            causation: Some(cause.record),
            policy_version: Some(self.rules.version.clone()),
            ..Context::by(Actor::System)
        }
    }
}
