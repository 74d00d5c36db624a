//! `redress report signals`

use clap::{Args, ValueEnum};
use redress_wire::reporting::v1::{ListSignalsRequest, Signal, SignalFilter, SignalOrder};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::feedback::more;
use crate::global::Global;
use crate::json::text;
use crate::moment::Seen;
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only of products, or only of issues
    #[arg(long, value_enum)]
    dimension: Option<Dimension>,

    /// Only of this product or issue
    #[arg(long, default_value = "", hide_default_value = true)]
    value: String,

    /// The first month: 2026-05
    #[arg(
        long,
        value_name = "MONTH",
        default_value = "",
        hide_default_value = true
    )]
    from: String,

    /// The last month
    #[arg(
        long,
        value_name = "MONTH",
        default_value = "",
        hide_default_value = true
    )]
    to: String,

    /// Only above the limits, or only below
    #[arg(long, value_enum)]
    direction: Option<Direction>,

    /// The oldest month first
    #[arg(long)]
    oldest_first: bool,

    /// How many, 1 to 500; with 0 the server chooses
    #[arg(long, default_value_t = 50)]
    limit: u32,

    /// Go on where the page before ended
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    page_token: String,

    #[command(flatten)]
    seen: Seen,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Dimension {
    Product,
    Issue,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Direction {
    Above,
    Below,
}

impl Dimension {
    fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Issue => "issue",
        }
    }
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let order = if arguments.oldest_first {
        SignalOrder::MonthAsc
    } else {
        SignalOrder::MonthDesc
    };
    let request = ListSignalsRequest {
        wait_for: arguments.seen.wait_for(),
        as_of: arguments.seen.as_of()?,
        order: order.into(),
        page_size: arguments.limit,
        page_token: arguments.page_token,
        filter: Some(SignalFilter {
            dimension: arguments.dimension.map_or("", Dimension::name).to_owned(),
            value: arguments.value,
            from_month: arguments.from,
            to_month: arguments.to,
            direction: arguments.direction.map_or("", Direction::name).to_owned(),
            ..SignalFilter::default()
        }),
    };
    let nothing = nothing(arguments.dimension, &request);
    let client = Client::of(global)?;
    let page = client
        .reporting()
        .await?
        .list_signals(request)
        .await?
        .into_inner();
    global.output.print(
        || {
            json!({
                "signals": page.signals.iter().map(super::json::signal).collect::<Vec<_>>(),
                "next_page_token": text(&page.next_page_token),
                "token": text(&page.token),
                "incomplete_from": text(&page.incomplete_from),
            })
        },
        || {
            if page.signals.is_empty() && page.next_page_token.is_empty() {
                return nothing;
            }
            format!(
                "{}{}",
                table(&page.signals).render(),
                more(&page.next_page_token)
            )
        },
    );
    Ok(())
}

/// What is said where there is none. A value that no complaint has cannot be told from one that is misspelt.
fn nothing(dimension: Option<Dimension>, request: &ListSignalsRequest) -> String {
    let value = request.filter.as_ref().map(|it| it.value.as_str());
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return "no signals".to_owned();
    };
    let (of, by) = match dimension {
        Some(one) => (one.name(), one.name()),
        None => ("product or issue", "product` or `--by issue"),
    };
    format!(
        "no signal of {of} {value}: `redress report pareto --by {by}` names the values that there are"
    )
}

pub(crate) fn table(signals: &[Signal]) -> Table {
    let head = [
        "month",
        "slice",
        "direction",
        "received",
        "centre",
        "lower",
        "upper",
        "rule",
    ];
    let mut table = Table::new(&head);
    for signal in signals {
        let figures = signal.figures.clone().unwrap_or_default();
        table.row([
            signal.month.clone(),
            format!("{} {}", signal.dimension, signal.value),
            signal.direction.clone(),
            figures.observed.to_string(),
            figures.centre,
            figures.lower,
            figures.upper,
            signal.rule.clone(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_nothing_says_of_what_and_where_the_words_are() {
        let said = |dimension, value: &str| {
            let filter = SignalFilter {
                value: value.to_owned(),
                ..SignalFilter::default()
            };
            let request = ListSignalsRequest {
                filter: Some(filter),
                ..ListSignalsRequest::default()
            };
            nothing(dimension, &request)
        };
        assert_eq!(said(Some(Dimension::Issue), ""), "no signals");
        assert_eq!(
            said(Some(Dimension::Product), "Kettel"),
            "no signal of product Kettel: `redress report pareto --by product` names the values that \
             there are"
        );
        assert!(said(None, "Kettel").contains("--by issue"));
    }
}
