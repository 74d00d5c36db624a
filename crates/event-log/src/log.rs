//! The handle of a log.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use jiff::Timestamp;
use redress_envelope::{LogId, Record, Subject, Token};
use redress_evidence::Hash;
use redress_store::{DirLock, Store};
use tokio::sync::{mpsc, oneshot, watch};

use crate::before::Before;
use crate::clock::Clock;
use crate::cursor::{Consumed, Cursor, Cursors};
use crate::history::{ReadError, Stored};
use crate::identity::Identity;
use crate::keys::{KeyKind, key_hash};
use crate::open::{self, OpenError};
use crate::shared::{Head, LogConfig, Shared};
use crate::transact::{Answer, TransactError, blocking};
use crate::writer::{self, Work};

/// An open log. Clones are the same log; when the last is gone the writer finishes what waits.
#[derive(Debug, Clone)]
pub struct Log {
    pub(crate) shared: Arc<Shared>,
    queue: mpsc::Sender<Work>,
    writer: Arc<Writer>,
    /// Why nothing may be written for now.
    held: Arc<watch::Sender<Option<String>>>,
}

/// Keeps the writer's thread in reach until the log is closed.
#[derive(Debug)]
struct Writer {
    thread: JoinHandle<()>,
}

impl Log {
    /// Opens a log in its folder, or begins one there, with sled as its tail.
    pub fn open(config: LogConfig, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let lock = open::lock(&config)?;
        let before = Before::keep(&config.folder);
        let store = open::tail_store(&config)?;
        let log = Self::start(config, store, clock, lock)?;
        before.forget();
        Ok(log)
    }

    /// Opens a log whose tail is in a store of the caller's choice.
    pub fn open_with(
        config: LogConfig,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let lock = open::lock(&config)?;
        Self::start(config, store, clock, lock)
    }

    fn start(
        config: LogConfig,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        lock: DirLock,
    ) -> Result<Self, OpenError> {
        let (identity, is_written) = open::identity(&config)?;
        let (mut found, end) = open::find(&config, &identity, store.as_ref())?;
        if !is_written {
            open::begin(&config, &identity)?;
        }
        let capacity = config.queue;
        let leftover = std::mem::take(&mut found.leftover);
        let shared = Arc::new(Shared::new(config, identity, store, clock, found, lock));
        crate::head_note::check(&shared)?;
        let (queue, waiting) = mpsc::channel(capacity);
        let for_writer = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(format!("log {}", shared.identity.place()))
            .spawn(move || {
                // A panic must not leave others waiting for an answer for ever.
                let run = std::panic::AssertUnwindSafe(|| {
                    writer::run(&for_writer, waiting, end, leftover);
                });
                if std::panic::catch_unwind(run).is_err() {
                    for_writer.stop("the writer panicked");
                }
            })
            .map_err(OpenError::Thread)?;
        let writer = Writer { thread };
        Ok(Self {
            shared,
            queue,
            writer: Arc::new(writer),
            held: Arc::new(watch::Sender::new(None)),
        })
    }

    pub fn identity(&self) -> &Identity {
        &self.shared.identity
    }

    pub fn id(&self) -> LogId {
        self.shared.identity.log
    }

    pub fn folder(&self) -> &Path {
        &self.shared.config.folder
    }

    /// The end of the log; every record before it is on the disk.
    pub fn head(&self) -> Head {
        *self.shared.head.borrow()
    }

    /// How many records are in sealed segments.
    pub fn sealed(&self) -> u64 {
        self.shared.tail().start
    }

    /// Tells each time the log has grown.
    pub fn watch_head(&self) -> watch::Receiver<Head> {
        self.shared.head.subscribe()
    }

    /// Tells when the log has stopped for good, and why.
    pub fn watch_stopped(&self) -> watch::Receiver<Option<String>> {
        self.shared.stopped.subscribe()
    }

    /// Takes nothing more in until it is called without a reason: commands are refused with it, and
    /// reactions wait. For a log that turned out to lack its tail: what was written at its end would
    /// take the places of records that others have seen.
    pub fn hold(&self, why: Option<String>) {
        self.held.send_if_modified(|held| {
            let changed = *held != why;
            *held = why;
            changed
        });
    }

    /// Why nothing may be written for now, if so.
    pub fn held(&self) -> Option<String> {
        self.held.borrow().clone()
    }

    pub(crate) async fn released(&self) {
        let mut held = self.held.subscribe();
        // The sender lives as long as this handle.
        let _open = held.wait_for(Option::is_none).await;
    }

    pub(crate) fn refuse_if_held<R>(&self) -> Result<(), TransactError<R>> {
        self.held()
            .map_or(Ok(()), |why| Err(TransactError::Held(why)))
    }

    /// A token that includes the first `size` records.
    pub fn token(&self, size: u64) -> Token {
        let identity = self.identity();
        let mut token = Token::new();
        token.include(&identity.service, identity.partition, identity.log, size);
        token
    }

    /// How far other logs were consumed here.
    pub fn cursors(&self) -> Cursors {
        self.shared.cursors()
    }

