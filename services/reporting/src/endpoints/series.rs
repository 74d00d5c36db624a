//! `GetSeries`.

use redress_service::Problem;
use redress_wire::reporting::v1 as wire;

use super::{folded, importing};
use crate::bucket::{Bucket, Cut};
use crate::facts::Case;
use crate::reporting::Running;
use crate::scope::Scope;
use crate::series::{Flows, MAX_POINTS, Series, TooMany};

pub(super) async fn get(
    running: &Running,
    request: wire::GetSeriesRequest,
) -> Result<wire::GetSeriesResponse, Problem> {
    let scope = Scope::from_wire(request.scope)?;
    let cut = Cut::new(bucket(request.bucket)?, scope.zone.clone());
    let moment = running
        .moment(&request.wait_for, request.as_of.as_ref())
        .await?;
    let range = scope.received;
    let series = Series::new(cut.clone(), range);
    let add = move |series: &mut Series, case: &Case<'_>| {
        if scope.lets_through(case) {
            series.add(case);
        }
    };
    let series = folded(&moment, Series::asks_for(range), series, add).await?;
    let points = series.points().map_err(|many| too_many("scope", many))?;
    let latest = running.latest(moment.bounds).await?;
    let importing = importing(&moment).await?;
    let point = |point: crate::series::Point| {
        let Flows {
            received,
            reopened,
            closed,
            withdrawn,
            closed_at_unknown_time,
        } = point.flows;
        wire::SeriesPoint {
            start: cut.first_day(point.bucket).to_string(),
            open_at_start: point.open_at_start,
            received,
            reopened,
            closed,
            withdrawn,
            closed_at_unknown_time,
            open_at_end: point.open_at_end,
            complete: !importing && latest.is_some_and(|at| cut.is_over(point.bucket, at)),
        }
    };
    Ok(wire::GetSeriesResponse {
        points: points.into_iter().map(point).collect(),
        token: moment.token,
        incomplete_from: moment.incomplete_from,
        import_open: importing,
    })
}

pub(super) fn bucket(bucket: i32) -> Result<Bucket, Problem> {
    match wire::Bucket::try_from(bucket) {
        Ok(wire::Bucket::Day) => Ok(Bucket::Day),
        Ok(wire::Bucket::Week) => Ok(Bucket::Week),
        Ok(wire::Bucket::Month) => Ok(Bucket::Month),
        Ok(wire::Bucket::Unspecified) => Err(("FIELD_REQUIRED", "the bucket is not said")),
        Err(_) => Err(("FIELD_UNKNOWN_VALUE", "the bucket is not known")),
    }
    .map_err(|(code, why)| {
        Problem::invalid(code, "bucket", why)
            .with_remedy("send BUCKET_DAY, BUCKET_WEEK or BUCKET_MONTH")
    })
}

pub(super) fn too_many(field: &str, TooMany(count): TooMany) -> Problem {
    let why = format!("that would be {count} points; at most {MAX_POINTS} are answered");
    Problem::invalid("TOO_MANY_POINTS", field, why)
        .with_remedy("send a narrower range, or longer buckets")
}
