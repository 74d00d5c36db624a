//! `redress report pareto`

use clap::Args;
use redress_wire::reporting::v1::{GetParetoRequest, GetParetoResponse};
use serde_json::json;

use super::indicators::or_none;
use super::scope::Scoped;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::text;
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// product, issue, channel, language, site, supplier, outcome, ..
    #[arg(long, value_name = "DIMENSION")]
    by: String,

    /// At most so many rows
    #[arg(long, default_value_t = 20)]
    limit: u32,

    #[command(flatten)]
    scoped: Scoped,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let request = GetParetoRequest {
        scope: Some(arguments.scoped.to_wire()),
        wait_for: arguments.scoped.seen.wait_for(),
        as_of: arguments.scoped.seen.as_of()?,
        dimension: arguments.by,
        limit: arguments.limit,
    };
    let client = Client::of(global)?;
    let answer = client
        .reporting()
        .await?
        .get_pareto(request)
        .await?
        .into_inner();
    global.output.print(
        || {
            json!({
                "rows": answer.rows.iter().map(super::json::pareto_row).collect::<Vec<_>>(),
                "total": answer.total,
                "other": answer.other,
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || render(&answer),
    );
    Ok(())
}

fn render(answer: &GetParetoResponse) -> String {
    let mut table = Table::new(&["value", "count", "share", "so far", ""]);
    let most = answer.rows.first().map_or(1, |row| row.count.max(1));
    for row in &answer.rows {
        let bar = "#".repeat((row.count * 30).div_ceil(most) as usize);
        table.row([
            or_none(&row.key),
            row.count.to_string(),
            percent(&row.share),
            percent(&row.cumulative_share),
            bar,
        ]);
    }
    if answer.other > 0 {
        let count = answer.other.to_string();
        table.row([
            "(others)".to_owned(),
            count,
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    format!("{}total {}", table.render(), answer.total)
}

/// `0.334628` as `33.4 %`: digits are moved, nothing is computed. The JSON has all of them.
fn percent(ratio: &str) -> String {
    let (whole, decimals) = ratio.split_once('.').unwrap_or((ratio, ""));
    let decimals = format!("{decimals:0<3}");
    let per_mille = format!("{whole}{}", &decimals[..3]);
    let per_mille: u64 = per_mille.parse().unwrap_or_default();
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_shown_as_per_cent() {
        for (ratio, expected) in [
            ("0.334628", "33.4 %"),
            ("1.000000", "100.0 %"),
            ("0", "0.0 %"),
        ] {
            assert_eq!(percent(ratio), expected);
        }
    }
}
