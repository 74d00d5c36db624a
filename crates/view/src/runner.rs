//! One generation following its logs.

use std::future::poll_fn;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use redress_store::Ingested;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::core::{Core, Pause};
use crate::feed::feed;
use crate::generation::Generation;
use crate::shared::Shared;
use crate::stop::Stop;
use crate::view::ViewOptions;

/// How long a batch waits for records that were probably waiting already.
const PATIENCE: Duration = Duration::from_millis(2);
/// The same while nobody waits for the rows, and every small batch makes the next ones slower.
const PATIENCE_WHILE_BUILDING: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(crate) struct Runner {
    /// Gone only when a thread that had it panicked.
    core: Option<Box<Core>>,
    pub(crate) generation: Arc<Generation>,
    shared: Arc<Shared>,
    /// Aborted when the runner is dropped.
    feeds: JoinSet<()>,
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
    Chunk(Result<(), Stop>),
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
        let (mut inlets, mut feeds) = (Vec::new(), JoinSet::new());
        for (source, followed) in shared.sources().into_iter().zip(&shared.followed) {
            let cursor = progress.cursors.get(&followed.place).copied();
            let (inlet, feed) = feed(source, followed.clone(), cursor, options.read_records);
            feeds.spawn(feed);
            inlets.push(inlet);
        }
        Self {
            core: Some(Box::new(Core::new(
                Arc::clone(shared),
                Arc::clone(&generation),
                inlets,
                options,
            ))),
            generation,
            shared: Arc::clone(shared),
            feeds,
        }
    }

    /// Folds until every log is folded as far as `goal`, if there is one.
    pub(crate) async fn run(&mut self, goal: Option<&[u64]>, told: watch::Receiver<bool>) -> End {
        match self.follow(goal, told).await {
            Ok(End::Told) => {
                // Whoever told it to end may close the logs next: nobody reads them any more.
                self.feeds.shutdown().await;
                match self.blocking(Core::settle).await {
                    Ok(()) => End::Told,
                    Err(stop) => End::Stopped(stop),
                }
            }
            Ok(end) => end,
            // What came before is as good as ever.
            Err(stop) => match self.blocking(Core::commit).await {
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
            let pause = self.blocking(|core| core.work(true)).await?;
            if pause == Pause::Full || self.is_there(goal) {
                continue;
            }
            let patience = self.patience()?;
            let next = tokio::select! {
                biased;
                chunk = self.receive() => Next::Chunk(chunk),
                () = pass(patience) => Next::Nothing,
                _ = told.wait_for(|told| *told) => Next::Told,
            };
            match next {
                Next::Chunk(chunk) => chunk?,
                Next::Nothing if self.core()?.is_being_fed() => {}
                Next::Nothing => {
                    self.blocking(|core| core.work(false)).await?;
                }
                Next::Told => return Ok(End::Told),
            }
        }
        Ok(End::Told)
    }

    /// Sorts what was built, unless it is told to end.
    pub(crate) async fn sort(&mut self, told: watch::Receiver<bool>) -> Result<Ingested, Stop> {
        let generation = Arc::clone(&self.generation);
        self.blocking(move |core| {
            core.commit()?;
            let sorted = generation.sort(&|| !*told.borrow());
            sorted.map_err(|error| Stop::Rows {
                why: error.to_string(),
            })
        })
        .await
    }

    /// Lets go of the logs and the files. Dropping it would do so some time later.
    pub(crate) async fn close(mut self) {
        self.feeds.shutdown().await;
        let core = self.core.take();
        let _gone = tokio::task::spawn_blocking(move || drop(core)).await;
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

    fn patience(&mut self) -> Result<Option<Duration>, Stop> {
        let core = self.core()?;
        let patience = if core.is_building() {
            PATIENCE_WHILE_BUILDING
        } else {
            PATIENCE
        };
        Ok(core.has_uncommitted().then_some(patience))
    }

    /// Works where it holds up nobody else.
    async fn blocking<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Core) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        let mut core = self.core.take().ok_or_else(panicked)?;
        let work = move || {
            let done = work(&mut core);
            (core, done)
        };
        let (core, done) = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| panicked())?;
        self.core = Some(core);
        done
    }

    /// Takes the next chunk of any log of which nothing is left.
    async fn receive(&mut self) -> Result<(), Stop> {
        let core = self.core()?;
        poll_fn(|context| core.poll_chunk(context)).await
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
