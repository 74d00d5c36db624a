//! Logs on standard error and, where a collector wants them, OpenTelemetry traces.
//!
//! No log line and no span holds personal data. What a customer said or is called is never a field
//! of an event or a span, messages with sealed fields do not print them, and libraries that see
//! the bytes of requests are kept at `info`. Names of methods, codes, ids, positions and times are
//! all that is told.

use std::io::IsTerminal;

use opentelemetry::trace::{SpanContext, TraceContextExt, TraceFlags, TraceState, TracerProvider};
use opentelemetry::{Context, KeyValue, SpanId, TraceId};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::config::{LogFormat, Telemetry};

/// Libraries that see what is in a request or in a file, at levels at which they might tell.
const QUIET: [&str; 9] = [
    "h2",
    "hyper",
    "hyper_util",
    "tonic",
    "tower",
    "axum",
    "sled",
    "fjall",
    "lsm_tree",
];

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("`telemetry.filter` is no filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    #[error("`telemetry.otlp_endpoint` cannot be used: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    #[error("the log was set up before: {0}")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Keeps telemetry going; the last spans are sent when it is dropped.
#[derive(Debug)]
#[must_use = "spans are lost once it is dropped"]
pub struct TelemetryGuard {
    traces: Option<SdkTracerProvider>,
}

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces {
            // Nobody is left to tell: the process ends.
            let _ = traces.shutdown();
        }
    }
}

/// Sets up the log and, if a collector is configured, traces. Once per process, within a tokio
/// runtime.
pub fn init(config: &Telemetry, service: &'static str) -> Result<TelemetryGuard, TelemetryError> {
    let traces = traces(config, service)?;
    let spans = traces
        .as_ref()
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("redress")));
    tracing_subscriber::registry()
        .with(lines(config.format).with_filter(filter(&config.filter)?))
        .with(spans.with_filter(filter(&config.filter)?))
        .try_init()?;
    Ok(TelemetryGuard { traces })
}

fn filter(directives: &str) -> Result<EnvFilter, TelemetryError> {
    let mut filter = EnvFilter::try_new(directives)?;
    for library in QUIET {
        filter = filter.add_directive(format!("{library}=warn").parse()?);
    }
    // It tells of each attempt to connect; ours are told once, and by readiness.
    filter = filter.add_directive("async_nats=off".parse()?);
    Ok(filter)
}

fn lines(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let terminal = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines.json().boxed(),
        LogFormat::Auto if !terminal => lines.json().boxed(),
        LogFormat::Auto | LogFormat::Pretty => lines.compact().with_ansi(terminal).boxed(),
    }
}

fn traces(
    config: &Telemetry,
    service: &'static str,
) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let Some(endpoint) = &config.otlp_endpoint else {
        return Ok(None);
    };
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()?;
    let here = Sampler::TraceIdRatioBased(config.trace_ratio);
    let resource = Resource::builder()
        .with_service_name(service)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(here)))
        .with_resource(resource)
        .build();
    Ok(Some(provider))
}

/// Makes `span` a part of the caller's trace. Without traces it does nothing.
pub(crate) fn continue_trace(span: &Span, traceparent: Option<&str>) {
    if let Some(parent) = traceparent.and_then(parse_traceparent) {
        // It fails only where nobody listens to spans.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// The place in the trace that the present span belongs to, as W3C Trace Context writes it. None
/// where no traces are made.
pub fn current_traceparent() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let place = span.span_context();
    place.is_valid().then(|| {
        let flags = place.trace_flags().to_u8();
        format!("00-{}-{}-{flags:02x}", place.trace_id(), place.span_id())
    })
}

/// Reads version 00 of a W3C `traceparent`.
pub(crate) fn parse_traceparent(text: &str) -> Option<SpanContext> {
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, span, flags] = parts.as_slice() else {
        return None;
    };
    let hex = |text: &str, digits: usize| {
        let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        text.len() == digits && text.bytes().all(lower)
    };
    if *version != "00" || !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,80}") {
            let _ = parse_traceparent(&text);
        }
    }

    #[test]
    fn only_a_w3c_traceparent_is_one() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert!(parse_traceparent(good).is_some());
        for bad in [
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "",
        ] {
            assert!(parse_traceparent(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_span_goes_on_with_the_callers_trace() {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let _guard = tracing_subscriber::registry().with(layer).set_default();
        let span = tracing::info_span!("request");
        continue_trace(
            &span,
            Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        );
        let ours = span.in_scope(current_traceparent).unwrap();
        assert!(
            ours.starts_with("00-0af7651916cd43dd8448eb211c80319c-"),
            "{ours}"
        );
        assert!(!ours.contains("b7ad6b7169203331"), "{ours}");
    }
}
