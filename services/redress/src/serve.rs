//! `redress serve`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use redress_service::{Kind, Lifecycle, telemetry};
use serde_json::json;

use crate::failure::Failure;
use crate::global::Global;
use crate::output::Output;
use crate::running::Running;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where everything is kept
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) listen: Listen,
}

#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// Where the gRPC services answer; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    grpc: Option<String>,

    /// Where /healthz, /readyz and /metrics answer; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    http: Option<String>,
}

impl Listen {
    /// As flags for the settings.
    pub(crate) fn flags(&self) -> Vec<(&'static str, String)> {
        let given = [("grpc.listen", &self.grpc), ("http.listen", &self.http)];
        given
            .into_iter()
            .filter_map(|(name, it)| Some((name, it.clone()?)))
            .collect()
    }
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<ExitCode, Failure> {
    let mut flags = arguments.listen.flags();
    flags.extend(
        arguments
            .data
            .map(|data| ("data_dir", data.display().to_string())),
    );
    let config = global.load(flags)?;
    let _telemetry = telemetry::init(&config.telemetry, "redress").map_err(|e| unset(&e))?;
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().map_err(|error| unset(&error))?;
    let running = Running::start(&config, &lifecycle).await?;
    tracing::info!(data = %config.data_dir.display(), "opened");
    running.ready().await?;
    say_ready(global.output, &running);
    running.ended().await
}

/// Programs wait for this line.
pub(crate) fn say_ready(output: Output, running: &Running) {
    let (grpc, http) = (running.address(), running.http());
    output.print_line(
        || json!({ "ready": true, "grpc": grpc, "http": http }),
        || format!("ready  gRPC {grpc}  health and metrics {http}"),
    );
}

pub(crate) fn unset(error: &dyn std::error::Error) -> Failure {
    Failure::new(Kind::Internal, "START_FAILED", error.to_string())
}
