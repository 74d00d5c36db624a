//! Following another log and reacting to it: every effect once, in order, with many under way.

use std::future::Future;
use std::sync::Arc;

use redress_envelope::{DecodeError, LogId, Record, Token};
use redress_evidence::leaf_hash;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::cursor::Consumed;
use crate::log::Log;
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
        "{place} is another log ({found}) than the one that was followed ({followed}): it was \
         restored without its tail"
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
    consumed: watch::Sender<u64>,
}

impl Follower {
    pub fn new(owner: Log, source: Arc<dyn Source>) -> Self {
        let place = source.place();
        let next = owner.cursors().get(&place).map_or(0, |cursor| cursor.next);
        Self {
            owner,
            source,
            consumed: watch::Sender::new(next),
        }
    }

    /// How many records of the source have been consumed, with all their effects.
    pub fn consumed(&self) -> Consumption {
        Consumption {
            place: self.source.place(),
            log: self.source.log(),
            count: self.consumed.subscribe(),
        }
    }

    /// Follows until something is wrong. `react` is asked about each record: the future that it
    /// returns must append with the [`Consumed`] that it is given, or advance past it; `None` means
    /// that the record has no effect.
    pub async fn run<F, R>(&self, react: F) -> Result<std::convert::Infallible, FollowError>
    where
        F: Fn(Record, Consumed) -> Option<R> + Send + Sync,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        let place = self.source.place();
        let mut next = self.start(&place).await?;
        // The first position that no transaction accounts for yet.
        let mut from = next;
        loop {
            let batch = self.source.next(next, WINDOW).await?;
            let mut under_way = JoinSet::new();
            let mut last = None;
            for stored in batch {
                let position = stored.position;
                let hash = leaf_hash(&stored.bytes);
                let record =
                    Record::decode(&stored.bytes).map_err(|error| FollowError::Record {
                        place: place.clone(),
                        position,
                        error,
                    })?;
                let source = place.clone();
                let consumed = Consumed {
                    source,
                    log: record.log,
                    from,
                    position,
                    hash,
                };
                next = position + 1;
                last = Some(consumed.clone());
                if let Some(reaction) = react(record, consumed) {
                    from = next;
                    under_way.spawn(reaction);
                }
            }
            while let Some(done) = under_way.join_next().await {
                let failed = |why: String| FollowError::Reaction {
                    place: place.clone(),
                    why,
                };
                done.map_err(|error| failed(error.to_string()))?
                    .map_err(failed)?;
            }
            if let Some(last) = last.filter(|_| next - from >= WINDOW as u64) {
                self.pass(last, from).await?;
                from = next;
            }
            self.consumed.send_replace(next);
        }
    }

    /// Where to begin, after a look at whether this is still the log that was followed.
    async fn start(&self, place: &str) -> Result<u64, FollowError> {
        let Some(cursor) = self.owner.cursors().get(place).copied() else {
            return Ok(0);
        };
        let (place, found) = (place.to_owned(), self.source.log());
        if cursor.log != found {
            return Err(FollowError::OtherLog {
                place,
                followed: cursor.log,
                found,
            });
        }
        let size = self.source.size().await?;
        if size < cursor.next {
            return Err(FollowError::Behind {
                place,
                size,
                consumed: cursor.next,
            });
        }
        if let Some(before) = cursor.next.checked_sub(1) {
            let stored = self.source.next(before, 1).await?;
            if stored.first().map(|stored| leaf_hash(&stored.bytes)) != Some(cursor.hash) {
                return Err(FollowError::OtherRecord {
                    place,
                    position: cursor.next,
                });
            }
        }
        Ok(cursor.next)
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
    log: LogId,
    count: watch::Receiver<u64>,
}

impl Consumption {
    /// `service/partition` of the log that is followed.
    pub fn place(&self) -> &str {
        &self.place
    }

    pub fn log(&self) -> LogId {
        self.log
    }

    pub fn count(&self) -> u64 {
        *self.count.borrow()
    }

    /// Waits until so many records are consumed; false if the follower has ended before.
    pub async fn reaches(&mut self, count: u64) -> bool {
        self.count
            .wait_for(|consumed| *consumed >= count)
            .await
            .is_ok()
    }

    /// Adds what is consumed to a token.
    pub fn include_in(&self, token: &mut Token) {
        if let Some((service, partition)) = self.place.split_once('/')
            && let Ok(partition) = partition.parse()
        {
            token.include(service, partition, self.log, self.count());
        }
    }
}
