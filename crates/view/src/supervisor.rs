//! Which generation follows the logs and is served, and when a new one takes over.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::again::{Again, has_room};
use crate::building::{build, finish};
use crate::generation::Generation;
use crate::generations::{Generations, Opened, remove};
use crate::runner::{End, Runner};
use crate::shared::Shared;
use crate::status::Building;
use crate::stop::Stop;
use crate::view::{RebuildError, ViewOptions};

/// How often, and after which time, rows are looked at that others still read.
const READERS_LOOKED_FOR: usize = 40;
const READER_WAIT: Duration = Duration::from_millis(25);

#[derive(Debug)]
pub(crate) enum Ask {
    Rebuild(oneshot::Sender<Result<(), RebuildError>>),
    Close,
}

#[derive(Debug)]
pub(crate) struct Supervisor {
    shared: Arc<Shared>,
    generations: Arc<Generations>,
    options: ViewOptions,
    live: Option<Running>,
    building: Option<Running>,
    /// Directories that go when a generation takes over.
    leftover: Vec<PathBuf>,
    /// When rows that could not be written are opened again.
    again: Again,
    /// Who waits for the building to end.
    replies: Vec<oneshot::Sender<Result<(), RebuildError>>>,
}

#[derive(Debug)]
struct Running {
    told: watch::Sender<bool>,
    task: JoinHandle<(Runner, End)>,
}

impl Running {
    async fn end(self) -> Option<Runner> {
        self.told.send_replace(true);
        self.task.await.ok().map(|(runner, _)| runner)
    }
}

impl Supervisor {
    pub(crate) fn new(
        shared: Arc<Shared>,
        generations: Generations,
        options: ViewOptions,
        leftover: Vec<PathBuf>,
    ) -> Self {
        Self {
            leftover,
            shared,
            generations: Arc::new(generations),
            options,
            live: None,
            building: None,
            again: Again::default(),
            replies: Vec::new(),
        }
    }

    pub(crate) fn follow(&mut self, generation: Arc<Generation>) {
        let runner = Runner::start(&self.shared, generation, self.options);
        self.live = Some(self.spawn_live(runner));
    }

    pub(crate) fn build(&mut self, generation: Generation) {
        let progress = generation.progress();
        let positions = progress.positions(&self.shared.followed);
        let building = Building::new(positions.clone(), positions);
        self.shared.building.send_replace(Some(building));
        let runner = Runner::start(&self.shared, Arc::new(generation), self.options);
        let (told, hears) = watch::channel(false);
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(build(shared, runner, hears));
        self.building = Some(Running { told, task });
    }

