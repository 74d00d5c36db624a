//! `redress report series`

use clap::{Args, ValueEnum};
use redress_wire::reporting::v1::{Bucket, GetSeriesRequest, GetSeriesResponse};
use serde_json::json;

use super::IMPORT_OPEN;
use super::scope::Scoped;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::text;
use crate::table::Table;

/// A series is of what flowed in and out of the stock of open complaints, not of the complaints that
/// were received from `--from` on alone.
const FLOW: &str = "\
Every line adds up, and the next one begins with what it ends with:
  OPEN AT START + RECEIVED + REOPENED - CLOSED - WITHDRAWN - CLOSED UNDATED = OPEN AT END

--from and --to say which time is shown: what happened in it is counted, also to complaints that were
received before. CLOSED counts every closing, also one before a later reopening. CLOSED UNDATED are
complaints received then that another system reported as closed without saying when: they are never open.";

#[derive(Debug, Args)]
#[command(after_help = FLOW)]
pub(crate) struct Arguments {
    /// How long a point is
    #[arg(long, value_enum, default_value_t = By::Month)]
    by: By,

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
        By::Day => Bucket::Day,
        By::Week => Bucket::Week,
        By::Month => Bucket::Month,
    };
    let request = GetSeriesRequest {
        scope: Some(arguments.scoped.to_wire()),
        bucket: bucket.into(),
        wait_for: arguments.scoped.seen.wait_for(),
        as_of: arguments.scoped.seen.as_of()?,
    };
    let client = Client::of(global)?;
    let answer = client
        .reporting()
        .await?
        .get_series(request)
        .await?
        .into_inner();
    global.output.print(
        || {
            json!({
                "points": answer.points.iter().map(super::json::series_point).collect::<Vec<_>>(),
                "import_open": answer.import_open,
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || {
            if answer.points.is_empty() {
                return arguments.scoped.nothing();
            }
            render(&answer)
        },
    );
    Ok(())
}

const HEAD: [&str; 9] = [
    "from",
    "open at start",
    "received",
    "reopened",
    "closed",
    "withdrawn",
    "closed undated",
    "open at end",
    "",
];

fn render(answer: &GetSeriesResponse) -> String {
    let mut table = Table::new(&HEAD);
    for point in &answer.points {
        // While an import is open none is complete, which is said once.
        let is_over = point.complete || answer.import_open;
        let unfinished = if is_over { "" } else { "not over" };
        table.row([
            point.start.clone(),
            point.open_at_start.to_string(),
            point.received.to_string(),
            point.reopened.to_string(),
            point.closed.to_string(),
            point.withdrawn.to_string(),
            point.closed_at_unknown_time.to_string(),
            point.open_at_end.to_string(),
            unfinished.to_owned(),
        ]);
    }
    let note = if answer.import_open { IMPORT_OPEN } else { "" };
    format!("{}{note}", table.render())
}

#[cfg(test)]
mod tests {
    use redress_wire::reporting::v1::SeriesPoint;

    use super::*;

    #[test]
    fn an_open_import_is_said_once_and_not_of_every_month() {
        let point = |complete| SeriesPoint {
            start: "2026-05-01".to_owned(),
            complete,
            ..SeriesPoint::default()
        };
        let answer = |import_open, points| GetSeriesResponse {
            points,
            import_open,
            ..GetSeriesResponse::default()
        };
        let open = render(&answer(true, vec![point(false), point(false)]));
        assert!(!open.contains("not over"), "{open}");
        assert_eq!(open.matches("an import is open").count(), 1, "{open}");
        let ended = render(&answer(false, vec![point(true), point(false)]));
        assert_eq!(ended.matches("not over").count(), 1, "{ended}");
        assert!(!ended.contains("import"), "{ended}");
    }
}
