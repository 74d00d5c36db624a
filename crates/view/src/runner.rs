//! One generation following its logs.

use std::future::poll_fn;
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::core::{Core, Pause};
use crate::feed::{Chunk, feed};
use crate::generation::Generation;
use crate::shared::Shared;
use crate::stop::Stop;
use crate::view::ViewOptions;

/// How long a batch waits for records that were probably waiting already.
const PATIENCE: Duration = Duration::from_millis(2);

#[derive(Debug)]
pub(crate) struct Runner {
    /// Gone only when a thread that had it panicked.
    core: Option<Box<Core>>,
    pub(crate) generation: Arc<Generation>,
    shared: Arc<Shared>,
    inbox: Vec<mpsc::Receiver<Chunk>>,
    /// Aborted when the runner is dropped.
    feeds: JoinSet<()>,
    read_records: usize,
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Every log is folded as far as was asked.
    Reached,
    /// It was told to end.
    Told,
    Stopped(Stop),
}

/// What a run waited for.
enum Next {
    Chunk(usize, Option<Chunk>),
    Nothing,
    Told,
}

impl Runner {
    pub(crate) fn start(
        shared: &Arc<Shared>,
        generation: Arc<Generation>,
        options: ViewOptions,
    ) -> Self {
        let progress = generation.progress();
        let (mut inbox, mut feeds) = (Vec::new(), JoinSet::new());
        for source in shared.sources() {
            let (sender, receiver) = mpsc::channel(1);
            let cursor = progress.cursors.get(&source.place()).copied();
            feeds.spawn(feed(source, cursor, options.read_records, sender));
            inbox.push(receiver);
        }
        Self {
            core: Some(Box::new(Core::new(
                Arc::clone(shared),
                Arc::clone(&generation),
                options,
            ))),
            generation,
            shared: Arc::clone(shared),
            inbox,
            feeds,
            read_records: options.read_records,
        }
    }

    /// Folds until every log is folded as far as `goal`, if there is one.
    pub(crate) async fn run(&mut self, goal: Option<&[u64]>, told: watch::Receiver<bool>) -> End {
        match self.follow(goal, told).await {
            Ok(End::Told) => {
                // Whoever told it to end may close the logs next: nobody reads them any more.
                self.feeds.shutdown().await;
                End::Told
            }
            Ok(end) => end,
            Err(stop) => match self.work_done().await {
                Ok(()) => End::Stopped(stop),
                Err(worse) => End::Stopped(worse),
            },
        }
    }

    async fn follow(
        &mut self,
        goal: Option<&[u64]>,
        mut told: watch::Receiver<bool>,
    ) -> Result<End, Stop> {
        // Told only between two steps: a batch that is being written is waited for.
        while !*told.borrow() {
            if self.is_there(goal) {
                return Ok(End::Reached);
            }
            let expected = self.take_waiting()?;
            if self.work(expected).await? == Pause::Full || self.is_there(goal) {
                continue;
            }
            let patience = self.core()?.has_uncommitted().then_some(PATIENCE);
            let next = tokio::select! {
                biased;
                (source, chunk) = self.receive() => Next::Chunk(source, chunk),
                () = pass(patience) => Next::Nothing,
                _ = told.wait_for(|told| *told) => Next::Told,
            };
            match next {
                Next::Chunk(source, chunk) => {
                    self.take(source, chunk)?;
                }
                Next::Nothing => {
                    self.work(false).await?;
                }
                Next::Told => return Ok(End::Told),
            }
        }
        Ok(End::Told)
    }

    fn is_there(&self, goal: Option<&[u64]>) -> bool {
        goal.is_some_and(|goal| self.has_reached(goal))
    }

    fn has_reached(&self, goal: &[u64]) -> bool {
        let positions = self.generation.progress().positions(&self.shared.followed);
        let waiting = self
            .generation
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Who waits for a log that is there itself can go no further for now.
        let waits = |source: usize| waiting.get(source).is_some_and(Option::is_some);
        let mut all = positions.iter().zip(goal).enumerate();
        all.all(|(source, (position, goal))| position >= goal || waits(source))
    }

    fn core(&mut self) -> Result<&mut Core, Stop> {
        self.core.as_deref_mut().ok_or_else(panicked)
    }

    /// Runs the fold where it holds up nobody else.
    async fn work(&mut self, expected: bool) -> Result<Pause, Stop> {
        let mut core = self.core.take().ok_or_else(panicked)?;
        let work = move || {
            let pause = core.work(expected);
            (core, pause)
        };
        let (core, pause) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| panicked())?;
        self.core = Some(core);
        pause
    }

    /// Writes what is folded, where the rows can still be written.
    async fn work_done(&mut self) -> Result<(), Stop> {
        let Some(mut core) = self.core.take() else {
            return Ok(());
        };
        let work = move || {
            let done = core.commit();
            (core, done)
        };
        let (core, done) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| panicked())?;
        self.core = Some(core);
        done
    }

    /// Takes what has been read already; says whether more is probably there.
    fn take_waiting(&mut self) -> Result<bool, Stop> {
        let mut expected = false;
        for source in 0..self.inbox.len() {
            if !self.core()?.wants(source) {
                continue;
            }
            if let Ok(chunk) = self.inbox[source].try_recv() {
                expected |= self.take(source, Some(chunk))?;
            }
        }
        Ok(expected)
    }

    /// Keeps what was read; a chunk as large as was asked for has more behind it, probably.
    fn take(&mut self, source: usize, chunk: Option<Chunk>) -> Result<bool, Stop> {
        let position = |runner: &Self| {
            let progress = runner.generation.progress();
            progress.position(&runner.shared.followed[source].place)
        };
        let chunk = match chunk {
            Some(Ok(chunk)) => chunk,
            Some(Err(stop)) => return Err(stop),
            None => {
                return Err(Stop::Source {
                    place: self.shared.followed[source].place.clone(),
                    position: position(self),
                    why: "its reader has ended".to_owned(),
                });
            }
        };
        let full = chunk.len() >= self.read_records;
        self.core()?.take(source, chunk);
        Ok(full)
    }

    /// The next chunk of any log of which nothing is left.
    async fn receive(&mut self) -> (usize, Option<Chunk>) {
        let Self { core, inbox, .. } = self;
        poll_fn(|context| {
            for (source, receiver) in inbox.iter_mut().enumerate() {
                if core.as_ref().is_some_and(|core| core.wants(source))
                    && let Poll::Ready(chunk) = receiver.poll_recv(context)
                {
                    return Poll::Ready((source, chunk));
                }
            }
            Poll::Pending
        })
        .await
    }
}

async fn pass(patience: Option<Duration>) {
    match patience {
        Some(patience) => tokio::time::sleep(patience).await,
        None => std::future::pending().await,
    }
}

fn panicked() -> Stop {
    Stop::Rows {
        why: "the thread that wrote them panicked".to_owned(),
    }
}
