//! `/healthz`, `/readyz` and `/metrics`, over plain HTTP.

use std::net::SocketAddr;

pub use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::health::Readiness;
use crate::lifecycle::{Shutdown, TaskError};
use crate::metrics::{self, Metrics};

/// A server that has its port, and does not answer yet.
#[derive(Debug)]
pub struct HttpServer {
    listener: TcpListener,
    address: SocketAddr,
}

/// A port that cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} (`{setting}`): {error}")]
pub struct BindError {
    pub address: SocketAddr,
    pub setting: &'static str,
    pub error: std::io::Error,
}

/// Takes the port, and says which one where 0 was asked for.
pub(crate) async fn bind(
    address: SocketAddr,
    setting: &'static str,
) -> Result<(TcpListener, SocketAddr), BindError> {
    let failed = |error| BindError {
        address,
        setting,
        error,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

impl HttpServer {
    pub async fn bind(address: SocketAddr) -> Result<Self, BindError> {
        let (listener, address) = bind(address, "http.listen").await?;
        Ok(Self { listener, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the soft stop, `more` beside the three.
    pub async fn serve(
        self,
        metrics: Metrics,
        readiness: Readiness,
        more: Router,
        shutdown: Shutdown,
    ) -> Result<(), TaskError> {
        let router = Router::new()
            .route("/healthz", get(alive))
            .route("/readyz", get(ready).with_state(readiness))
            .route("/metrics", get(counters).with_state(metrics))
            .merge(more);
        axum::serve(self.listener, router)
            .with_graceful_shutdown(async move { shutdown.soft().await })
            .await?;
        Ok(())
    }
}

async fn alive() -> &'static str {
    "alive\n"
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let report = readiness.report();
    let status = if report.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    match serde_json::to_string(&report) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn counters(State(metrics): State<Metrics>) -> Response {
    match metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
