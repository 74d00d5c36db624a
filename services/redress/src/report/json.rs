//! Reports as JSON. Decimals stay the texts that they are.

use redress_wire::reporting::v1::{
    ChartPoint, Count, Duration, Indicators, ParetoRow, Score, SeriesPoint, Signal, SignalFigures,
    YesNoUnknown, YesNoUnknownOf,
};
use serde_json::{Value, json};

use crate::json::{text, time};

pub(crate) fn indicators(it: &Indicators) -> Value {
    json!({
        "feedback_by_kind": counts(&it.feedback_by_kind),
        "received": it.received,
        "open": it.open,
        "closed": it.closed,
        "withdrawn": it.withdrawn,
        "reopened": it.reopened,
        "disputed": it.disputed,
        "by_status": counts(&it.by_status),
        "by_outcome": counts(&it.by_outcome),
        "by_product": counts(&it.by_product),
        "by_issue": counts(&it.by_issue),
        "by_channel": counts(&it.by_channel),
        "by_language": counts(&it.by_language),
        "by_severity": counts(&it.by_severity),
        "by_response_class": counts(&it.by_response_class),
        "by_reported_response": counts(&it.by_reported_response),
        "reported_timely": yes_no(it.reported_timely.as_ref()),
        "reported_disputed": yes_no(it.reported_disputed.as_ref()),
        "reported_timely_by_product": yes_no_by(&it.reported_timely_by_product),
        "reported_disputed_by_product": yes_no_by(&it.reported_disputed_by_product),
        "time_to_acknowledge": duration(it.time_to_acknowledge.as_ref()),
        "time_to_resolve": duration(it.time_to_resolve.as_ref()),
        "nps": score(it.nps.as_ref()),
        "csat": score(it.csat.as_ref()),
        "ces": score(it.ces.as_ref()),
    })
}

fn counts(all: &[Count]) -> Value {
    all.iter()
        .map(|it| json!({ "value": text(&it.value), "count": it.count }))
        .collect()
}

fn yes_no(it: Option<&YesNoUnknown>) -> Value {
    let it = it.copied().unwrap_or_default();
    json!({ "yes": it.yes, "no": it.no, "unknown": it.unknown })
}

fn yes_no_by(all: &[YesNoUnknownOf]) -> Value {
    let one = |it: &YesNoUnknownOf| {
        let mut counts = yes_no(it.counts.as_ref());
        counts["value"] = text(&it.value);
        counts
    };
    all.iter().map(one).collect()
}

fn duration(it: Option<&Duration>) -> Value {
    it.map_or(Value::Null, |it| {
        json!({
            "n": it.n,
            "unknown": it.unknown,
            "mean_seconds": text(&it.mean_seconds),
            "p50_seconds": text(&it.p50_seconds),
            "p90_seconds": text(&it.p90_seconds),
            "p99_seconds": text(&it.p99_seconds),
            "small": it.small,
        })
    })
}

fn score(it: Option<&Score>) -> Value {
    it.map_or(Value::Null, |it| {
        json!({
            "n": it.n,
            "value": text(&it.value),
            "lower": text(&it.lower),
            "upper": text(&it.upper),
            "small": it.small,
        })
    })
}

pub(crate) fn series_point(it: &SeriesPoint) -> Value {
    json!({
        "start": it.start,
        "open_at_start": it.open_at_start,
        "received": it.received,
        "reopened": it.reopened,
        "closed": it.closed,
        "withdrawn": it.withdrawn,
        "closed_at_unknown_time": it.closed_at_unknown_time,
        "open_at_end": it.open_at_end,
        "complete": it.complete,
    })
}

pub(crate) fn pareto_row(it: &ParetoRow) -> Value {
    json!({
        "key": text(&it.key),
        "count": it.count,
        "share": it.share,
        "cumulative_share": it.cumulative_share,
        "cumulative_count": it.cumulative_count,
    })
}

pub(crate) fn chart_point(it: &ChartPoint) -> Value {
    json!({
        "month": it.month,
        "value": it.value,
        "centre": text(&it.centre),
        "lower": text(&it.lower),
        "upper": text(&it.upper),
        "mean_moving_range": text(&it.mean_moving_range),
        "baseline_months": it.baseline_months,
        "out": text(&it.out),
        "complete": it.complete,
        "no_limits_reason": text(&it.no_limits_reason),
    })
}

pub(crate) fn signal(it: &Signal) -> Value {
    json!({
        "signal_id": it.signal_id,
        "dimension": it.dimension,
        "value": it.value,
        "month": it.month,
        "rule": it.rule,
        "direction": it.direction,
        "figures": it.figures.as_ref().map(figures),
        "complaint_ids": it.complaint_ids,
        "token": text(&it.token),
        "raised_at": time!(it.raised_at),
        "summary": text(&it.summary),
        "position": it.position,
    })
}

fn figures(it: &SignalFigures) -> Value {
    json!({
        "observed": it.observed,
        "centre": it.centre,
        "lower": it.lower,
        "upper": it.upper,
        "mean_moving_range": it.mean_moving_range,
        "baseline_months": it.baseline_months,
        "baseline_from": it.baseline_from,
        "baseline_to": it.baseline_to,
    })
}
