//! The logs' door of this process: streams take a place among all streams, and end with the process.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use redress_log_service::LogServer;
use redress_service::{Shutdown, StreamLimit};
use redress_wire::log::v1 as wire;
use redress_wire::log::v1::log_service_server::LogService;
use tonic::{Request, Response, Status};

#[derive(Debug)]
pub(super) struct LogDoor {
    logs: LogServer,
    streams: StreamLimit,
    shutdown: Shutdown,
}

impl LogDoor {
    pub(super) fn new(logs: LogServer, streams: StreamLimit, shutdown: Shutdown) -> Self {
        Self {
            logs,
            streams,
            shutdown,
        }
    }
}

#[tonic::async_trait]
impl LogService for LogDoor {
    async fn read_events(
        &self,
        request: Request<wire::ReadEventsRequest>,
    ) -> Result<Response<wire::ReadEventsResponse>, Status> {
        self.logs.read_events(request).await
    }

    type FollowEventsStream =
        Pin<Box<dyn Stream<Item = Result<wire::FollowEventsResponse, Status>> + Send>>;

    async fn follow_events(
        &self,
        request: Request<wire::FollowEventsRequest>,
    ) -> Result<Response<Self::FollowEventsStream>, Status> {
        let place = self.streams.take()?;
        let followed = self.logs.follow_events(request).await?.into_inner();
        let shutdown = self.shutdown.clone();
        let until_the_end = followed
            .take_until(Box::pin(async move { shutdown.soft().await }))
            .inspect(move |_| {
                let _kept_as_long_as_the_stream = &place;
            });
        Ok(Response::new(Box::pin(until_the_end)))
    }

    async fn catch_up(
        &self,
        request: Request<wire::CatchUpRequest>,
    ) -> Result<Response<wire::CatchUpResponse>, Status> {
        self.logs.catch_up(request).await
    }

    async fn get_head(
        &self,
        request: Request<wire::GetHeadRequest>,
    ) -> Result<Response<wire::GetHeadResponse>, Status> {
        self.logs.get_head(request).await
    }
}
