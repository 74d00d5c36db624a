//! `redress demo`: three years of one invented company's feedback, through the whole loop.
//!
//! [`generate`] is a pure function of a seed and a day: no clock, no file, no network. What it makes
//! is handed to the services as commands, like anybody else's.

mod calendar;
mod catalogue;
mod chance;
mod customers;
mod generate;
mod item;
mod load;
mod mark;
mod regime;
mod running;
mod step;
mod story;
mod submission;
mod tell;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use redress_service::{Lifecycle, clock, telemetry};

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::output::{self, Output};
use crate::running::Running;
use crate::serve::{Listen, say_ready, unset};
use calendar::{MONTHS, SHIFT, shift_begins};
use generate::generate;
use item::DemoItem;
use load::Loaded;
use mark::Mark;
use regime::Regime;

/// Who hands it in.
const ACTOR: &str = "service:demo";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the demo is kept: nothing, or an earlier demo, which is served as it is
    #[arg(long, value_name = "DIR", default_value = "redress-demo-data")]
    data: PathBuf,

    /// Another seed makes another three years
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// How many years, counted back from today
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=3))]
    years: u8,

    /// The day before which everything happens; without it today
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,

    /// What the company promises: one of the policies that come with the program, for all its customers
    #[arg(long, value_enum, default_value_t = Regime::default())]
    policy: Regime,

    /// End after the answers, instead of serving
    #[arg(long)]
    exit: bool,

    /// Hand it to the services that run, where --address or the settings say: they hold nothing yet, or
    /// a part of the same demo, which is gone on with
    #[arg(long, conflicts_with_all = ["data", "exit", "grpc", "http"])]
    running: bool,

    #[command(flatten)]
    listen: Listen,
}

impl Arguments {
    fn wanted(&self) -> Mark {
        let today = || TimeZone::UTC.to_datetime(clock::now()).date();
        Mark {
            seed: self.seed,
            years: self.years,
            end: self.until.unwrap_or_else(today),
            policy: self.policy,
            loaded: false,
        }
    }
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<ExitCode, Failure> {
    let wanted = arguments.wanted();
    if arguments.running {
        return running::run(global, &wanted).await;
    }
    let mut flags = arguments.listen.flags();
    flags.push(("data_dir", arguments.data.display().to_string()));
    let mut config = global.load(flags)?;
    // What nobody said is told to nobody.
    config.bus = redress_service::config::Bus::default();
    // A progress bar and a log do not go together on one terminal: only a log that was asked for.
    let is_asked_for = config.telemetry != redress_service::config::Telemetry::default();
    let _telemetry = is_asked_for
        .then(|| telemetry::init(&config.telemetry, "redress"))
        .transpose()
        .map_err(|error| unset(&error))?;
    let mark = mark::find_or_begin(&config.data_dir, wanted, arguments.until)?;

    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().map_err(|error| unset(&error))?;
    let running = Running::start(&config, &lifecycle).await?;
    let stopping = lifecycle.shutdown();
    let shown = async {
        running.ready().await?;
        let client = Client::at(&running.address(), Some(ACTOR))?;
        load_and_tell(global.output, &client, &config.data_dir, mark).await
    };
    let shown = tokio::select! {
        shown = shown => shown,
        () = stopping.soft() => Ok(()),
    };
    if let Err(failure) = shown {
        running.stop().await?;
        return Err(failure);
    }
    if arguments.exit {
        running.stop().await?;
        return Ok(ExitCode::SUCCESS);
    }
    if !stopping.is_stopping() {
        if let Output::Table = global.output {
            let address = running.address();
            let is_looked_for = address == config.client.intake;
            output::print(&tell::look_at((!is_looked_for).then_some(&address)));
        }
        say_ready(global.output, &running);
    }
    running.ended().await
}

async fn load_and_tell(
    output: Output,
    client: &Client,
    data: &std::path::Path,
    mark: Mark,
) -> Result<(), Failure> {
    let loaded = if mark.loaded {
        None
    } else {
        let began = Instant::now();
        let counts = load::load(client, &mark).await?;
        mark::write(
            data,
            &Mark {
                loaded: true,
                ..mark
            },
        )?;
        Some((counts, began.elapsed()))
    };
    tell::tell(output, client, &mark, loaded).await
}

/// The first day of a demo of so many years.
fn begins(end: Date, years: u8) -> Date {
    let months = MONTHS.min(i32::from(years) * 12);
    end.first_of_month().saturating_sub(months.months())
}
