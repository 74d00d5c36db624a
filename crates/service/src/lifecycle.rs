//! The end of the process: soft on the first signal, hard on the second, and at once but cleanly
//! when a log can no longer be trusted to keep what it is given.

use std::fmt::Display;
use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    /// No new work; what was begun is finished.
    Soft,
    /// Everything is dropped.
    Hard,
}

#[derive(Debug, Clone)]
struct State {
    phase: Phase,
    failure: Option<String>,
}

/// Decides when the process ends.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    state: Arc<watch::Sender<State>>,
}

/// Tells a task when to stop.
#[derive(Debug, Clone)]
pub struct Shutdown {
    state: watch::Receiver<State>,
}

/// Stops the process from anywhere, threads without a runtime included.
#[derive(Debug, Clone)]
pub struct Fatal {
    lifecycle: Lifecycle,
}

impl Fatal {
    /// Stops the process; the first reason given is the one that is told.
    pub fn fail(&self, why: impl Display) {
        self.lifecycle.fail(&why.to_string());
    }
}

impl Lifecycle {
    pub fn new() -> Self {
        let state = State {
            phase: Phase::Running,
            failure: None,
        };
        Self {
            state: Arc::new(watch::Sender::new(state)),
        }
    }

    /// Begins to listen for SIGTERM and SIGINT.
    pub fn watch_signals(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let lifecycle = self.clone();
        tokio::spawn(async move {
            loop {
                let name = tokio::select! {
                    _ = terminate.recv() => "SIGTERM",
                    _ = interrupt.recv() => "SIGINT",
                };
                lifecycle.signalled(name);
            }
        });
        Ok(())
    }

    fn signalled(&self, name: &str) {
        if self.state.borrow().phase == Phase::Running {
            tracing::info!(signal = name, "stopping; a second signal stops at once");
            self.stop();
        } else {
            tracing::warn!(signal = name, "stopping at once");
            self.raise(Phase::Hard);
        }
    }

    /// Ends the process in order, as the first signal does.
    pub fn stop(&self) {
        self.raise(Phase::Soft);
    }

    /// Ends the process at once, as the second signal does.
    pub fn stop_at_once(&self) {
        self.raise(Phase::Hard);
    }

    pub fn shutdown(&self) -> Shutdown {
        Shutdown {
            state: self.state.subscribe(),
        }
    }

    pub fn fatal(&self) -> Fatal {
        Fatal {
            lifecycle: self.clone(),
        }
    }

    fn fail(&self, why: &str) {
        let first = self.state.send_if_modified(|state| {
            let first = state.failure.is_none();
            state.failure.get_or_insert_with(|| why.to_owned());
            state.phase = state.phase.max(Phase::Soft);
            first
        });
        if first {
            tracing::error!(why, "stopping: the process cannot go on");
        }
    }

    fn raise(&self, phase: Phase) {
        self.state.send_if_modified(|state| {
            let later = state.phase < phase;
            state.phase = state.phase.max(phase);
            later
        });
    }
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// Returns when no new work shall be taken.
    pub async fn soft(&self) {
        self.reached(Phase::Soft).await;
    }

    /// Returns when everything shall be dropped.
    pub async fn hard(&self) {
        self.reached(Phase::Hard).await;
    }

    pub fn is_stopping(&self) -> bool {
        self.state.borrow().phase >= Phase::Soft
    }

    async fn reached(&self, phase: Phase) {
        let mut state = self.state.clone();
        // An error means that nobody is left who could go on: then it is time to stop, too.
        let _ = state.wait_for(|state| state.phase >= phase).await;
    }
}

/// Whatever went wrong in a task.
pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

/// What the process does until it ends. If one of them ends by itself, all do.
#[derive(Debug, Default)]
pub struct Tasks {
    running: JoinSet<(&'static str, Result<(), TaskError>)>,
}

impl Tasks {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(
        &mut self,
        name: &'static str,
        task: impl Future<Output = Result<(), TaskError>> + Send + 'static,
    ) {
        self.running.spawn(async move { (name, task.await) });
    }

