//! Following another log and reacting to it: every effect once, in order, with many under way.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use redress_envelope::{DecodeError, LogId, Record, Token};
use redress_evidence::{Frontier, leaf_hash};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::cursor::{Consumed, Cursor};
use crate::history::Stored;
use crate::lives::{Lives, NotOurs};
use crate::log::Log;
use crate::lost::LOG_STREAMS;
use crate::source::{Source, SourceError};
use crate::transact::TransactError;

/// Records that are reacted to at the same time.
const WINDOW: usize = 256;

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the record at {position} of {place} cannot be read: {error}")]
    Record {
        place: String,
        position: u64,
        error: DecodeError,
    },
    #[error(
        "{place} is another log ({found}) than the one that was followed ({followed}), and not its next \
         life"
    )]
    OtherLog {
        place: String,
        followed: LogId,
        found: LogId,
    },
    #[error("the record before {position} of {place} is not the one that was consumed")]
    OtherRecord { place: String, position: u64 },
    #[error("{place} has {size} records and {consumed} were consumed: its tail is missing")]
    Behind {
        place: String,
        size: u64,
        consumed: u64,
    },
    #[error("a reaction to {place} failed: {why}")]
    Reaction { place: String, why: String },
}

/// Follows `source` on behalf of the log `owner`, which holds the position.
#[derive(Debug)]
pub struct Follower {
    owner: Log,
    source: Arc<dyn Source>,
    /// In which life of the log, and how many of its records.
    consumed: watch::Sender<(LogId, u64)>,
}

impl Follower {
    pub fn new(owner: Log, source: Arc<dyn Source>) -> Self {
        let place = source.place();
        let cursor = owner.cursors().get(&place).copied();
        let consumed = cursor.map_or((source.log(), 0), |cursor| (cursor.log, cursor.next));
        Self {
            owner,
            source,
            consumed: watch::Sender::new(consumed),
        }
    }

    /// How many records of the source have been consumed, with all their effects.
    pub fn consumed(&self) -> Consumption {
        Consumption {
            place: self.source.place(),
            source: Arc::clone(&self.source),
            count: self.consumed.subscribe(),
        }
    }

