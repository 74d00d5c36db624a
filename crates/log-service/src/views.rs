//! `redress.log.v1.ViewService`: how far the views have come, and folding one again.

use std::time::Duration;

use redress_service::{Problem, Shutdown, StreamLimit};
use redress_view::{SourceStatus, View, ViewStatus};
use redress_wire::log::v1 as wire;
use redress_wire::log::v1::view_service_server::ViewService;
use tokio::sync::mpsc;
use tonic::{Request, Response, Status};

use crate::streaming::{Answers, Streaming};

/// How often a rebuilding tells how far it is.
const TELL: Duration = Duration::from_millis(200);

/// The service, for all views that the server holds.
#[derive(Debug, Clone)]
pub struct ViewServer {
    views: Vec<(&'static str, View)>,
    streaming: Streaming,
}

impl ViewServer {
    /// Each view with the name of its service.
    pub fn new(
        views: impl IntoIterator<Item = (&'static str, View)>,
        streams: StreamLimit,
        shutdown: Shutdown,
    ) -> Self {
        Self {
            views: views.into_iter().collect(),
            streaming: Streaming::new(streams, shutdown),
        }
    }

    fn find(&self, service: &str, name: &str) -> Result<(&'static str, View), Problem> {
        let mut views = self.views.iter();
        let found = views.find(|(of, view)| *of == service && view.name() == name);
        found.cloned().ok_or_else(|| {
            let known = self.views.iter();
            let known: Vec<String> = known
                .map(|(of, view)| format!("{of}/{}", view.name()))
                .collect();
            Problem::not_found("VIEW_UNKNOWN", "there is no such view")
                .with_field("view")
                .with_remedy(format!("take one of {}", known.join(", ")))
        })
    }
}

#[tonic::async_trait]
impl ViewService for ViewServer {
    async fn list_views(
        &self,
        _request: Request<wire::ListViewsRequest>,
    ) -> Result<Response<wire::ListViewsResponse>, Status> {
        let mut views = Vec::with_capacity(self.views.len());
        for (service, view) in &self.views {
            views.push(to_wire(service, &view.status().await));
        }
        Ok(Response::new(wire::ListViewsResponse { views }))
    }

    type RebuildViewStream = Answers<wire::RebuildViewResponse>;

    async fn rebuild_view(
        &self,
        request: Request<wire::RebuildViewRequest>,
    ) -> Result<Response<Self::RebuildViewStream>, Status> {
        let request = request.into_inner();
        let (service, view) = self.find(&request.service, &request.view)?;
        Ok(self.streaming.answer(|send| rebuild(service, view, send))?)
    }
}

/// Tells how far it is until the new rows are served; then once more.
async fn rebuild(
    service: &'static str,
    view: View,
    send: mpsc::Sender<Result<wire::RebuildViewResponse, Status>>,
) {
    let answer = async || wire::RebuildViewResponse {
        view: Some(to_wire(service, &view.status().await)),
    };
    let rebuilt = view.rebuild();
    tokio::pin!(rebuilt);
    let done = loop {
        tokio::select! {
            done = &mut rebuilt => break done,
            () = tokio::time::sleep(TELL) => {
                // Whoever asked may be gone; the rows are wanted all the same.
                let _ = send.try_send(Ok(answer().await));
            }
        }
    };
    let last = match done {
        Ok(()) => Ok(answer().await),
        Err(error) => Err(Problem::refused("REBUILD_FAILED", error.to_string())
            .with_remedy("`redress view status` says what stopped it")
            .into()),
    };
    let _ = send.send(last).await;
}

fn to_wire(service: &str, status: &ViewStatus) -> wire::ViewStatus {
    wire::ViewStatus {
        service: service.to_owned(),
        view: status.name.to_owned(),
        version: status.version,
        served: status.served,
        stopped: status
            .stopped
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        rebuilding: status.rebuilding.as_ref().map(|it| wire::Rebuilding {
            done: it.done(),
            total: it.total(),
        }),
        bytes: status.bytes,
        logs: status.sources.iter().map(followed).collect(),
    }
}

fn followed(source: &SourceStatus) -> wire::FollowedLog {
    wire::FollowedLog {
        log: source.place.clone(),
        position: source.position,
        head: source.head,
        waiting_for: source
            .waiting_for
            .map(|cause| cause.to_string())
            .unwrap_or_default(),
        incomplete_from: source
            .incomplete_from
            .as_ref()
            .map(|it| wire::IncompleteFrom {
                position: it.position,
                r#type: it.kind.clone(),
            }),
    }
}
