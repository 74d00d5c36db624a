//! The owner over gRPC: `redress.log.v1.LogService`.

use std::time::Duration;

use redress_envelope::IdError;
use redress_event_log::{BoxFuture, EarlierLife, Lives, Stored};
use redress_wire::log::v1 as wire;
use redress_wire::log::v1::log_service_client::LogServiceClient;
use tonic::metadata::AsciiMetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::{Owner, OwnerAway, OwnerHead};
use crate::names::Place;

/// A page holds about a mebibyte of records; a single one can be larger than the rest.
const MAX_ANSWER_BYTES: usize = 16 << 20;
/// The largest page that the service gives.
const MAX_PAGE: usize = 1000;
/// Who asks, for the owner's telemetry.
const ACTOR: &str = "redress-actor";

/// An owner at the other end of a channel. The channel decides about addresses and encryption; one
/// that connects when it is used lets the owner be away at first.
#[derive(Debug, Clone)]
pub struct GrpcOwner {
    client: LogServiceClient<Channel>,
    name: wire::LogName,
    actor: Option<AsciiMetadataValue>,
    timeout: Duration,
}

impl GrpcOwner {
    pub fn new(channel: Channel, place: &Place) -> Self {
        Self {
            client: LogServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES),
            name: wire::LogName {
                service: place.service.clone(),
                partition: u32::from(place.partition),
            },
            actor: None,
            timeout: Duration::from_secs(5),
        }
    }

    /// Says who asks: `service:workflow`.
    #[must_use]
    pub fn by(mut self, actor: &str) -> Self {
        self.actor = actor.parse().ok();
        self
    }

    /// How long one answer may take.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.timeout);
        if let Some(actor) = &self.actor {
            request.metadata_mut().insert(ACTOR, actor.clone());
        }
        request
    }

    /// The server is asked to keep to the time, and a server that hangs is not waited for.
    async fn within<T>(
        &self,
        answer: impl Future<Output = Result<tonic::Response<T>, Status>>,
    ) -> Result<T, OwnerAway> {
        match tokio::time::timeout(self.timeout, answer).await {
            Ok(Ok(answer)) => Ok(answer.into_inner()),
            Ok(Err(status)) => {
                let code = status.code();
                Err(OwnerAway(format!("{code:?}: {}", status.message())))
            }
            Err(_) => Err(OwnerAway("no answer in time".to_owned())),
        }
    }
}

impl Owner for GrpcOwner {
    fn head(&self) -> BoxFuture<'_, Result<OwnerHead, OwnerAway>> {
        Box::pin(async move {
            let log = Some(self.name.clone());
            let mut client = self.client.clone();
            let asked = client.get_head(self.request(wire::GetHeadRequest { log }));
            let head = self.within(asked).await?;
            let size = head.head;
            let lives = lives(head).map_err(|error| OwnerAway(error.to_string()))?;
            Ok(OwnerHead { lives, size })
        })
    }

    fn read(&self, from: u64, max_records: usize) -> BoxFuture<'_, Result<Vec<Stored>, OwnerAway>> {
        Box::pin(async move {
            let question = wire::ReadEventsRequest {
                log: Some(self.name.clone()),
                from_position: from,
                limit: max_records.clamp(1, MAX_PAGE) as u32,
                filter: None,
            };
            let mut client = self.client.clone();
            let page = self
                .within(client.read_events(self.request(question)))
                .await?;
            let stored = |record: wire::EventRecord| Stored {
                position: record.position,
                bytes: record.record,
            };
            Ok(page.records.into_iter().map(stored).collect())
        })
    }
}

fn lives(head: wire::GetHeadResponse) -> Result<Lives, IdError> {
    let earlier = head.earlier.into_iter().map(|life| {
        let (log, records) = (life.log_id.parse()?, life.records);
        Ok(EarlierLife { log, records })
    });
    Ok(Lives {
        log: head.log_id.parse()?,
        earlier: earlier.collect::<Result<_, _>>()?,
    })
}