    /// Records from a position on; see [`Source`](crate::Source) for waiting at the end.
    pub async fn read(
        &self,
        from: u64,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || shared.read(from, max_records, max_bytes)).await?
    }

    /// The records of one stream among the first `before` of the log.
    pub async fn read_stream(
        &self,
        subject: Subject,
        before: u64,
    ) -> Result<Vec<Record>, ReadError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || shared.stream(&subject, before)).await?
    }

    /// The records of the command that came with a request id.
    pub async fn find_request(&self, request_id: &str) -> Result<Vec<Record>, ReadError> {
        self.find_command(KeyKind::Request, request_id).await
    }

    /// The records of the command that a message from outside led to.
    pub async fn find_inbound(&self, inbound_key: &str) -> Result<Vec<Record>, ReadError> {
        self.find_command(KeyKind::Inbound, inbound_key).await
    }

    async fn find_command(&self, kind: KeyKind, text: &str) -> Result<Vec<Record>, ReadError> {
        if self.shared.is_surely_new(kind, key_hash(kind, text)) {
            return Ok(Vec::new());
        }
        let (shared, text) = (Arc::clone(&self.shared), text.to_owned());
        blocking(move || match shared.first_with(kind, &text, u64::MAX)? {
            Some(first) => shared.command(first),
            None => Ok(Vec::new()),
        })
        .await?
    }

    /// How many records were recorded at or before a time.
    pub async fn size_at(&self, time: Timestamp) -> Result<u64, ReadError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || shared.size_at(time)).await?
    }

    /// Remembers that another log was consumed up to a record, where that had no effect here.
    pub async fn advance(
        &self,
        consumed: Consumed,
    ) -> Result<(), TransactError<std::convert::Infallible>> {
        self.pass(consumed).await
    }

    /// Follows another log from a place on, wherever that was before: for one that is in another life.
    /// No reaction may be under way.
    pub(crate) async fn follow_from(
        &self,
        place: String,
        cursor: Cursor,
    ) -> Result<(), TransactError<std::convert::Infallible>> {
        self.moved(|reply| Work::FollowFrom(place.clone(), cursor, reply))
            .await
    }

    pub(crate) async fn pass<R>(&self, consumed: Consumed) -> Result<(), TransactError<R>> {
        self.moved(|reply| Work::Advance(consumed.clone(), reply))
            .await
    }

    /// Nobody asked for it, so nobody is refused: it waits while the log takes nothing, or cannot.
    async fn moved<R>(
        &self,
        work: impl Fn(oneshot::Sender<Answer>) -> Work,
    ) -> Result<(), TransactError<R>> {
        loop {
            match self.try_move(&work).await {
                Ok(()) => return Ok(()),
                Err(error) => error.waited().await?,
            }
        }
    }

    async fn try_move<R>(
        &self,
        work: impl Fn(oneshot::Sender<Answer>) -> Work,
    ) -> Result<(), TransactError<R>> {
        self.released().await;
        let (reply, answer) = oneshot::channel();
        self.wait_in_queue(work(reply)).await?;
        match answer
            .await
            .unwrap_or_else(|_| Answer::Stopped(self.why_stopped()))
        {
            Answer::Committed { .. } | Answer::AlreadyConsumed { .. } => Ok(()),
            Answer::Full(why) => Err(TransactError::Full(why)),
            Answer::Stopped(why) => Err(TransactError::Stopped(why)),
            Answer::Read(error) => Err(TransactError::Read(error)),
            Answer::Repeated { .. }
            | Answer::Reload { .. }
            | Answer::Refused(_)
            | Answer::Stale { .. }
            | Answer::TooLarge(_)
            | Answer::Unwritable(_)
            | Answer::Panicked(_) => unreachable!("nothing is decided"),
        }
    }

    /// Waits until everything that was queued is written, and closes the files. While there are
    /// other clones the log stays open, and the last of them closes it.
    pub async fn close(self) -> Result<(), ReadError> {
        let Self {
            shared,
            queue,
            writer,
            held: _,
        } = self;
        drop(queue);
        blocking(move || {
            if let Some(writer) = Arc::into_inner(writer) {
                // A writer that panicked has said so.
                let _ended = writer.thread.join();
            }
            drop(shared);
        })
        .await
    }

    pub(crate) fn queue<R>(&self, work: Work) -> Result<(), TransactError<R>> {
        self.queue.try_send(work).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => TransactError::Busy {
                waiting: self.queue.max_capacity(),
            },
            mpsc::error::TrySendError::Closed(_) => TransactError::Stopped(self.why_stopped()),
        })
    }

    /// Waits for a place in the queue. Only for what somebody bounds, and what would lose its place
    /// if it were told to come back later: reactions, and commands in an order.
    pub(crate) async fn wait_in_queue<R>(&self, work: Work) -> Result<(), TransactError<R>> {
        let sent = self.queue.send(work).await;
        sent.map_err(|_| TransactError::Stopped(self.why_stopped()))
    }

    pub(crate) fn why_stopped(&self) -> String {
        self.shared
            .stopped
            .borrow()
            .clone()
            .unwrap_or_else(|| "it was closed".to_owned())
    }

    /// The Merkle root over the first `size` records.
    pub async fn root_at(&self, size: u64) -> Result<Hash, ReadError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || crate::verify::root_at(&shared, size)).await?
    }
}
