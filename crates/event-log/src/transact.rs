//! One command on one stream: load, decide, append, answer.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use redress_envelope::{Context, Draft, Record, Subject};
use tokio::sync::oneshot;

use crate::cursor::Consumed;
use crate::history::ReadError;
use crate::keys::{KeyKind, RecordKeys};
use crate::log::Log;
use crate::shared::{AnyState, Shared};
use crate::writer::Work;

/// How one kind of stream is read, folded and written. Implemented by a service for a domain crate.
pub trait Life: Send + Sync + 'static {
    type State: Default + Clone + Send + Sync + 'static;
    type Event: Send + 'static;

    /// Reads an event; an unknown type is an error, because a decision needs all of its history.
    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent>;
    fn encode(event: &Self::Event) -> Draft;
    fn evolve(state: &mut Self::State, event: &Self::Event);
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event {kind} at {position} cannot be read: {why}")]
pub struct UnreadableEvent {
    pub kind: String,
    pub position: u64,
    pub why: String,
}

/// What a command brings with it, beside the decision.
#[derive(Debug, Clone)]
pub struct Command {
    pub subject: Subject,
    pub context: Context,
    /// The number of events that the stream must have, if the caller knows (an etag).
    pub expected_version: Option<u64>,
    /// The record of another log that this command consumes, if it is a reaction.
    pub consumed: Option<Consumed>,
}

impl Command {
    pub fn new(subject: Subject, context: Context) -> Self {
        Self {
            subject,
            context,
            expected_version: None,
            consumed: None,
        }
    }
}

/// Where and when a decision is made.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The recorded time that the events will have.
    pub time: Timestamp,
    /// The position that the first event will have.
    pub position: u64,
    /// How many events the stream has.
    pub version: u64,
}

