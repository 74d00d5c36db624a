//! `redress report chart`

use clap::{ArgGroup, Args};
use redress_wire::reporting::v1::{Chart, GetChartRequest};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::text;
use crate::moment::Seen;
use crate::table::Table;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("slice").required(true).args(["product", "issue"]))]
pub(crate) struct Arguments {
    #[arg(long)]
    product: Option<String>,

    #[arg(long)]
    issue: Option<String>,

    /// The first month: 2026-05
    #[arg(long, value_name = "MONTH", default_value = "")]
    from: String,

    /// The last month
    #[arg(long, value_name = "MONTH", default_value = "")]
    to: String,

    #[command(flatten)]
    seen: Seen,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let (wait_for, as_of) = (arguments.seen.wait_for(), arguments.seen.as_of()?);
    let (dimension, value) = match (arguments.product, arguments.issue) {
        (Some(product), _) => ("product", product),
        (None, issue) => ("issue", issue.unwrap_or_default()),
    };
    let request = GetChartRequest {
        dimension: dimension.to_owned(),
        value,
        wait_for,
        as_of,
        from_month: arguments.from,
        to_month: arguments.to,
    };
    let client = Client::of(global)?;
    let answer = client
        .reporting()
        .await?
        .get_chart(request)
        .await?
        .into_inner();
    let chart = answer.chart.unwrap_or_default();
    global.output.print(
        || {
            json!({
                "chart": {
                    "dimension": chart.dimension,
                    "value": chart.value,
                    "rule": chart.rule,
                    "points": chart.points.iter().map(super::json::chart_point).collect::<Vec<_>>(),
                },
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || render(&chart),
    );
    Ok(())
}

fn render(chart: &Chart) -> String {
    let mut table = Table::new(&["month", "received", "lower", "centre", "upper", "", "chart"]);
    let most = chart
        .points
        .iter()
        .map(|it| it.value)
        .max()
        .unwrap_or(0)
        .max(1);
    for point in &chart.points {
        let note = match (point.out.as_str(), point.complete) {
            ("", true) => String::new(),
            ("", false) => "not over".to_owned(),
            (out, _) => out.to_uppercase(),
        };
        table.row([
            point.month.clone(),
            point.value.to_string(),
            point.lower.clone(),
            point.centre.clone(),
            point.upper.clone(),
            note,
            "#".repeat((point.value * 30).div_ceil(most) as usize),
        ]);
    }
    format!(
        "{} {}, by {}\n{}",
        chart.dimension,
        chart.value,
        chart.rule,
        table.render()
    )
}