    /// Runs until it is asked to end, or nobody can ask any more.
    pub(crate) async fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        loop {
            tokio::select! {
                ask = asks.recv() => match ask {
                    Some(Ask::Rebuild(reply)) => self.rebuild(reply).await,
                    Some(Ask::Close) | None => break,
                },
                built = ended(&mut self.building) => {
                    self.building = None;
                    self.built(built).await;
                }
                live = ended(&mut self.live) => {
                    self.live = None;
                    self.stopped(live).await;
                }
                () = self.again.is_time() => self.try_again().await,
            }
        }
        for running in [self.live.take(), self.building.take()]
            .into_iter()
            .flatten()
        {
            if let Some(runner) = running.end().await {
                runner.close().await;
            }
        }
        self.shared.close();
    }

    async fn rebuild(&mut self, reply: oneshot::Sender<Result<(), RebuildError>>) {
        match self.begin_again().await {
            Ok(()) => self.replies.push(reply),
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    /// Folds the view from the first record, unless that is under way.
    async fn begin_again(&mut self) -> Result<(), RebuildError> {
        if self.building.is_some() {
            return Ok(());
        }
        let generations = Arc::clone(&self.generations);
        match tokio::task::spawn_blocking(move || generations.create()).await {
            Ok(Ok(generation)) => {
                self.build(generation);
                Ok(())
            }
            Ok(Err(error)) => Err(RebuildError::Rows(error)),
            Err(_) => Err(RebuildError::Closed),
        }
    }

    /// The rows that are served go no further. Those that tell of records which were declared lost are
    /// made anew.
    async fn stopped(&mut self, live: Option<(Runner, End)>) {
        let Some((runner, end)) = live else { return };
        // It has ended by itself and still reads ahead.
        runner.close().await;
        let End::Stopped(stop) = end else { return };
        if stop.is_mended() {
            self.mend().await;
        } else if stop.is_of_the_rows() {
            self.again.later();
        }
    }

    /// Opens rows again that could not be written: their store takes nothing more after an error, even
    /// when its cause has gone.
    async fn try_again(&mut self) {
        self.again.begin();
        if self.live.is_some() || self.building.is_some() {
            return;
        }
        if !has_room(&self.generations.dir) || !self.let_go().await {
            return self.again.later();
        }
        let generations = Arc::clone(&self.generations);
        let opened = tokio::task::spawn_blocking(move || generations.open()).await;
        let Ok(Ok(opened)) = opened else {
            return self.again.later();
        };
        tracing::info!(view = self.shared.folder.name, "rows are opened again");
        self.go_on(opened).await;
    }

    /// Closes the files of the rows that are served; false if somebody goes on reading them.
    async fn let_go(&self) -> bool {
        let Some(mut served) = self.shared.take_served() else {
            return true;
        };
        for _ in 0..READERS_LOOKED_FOR {
            match Arc::try_unwrap(served) {
                Ok(generation) => {
                    let closed = tokio::task::spawn_blocking(move || drop(generation)).await;
                    return closed.is_ok();
                }
                Err(still_read) => served = still_read,
            }
            tokio::time::sleep(READER_WAIT).await;
        }
        self.shared.put_back(served);
        false
    }

    async fn go_on(&mut self, opened: Opened) {
        self.leftover = opened.leftover;
        self.shared.stopped.send_replace(None);
        let any = opened.serving.is_some() || opened.building.is_some();
        if let Some(generation) = opened.serving {
            let generation = Arc::new(generation);
            self.shared.serve(Arc::clone(&generation));
            self.follow(generation);
        }
        if let Some(generation) = opened.building {
            self.build(generation);
        }
        if !any {
            self.mend().await;
        }
    }

    async fn mend(&mut self) {
        if let Err(error) = self.begin_again().await {
            let name = self.shared.folder.name;
            tracing::error!(view = name, %error, "a view cannot be folded again");
        }
    }

    async fn built(&mut self, built: Option<(Runner, End)>) {
        let result = match built {
            Some((runner, End::Reached)) => self.take_over(runner).await,
            Some((runner, End::Stopped(stop))) => {
                if stop.is_of_the_rows() && self.shared.served().is_some() {
                    // The disk may be full, and those who are served need room more.
                    runner.generation.retire();
                } else {
                    // A restart goes on with it; a rebuild begins anew.
                    self.leftover.push(runner.generation.path().to_owned());
                }
                runner.close().await;
                Err(stop)
            }
            Some((runner, End::Told)) => return runner.close().await,
            None => Err(Stop::Rows {
                why: "the building task panicked".to_owned(),
            }),
        };
        if let Err(stop) = &result {
            let name = self.shared.folder.name;
            tracing::error!(view = name, %stop, "a view cannot be folded again");
            self.shared.building.send_modify(|building| {
                if let Some(building) = building {
                    building.stopped = Some(stop.clone());
                }
            });
            if stop.is_mended() {
                return self.mend().await;
            }
            if self.shared.served().is_none() {
                self.shared.stopped.send_replace(Some(stop.clone()));
            }
            if stop.is_of_the_rows() && self.live.is_none() {
                self.again.later();
            }
        }
        for reply in self.replies.drain(..) {
            let _nobody_waits = reply.send(result.clone().map_err(RebuildError::Stopped));
        }
    }

    /// Serves a generation that has caught up instead of the one that is served.
    async fn take_over(&mut self, mut runner: Runner) -> Result<(), Stop> {
        let old = self.shared.served();
        if let Some(live) = self.live.take() {
            live.end().await;
        }
        let generation = Arc::clone(&runner.generation);
        let ready = match &old {
            Some(old) => self.overtake(old, &mut runner).await,
            None => Ok(()),
        };
        let ready = match ready {
            Ok(()) => finish(Arc::clone(&generation)).await,
            Err(stop) => Err(stop),
        };
        if let Err(stop) = ready {
            self.leftover.push(generation.path().to_owned());
            drop(generation);
            runner.close().await;
            if let Some(old) = old {
                self.follow(old);
            }
            return Err(stop);
        }
        // The old rows go when their last reader does.
        drop(old);
        self.shared.serve(generation);
        self.again.forget();
        self.shared.building.send_replace(None);
        let leftover = std::mem::take(&mut self.leftover);
        let _not_waited_for = tokio::task::spawn_blocking(move || remove(&leftover));
        self.live = Some(self.spawn_live(runner));
        Ok(())
    }

    /// Nobody who has seen the old rows may see older ones.
    async fn overtake(&self, old: &Generation, runner: &mut Runner) -> Result<(), Stop> {
        let stopped = self.shared.stopped.borrow().clone();
        if stopped.is_some_and(|stop| stop.rows_are_false()) {
            return Ok(());
        }
        let goal = old.progress().positions(&self.shared.followed);
        let (_told, hears) = watch::channel(false);
        match runner.run(Some(&goal), hears).await {
            End::Reached | End::Told => Ok(()),
            End::Stopped(stop) => Err(stop),
        }
    }

    fn spawn_live(&self, mut runner: Runner) -> Running {
        let (told, hears) = watch::channel(false);
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            let end = runner.run(None, hears).await;
            if let End::Stopped(stop) = &end {
                tracing::error!(view = shared.folder.name, %stop, "a view has stopped");
                shared.stopped.send_replace(Some(stop.clone()));
            }
            (runner, end)
        });
        Running { told, task }
    }
}

/// Waits for a task to end, for ever if there is none.
async fn ended(running: &mut Option<Running>) -> Option<(Runner, End)> {
    match running {
        Some(running) => (&mut running.task).await.ok(),
        None => std::future::pending().await,
    }
}
