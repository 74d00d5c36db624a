//! `redress report clocks`

use clap::{Args, ValueEnum};
use redress_wire::reporting::v1::{
    Bucket, ClockCounts, ClockReport, GetClocksRequest, GetClocksResponse,
};
use serde_json::{Value, json};

use super::IMPORT_OPEN;
use super::scope::Scoped;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time};
use crate::table::Table;

const PROMISES: &str = "\
Each time that a clock begins, or begins anew, is a promise. Every line adds up:
  STARTED = MET + LATE + CANCELLED + RUNNING + PAUSED

LATE are those that were done, or given up, after they were due, and those that are due and not done (STILL). With
--by they are cut by when they began.";

#[derive(Debug, Args)]
#[command(after_help = PROMISES)]
pub(crate) struct Arguments {
    /// Cut by when they began; without it the table shows totals alone
    #[arg(long, value_enum)]
    by: Option<By>,

    #[command(flatten)]
    scoped: Scoped,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Day,
    Week,
    Month,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let bucket = match arguments.by {
        Some(By::Day) => Bucket::Day,
        Some(By::Week) => Bucket::Week,
        Some(By::Month) | None => Bucket::Month,
    };
    let request = GetClocksRequest {
        scope: Some(arguments.scoped.to_wire()),
        bucket: bucket.into(),
        wait_for: arguments.scoped.seen.wait_for(),
        as_of: arguments.scoped.seen.as_of()?,
    };
    let client = Client::of(global)?;
    let mut reporting = client.reporting().await?;
    let answer = reporting.get_clocks(request).await?.into_inner();
    global.output.print(
        || {
            json!({
                "clocks": answer.clocks.iter().map(clock).collect::<Vec<_>>(),
                "at": time!(answer.at),
                "import_open": answer.import_open,
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || {
            if answer.clocks.is_empty() {
                return "no clock has begun".to_owned();
            }
            render(&answer, arguments.by.is_some())
        },
    );
    Ok(())
}

fn clock(it: &ClockReport) -> Value {
    let points = it.points.iter().map(|point| {
        let mut counts = counts(point.counts.as_ref());
        counts["start"] = text(&point.start);
        counts
    });
    json!({
        "policy": text(&it.policy),
        "clock": it.clock,
        "total": counts(it.total.as_ref()),
        "points": points.collect::<Vec<_>>(),
    })
}

fn counts(it: Option<&ClockCounts>) -> Value {
    let it = it.copied().unwrap_or_default();
    json!({
        "started": it.started,
        "met": it.met,
        "late": it.late,
        "late_still": it.late_still,
        "cancelled": it.cancelled,
        "running": it.running,
        "paused": it.paused,
    })
}

const HEAD: [&str; 10] = [
    "policy",
    "clock",
    "from",
    "started",
    "met",
    "late",
    "still",
    "cancelled",
    "running",
    "paused",
];

fn render(answer: &GetClocksResponse, is_cut: bool) -> String {
    let mut table = Table::new(&HEAD);
    for it in &answer.clocks {
        if is_cut {
            for point in &it.points {
                table.row(cells(it, &point.start, point.counts.as_ref()));
            }
        }
        table.row(cells(it, "all", it.total.as_ref()));
    }
    let note = if answer.import_open { IMPORT_OPEN } else { "" };
    let at = time!(answer.at).unwrap_or_default();
    format!("{}as of {at}\n{note}", table.render())
}

fn cells(clock: &ClockReport, from: &str, counts: Option<&ClockCounts>) -> [String; 10] {
    let it = counts.copied().unwrap_or_default();
    [
        clock.policy.clone(),
        clock.clock.clone(),
        from.to_owned(),
        it.started.to_string(),
        it.met.to_string(),
        it.late.to_string(),
        it.late_still.to_string(),
        it.cancelled.to_string(),
        it.running.to_string(),
        it.paused.to_string(),
    ]
}
