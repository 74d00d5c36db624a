//! What a running service needs around its domain: configuration, telemetry, health, limits, errors
//! as clients see them, and a life with a clean end.
//!
//! The only crate that sets up OpenTelemetry, and with `redress-envelope` all that it knows of
//! Redress: it knows no log, no vault and no message of the published packages.

mod allocator;
pub mod caller;
pub mod clock;
pub mod config;
pub mod grpc;
pub mod health;
pub mod http;
pub mod ids;
pub mod lifecycle;
pub mod metrics;
pub mod problem;
pub mod telemetry;

pub use caller::{Caller, request_id};
pub use config::{Config, ConfigError, Role};
pub use grpc::{GrpcServer, StreamLimit};
pub use health::{Component, Readiness};
pub use http::HttpServer;
pub use ids::{Ids, SeededIds, SystemIds};
pub use lifecycle::{Exit, Fatal, Lifecycle, Shutdown, Tasks};
pub use metrics::Metrics;
pub use problem::{Kind, Problem, Refused};
