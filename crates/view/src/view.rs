//! The handle of a view.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use redress_envelope::Token;
use redress_event_log::{NotOurs, Source};
use redress_evidence::Hash;
use redress_store::{RowError, RowStoreOptions};
use tokio::sync::{mpsc, oneshot, watch};

use crate::fold::{Fold, Folder};
use crate::generation::Generation;
use crate::generations::{Generations, Opened, remove};
use crate::progress::Followed;
use crate::read::{ReadError, Unavailable, ViewRows};
use crate::shared::Shared;
use crate::status::{Building, SourceStatus, ViewStatus};
use crate::stop::Stop;
use crate::supervisor::{Ask, Supervisor};

/// How much a view does at a time. Any value gives the same rows.
#[derive(Debug, Clone, Copy)]
pub struct ViewOptions {
    /// Records that are folded before their rows are written.
    pub batch_records: usize,
    /// Bytes of changed rows that are held before they are written. The batch before may be on its
    /// way to the disk, and the one before that is remembered: three times as much in memory.
    pub batch_bytes: usize,
    /// The same while rows are built that nobody reads yet.
    pub building_records: usize,
    pub building_bytes: usize,
    /// Such a batch of at least so many bytes becomes a file of its own.
    pub ingest_bytes: usize,
    /// Records that are read at a time; up to four such chunks are in memory for each log, each of
    /// as many bytes as the log hands out at a time, and decoded.
    pub read_records: usize,
    pub rows: RowStoreOptions,
}

impl ViewOptions {
    /// Records and bytes of a full batch.
    pub(crate) fn batch_of(&self, generation: &Generation) -> (usize, usize) {
        if generation.is_building() {
            (self.building_records, self.building_bytes)
        } else {
            (self.batch_records, self.batch_bytes)
        }
    }
}

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            batch_records: 10_000,
            // More rows in memory are slower to fold than fewer are to write: caches are small.
            batch_bytes: 4 << 20,
            building_records: 50_000,
            building_bytes: 4 << 20,
            ingest_bytes: 1 << 20,
            read_records: 1_000,
            rows: RowStoreOptions::default(),
        }
    }
}

/// A running view. Clones are the same view; it ends when the last is gone.
#[derive(Debug, Clone)]
pub struct View {
    shared: Arc<Shared>,
    asks: mpsc::Sender<Ask>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("`{0}` is no name of a view: lower-case letters, digits and hyphens, a letter first")]
    Name(&'static str),
    #[error("`{0}` is no place of a log, or another log has it")]
    Place(String),
    #[error("the view {name} cannot be opened: {error}")]
    Rows {
        name: &'static str,
        #[source]
        error: RowError,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    #[error("the view has not caught up in time: it includes {reached}")]
    Timeout { reached: Token },
    #[error("the token speaks of another life of the log {place}")]
    OtherLife { place: String },
    #[error(
        "of what the token covers of the log {place} {kept} records were kept, and the rest was declared lost"
    )]
    DeclaredLost { place: String, kept: u64 },
    #[error("the view does not follow the log {place}")]
    UnknownLog { place: String },
    #[error(transparent)]
    Stopped(Stop),
    #[error("the view is closed")]
    Closed,
}

#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error(transparent)]
    Stopped(Stop),
    #[error(transparent)]
    Rows(RowError),
    #[error("the view is closed")]
    Closed,
}

