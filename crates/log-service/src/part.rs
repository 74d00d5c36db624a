//! One service, as a process hosts it: alone, or with the others.

use std::fmt::Debug;
use std::sync::Arc;

use redress_event_bus::Bus;
use redress_event_log::{BoxFuture, Consumption, Log, ReadError};
use redress_service::lifecycle::TaskError;
use redress_service::{Metrics, Readiness, Shutdown, StreamLimit};
use redress_view::View;
use tonic::service::RoutesBuilder;

use crate::links::Links;
use crate::sweep::Sweeps;

/// An open service. What it needs of a process, and what a process needs of it.
pub trait Part: Debug + Send + Sync + 'static {
    /// As in records, tokens and folders.
    fn name(&self) -> &'static str;

    fn log(&self) -> &Log;

    fn views(&self) -> Vec<View>;

    /// The same service once more, for whoever looks at it while it runs.
    fn shared(&self) -> Arc<dyn Part>;

    /// The services whose logs it follows, as soon as it can.
    fn follows(&self) -> &'static [&'static str] {
        &[]
    }

    /// How far it has consumed the logs of others: of those that it has begun to follow.
    fn consumed(&self) -> Vec<Consumption> {
        Vec::new()
    }

    /// Why it cannot answer yet, if so.
    fn waits_for(&self) -> Option<String> {
        None
    }

    /// Why it follows another log no further, if so. It answers all the same.
    fn follower_stopped(&self) -> Option<String> {
        None
    }

    /// Adds its gRPC services, and says what they are called.
    fn serve(&self, routes: &mut RoutesBuilder) -> Vec<&'static str>;

    /// What it does beside answering, until the process stops.
    fn tasks(&self, _around: &Around) -> Vec<Task> {
        Vec::new()
    }

    /// Waits until its log or its vault has stopped for good, and says why.
    fn stopped(&self) -> BoxFuture<'static, String>;

    /// Ends the streams that it answers with, so that a server that waits for them can end.
    fn end_streams(&self) {}

    /// Waits until everything that was queued is written, and closes the files.
    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), ReadError>>;
}

/// What a process lends to its parts.
#[derive(Debug, Clone)]
pub struct Around {
    pub metrics: Metrics,
    pub readiness: Readiness,
    pub shutdown: Shutdown,
    /// How many streams all parts together may have open.
    pub streams: StreamLimit,
    /// The connection to NATS, where settings name a server. It may be away at any time.
    pub bus: Option<Bus>,
    /// What of the process hangs on NATS.
    pub links: Links,
    /// What the searches for orphans found.
    pub sweeps: Sweeps,
}

/// Something that goes on until the process stops; an error stops the process.
pub struct Task {
    pub(crate) name: &'static str,
    pub(crate) run: BoxFuture<'static, Result<(), TaskError>>,
}

impl Task {
    pub fn new(
        name: &'static str,
        run: impl Future<Output = Result<(), TaskError>> + Send + 'static,
    ) -> Self {
        Self {
            name,
            run: Box::pin(run),
        }
    }
}

impl Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
