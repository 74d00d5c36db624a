//! `redress report series`

use clap::{Args, ValueEnum};
use redress_wire::reporting::v1::{Bucket, GetSeriesRequest};
use serde_json::json;

use super::scope::Scoped;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::text;
use crate::table::Table;

#[derive(Debug, Args)]
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
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || {
            let mut table = Table::new(&["from", "received", "closed", "open at end", ""]);
            for point in &answer.points {
                let unfinished = if point.complete { "" } else { "not over" };
                table.row([
                    point.start.clone(),
                    point.received.to_string(),
                    point.closed.to_string(),
                    point.open_at_end.to_string(),
                    unfinished.to_owned(),
                ]);
            }
            table.render()
        },
    );
    Ok(())
}
