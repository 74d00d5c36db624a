//! A program that is one service: command line, settings, telemetry, ports, signals, a clean end.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use redress_service::config::{Role, Sources};
use redress_service::lifecycle::TaskError;
use redress_service::{Config, Kind, Lifecycle, Problem, telemetry};

use crate::elsewhere::ElsewhereError;
use crate::part::Around;
use crate::process::{Opened, Process};
use crate::starting::open_problem;

#[derive(Debug, Parser)]
#[command(version, after_help = AFTER_HELP)]
struct CommandLine {
    /// Where everything is kept
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Where the gRPC services answer; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    grpc: Option<String>,

    /// Where /healthz, /readyz and /metrics answer; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    http: Option<String>,

    /// The configuration file; without it `redress.toml`, if that is there
    #[arg(long, env = "REDRESS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Any setting, as in `--set bus.servers=nats://127.0.0.1:4222`
    #[arg(long = "set", value_name = "SETTING=VALUE")]
    settings: Vec<String>,

    /// How the line that says `ready` looks
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

const AFTER_HELP: &str = "\
Settings come from redress.toml, then REDRESS_* in the environment, then flags.
Exit codes: 0 done, 1 failed, 2 usage, 3 refused by a rule, 4 unreachable; docs/errors.md lists reasons.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

/// Runs one service until it is told to stop. What is not in order is told on standard error.
pub async fn run(
    role: Role,
    about: &'static str,
    open: impl AsyncFnOnce(&Config, &Around) -> Result<Opened, TaskError>,
) -> ExitCode {
    let matches = CommandLine::command()
        .name(role.program())
        .bin_name(role.program())
        .about(about)
        .get_matches();
    let line = match CommandLine::from_arg_matches(&matches) {
        Ok(line) => line,
        Err(error) => error.exit(),
    };
    let run = async {
        let config = line.load(role)?;
        serve(role, &config, line.output, open).await
    };
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => problem.report(line.output == Output::Json),
    }
}

impl CommandLine {
    fn load(&self, role: Role) -> Result<Config, Problem> {
        let mut flags = Vec::new();
        for setting in &self.settings {
            let (name, value) = setting.split_once('=').ok_or_else(|| {
                let kind = Kind::InvalidArgument;
                Problem::new(
                    kind,
                    "SETTING_MALFORMED",
                    "--set takes a setting and its value",
                )
                .with_remedy("write it as in `--set limits.drain_millis=500`")
            })?;
            flags.push((name.to_owned(), value.to_owned()));
        }
        let data = self.data.as_ref().map(|it| it.display().to_string());
        let given = [
            ("data_dir", data),
            ("grpc.listen", self.grpc.clone()),
            ("http.listen", self.http.clone()),
        ];
        for (name, value) in given {
            flags.extend(value.map(|value| (name.to_owned(), value)));
        }
        let sources = Sources::of_process(self.config.clone(), flags);
        let config = Config::load(role, &sources)?;
        if config.bus.is_configured() {
            Ok(config)
        } else {
            Err(ElsewhereError::NoBus.problem())
        }
    }
}

async fn serve(
    role: Role,
    config: &Config,
    output: Output,
    open: impl AsyncFnOnce(&Config, &Around) -> Result<Opened, TaskError>,
) -> Result<(), Problem> {
    let unset = |error: &dyn Error| Problem::new(Kind::Internal, "START_FAILED", error.to_string());
    let _telemetry =
        telemetry::init(&config.telemetry, role.program()).map_err(|error| unset(&error))?;
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().map_err(|error| unset(&error))?;
    let opening = async |around: &Around| open(config, around).await;
    let process = Process::start(config, role.program(), &lifecycle, opening).await;
    let process = process.map_err(|error| error.problem(|error| open_problem(error.as_ref())))?;
    tracing::info!(data = %config.data_dir.display(), "opened");
    if process.ready().await.is_ok() {
        say_ready(output, &process);
    }
    match process.ended().await.problem() {
        None => Ok(()),
        Some(problem) => Err(problem),
    }
}

/// Programs wait for this line.
fn say_ready(output: Output, process: &Process) {
    let (grpc, http) = (process.grpc(), process.http());
    match output {
        Output::Table => {
            println!("ready  gRPC http://{grpc}  health and metrics http://{http}");
        }
        Output::Json => {
            println!(r#"{{"ready":true,"grpc":"http://{grpc}","http":"http://{http}"}}"#);
        }
    }
}
