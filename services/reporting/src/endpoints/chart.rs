//! `GetChart`.

use redress_service::Problem;
use redress_statistics::{Side, XMR_RULE};
use redress_wire::reporting::v1 as wire;

use super::series::too_many;
use super::{folded, importing};
use crate::dimension::Dimension;
use crate::facts::{Case, Received};
use crate::indicators::decimal;
use crate::month::Month;
use crate::months::{Judged, Months};
use crate::reporting::Running;
use crate::scope::dimension;
use crate::series::{MAX_POINTS, TooMany};

pub(super) async fn get(
    running: &Running,
    request: wire::GetChartRequest,
) -> Result<wire::GetChartResponse, Problem> {
    let by = dimension("dimension", &request.dimension, &Dimension::CHARTED)?;
    if request.value.is_empty() {
        return Err(
            Problem::invalid("FIELD_REQUIRED", "value", "the value is not said")
                .with_remedy("name the product or issue whose chart you want"),
        );
    }
    let from = month("from_month", &request.from_month)?;
    let to = month("to_month", &request.to_month)?;
    let moment = running
        .moment_of_receipts(&request.wait_for, request.as_of.as_ref())
        .await?;
    let value = request.value.clone();
    // A month is complete when something was received after it.
    let add = move |(months, latest): &mut (Months, Option<Month>), case: &Case<'_>| {
        *latest = (*latest).max(Some(case.month()));
        if case.complaint().is_some() && by.of(case) == value {
            months.add(case.month());
        }
    };
    let found = (Months::default(), None);
    let (months, latest) = folded(&moment, Received::default(), found, add).await?;
    let import_open = importing(&moment).await?;
    let now = latest.filter(|_| !import_open);
    let range = range(&months, from, to)?;
    let points = range
        .map(|month| point(month, &months.judge(month), now))
        .collect();
    Ok(wire::GetChartResponse {
        chart: Some(wire::Chart {
            dimension: by.name().to_owned(),
            value: request.value,
            rule: XMR_RULE.to_owned(),
            points,
        }),
        token: moment.token,
        incomplete_from: moment.incomplete_from,
        import_open,
    })
}

pub(super) fn month(field: &'static str, text: &str) -> Result<Option<Month>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|error: crate::month::MonthError| {
            Problem::invalid("MONTH_INVALID", field, error.to_string())
                .with_remedy("send a month such as 2026-11, or none")
        })
}

pub(super) fn range_invalid(field: &'static str) -> Problem {
    Problem::invalid("RANGE_INVALID", field, "the range ends before it begins")
        .with_remedy("send a `to_month` not before `from_month`")
}

/// The months that are asked for; none where nothing was ever received and none are named.
fn range(
    months: &Months,
    from: Option<Month>,
    to: Option<Month>,
) -> Result<impl Iterator<Item = Month>, Problem> {
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(range_invalid("to_month"));
    }
    let (from, to) = (from.or(months.first()), to.or(months.last()));
    let range = from.zip(to).map(|(from, to)| (from, to.plus(1)));
    let count = range.map_or(0, |(from, end)| i64::from(end.since(from)));
    if count > MAX_POINTS {
        return Err(too_many("from_month", TooMany(count)));
    }
    Ok(range.into_iter().flat_map(|(from, end)| from.until(end)))
}

fn point(month: Month, judged: &Judged, now: Option<Month>) -> wire::ChartPoint {
    let complete = now.is_some_and(|now| month < now);
    let point = wire::ChartPoint {
        month: month.to_string(),
        value: judged.value,
        complete,
        ..wire::ChartPoint::default()
    };
    match &judged.result {
        Err(refusal) => wire::ChartPoint {
            no_limits_reason: refusal.code().to_owned(),
            ..point
        },
        Ok(judgement) => wire::ChartPoint {
            centre: decimal(judgement.centre, 4),
            lower: decimal(judgement.lower, 4),
            upper: decimal(judgement.upper, 4),
            mean_moving_range: decimal(judgement.mean_moving_range, 4),
            baseline_months: judgement.baseline_points as u32,
            out: out(judgement.out, complete).to_owned(),
            ..point
        },
    }
}

/// A month that is not over may yet come up to its lower limit.
fn out(side: Option<Side>, complete: bool) -> &'static str {
    match side {
        Some(Side::Above) => "above",
        Some(Side::Below) if complete => "below",
        Some(Side::Below) | None => "",
    }
}