/// What a command came to.
#[derive(Debug, Clone)]
pub struct Done<S> {
    /// The stream's state after the command.
    pub state: Arc<S>,
    /// Events in the stream after the command.
    pub version: u64,
    /// The records of the command; none if it was already true.
    pub records: Vec<Record>,
    /// A repeat of a command that was recorded before: everything here is as the first time.
    pub repeated: bool,
    /// How many records the log must have for this to be seen.
    pub size: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum TransactError<R> {
    #[error("refused")]
    Refused(R),
    #[error("the stream has {actual} events and not {expected}")]
    Stale { expected: u64, actual: u64 },
    #[error("the {key} was used before with another body")]
    KeyReused { key: &'static str },
    #[error("the record at {position} of {} was already consumed", consumed.source)]
    AlreadyConsumed { consumed: Consumed, position: u64 },
    #[error("the command's records are too large: {0}")]
    TooLarge(String),
    /// A record that nobody could read again is not written: it would end the log for ever.
    #[error("the command's records could not be read back: {0}")]
    Unwritable(String),
    /// A mistake in a decision costs that decision, and no other command.
    #[error("the decision panicked: {0}")]
    Panicked(String),
    #[error("the log cannot take more: {0}")]
    Full(String),
    #[error("the log is busy: {waiting} commands are waiting")]
    Busy { waiting: usize },
    /// For now: see [`Log::hold`].
    #[error("the log takes nothing in: {0}")]
    Held(String),
    #[error("the log has stopped: {0}")]
    Stopped(String),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Unreadable(#[from] UnreadableEvent),
}

/// How long the queue and the disk are given.
const QUEUE_PAUSE: Duration = Duration::from_millis(5);
const DISK_PAUSE: Duration = Duration::from_secs(1);

impl<R> TransactError<R> {
    /// For what nobody else would ask for again, such as a reaction: waits before it is tried again, or
    /// gives the error back where waiting heals nothing.
    pub async fn waited(self) -> Result<(), Self> {
        match self {
            Self::Busy { .. } => tokio::time::sleep(QUEUE_PAUSE).await,
            Self::Full(why) | Self::Held(why) => {
                tracing::warn!(why, "what follows from another log waits for this one");
                tokio::time::sleep(DISK_PAUSE).await;
            }
            lasting @ (Self::Refused(_)
            | Self::Stale { .. }
            | Self::KeyReused { .. }
            | Self::AlreadyConsumed { .. }
            | Self::TooLarge(_)
            | Self::Unwritable(_)
            | Self::Panicked(_)
            | Self::Stopped(_)
            | Self::Read(_)
            | Self::Unreadable(_)) => return Err(lasting),
        }
        Ok(())
    }
}

/// A decision whose types the writer need not know.
pub(crate) trait Decide: Send {
    fn decide(self: Box<Self>, state: &AnyState, moment: Moment) -> Decided;
}

pub(crate) type Decided = Result<(Vec<Draft>, AnyState), Box<dyn Any + Send>>;

struct Typed<L, F, R> {
    decide: F,
    types: PhantomData<fn() -> (L, R)>,
}

impl<L, F, R> Decide for Typed<L, F, R>
where
    L: Life,
    F: FnOnce(&L::State, Moment) -> Result<Vec<L::Event>, R> + Send,
    R: Send + 'static,
{
    fn decide(self: Box<Self>, state: &AnyState, moment: Moment) -> Decided {
        let Some(typed) = state.downcast_ref::<L::State>() else {
            unreachable!("a stream has one kind of state, fixed by the kind of its subject");
        };
        let events = (self.decide)(typed, moment).map_err(|refusal| Box::new(refusal) as _)?;
        if events.is_empty() {
            return Ok((Vec::new(), Arc::clone(state)));
        }
        let mut next = typed.clone();
        let mut drafts = Vec::with_capacity(events.len());
        for event in &events {
            drafts.push(L::encode(event));
            L::evolve(&mut next, event);
        }
        Ok((drafts, Arc::new(next)))
    }
}

/// What a command knows of its stream before the writer sees it.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The size of the log that this is true of.
    pub(crate) at: u64,
    pub(crate) keys: RecordKeys,
    pub(crate) state: AnyState,
    pub(crate) version: u64,
    pub(crate) bytes: u64,
}

pub(crate) struct Job {
    pub(crate) command: Command,
    pub(crate) loaded: Loaded,
    pub(crate) decide: Box<dyn Decide>,
    pub(crate) reply: oneshot::Sender<Answer>,
}

/// The writer's answer to a job.
pub(crate) enum Answer {
    Committed {
        state: AnyState,
        version: u64,
        records: Vec<Record>,
        size: u64,
    },
    Repeated {
        first: Box<Record>,
        key: &'static str,
    },
    /// What was loaded is no longer the stream's end: load again.
    Reload {
        command: Box<Command>,
        decide: Box<dyn Decide>,
    },
    Refused(Box<dyn Any + Send>),
    Stale {
        expected: u64,
        actual: u64,
    },
    AlreadyConsumed {
        position: u64,
    },
    TooLarge(String),
    Unwritable(String),
    Panicked(String),
    Full(String),
    Stopped(String),
    Read(ReadError),
}

/// A command that is to be looked at and handed over again.
pub(crate) struct Again {
    pub(crate) command: Box<Command>,
    pub(crate) decide: Box<dyn Decide>,
}

impl Answer {
    pub(crate) fn settled(self) -> Result<Self, Again> {
        if let Self::Reload { command, decide } = self {
            Err(Again { command, decide })
        } else {
            Ok(self)
        }
    }
}

impl Log {
    /// Decides on a stream and appends what was decided, durably, in one atomic step.
    ///
    /// `decide` sees the stream's state at the position where its events will stand; no events mean
    /// that the command is already true. A repeat of a request or of a message from outside is
    /// answered as the first time, without deciding again.
    pub async fn transact<L, R>(
        &self,
        command: Command,
        decide: impl FnOnce(&L::State, Moment) -> Result<Vec<L::Event>, R> + Send + 'static,
    ) -> Result<Done<L::State>, TransactError<R>>
    where
        L: Life,
        R: Send + 'static,
    {
        self.run::<L, R>(command, boxed::<L, R>(decide)).await
    }

    pub(crate) async fn run<L, R>(
        &self,
        mut command: Command,
        mut decide: Box<dyn Decide>,
    ) -> Result<Done<L::State>, TransactError<R>>
    where
        L: Life,
        R: Send + 'static,
    {
        loop {
            let loaded = if let Some(loaded) = look_in_memory::<L>(&self.shared, &command) {
                loaded
            } else {
                let shared = Arc::clone(&self.shared);
                let (known, returned) = blocking(move || {
                    let known = look::<L, R>(&shared, &command);
                    (known, command)
                })
                .await?;
                command = returned;
                match known? {
                    Known::Repeated(first, key) => {
                        return self.repeated::<L, R>(&command, *first, key).await;
                    }
                    Known::Loaded(loaded) => loaded,
                }
            };
            let is_reaction = command.consumed.is_some();
            if is_reaction {
                self.released().await;
            } else {
                self.refuse_if_held()?;
            }
            let (job, answer) = job(command.clone(), loaded, decide);
            if is_reaction {
                self.wait_in_queue(job).await?;
            } else {
                self.queue(job)?;
            }
            match self.answer(answer).await.settled() {
                Ok(answer) => return self.conclude::<L, R>(command, answer).await,
                Err(again) => (command, decide) = (*again.command, again.decide),
            }
        }
    }

    pub(crate) async fn answer(&self, answer: oneshot::Receiver<Answer>) -> Answer {
        answer
            .await
            .unwrap_or_else(|_| Answer::Stopped(self.why_stopped()))
    }

    pub(crate) async fn conclude<L, R>(
        &self,
        command: Command,
        answer: Answer,
    ) -> Result<Done<L::State>, TransactError<R>>
    where
        L: Life,
        R: Send + 'static,
    {
        match answer {
            Answer::Repeated { first, key } => self.repeated::<L, R>(&command, *first, key).await,
            answer @ (Answer::Committed { .. }
            | Answer::Refused(_)
            | Answer::Stale { .. }
            | Answer::AlreadyConsumed { .. }
            | Answer::TooLarge(_)
            | Answer::Unwritable(_)
            | Answer::Panicked(_)
            | Answer::Full(_)
            | Answer::Stopped(_)
            | Answer::Reload { .. }
            | Answer::Read(_)) => finish::<L, R>(command, answer),
        }
    }

    /// The answer that a command got when it was first recorded.
    pub(crate) async fn repeated<L: Life, R: Send + 'static>(
        &self,
        command: &Command,
        first: Record,
        key: &'static str,
    ) -> Result<Done<L::State>, TransactError<R>> {
        if first.context.request_digest != command.context.request_digest
            || first.subject != command.subject
        {
            return Err(TransactError::KeyReused { key });
        }
        if let Some(consumed) = command.consumed.clone() {
            // Its effect stands already, in a log that has forgotten so: what follows waits for it.
            self.pass(consumed).await?;
        }
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let records = shared.command(first)?;
            let end = records.last().map_or(0, |last| last.position + 1);
            let subject = &records[0].subject;
            let (state, version, _) = fold::<L>(&shared.stream(subject, end)?)?;
            Ok(Done {
                state: Arc::new(state),
                version,
                records,
                repeated: true,
                size: end,
            })
        })
        .await?
    }

    /// A stream's state when the log had `before` records, and how many events made it.
    pub async fn load<L: Life>(
        &self,
        subject: Subject,
        before: u64,
    ) -> Result<(L::State, u64), LoadError> {
        let shared = Arc::clone(&self.shared);
        let (state, version, _) =
            blocking(move || Ok::<_, LoadError>(fold::<L>(&shared.stream(&subject, before)?)?))
                .await??;
        Ok((state, version))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Unreadable(#[from] UnreadableEvent),
}

impl<R> From<LoadError> for TransactError<R> {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Read(error) => Self::Read(error),
            LoadError::Unreadable(error) => Self::Unreadable(error),
        }
    }
}

