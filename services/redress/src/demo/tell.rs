//! What the demo shows: the figures, what the chart found, and what was opened from it.

use std::time::Duration;

use redress_wire::reporting::v1::{GetIndicatorsRequest, ListSignalsRequest, Signal, SignalOrder};
use redress_wire::workflow::v1::{Improvement, ImprovementFilter, ListImprovementsRequest};
use serde_json::{Value, json};

use super::{Loaded, Mark, SHIFT, shift_begins};
use crate::client::Client;
use crate::failure::Failure;
use crate::improvement::{as_json as improvement_json, table as improvements_table};
use crate::output::Output;
use crate::report::{indicators_json, indicators_table, signal_json, signals_table};

pub(super) async fn tell(
    output: Output,
    client: &Client,
    mark: &Mark,
    loaded: Option<(Loaded, Duration)>,
) -> Result<(), Failure> {
    let mut reporting = client.reporting().await?;
    let request = GetIndicatorsRequest::default();
    let indicators = reporting.get_indicators(request).await?.into_inner();
    let indicators = indicators.indicators.unwrap_or_default();
    let signals = signals(client).await?;
    let month = shift_begins(mark.end)
        .to_string()
        .chars()
        .take(7)
        .collect::<String>();
    let (planted, others): (Vec<Signal>, Vec<Signal>) = signals
        .into_iter()
        .partition(|signal| is_planted(signal, &month));
    let improvements = improvements(client, planted.first()).await?;
    output.print_line(
        || {
            json!({
                "loaded": loaded.map(|(it, _)| json!({
                    "feedback": it.feedback,
                    "complaints": it.complaints,
                    "steps": it.steps,
                })),
                "indicators": indicators_json(&indicators),
                "planted": {
                    "product": SHIFT.product,
                    "issue": SHIFT.issue,
                    "from_month": month,
                    "factor": SHIFT.factor.to_string(),
                },
                "signals": planted.iter().map(signal_json).collect::<Vec<Value>>(),
                "other_signals": others.iter().map(signal_json).collect::<Vec<Value>>(),
                "improvements": improvements.iter().map(improvement_json).collect::<Vec<Value>>(),
            })
        },
        || {
            let shift = format!(
                "From {month} on, {} comes {} times as often for {}: planted by the generator.",
                SHIFT.issue, SHIFT.factor, SHIFT.product
            );
            let mut text = counts(loaded);
            text = [text, indicators_table(&indicators), shift].join("\n") + "\n\n";
            text += &found(&planted, &improvements);
            if !others.is_empty() {
                text += "\nOther signals:\n\n";
                text += &signals_table(&others).render();
            }
            text
        },
    );
    Ok(())
}

/// What to type next, while the demo is served at `address`; `None` where commands find it by
/// themselves.
pub(super) fn look_at(address: Option<&str>) -> String {
    let address = address.map_or_else(String::new, |at| format!(" --address {at}"));
    let mut text = "\nLook at it from another shell:\n\n".to_owned();
    for verb in [
        "report indicators --by product",
        "report chart --issue 'Leaks water'",
        "complaint list --open",
        "improvement list",
        "log verify",
    ] {
        text.extend(["  redress ", verb, &address, "\n"]);
    }
    text
}

fn counts(loaded: Option<(Loaded, Duration)>) -> String {
    let Some((it, took)) = loaded else {
        return "An earlier demo is served as it is.\n".to_owned();
    };
    let (feedback, complaints, steps) = (it.feedback, it.complaints, it.steps);
    let seconds = took.as_secs_f64();
    format!(
        "{feedback} pieces of feedback, {complaints} of them complaints, handled in {steps} steps: \
         loaded in {seconds:.1} s\n"
    )
}

fn found(planted: &[Signal], improvements: &[Improvement]) -> String {
    let Some(signal) = planted.first() else {
        return "No signal has found it: too few months are loaded.\n".to_owned();
    };
    let mut text = format!("Found: {}\n\n", signal.summary);
    text += &signals_table(planted).render();
    if !improvements.is_empty() {
        text += "\nOpened from it, for somebody to accept or to dismiss:\n\n";
        text += &improvements_table(improvements).render();
    }
    text
}

/// The first signal that found the shift is the first of the planted ones.
fn is_planted(signal: &Signal, from_month: &str) -> bool {
    let slice = (signal.dimension.as_str(), signal.value.as_str());
    let is_slice = slice == ("product", SHIFT.product) || slice == ("issue", SHIFT.issue);
    is_slice && signal.direction == "above" && signal.month.as_str() >= from_month
}

async fn signals(client: &Client) -> Result<Vec<Signal>, Failure> {
    let mut reporting = client.reporting().await?;
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListSignalsRequest {
            order: SignalOrder::MonthAsc.into(),
            page_size: 500,
            page_token,
            ..ListSignalsRequest::default()
        };
        let page = reporting.list_signals(request).await?.into_inner();
        all.extend(page.signals);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

async fn improvements(
    client: &Client,
    signal: Option<&Signal>,
) -> Result<Vec<Improvement>, Failure> {
    let Some(signal) = signal else {
        return Ok(Vec::new());
    };
    let request = ListImprovementsRequest {
        filter: Some(ImprovementFilter {
            source_kind: "signal".to_owned(),
            source_id: signal.signal_id.clone(),
            ..ImprovementFilter::default()
        }),
        ..ListImprovementsRequest::default()
    };
    let page = client
        .improvement()
        .await?
        .list_improvements(request)
        .await?
        .into_inner();
    Ok(page.improvements)
}
