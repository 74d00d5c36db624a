//! The connection to a service. What breaks says where it led to: a library that reports a broken
//! connection knows neither the service nor the setting that named its address.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Frame, SizeHint};
use redress_service::Kind;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Bytes, Service, http};
use tonic::transport::{self, Channel, Endpoint};

use super::stranger;
use crate::failure::Failure;

/// Whoever has said nothing for so long is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(20);
/// And has so long to say so: a busy machine is not a gone one.
const PATIENCE: Duration = Duration::from_secs(40);

const GRPC: &str = "application/grpc";
const STATUS: &str = "grpc-status";
const DETAILS: &str = "grpc-status-details-bin";
/// UNIMPLEMENTED, as it stands in a header.
const UNIMPLEMENTED: &str = "12";

/// A connection to one service.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    channel: Channel,
    place: Arc<Place>,
}

/// Where it leads to.
#[derive(Debug)]
struct Place {
    service: String,
    address: String,
    /// Whether the service itself has answered.
    has_answered: AtomicBool,
}

impl Line {
    pub(super) async fn connect(
        service: &str,
        address: &str,
        connect_timeout: Duration,
    ) -> Result<Self, Failure> {
        Self::patient(service, address, connect_timeout, [SILENCE, PATIENCE]).await
    }

    async fn patient(
        service: &str,
        address: &str,
        connect_timeout: Duration,
        [silence, patience]: [Duration; 2],
    ) -> Result<Self, Failure> {
        let place = Place {
            service: service.to_owned(),
            address: address.to_owned(),
            has_answered: AtomicBool::new(false),
        };
        let unreachable = |error: transport::Error| place.unreachable(&first_cause(&error));
        let endpoint = Endpoint::from_shared(address.to_owned()).map_err(unreachable)?;
        let channel = endpoint
            .connect_timeout(connect_timeout)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(silence)
            .keep_alive_timeout(patience)
            .connect()
            .await
            .map_err(unreachable)?;
        Ok(Self {
            channel,
            place: Arc::new(place),
        })
    }
}

impl Service<http::Request<Body>> for Line {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Status>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let ready = self.channel.poll_ready(context);
        ready.map_err(|error| self.place.broken(&error).into())
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let place = Arc::clone(&self.place);
        let method = request.uri().path().to_owned();
        let answer = self.channel.call(request);
        Box::pin(async move {
            let answer = match answer.await {
                Ok(answer) => answer,
                Err(error) => return Err(place.unanswered(&error).await.into()),
            };
            place.must_be_ours(&answer, &method)?;
            place.has_answered.store(true, Ordering::Relaxed);
            let is_whole = answer.headers().contains_key(STATUS);
            Ok(answer.map(|body| {
                Body::new(Answer {
                    body,
                    place,
                    is_whole,
                })
            }))
        })
    }
}

impl Place {
    /// Whichever way the address was come by, the remedy names all ways to give another one.
    fn remedy(&self) -> String {
        let variable = self.service.to_uppercase();
        format!(
            "start it with `redress serve`, or say where it runs: --address URL, client.{} in \
             redress.toml, or REDRESS_CLIENT__{variable}",
            self.service
        )
    }

    fn unreachable(&self, why: &str) -> Failure {
        let (service, address) = (&self.service, &self.address);
        let message = format!("{service} cannot be reached at {address}: {why}");
        Failure::new(Kind::Unavailable, "UNREACHABLE", message).with_remedy(self.remedy())
    }

    fn stranger(&self, who: &str) -> Failure {
        let why = format!("what answers there does not speak Redress's gRPC: {who}");
        let ports = "gRPC is at port 7301 (of three processes at 7301, 7302 and 7303), health and \
                     metrics at 7400";
        let remedy = format!("{}; unless configured otherwise {ports}", self.remedy());
        self.unreachable(&why).with_remedy(remedy)
    }

    fn broken(&self, error: &dyn Error) -> Failure {
        let (service, address) = (&self.service, &self.address);
        let why = first_cause(error);
        let message = format!("the connection to {service} at {address} broke: {why}");
        Failure::new(Kind::Unavailable, "UNREACHABLE", message).with_remedy(
            "see whether it still runs, and try again; what was to be recorded may have been, and is \
             not recorded twice under the same --request-id",
        )
    }

    /// A call that has no answer. Whoever has never answered may be somebody else.
    async fn unanswered(&self, error: &transport::Error) -> Failure {
        if is_refused(error) {
            return self.unreachable(&first_cause(error));
        }
        if !self.has_answered.load(Ordering::Relaxed)
            && let Some(who) = stranger::who(&self.address).await
        {
            return self.stranger(who);
        }
        self.broken(error)
    }

    fn must_be_ours(&self, answer: &http::Response<Body>, method: &str) -> Result<(), Failure> {
        let header = |name: &str| answer.headers().get(name).map(http::HeaderValue::as_bytes);
        let status = answer.status();
        if !header("content-type").is_some_and(|it| it.starts_with(GRPC.as_bytes())) {
            return Err(self.stranger(&format!("it answers with the HTTP status {status}")));
        }
        let is_unknown = header(STATUS) == Some(UNIMPLEMENTED.as_bytes());
        if !is_unknown || header(DETAILS).is_some() {
            return Ok(());
        }
        let address = &self.address;
        let message = format!("what answers at {address} does not know {method}");
        Err(
            Failure::new(Kind::Unimplemented, "METHOD_UNKNOWN", message).with_remedy(format!(
                "it is another service, or another version; {}",
                self.remedy()
            )),
        )
    }
}

/// The body of an answer; it is whole when it ends with a status.
struct Answer {
    body: Body,
    place: Arc<Place>,
    is_whole: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let was_whole = self.is_whole;
        self.is_whole = match &frame {
            Some(Ok(frame)) => was_whole || frame.is_trailers(),
            // What comes behind an error adds nothing to it.
            Some(Err(_)) | None => true,
        };
        Poll::Ready(match frame {
            Some(Err(error)) => Some(Err(self.place.broken(&error).into())),
            None if !was_whole => {
                let ended = std::io::Error::other("the answer was cut off");
                Some(Err(self.place.broken(&ended).into()))
            }
            whole => whole,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.is_whole && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// `transport error` alone helps nobody.
fn first_cause(error: &dyn Error) -> String {
    let mut first = error;
    while let Some(cause) = first.source() {
        first = cause;
    }
    first.to_string()
}

fn is_refused(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>()
            && error.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
