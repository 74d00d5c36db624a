//! What can be measured, and in which order it is.

mod append;
mod bare_file;
mod bare_nats;
mod bare_server;
mod cfpb_rows;
mod child;
mod commands;
mod cores;
mod deciding;
mod feedback;
mod fold;
mod import;
mod inbox;
mod intake;
mod latency;
mod lean_client;
mod library;
mod lives;
mod logs;
mod memory;
mod nats;
mod overload;
mod paced;
mod place;
#[path = "../../../crates/event-bus/tests/bus/port.rs"]
mod port;
mod program;
mod relay;
mod replay;
mod rounds;
mod serve;
mod serve_rows;
mod served;
mod services;
mod site;
mod size;
mod submit;
mod table;
mod work_lists;
mod workflow;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};

use library::Library;
use place::Place;
use site::Service;
use table::Table;

#[derive(Debug, Parser)]
#[command(
    name = "redress-bench",
    about = "Figures, each beside its limit measured in the same run"
)]
struct Arguments {
    /// What to measure; everything where nothing is named
    #[arg(value_enum)]
    names: Vec<Name>,
    /// 50,000 records and short rounds: to see that everything works, not for figures
    #[arg(long)]
    quick: bool,
    /// Records in the log that is sealed, replayed and opened, 1,000,000 by default; for `services`
    /// rows that are imported into the three logs, 100,000 by default
    #[arg(long)]
    records: Option<u64>,
    /// Complaints in the data directory that `redress serve` starts on
    #[arg(long)]
    served_rows: Option<u64>,
    /// How often the figure and its limit are measured in turns
    #[arg(long)]
    rounds: Option<usize>,
    /// Where the files go meanwhile; must be a real disk
    #[arg(long)]
    dir: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// Runs one measurement in a process of its own; the program does this by itself
    #[arg(long, hide = true, num_args = 2, value_names = ["WORK", "FOLDER"])]
    child: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Durable `SubmitFeedback`, beside a gRPC server that does nothing
    Submit,
    /// Rows imported, beside a bare file
    Import,
    /// Records appended to a log, beside a bare file
    Append,
    /// A log folded into a view, beside decoding alone
    Replay,
    /// Bytes on disk, of a record and of its envelope
    Size,
    /// Memory after a replay, and the time to open a log
    Memory,
    /// `redress serve` as a process: time until it is ready, and memory
    Serve,
    /// Records from intake's log into its NATS stream, beside bare publishes
    Relay,
    /// From submitting at intake until workflow's list has it, in other processes, beside bare NATS
    Latency,
    /// Messages of the NATS inbox, durable and with receipts, beside bare publishes
    Inbox,
    /// Five times the peak: how much is still done, and memory
    Overload,
    /// Each service as a process on a large log: start, rebuilding of rows, memory
    Services,
    /// Commands decided and folded, and clocks evaluated, in one thread
    Deciding,
    /// Durable commands on complaints, beside a gRPC server that does nothing
    Commands,
    /// What is due, and pages of work lists under load, among a million open complaints
    WorkLists,
}

impl Name {
    /// An error where a program is missing that it starts.
    fn check_programs(self) -> Result<()> {
        match self {
            Self::Submit
            | Self::Import
            | Self::Append
            | Self::Replay
            | Self::Size
            | Self::Memory
            | Self::Deciding
            | Self::Commands
            | Self::WorkLists => Ok(()),
            Self::Serve => program::path("redress").map(drop),
            Self::Relay | Self::Latency | Self::Inbox | Self::Overload | Self::Services => {
                program::path("redress")?;
                for service in Service::ALL {
                    program::path(&service.program())?;
                }
                nats::program().map(drop)
            }
        }
    }
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) quick: bool,
    /// Records in the log that is sealed, replayed and opened.
    pub(crate) records: u64,
    /// Rows in the data directory that three processes serve.
    pub(crate) service_records: u64,
    /// Complaints in the data directory that is served.
    pub(crate) served_rows: u64,
    pub(crate) rounds: usize,
}

impl Extent {
    fn of(arguments: &Arguments) -> Result<Self> {
        let quick = arguments.quick;
        let (records, rounds) = if quick { (50_000, 3) } else { (1_000_000, 5) };
        let extent = Self {
            quick,
            records: arguments.records.unwrap_or(records),
            service_records: arguments
                .records
                .unwrap_or(if quick { 2_000 } else { 100_000 }),
            served_rows: arguments
                .served_rows
                .unwrap_or(if quick { 2_000 } else { 100_000 }),
            rounds: arguments.rounds.unwrap_or(rounds),
        };
        ensure!(
            extent.records >= 1_000,
            "fewer than 1,000 records say nothing"
        );
        ensure!(
            extent.served_rows >= 1,
            "an empty data directory says nothing"
        );
        ensure!(extent.rounds >= 1, "no rounds, no figures");
        Ok(extent)
    }

    /// One of two amounts of work.
    pub(crate) fn pick<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }
}

pub(crate) fn run() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if let Some([work, folder]) = arguments.child.as_deref() {
        return runtime.block_on(child::run(work, folder.as_ref()));
    }
    let extent = Extent::of(&arguments)?;
    let place = Place::new(arguments.dir.as_deref())?;
    let mut table = Table::new(&place, extent);
    runtime.block_on(measure(&arguments, extent, &place, &mut table))?;
    match arguments.output {
        Output::Table => table.print(),
        Output::Json => table.print_json()?,
    }
    Ok(())
}

async fn measure(
    arguments: &Arguments,
    extent: Extent,
    place: &Place,
    table: &mut Table,
) -> Result<()> {
    let mut library = Library::new(place, extent);
    let asked = |name: &&Name| arguments.names.is_empty() || arguments.names.contains(name);
    // Not after a quarter of an hour.
    for name in Name::value_variants().iter().filter(asked) {
        name.check_programs()?;
    }
    for name in Name::value_variants().iter().filter(asked) {
        let named = name
            .to_possible_value()
            .map(|value| value.get_name().to_owned());
        eprintln!("measuring {} ..", named.unwrap_or_default());
        match name {
            Name::Submit => submit::measure(extent, place, table).await?,
            Name::Import => import::measure(extent, place, table).await?,
            Name::Append => append::measure(extent, place, table).await?,
            Name::Replay => replay::measure(extent, place, &mut library, table).await?,
            Name::Size => size::measure(place, &mut library, table).await?,
            Name::Memory => memory::measure(extent, place, &mut library, table).await?,
            Name::Serve => serve::measure(extent, place, table).await?,
            Name::Relay => relay::measure(extent, place, table).await?,
            Name::Latency => latency::measure(extent, place, table).await?,
            Name::Inbox => inbox::measure(extent, place, table).await?,
            Name::Overload => overload::measure(extent, place, table).await?,
            Name::Services => services::measure(extent, place, table).await?,
            Name::Deciding => deciding::measure(extent, table)?,
            Name::Commands => commands::measure(extent, place, table).await?,
            Name::WorkLists => work_lists::measure(extent, place, table).await?,
        }
    }
    Ok(())
}
