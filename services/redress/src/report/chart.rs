//! `redress report chart`

use clap::{ArgGroup, Args};
use redress_wire::reporting::v1::{Chart, ChartPoint, GetChartRequest};
use serde_json::json;

use super::IMPORT_OPEN;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::text;
use crate::moment::Seen;
use crate::table::Table;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("slice").required(true).args(["product", "issue"]))]
pub(crate) struct Arguments {
    /// Of this product
    #[arg(long)]
    product: Option<String>,

    /// Of this issue
    #[arg(long)]
    issue: Option<String>,

    /// The first month: 2026-05; without it the first with a complaint
    #[arg(
        long,
        value_name = "MONTH",
        default_value = "",
        hide_default_value = true
    )]
    from: String,

    /// The last month; without it the last with a complaint
    #[arg(
        long,
        value_name = "MONTH",
        default_value = "",
        hide_default_value = true
    )]
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
    let (chart, import_open) = (answer.chart.unwrap_or_default(), answer.import_open);
    global.output.print(
        || {
            json!({
                "chart": {
                    "dimension": chart.dimension,
                    "value": chart.value,
                    "rule": chart.rule,
                    "points": chart.points.iter().map(super::json::chart_point).collect::<Vec<_>>(),
                },
                "import_open": import_open,
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || render(&chart, import_open),
    );
    Ok(())
}

fn render(chart: &Chart, import_open: bool) -> String {
    let (dimension, value) = (&chart.dimension, &chart.value);
    if chart.points.is_empty() {
        return format!(
            "no complaint has the {dimension} {value}: `redress report pareto --by {dimension}` names \
             those that there are"
        );
    }
    let head = ["month", "received", "lower", "centre", "upper", "", "chart"];
    let mut table = Table::new(&head);
    let values = chart.points.iter().map(|it| it.value);
    let most = values.max().unwrap_or(0).max(1);
    for point in &chart.points {
        table.row([
            point.month.clone(),
            point.value.to_string(),
            point.lower.clone(),
            point.centre.clone(),
            point.upper.clone(),
            note(point, import_open),
            "#".repeat((point.value * 30).div_ceil(most) as usize),
        ]);
    }
    let rule = rule(&chart.rule);
    let end = if import_open { IMPORT_OPEN } else { "" };
    format!(
        "complaints received, {dimension} {value}\n{rule}\n{}{end}",
        table.render()
    )
}

fn note(point: &ChartPoint, import_open: bool) -> String {
    let no_limits = match point.no_limits_reason.as_str() {
        "BASELINE_TOO_SHORT" => "fewer than 12 months before",
        "BASELINE_MEAN_TOO_LOW" => "mean below 5",
        other => other,
    };
    if !point.out.is_empty() {
        point.out.to_uppercase()
    } else if !point.complete && !import_open {
        "not over".to_owned()
    } else {
        no_limits.to_owned()
    }
}

fn rule(name: &str) -> String {
    match name {
        "xmr_limits" => {
            "limits (xmr_limits): mean of the 12 to 24 months before it, give or take 2.66 \
                         times their mean moving range"
                .to_owned()
        }
        other => format!("limits: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<ChartPoint>) -> Chart {
        Chart {
            dimension: "product".to_owned(),
            value: "Kettle".to_owned(),
            rule: "xmr_limits".to_owned(),
            points,
        }
    }

    fn point(out: &str, complete: bool, reason: &str) -> ChartPoint {
        ChartPoint {
            month: "2026-05".to_owned(),
            value: 3,
            out: out.to_owned(),
            complete,
            no_limits_reason: reason.to_owned(),
            ..ChartPoint::default()
        }
    }

    #[test]
    fn each_month_says_why_it_is_not_judged() {
        let points = vec![
            point("", true, "BASELINE_TOO_SHORT"),
            point("above", true, ""),
            point("", false, ""),
        ];
        let text = render(&chart(points.clone()), false);
        for note in ["fewer than 12 months before", "ABOVE", "not over"] {
            assert_eq!(text.matches(note).count(), 1, "{note} in {text}");
        }
        let open = render(&chart(points), true);
        assert!(!open.contains("not over"), "{open}");
        assert_eq!(open.matches("an import is open").count(), 1, "{open}");
    }

    #[test]
    fn a_slice_that_there_is_not_is_said_to_be_none() {
        let text = render(&chart(Vec::new()), false);
        assert!(
            text.starts_with("no complaint has the product Kettle"),
            "{text}"
        );
    }
}
