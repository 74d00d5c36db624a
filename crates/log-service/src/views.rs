//! `redress.log.v1.ViewService`: how far the views have come, and folding one again.

use std::sync::Arc;
use std::time::Duration;

use redress_service::{Problem, Shutdown, StreamLimit};
use redress_view::{SourceStatus, View, ViewStatus};
use redress_wire::log::v1 as wire;
use redress_wire::log::v1::view_service_server::ViewService;
use tokio::sync::mpsc;
use tonic::{Request, Response, Status};

use crate::follower;
use crate::links::Links;
use crate::part::Part;
use crate::streaming::{Answers, Streaming};

/// How often a rebuilding tells how far it is.
const TELL: Duration = Duration::from_millis(200);

/// The service, for all views that the server holds.
#[derive(Debug, Clone)]
pub struct ViewServer {
    parts: Vec<Arc<dyn Part>>,
    links: Links,
    streaming: Streaming,
}

impl ViewServer {
    pub fn new(
        parts: impl IntoIterator<Item = Arc<dyn Part>>,
        links: Links,
        streams: StreamLimit,
        shutdown: Shutdown,
    ) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            links,
            streaming: Streaming::new(streams, shutdown),
        }
    }

    /// Each view with the name of its service.
    fn views(&self) -> Vec<(&'static str, View)> {
        let of = |part: &Arc<dyn Part>| {
            let name = part.name();
            part.views().into_iter().map(move |view| (name, view))
        };
        self.parts.iter().flat_map(of).collect()
    }

    async fn followers(&self) -> Vec<wire::FollowerStatus> {
        let mut all = Vec::new();
        for part in &self.parts {
            let stopped = follower::stopped(part.as_ref()).unwrap_or_default();
            for look in follower::look(part.as_ref(), &self.parts, &self.links).await {
                all.push(wire::FollowerStatus {
                    service: part.name().to_owned(),
                    log: look.place,
                    consumed: look.consumed,
                    head: look.head,
                    via: look.via.to_owned(),
                    stopped: stopped.clone(),
                    hiccup: look.hiccup.unwrap_or_default(),
                });
            }
        }
        all
    }

    async fn relays(&self) -> Vec<wire::RelayStatus> {
        let mut all = Vec::new();
        for relay in self.links.relays() {
            // A log that cannot be read ends the process with its reason.
            let Ok(status) = relay.status().await else {
                continue;
            };
            all.push(wire::RelayStatus {
                log: relay.place().to_string(),
                published: status.acknowledged,
                head: status.head,
                state: status.state.to_string(),
                halted: status.state.is_fault(),
                asked: status.is_known,
            });
        }
        all
    }

    fn find(&self, service: &str, name: &str) -> Result<(&'static str, View), Problem> {
        let views = self.views();
        let mut found = views.iter();
        let found = found.find(|(of, view)| *of == service && view.name() == name);
        found.cloned().ok_or_else(|| {
            let known: Vec<String> = views
                .iter()
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
        let mut views = Vec::new();
        for (service, view) in &self.views() {
            views.push(to_wire(service, &view.status().await));
        }
        Ok(Response::new(wire::ListViewsResponse {
            views,
            followers: self.followers().await,
            relays: self.relays().await,
        }))
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