    /// Follows until something is wrong. `react` is asked about each record: the future that it
    /// returns must append with the [`Consumed`] that it is given, or advance past it; `None` means
    /// that the record has no effect. What a log says of itself has none, and nobody is asked.
    ///
    /// The writer takes effects in the order of their records, and many are under way: a later one that
    /// holds on to something while it waits must not keep an earlier one from it.
    ///
    /// Where the end of the followed log is declared lost, it goes on in the log's next life, from what
    /// was kept. Effects of what was lost stay: they are facts here.
    pub async fn run<F, R>(&self, react: F) -> Result<std::convert::Infallible, FollowError>
    where
        F: Fn(Record, Consumed) -> Option<R> + Send + Sync,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        let place = self.source.place();
        loop {
            let (life, next) = self.start(&place).await?;
            self.consumed.send_replace((life, next));
            self.follow(&place, life, next, &react).await?;
        }
    }

    /// Follows as long as the log is in one life.
    async fn follow<F, R>(
        &self,
        place: &str,
        life: LogId,
        mut next: u64,
        react: &F,
    ) -> Result<(), FollowError>
    where
        F: Fn(Record, Consumed) -> Option<R> + Send + Sync,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        // The first position that no transaction accounts for yet.
        let mut from = next;
        while let Some(batch) = self.batch(life, next).await? {
            let mut under_way = JoinSet::new();
            let mut last = None;
            for stored in batch {
                let position = stored.position;
                let hash = leaf_hash(&stored.bytes);
                let record =
                    Record::decode(&stored.bytes).map_err(|error| FollowError::Record {
                        place: place.to_owned(),
                        position,
                        error,
                    })?;
                let consumed = Consumed {
                    source: place.to_owned(),
                    log: life,
                    from,
                    position,
                    hash,
                };
                next = position + 1;
                last = Some(consumed.clone());
                if record.subject.kind() != LOG_STREAMS
                    && let Some(reaction) = react(record, consumed)
                {
                    from = next;
                    under_way.spawn(reaction);
                }
            }
            while let Some(done) = under_way.join_next().await {
                let failed = |why: String| FollowError::Reaction {
                    place: place.to_owned(),
                    why,
                };
                done.map_err(|error| failed(error.to_string()))?
                    .map_err(failed)?;
            }
            if let Some(last) = last.filter(|_| next - from >= WINDOW as u64) {
                self.pass(last, from).await?;
                from = next;
            }
            self.consumed.send_replace((life, next));
        }
        Ok(())
    }

    /// The next records; none where the log turns out to be in another life.
    async fn batch(&self, life: LogId, next: u64) -> Result<Option<Vec<Stored>>, SourceError> {
        let is_over = || self.source.log() != life;
        if is_over() {
            return Ok(None);
        }
        let batch = self.source.next(next, WINDOW).await;
        if is_over() { Ok(None) } else { batch.map(Some) }
    }

    /// Where to begin, and in which life, after a look at whether this is still the log that was
    /// followed.
    async fn start(&self, place: &str) -> Result<(LogId, u64), FollowError> {
        loop {
            let life = self.source.log();
            match self.looked_back(place).await {
                // It turned out meanwhile to be in another life: that is looked at.
                Ok(None) | Err(_) if self.source.log() != life => {}
                Ok(None) => {}
                Ok(Some(begin)) => return Ok(begin),
                Err(error) => return Err(error),
            }
        }
    }

    /// As [`start`](Self::start); nothing where it has to be looked at again.
    async fn looked_back(&self, place: &str) -> Result<Option<(LogId, u64)>, FollowError> {
        let cursor = self.owner.cursors().get(place).copied();
        let Some(cursor) = cursor else {
            return Ok(Some((self.source.log(), 0)));
        };
        // Whoever is asked how long it is learns which life it is in, too.
        let size = self.source.size().await?;
        let lives = self.source.lives();
        match lives.keeps(cursor.log, cursor.next) {
            Ok(()) => {}
            Err(NotOurs::Lost { kept }) => {
                self.step_back(place, &lives, cursor, kept).await?;
                return Ok(None);
            }
            Err(NotOurs::OtherLog) => {
                return Err(FollowError::OtherLog {
                    place: place.to_owned(),
                    followed: cursor.log,
                    found: lives.log,
                });
            }
        }
        if size < cursor.next {
            return Err(FollowError::Behind {
                place: place.to_owned(),
                size,
                consumed: cursor.next,
            });
        }
        if let Some(before) = cursor.next.checked_sub(1) {
            let stored = self.source.next(before, 1).await?;
            if stored.first().map(|stored| leaf_hash(&stored.bytes)) != Some(cursor.hash) {
                return Err(FollowError::OtherRecord {
                    place: place.to_owned(),
                    position: cursor.next,
                });
            }
        }
        if cursor.log != lives.log {
            let log = lives.log;
            tracing::info!(place, %log, "the log is in its next life; all that was consumed is there");
            self.go_on_from(place, Cursor { log, ..cursor }).await?;
        }
        Ok(Some((lives.log, cursor.next)))
    }

    /// What was consumed behind the kept records is lost: it goes on behind these.
    async fn step_back(
        &self,
        place: &str,
        lives: &Lives,
        consumed: Cursor,
        kept: u64,
    ) -> Result<(), FollowError> {
        tracing::warn!(
            place,
            kept,
            consumed = consumed.next,
            lost = consumed.next - kept,
            log = %lives.log,
            "records that were consumed were declared lost; what was done because of them stays"
        );
        let hash = match kept.checked_sub(1) {
            None => Frontier::new().root(),
            Some(before) => {
                let stored = self.source.next(before, 1).await?;
                let last = stored.first().ok_or_else(|| FollowError::Behind {
                    place: place.to_owned(),
                    size: before,
                    consumed: kept,
                })?;
                leaf_hash(&last.bytes)
            }
        };
        let (log, next) = (lives.log, kept);
        self.go_on_from(place, Cursor { log, next, hash }).await
    }

    async fn go_on_from(&self, place: &str, cursor: Cursor) -> Result<(), FollowError> {
        let moved = self.owner.follow_from(place.to_owned(), cursor).await;
        moved.map_err(|error| FollowError::Reaction {
            place: place.to_owned(),
            why: error.to_string(),
        })
    }

    /// Remembers that nothing up to a record had an effect. Not each time: a record without an effect
    /// may be looked at again after a restart.
    async fn pass(&self, last: Consumed, from: u64) -> Result<(), FollowError> {
        let place = last.source.clone();
        let passed = self.owner.advance(Consumed { from, ..last }).await;
        passed.map_err(
            |error: TransactError<std::convert::Infallible>| FollowError::Reaction {
                place,
                why: error.to_string(),
            },
        )
    }
}

/// How far a follower has come.
#[derive(Debug, Clone)]
pub struct Consumption {
    place: String,
    source: Arc<dyn Source>,
    count: watch::Receiver<(LogId, u64)>,
}

/// How long the log is waited for when it is asked in which life it is.
const PATIENCE: Duration = Duration::from_secs(1);

impl Consumption {
    /// `service/partition` of the log that is followed.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The life that was followed last.
    pub fn log(&self) -> LogId {
        self.count.borrow().0
    }

    pub fn count(&self) -> u64 {
        self.count.borrow().1
    }

    /// Whether the first `count` records of the log that was called `log` are the first ones of the log
    /// that is followed. It can be in another life than when it last told.
    pub async fn keeps(&self, log: LogId, count: u64) -> Result<(), NotOurs> {
        match self.source.lives().keeps(log, count) {
            Err(NotOurs::OtherLog) => {
                let _who_is_asked_learns = tokio::time::timeout(PATIENCE, self.source.size()).await;
                self.source.lives().keeps(log, count)
            }
            known => known,
        }
    }

    /// Waits until so many records are consumed that the log still has; false if the follower has ended
    /// before.
    pub async fn reaches(&mut self, count: u64) -> bool {
        let source = Arc::clone(&self.source);
        let is_there = |(log, consumed): &(LogId, u64)| {
            *consumed >= count && source.lives().common(*log, *consumed) >= count
        };
        self.count.wait_for(is_there).await.is_ok()
    }

    /// Adds what is consumed to a token.
    pub fn include_in(&self, token: &mut Token) {
        let (log, count) = *self.count.borrow();
        if let Some((service, partition)) = self.place.split_once('/')
            && let Ok(partition) = partition.parse()
        {
            token.include(service, partition, log, count);
        }
    }
}
