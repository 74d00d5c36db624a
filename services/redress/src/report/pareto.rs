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
    #[arg(
        long,
        value_name = "DIMENSION",
        help = "What is counted: product, sub_product, issue, sub_issue, channel, language, site, \
                supplier, business_unit, segment, jurisdiction, vulnerable, accessibility_need, status, \
                severity, outcome, response_class, reported_response, reported_timely or \
                reported_disputed"
    )]
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
        dimension: arguments.by.clone(),
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
        || {
            if answer.rows.is_empty() {
                return arguments.scoped.nothing();
            }
            render(&answer)
        },
    );
    Ok(())
}

fn render(answer: &GetParetoResponse) -> String {
    let mut table = Table::new(&["value", "count", "share", "so far", ""]);
    let most = answer.rows.first().map_or(1, |row| row.count.max(1));
    let share = |count| percent(count, answer.total);
    for row in &answer.rows {
        let bar = "#".repeat((row.count * 30).div_ceil(most) as usize);
        table.row([
            or_none(&row.key),
            row.count.to_string(),
            share(row.count),
            share(row.cumulative_count),
            bar,
        ]);
    }
    if answer.other > 0 {
        table.row([
            "(others)".to_owned(),
            answer.other.to_string(),
            share(answer.other),
            share(answer.total),
            String::new(),
        ]);
    }
    format!("{}total {}", table.render(), answer.total)
}

/// Rounded, halves up. Counted here from whole numbers: the shares of the JSON are rounded themselves.
fn percent(count: u64, total: u64) -> String {
    let (count, total) = (u128::from(count), u128::from(total.max(1)));
    let per_mille = (count * 2000 + total) / (total * 2);
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

#[cfg(test)]
mod tests {
    use redress_wire::reporting::v1::ParetoRow;

    use super::*;

    #[test]
    fn a_share_is_rounded_and_not_cut() {
        for (count, total, expected) in [
            (1, 3, "33.3 %"),
            (2, 3, "66.7 %"),
            (1, 2000, "0.1 %"),
            (1, 2001, "0.0 %"),
            (19_999, 20_000, "100.0 %"),
            (3, 3, "100.0 %"),
            (0, 0, "0.0 %"),
            (u64::MAX, u64::MAX, "100.0 %"),
        ] {
            assert_eq!(percent(count, total), expected, "{count} of {total}");
        }
    }

    #[test]
    fn what_the_rows_leave_out_has_its_share_and_all_together_are_the_whole() {
        let row = |key: &str, count, cumulative_count| ParetoRow {
            key: key.to_owned(),
            count,
            cumulative_count,
            ..ParetoRow::default()
        };
        let text = render(&GetParetoResponse {
            rows: vec![row("Kettle", 4, 4), row("", 1, 5)],
            total: 6,
            other: 1,
            ..GetParetoResponse::default()
        });
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(lines[2], "(none) 1 16.7 % 83.3 % ########");
        assert_eq!(lines[3], "(others) 1 16.7 % 100.0 %");
        assert_eq!(lines[4], "total 6");
    }
}