impl View {
    /// Opens a view's rows in the views directory and goes on folding where they are; begins from
    /// the first record if there are none of this version. Opening reads files: it may take some ten
    /// milliseconds.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn start<F: Fold>(
        dir: &Path,
        fold: F,
        sources: Vec<Arc<dyn Source>>,
        options: ViewOptions,
    ) -> Result<Self, StartError> {
        let folder = Folder::new(fold);
        check_name(folder.name)?;
        let followed = followed(&sources)?;
        let generations = Generations {
            dir: dir.to_owned(),
            folder: folder.clone(),
            followed: followed.clone(),
            options: options.rows,
        };
        let name = folder.name;
        let unopened = |error| StartError::Rows { name, error };
        let Opened {
            serving,
            mut building,
            mut leftover,
        } = generations.open().map_err(unopened)?;
        if serving.is_some() {
            remove(&std::mem::take(&mut leftover));
        } else if building.is_none() {
            building = Some(generations.create().map_err(unopened)?);
        }
        let shared = Arc::new(Shared::new(folder, followed, sources));
        let mut supervisor = Supervisor::new(Arc::clone(&shared), generations, options, leftover);
        if let Some(generation) = serving {
            let generation = Arc::new(generation);
            shared.serve(Arc::clone(&generation));
            supervisor.follow(generation);
        }
        if let Some(generation) = building {
            supervisor.build(generation);
        }
        let (asks, asked) = mpsc::channel(8);
        tokio::spawn(supervisor.run(asked));
        Ok(Self { shared, asks })
    }

    pub fn name(&self) -> &'static str {
        self.shared.folder.name
    }

    /// How many records of a log (`service/partition`) the served rows include; 0 for a log that is
    /// not followed.
    pub fn position(&self, place: &str) -> u64 {
        self.token()
            .iter()
            .find_map(|(service, partition, _, count)| {
                (format!("{service}/{partition}") == place).then_some(count)
            })
            .unwrap_or(0)
    }

    /// What the served rows include.
    pub fn token(&self) -> Token {
        self.shared.token.borrow().clone()
    }

    /// The part of a token that speaks of logs which this view follows.
    pub fn part_of(&self, token: &Token) -> Token {
        let mut part = Token::new();
        for (service, partition, log, count) in token.iter() {
            let follows =
                |source: &&Followed| source.service == service && source.partition == partition;
            if self.shared.followed.iter().any(|source| follows(&source)) {
                part.include(service, partition, log, count);
            }
        }
        part
    }

    /// Waits until there are rows to read and they include all that the token does.
    pub async fn wait_for(&self, token: &Token, timeout: Duration) -> Result<(), WaitError> {
        self.check_token(token).await?;
        match tokio::time::timeout(timeout, self.reach(token)).await {
            Ok(reached) => reached,
            Err(_) => Err(WaitError::Timeout {
                reached: self.token(),
            }),
        }
    }

    async fn reach(&self, token: &Token) -> Result<(), WaitError> {
        let mut reached = self.shared.token.subscribe();
        let mut stopped = self.shared.stopped.subscribe();
        let mut closed = self.shared.closed.subscribe();
        loop {
            let covered = self.covers(&reached.borrow_and_update(), token);
            if covered && self.shared.readable().is_ok() {
                return Ok(());
            }
            if *closed.borrow_and_update() {
                return Err(WaitError::Closed);
            }
            if let Some(stop) = stopped.borrow_and_update().clone()
                && !stop.is_mended()
            {
                return Err(WaitError::Stopped(stop));
            }
            tokio::select! {
                _ = reached.changed() => {}
                _ = stopped.changed() => {}
                _ = closed.changed() => {}
            }
        }
    }

    async fn check_token(&self, token: &Token) -> Result<(), WaitError> {
        for (service, partition, log, count) in token.iter() {
            let place = format!("{service}/{partition}");
            let followed = &self.shared.followed;
            let at = followed.iter().position(|source| source.place == place);
            let Some(at) = at else {
                return Err(WaitError::UnknownLog { place });
            };
            let mut keeps = followed[at].lives().keeps(log, count);
            if keeps == Err(NotOurs::OtherLog)
                && let Some(source) = self.shared.sources().get(at)
            {
                // It may be in another life since it last told.
                let _who_is_asked_learns = size(source.as_ref()).await;
                keeps = source.lives().keeps(log, count);
            }
            match keeps {
                Ok(()) => {}
                Err(NotOurs::Lost { kept }) => {
                    return Err(WaitError::DeclaredLost { place, kept });
                }
                Err(NotOurs::OtherLog) => return Err(WaitError::OtherLife { place }),
            }
        }
        Ok(())
    }

    /// Whether so many records were reached of what the logs are now.
    fn covers(&self, reached: &Token, token: &Token) -> bool {
        token.iter().all(|(service, partition, log, count)| {
            let is_it =
                |source: &&Followed| source.service == service && source.partition == partition;
            let (Some(followed), Some((reached_log, reached))) = (
                self.shared.followed.iter().find(is_it),
                reached.get(service, partition),
            ) else {
                return false;
            };
            let lives = followed.lives();
            let same = reached_log == log && reached >= count;
            same || (lives.keeps(log, count).is_ok() && lives.common(reached_log, reached) >= count)
        })
    }

    /// The rows as they are at each call; [`read`](Self::read) shows several of one moment.
    pub fn rows(&self) -> Result<ViewRows, Unavailable> {
        Ok(ViewRows::new(
            self.shared.readable()?,
            &self.shared.followed,
        ))
    }

    /// Reads while nothing is written: all reads are of the moment of the rows' token. Short, and
    /// never inside itself: the view waits meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&ViewRows) -> T) -> Result<T, Unavailable> {
        let generation = self.shared.readable()?;
        Ok(generation.between_commits(|| {
            read(&ViewRows::new(
                Arc::clone(&generation),
                &self.shared.followed,
            ))
        }))
    }

    /// [`read`](Self::read) where waiting for the disk holds up nobody else.
    pub async fn query<T, E>(
        &self,
        read: impl FnOnce(&ViewRows) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ReadError> + Send + 'static,
    {
        let view = self.clone();
        tokio::task::spawn_blocking(move || view.read(read))
            .await
            .map_err(|_| ReadError::Ended)?
            .map_err(ReadError::Unavailable)?
    }

    /// SHA-256 over all rows of one moment, without the view's own books: equal rows have equal
    /// digests.
    pub async fn digest(&self) -> Result<Hash, ReadError> {
        let generation = self.shared.readable()?;
        let digest = move || generation.digest();
        Ok(tokio::task::spawn_blocking(digest)
            .await
            .map_err(|_| ReadError::Ended)??)
    }

    /// Tells each time the rows have changed, and what they include then.
    pub fn watch_changes(&self) -> watch::Receiver<Token> {
        self.shared.token.subscribe()
    }

    /// Tells when the view has stopped, and why.
    pub fn watch_stopped(&self) -> watch::Receiver<Option<Stop>> {
        self.shared.stopped.subscribe()
    }

    /// Tells how far a generation has come that is not served yet.
    pub fn watch_building(&self) -> watch::Receiver<Option<Building>> {
        self.shared.building.subscribe()
    }

    pub async fn status(&self) -> ViewStatus {
        let served = self.shared.served();
        let progress = served.as_ref().map(|served| served.progress());
        let waiting = served.as_ref().map(|served| {
            served
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        });
        let logs = self.shared.sources();
        let mut sources = Vec::new();
        for (index, followed) in self.shared.followed.iter().enumerate() {
            let head = match logs.get(index) {
                Some(log) => size(log.as_ref()).await,
                None => None,
            };
            let place = followed.place.clone();
            let progress = progress.as_deref();
            sources.push(SourceStatus {
                log: followed.log(),
                position: progress.map_or(0, |progress| progress.position(&place)),
                head,
                waiting_for: waiting.as_ref().and_then(|waiting| *waiting.get(index)?),
                incomplete_from: progress
                    .and_then(|progress| progress.incomplete.get(&place).cloned()),
                place,
            });
        }
        ViewStatus {
            name: self.shared.folder.name,
            version: self.shared.folder.version,
            sources,
            stopped: self.shared.stopped.borrow().clone(),
            rebuilding: self.shared.building.borrow().clone(),
            bytes: served
                .as_ref()
                .and_then(|served| served.approximate_bytes().ok())
                .unwrap_or(0),
            served: served.is_some(),
        }
    }

    /// Folds the view again beside the served rows, from the first record, and serves the new rows
    /// when they have caught up; returns then. Joins a building that is under way.
    pub async fn rebuild(&self) -> Result<(), RebuildError> {
        let (reply, answer) = oneshot::channel();
        self.asks
            .send(Ask::Rebuild(reply))
            .await
            .map_err(|_| RebuildError::Closed)?;
        answer.await.unwrap_or(Err(RebuildError::Closed))
    }

    /// Ends the view and closes its files; other clones then answer that it is closed.
    pub async fn close(self) {
        let mut closed = self.shared.closed.subscribe();
        let _closed_already = self.asks.send(Ask::Close).await;
        let _cannot_fail = closed.wait_for(|closed| *closed).await;
    }
}

fn check_name(name: &'static str) -> Result<(), StartError> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.bytes().all(good) && name.starts_with(|first: char| first.is_ascii_lowercase()) {
        Ok(())
    } else {
        Err(StartError::Name(name))
    }
}

fn followed(sources: &[Arc<dyn Source>]) -> Result<Vec<Followed>, StartError> {
    let mut all: Vec<Followed> = Vec::new();
    for source in sources {
        let place = source.place();
        let known = all.iter().any(|followed| followed.place == place);
        match Followed::new(place.clone(), source.lives()) {
            Some(followed) if !known => all.push(followed),
            Some(_) | None => return Err(StartError::Place(place)),
        }
    }
    Ok(all)
}

async fn size(source: &dyn Source) -> Option<u64> {
    tokio::time::timeout(Duration::from_secs(1), source.size())
        .await
        .ok()?
        .ok()
}
