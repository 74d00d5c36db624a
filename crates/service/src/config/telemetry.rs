//! `[telemetry]`: logs on standard error, and traces where a collector wants them.

use serde::{Deserialize, Serialize};

use super::ConfigError;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    pub format: LogFormat,
    /// Levels as tracing-subscriber writes them: `info`, `info,redress_event_log=debug`. Libraries
    /// that see requests are kept at `info` in any case.
    pub filter: String,
    /// Where an OpenTelemetry collector takes OTLP over gRPC: `http://127.0.0.1:4317`. No traces
    /// are made without it.
    pub otlp_endpoint: Option<String>,
    /// Which part of the traces that begin here is kept, 0 to 1; a caller's decision is followed.
    pub trace_ratio: f64,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    Pretty,
    Json,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            format: LogFormat::Auto,
            filter: "info".to_owned(),
            otlp_endpoint: None,
            trace_ratio: 1.0,
        }
    }
}

impl Telemetry {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let rule = |key, why: String| Err(ConfigError::Rule { key, why });
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.filter) {
            return rule("telemetry.filter", error.to_string());
        }
        if !(0.0..=1.0).contains(&self.trace_ratio) {
            return rule("telemetry.trace_ratio", "must be 0 to 1".to_owned());
        }
        let endpoint = self
            .otlp_endpoint
            .as_deref()
            .map(str::parse::<tonic::transport::Uri>);
        if matches!(endpoint, Some(Err(_))) {
            let why = "must be an address such as http://127.0.0.1:4317".to_owned();
            return rule("telemetry.otlp_endpoint", why);
        }
        Ok(())
    }
}
