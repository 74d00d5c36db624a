//! What happens around every request: a place in the queue or a refusal, a deadline, a span, a
//! count, and a reason on errors that the gRPC library itself answers with.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tonic::codegen::{BoxFuture, Service};
use tonic::{Code, Status};
use tower::Layer;
use tracing::{Instrument, Span};

use crate::config::Limits;
use crate::metrics::{Metrics, RequestMetrics};
use crate::problem::{Kind, Problem};
use crate::telemetry;

/// Asked while the process is busiest, and cheap: never refused.
const HEALTH: &str = "/grpc.health.v1.Health/";

#[derive(Debug, Clone)]
pub(super) struct RequestLayer {
    around: Arc<Around>,
}

/// As many requests are answered as may be.
struct NoPlace;

#[derive(Debug)]
struct Around {
    places: Arc<Semaphore>,
    timeout: Duration,
    metrics: RequestMetrics,
    /// What a request is told that finds no place: made once, because there are many of them just
    /// when there is no time.
    overloaded: HeaderMap,
}

impl RequestLayer {
    pub(super) fn new(limits: &Limits, metrics: &Metrics) -> Self {
        let around = Around {
            places: Arc::new(Semaphore::new(limits.concurrent_requests)),
            timeout: limits.request_timeout(),
            metrics: metrics.requests.clone(),
            overloaded: refusal(Problem::overloaded(
                "too many requests wait for their answer",
            ))
            .into_parts()
            .0
            .headers,
        };
        Self {
            around: Arc::new(around),
        }
    }
}

impl<S> Layer<S> for RequestLayer {
    type Service = RequestService<S>;

    fn layer(&self, inner: S) -> RequestService<S> {
        RequestService {
            inner,
            around: Arc::clone(&self.around),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct RequestService<S> {
    inner: S,
    around: Arc<Around>,
}

impl<S> Service<Request<Body>> for RequestService<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<Response<Body>, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // Before anything else is done: what is refused must cost next to nothing.
        let Ok(place) = self.around.place(&request) else {
            let answer = self.around.refuse(&request);
            return Box::pin(std::future::ready(Ok(answer)));
        };
        // The clone that was not polled stays; the one that is ready goes with the request.
        let spare = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, spare);
        let around = Arc::clone(&self.around);
        let span = span(&request);
        let answer = async move {
            let uri = request.uri().clone();
            let began = Instant::now();
            around.metrics.in_flight.inc();
            let _in_flight = InFlight(&around.metrics);
            let answer = around.answer(&mut inner, request).await?;
            drop(place);
            let method = uri.path().trim_start_matches('/');
            around.tell(method, &answer, began.elapsed());
            Ok(answer)
        };
        Box::pin(answer.instrument(span))
    }
}

impl Around {
    /// A place, which the health of the process does not need.
    fn place(&self, request: &Request<Body>) -> Result<Option<OwnedSemaphorePermit>, NoPlace> {
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => Ok(Some(place)),
            Err(_) if request.uri().path().starts_with(HEALTH) => Ok(None),
            Err(_) => Err(NoPlace),
        }
    }

    fn refuse(&self, request: &Request<Body>) -> Response<Body> {
        let method = request.uri().path().trim_start_matches('/');
        self.metrics.refused(method);
        let mut answer = Response::new(Body::default());
        *answer.headers_mut() = self.overloaded.clone();
        answer
    }

    async fn answer<S>(
        &self,
        inner: &mut S,
        request: Request<Body>,
    ) -> Result<Response<Body>, S::Error>
    where
        S: Service<Request<Body>, Response = Response<Body>>,
    {
        match tokio::time::timeout(self.timeout, inner.call(request)).await {
            Ok(answer) => Ok(with_reason(answer?)),
            Err(_) => Ok(refusal(timed_out())),
        }
    }

    fn tell(&self, method: &str, answer: &Response<Body>, took: Duration) {
        let status = status_of(answer);
        let code = status.as_ref().map_or(Code::Ok, Status::code);
        // A caller could ask for any number of methods that do not exist.
        let method = if code == Code::Unimplemented {
            "unknown"
        } else {
            method
        };
        self.metrics.observe(method, code, took);
        let millis = took.as_millis() as u64;
        if let Some(status) = status.filter(|_| is_our_fault(code)) {
            // The reason alone: a message may say more than a log should keep.
            let reason = Problem::from_status(&status).code;
            tracing::warn!(?code, %reason, millis, "failed");
        } else {
            tracing::debug!(?code, millis, "answered");
        }
    }
}

fn is_our_fault(code: Code) -> bool {
    matches!(
        code,
        Code::Internal | Code::Unknown | Code::DataLoss | Code::Unavailable
    )
}

/// Counts down also where the caller goes away before the answer.
struct InFlight<'a>(&'a RequestMetrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.dec();
    }
}

fn span(request: &Request<Body>) -> Span {
    let span = tracing::info_span!("request", method = request.uri().path());
    let parent = request.headers().get("traceparent");
    telemetry::continue_trace(&span, parent.and_then(|it| it.to_str().ok()));
    span
}

fn timed_out() -> Problem {
    Problem::new(
        Kind::DeadlineExceeded,
        "REQUEST_TIMED_OUT",
        "the answer took too long",
    )
    .with_remedy(
        "a command may have been recorded all the same: repeat it with the same request_id",
    )
}

fn status_of(answer: &Response<Body>) -> Option<Status> {
    Status::from_header_map(answer.headers())
}

fn refusal(problem: Problem) -> Response<Body> {
    Status::from(problem).into_http()
}

/// Gives a reason to an error that was not made by us.
fn with_reason(answer: Response<Body>) -> Response<Body> {
    match status_of(&answer) {
        Some(status) if status.code() != Code::Ok && status.details().is_empty() => {
            refusal(Problem::from_status(&status))
        }
        Some(_) | None => answer,
    }
}
