//! `redress report indicators`

use clap::{Args, ValueEnum};
use redress_wire::reporting::v1::{
    Count, Duration, GetIndicatorsRequest, Indicators, Score, YesNoUnknown,
};
use serde_json::json;

use super::scope::Scoped;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::text;
use crate::table::{Table, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    scoped: Scoped,

    /// Also a table of these values; JSON always has them all. May be given several times
    #[arg(long, value_enum)]
    by: Vec<By>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum By {
    Kind,
    Status,
    Outcome,
    Product,
    Issue,
    Channel,
    Language,
    Severity,
    Response,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let request = GetIndicatorsRequest {
        scope: Some(arguments.scoped.to_wire()),
        wait_for: arguments.scoped.seen.wait_for(),
        as_of: arguments.scoped.seen.as_of()?,
    };
    let client = Client::of(global)?;
    let answer = client
        .reporting()
        .await?
        .get_indicators(request)
        .await?
        .into_inner();
    let indicators = answer.indicators.unwrap_or_default();
    global.output.print(
        || {
            json!({
                "indicators": super::json::indicators(&indicators),
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || {
            let mut text = table(&indicators);
            if indicators.received == 0 {
                text += "\n";
                text += &arguments.scoped.nothing();
                text += "\n";
            }
            for by in &arguments.by {
                text += "\n";
                text += &by_table(&indicators, *by);
            }
            if !answer.incomplete_from.is_empty() {
                text += "\nincomplete: some records are of types that this version cannot read\n";
            }
            text
        },
    );
    Ok(())
}

pub(crate) fn table(it: &Indicators) -> String {
    let kinds = it
        .feedback_by_kind
        .iter()
        .map(|it| format!("{} {}", it.value, it.count));
    fields(&[
        ("feedback", kinds.collect::<Vec<_>>().join(", ")),
        ("complaints received", it.received.to_string()),
        ("open", it.open.to_string()),
        ("closed", it.closed.to_string()),
        ("withdrawn", it.withdrawn.to_string()),
        (
            "reopened, disputed",
            format!("{}, {}", it.reopened, it.disputed),
        ),
        (
            "time to acknowledge",
            duration(it.time_to_acknowledge.as_ref()),
        ),
        ("time to resolve", duration(it.time_to_resolve.as_ref())),
        ("reported timely", yes_no(it.reported_timely.as_ref())),
        ("reported disputed", yes_no(it.reported_disputed.as_ref())),
        ("NPS", score(it.nps.as_ref())),
        ("CSAT", score(it.csat.as_ref())),
        ("CES", score(it.ces.as_ref())),
    ])
}

fn duration(it: Option<&Duration>) -> String {
    let Some(it) = it.filter(|it| it.n > 0) else {
        return String::new();
    };
    let [mean, half, most, nearly_all] = [
        &it.mean_seconds,
        &it.p50_seconds,
        &it.p90_seconds,
        &it.p99_seconds,
    ]
    .map(|it| span(it));
    let (n, unknown) = (how_many(it.n, it.small), it.unknown);
    format!("mean {mean}, p50 {half}, p90 {most}, p99 {nearly_all} ({n}; unknown {unknown})")
}

/// Seconds as people say them; the exact ones are in the JSON.
fn span(seconds: &str) -> String {
    let whole: u64 = seconds
        .split('.')
        .next()
        .and_then(|it| it.parse().ok())
        .unwrap_or_default();
    match whole {
        0..3600 => format!("{} min", whole / 60),
        3600..172_800 => format!("{}.{} h", whole / 3600, whole % 3600 / 360),
        _ => format!("{}.{} d", whole / 86_400, whole % 86_400 / 8_640),
    }
}

fn yes_no(it: Option<&YesNoUnknown>) -> String {
    let it = it.copied().unwrap_or_default();
    if it.yes + it.no == 0 {
        return String::new();
    }
    format!("yes {}, no {}, unknown {}", it.yes, it.no, it.unknown)
}

fn score(it: Option<&Score>) -> String {
    let Some(it) = it.filter(|it| it.n > 0) else {
        return String::new();
    };
    let interval = if it.lower.is_empty() {
        String::new()
    } else {
        format!(", 95 % {} to {}", it.lower, it.upper)
    };
    format!("{} ({}{interval})", it.value, how_many(it.n, it.small))
}

/// What a figure rests on. Below 30 (`Score.small`, `Duration.small`) chance decides it.
fn how_many(n: u64, small: bool) -> String {
    if small {
        format!("n {n}: too few to go by")
    } else {
        format!("n {n}")
    }
}

fn by_table(it: &Indicators, by: By) -> String {
    let (name, counts): (&'static str, &[Count]) = match by {
        By::Kind => ("kind", &it.feedback_by_kind),
        By::Status => ("status", &it.by_status),
        By::Outcome => ("outcome", &it.by_outcome),
        By::Product => ("product", &it.by_product),
        By::Issue => ("issue", &it.by_issue),
        By::Channel => ("channel", &it.by_channel),
        By::Language => ("language", &it.by_language),
        By::Severity => ("severity", &it.by_severity),
        By::Response => ("reported response", &it.by_reported_response),
    };
    let mut table = Table::new(&[name, "count"]);
    for count in counts {
        table.row([or_none(&count.value), count.count.to_string()]);
    }
    table.render()
}

/// What complaints without a value are called in tables.
pub(super) fn or_none(value: &str) -> String {
    if value.is_empty() {
        "(none)".to_owned()
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_of_few_answers_says_how_few() {
        let score = |n, small, lower: &str, upper: &str| {
            let (value, lower, upper) = ("100.0".to_owned(), lower.to_owned(), upper.to_owned());
            super::score(Some(&Score {
                n,
                value,
                lower,
                upper,
                small,
            }))
        };
        assert_eq!(score(1, true, "", ""), "100.0 (n 1: too few to go by)");
        let many = "100.0 (n 30, 95 % 88.6 to 100.0)";
        assert_eq!(score(30, false, "88.6", "100.0"), many);
        assert_eq!(score(0, true, "", ""), "");
    }

    #[test]
    fn a_span_is_said_in_the_unit_that_fits() {
        for (seconds, expected) in [
            ("", "0 min"),
            ("90.5", "1 min"),
            ("5400.0", "1.5 h"),
            ("259200.0", "3.0 d"),
        ] {
            assert_eq!(span(seconds), expected);
        }
    }
}