    /// Runs until the lifecycle says stop, then lets the tasks finish for at most `drain`.
    pub async fn run(mut self, lifecycle: Lifecycle, drain: Duration) -> Exit {
        let shutdown = lifecycle.shutdown();
        let end = async {
            shutdown.soft().await;
            tokio::select! {
                () = shutdown.hard() => "stopped at once",
                () = tokio::time::sleep(drain) => "not done within `limits.drain_millis`",
            }
        };
        tokio::pin!(end);
        let forced = loop {
            tokio::select! {
                // A task that is done is looked at first, so that a process without any can end.
                biased;
                done = self.running.join_next() => match done {
                    Some(done) => judge(done, &lifecycle),
                    None => break None,
                },
                why = &mut end => break Some(why),
            }
        };
        self.running.abort_all();
        let failure = lifecycle.state.borrow().failure.clone();
        Exit { failure, forced }
    }
}

fn judge(
    done: Result<(&'static str, Result<(), TaskError>), tokio::task::JoinError>,
    lifecycle: &Lifecycle,
) {
    match done {
        Ok((_, Ok(()))) if lifecycle.shutdown().is_stopping() => {}
        Ok((name, Ok(()))) => lifecycle.fail(&format!("{name} ended by itself")),
        Ok((name, Err(error))) => lifecycle.fail(&format!("{name}: {error}")),
        Err(error) => lifecycle.fail(&format!("a task broke off: {error}")),
    }
}

/// How the process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the exit code says whether something went wrong"]
pub struct Exit {
    /// Why it could not go on.
    pub failure: Option<String>,
    /// Why what was begun was not finished.
    pub forced: Option<&'static str>,
}

impl Exit {
    pub fn is_clean(&self) -> bool {
        self.failure.is_none() && self.forced.is_none()
    }

    /// 0 done, 1 failed.
    pub fn code(&self) -> ExitCode {
        if self.is_clean() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn obedient(lifecycle: &Lifecycle) -> Tasks {
        let shutdown = lifecycle.shutdown();
        let mut tasks = Tasks::new();
        tasks.spawn("obedient", async move {
            shutdown.soft().await;
            Ok(())
        });
        tasks
    }

    #[tokio::test]
    async fn a_soft_stop_ends_with_success() {
        let lifecycle = Lifecycle::new();
        let tasks = obedient(&lifecycle);
        lifecycle.stop();
        assert!(tasks.run(lifecycle, LONG).await.is_clean());
    }

    #[tokio::test]
    async fn a_second_stop_does_not_wait() {
        let lifecycle = Lifecycle::new();
        let mut tasks = obedient(&lifecycle);
        tasks.spawn("stubborn", std::future::pending());
        lifecycle.stop();
        lifecycle.stop_at_once();
        let exit = tasks.run(lifecycle, LONG).await;
        assert_eq!(
            exit,
            Exit {
                failure: None,
                forced: Some("stopped at once")
            }
        );
    }

    #[tokio::test]
    async fn a_task_that_never_ends_is_dropped_after_a_while() {
        let lifecycle = Lifecycle::new();
        let mut tasks = Tasks::new();
        tasks.spawn("stubborn", std::future::pending());
        lifecycle.stop();
        assert!(
            tasks
                .run(lifecycle, Duration::from_millis(20))
                .await
                .forced
                .is_some()
        );
    }

    #[tokio::test]
    async fn a_failed_flush_stops_everything_and_the_first_reason_is_told() {
        let lifecycle = Lifecycle::new();
        let tasks = obedient(&lifecycle);
        let fatal = lifecycle.fatal();
        std::thread::spawn(move || {
            fatal.fail("intake log: fdatasync failed");
            fatal.fail("another");
        });
        let exit = tasks.run(lifecycle, LONG).await;
        assert_eq!(
            exit.failure.as_deref(),
            Some("intake log: fdatasync failed")
        );
        assert_eq!(
            format!("{:?}", exit.code()),
            format!("{:?}", ExitCode::FAILURE)
        );
    }

    #[tokio::test]
    async fn a_task_that_fails_or_panics_stops_the_others() {
        for panics in [false, true] {
            let lifecycle = Lifecycle::new();
            let mut tasks = obedient(&lifecycle);
            tasks.spawn("view", async move {
                assert!(!panics, "on purpose");
                Err("a record cannot be read".into())
            });
            let failure = tasks.run(lifecycle, LONG).await.failure.unwrap();
            assert!(
                failure.contains(if panics { "panic" } else { "view: a record" }),
                "{failure}"
            );
        }
    }
}
