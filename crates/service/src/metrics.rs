//! Counters for Prometheus, in the `OpenMetrics` text format. Labels come from closed sets: no id and
//! nothing that a caller wrote becomes a label.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};
use tonic::Code;

/// What an answer of `/metrics` is.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All counters of the process.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    pub(crate) requests: RequestMetrics,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: String,
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    method: String,
}

/// How many requests there were, how they ended, how long they took.
#[derive(Debug, Clone)]
pub(crate) struct RequestMetrics {
    answers: Family<Answer, Counter>,
    seconds: Family<Method, Histogram, fn() -> Histogram>,
    pub(crate) in_flight: Gauge,
    /// The counters of methods that answered without an error before: most requests need no label.
    succeeded: Arc<RwLock<BTreeMap<String, Known>>>,
}

/// The counters of a method that is there.
#[derive(Debug)]
struct Known {
    answers: Counter,
    seconds: Histogram,
    /// Of those that found no place, if there were any.
    refused: OnceLock<Counter>,
}

/// From a quarter of a millisecond to half a minute.
fn latency_histogram() -> Histogram {
    Histogram::new([
        0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
    ])
}

impl RequestMetrics {
    pub(crate) fn observe(&self, method: &str, code: Code, took: Duration) {
        if code == Code::Ok {
            let succeeded = self
                .succeeded
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = succeeded.get(method) {
                known.answers.inc();
                known.seconds.observe(took.as_secs_f64());
                return;
            }
        }
        let (answers, seconds) = self.of(method, code);
        answers.inc();
        seconds.observe(took.as_secs_f64());
        if code == Code::Ok {
            let mut succeeded = self
                .succeeded
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            let refused = OnceLock::new();
            let known = Known {
                answers,
                seconds,
                refused,
            };
            succeeded.insert(method.to_owned(), known);
        }
    }

    /// Counts a request that was not looked at: under its name only where that is known, because
    /// callers could ask for any.
    pub(crate) fn refused(&self, method: &str) {
        let counter = |method: &str| self.of(method, Code::ResourceExhausted).0;
        let succeeded = self
            .succeeded
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        match succeeded.get(method) {
            Some(known) => known.refused.get_or_init(|| counter(method)).inc(),
            None => counter("unknown").inc(),
        };
    }

    fn of(&self, method: &str, code: Code) -> (Counter, Histogram) {
        let method = method.to_owned();
        let seconds = self.seconds.get_or_create_owned(&Method {
            method: method.clone(),
        });
        let code = format!("{code:?}");
        let answers = self.answers.get_or_create_owned(&Answer { method, code });
        (answers, seconds)
    }
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("redress");
        let requests = RequestMetrics {
            answers: Family::default(),
            seconds: Family::new_with_constructor(latency_histogram),
            in_flight: Gauge::default(),
            succeeded: Arc::default(),
        };
        registry.register(
            "grpc_requests",
            "Requests answered, by method and code; of a stream: how it began",
            requests.answers.clone(),
        );
        registry.register(
            "grpc_request_seconds",
            "Seconds until the answer, of a stream until it began",
            requests.seconds.clone(),
        );
        registry.register(
            "grpc_requests_in_flight",
            "Requests that wait for their answer",
            requests.in_flight.clone(),
        );
        Self {
            registry: Arc::new(Mutex::new(registry)),
            requests,
        }
    }

    /// Adds a counter; its name gets the prefix `redress_`.
    pub fn register(&self, name: &'static str, help: &'static str, metric: impl Metric) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register(name, help, metric);
    }

    /// All of them as text.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::new();
        for code in [Code::Ok, Code::Ok, Code::Aborted] {
            metrics
                .requests
                .observe("a.B/C", code, Duration::from_millis(3));
        }
        let events: Counter = Counter::default();
        metrics.register("log_records", "Records in the log", events.clone());
        events.inc_by(7);
        let text = metrics.encode().unwrap();
        for line in [
            r#"redress_grpc_requests_total{method="a.B/C",code="Ok"} 2"#,
            r#"redress_grpc_requests_total{method="a.B/C",code="Aborted"} 1"#,
            r#"redress_grpc_request_seconds_bucket{le="0.005",method="a.B/C"} 3"#,
            "redress_log_records_total 7",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