/// Runs what may wait for a disk where it holds up nobody else.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ReadError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ReadError::Ended)
}

pub(crate) enum Known {
    Loaded(Loaded),
    Repeated(Box<Record>, &'static str),
}

pub(crate) fn boxed<L, R>(
    decide: impl FnOnce(&L::State, Moment) -> Result<Vec<L::Event>, R> + Send + 'static,
) -> Box<dyn Decide>
where
    L: Life,
    R: Send + 'static,
{
    Box::new(Typed::<L, _, R> {
        decide,
        types: PhantomData,
    })
}

pub(crate) fn job(
    command: Command,
    loaded: Loaded,
    decide: Box<dyn Decide>,
) -> (Work, oneshot::Receiver<Answer>) {
    let (reply, answer) = oneshot::channel();
    let job = Job {
        command,
        loaded,
        decide,
        reply,
    };
    (Work::Job(Box::new(job)), answer)
}

/// The same as [`look`] where nothing has to be read from a disk for it, as for most commands.
pub(crate) fn look_in_memory<L: Life>(shared: &Shared, command: &Command) -> Option<Loaded> {
    let at = shared.head.borrow().size;
    let keys = RecordKeys::of_command(&command.subject, &command.context);
    let new = |kind| {
        let hash = keys.of_kind(kind);
        hash.is_none_or(|hash| shared.is_surely_new(kind, hash))
    };
    if !new(KeyKind::Request) || !new(KeyKind::Inbound) {
        return None;
    }
    if let Some(cached) = shared.states.get(&command.subject) {
        let (state, version, bytes) = (cached.state, cached.version, cached.bytes);
        return Some(Loaded {
            at,
            keys,
            state,
            version,
            bytes,
        });
    }
    new(KeyKind::Stream).then(|| Loaded {
        at,
        keys,
        state: Arc::new(L::State::default()),
        version: 0,
        bytes: 0,
    })
}

/// All that can be found out about a command before it is the writer's turn.
pub(crate) fn look<L: Life, R>(
    shared: &Shared,
    command: &Command,
) -> Result<Known, TransactError<R>> {
    // Everything below is true of the log at this size; the writer checks what came after.
    let at = shared.head.borrow().size;
    let of_command = RecordKeys::of_command(&command.subject, &command.context);
    let keys = [
        (KeyKind::Request, &command.context.request_id, "request_id"),
        (
            KeyKind::Inbound,
            &command.context.inbound_key,
            "inbound key",
        ),
    ];
    for (kind, text, name) in keys {
        if let Some(text) = text
            && let Some(first) = shared.first_with(kind, text, at)?
        {
            return Ok(Known::Repeated(Box::new(first), name));
        }
    }
    if let Some(cached) = shared.states.get(&command.subject) {
        let (state, version, bytes) = (cached.state, cached.version, cached.bytes);
        return Ok(Known::Loaded(Loaded {
            at,
            keys: of_command,
            state,
            version,
            bytes,
        }));
    }
    let (state, version, bytes) = fold::<L>(&shared.stream(&command.subject, at)?)?;
    Ok(Known::Loaded(Loaded {
        at,
        keys: of_command,
        state: Arc::new(state),
        version,
        bytes,
    }))
}

fn fold<L: Life>(records: &[Record]) -> Result<(L::State, u64, u64), UnreadableEvent> {
    let (mut state, mut bytes) = (L::State::default(), 0);
    for record in records {
        L::evolve(&mut state, &L::decode(record)?);
        bytes += record.data.get().len() as u64;
    }
    Ok((state, records.len() as u64, bytes))
}

fn finish<L: Life, R: Send + 'static>(
    command: Command,
    answer: Answer,
) -> Result<Done<L::State>, TransactError<R>> {
    match answer {
        Answer::Committed {
            state,
            version,
            records,
            size,
        } => match state.downcast() {
            Ok(state) => Ok(Done {
                state,
                version,
                records,
                repeated: false,
                size,
            }),
            Err(_) => unreachable!("the state came from this command's own decision"),
        },
        Answer::Refused(refusal) => match refusal.downcast() {
            Ok(refusal) => Err(TransactError::Refused(*refusal)),
            Err(_) => unreachable!("the refusal came from this command's own decision"),
        },
        Answer::Stale { expected, actual } => Err(TransactError::Stale { expected, actual }),
        Answer::AlreadyConsumed { position } => match command.consumed {
            Some(consumed) => Err(TransactError::AlreadyConsumed { consumed, position }),
            None => unreachable!("only a reaction consumes"),
        },
        Answer::TooLarge(what) => Err(TransactError::TooLarge(what)),
        Answer::Unwritable(what) => Err(TransactError::Unwritable(what)),
        Answer::Panicked(what) => Err(TransactError::Panicked(what)),
        Answer::Full(why) => Err(TransactError::Full(why)),
        Answer::Stopped(why) => Err(TransactError::Stopped(why)),
        Answer::Read(error) => Err(TransactError::Read(error)),
        Answer::Repeated { .. } | Answer::Reload { .. } => {
            unreachable!("both are answered before")
        }
    }
}
