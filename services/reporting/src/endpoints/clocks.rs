//! `GetClocks`.

use std::collections::HashSet;

use jiff::Timestamp;
use redress_service::Problem;
use redress_wire::reporting::v1 as wire;
use redress_wire::time_to_wire;

use super::importing;
use super::series::{bucket, too_many};
use crate::bucket::Cut;
use crate::facts::{ScanError, for_each, for_each_promise};
use crate::moment::scan_problem;
use crate::promised::Promised;
use crate::reporting::Running;
use crate::scope::Scope;
use crate::series::{MAX_POINTS, TooMany};

pub(super) async fn get(
    running: &Running,
    request: wire::GetClocksRequest,
) -> Result<wire::GetClocksResponse, Problem> {
    let scope = Scope::from_wire(request.scope)?;
    let month = wire::Bucket::Month.into();
    let asked = if request.bucket == 0 {
        month
    } else {
        request.bucket
    };
    let cut = Cut::new(bucket(asked)?, scope.zone.clone());
    let moment = running
        .moment(&request.wait_for, request.as_of.as_ref())
        .await?;
    let at = running.latest(moment.bounds).await?;
    let import_open = importing(&moment).await?;
    let (rows, bounds) = (moment.rows, moment.bounds);
    let count = move || {
        let moment = at.unwrap_or(Timestamp::MIN).as_microsecond();
        let (range, mut promised) = (scope.received, Promised::new(cut, moment));
        if scope.is_everything() {
            for_each_promise(&rows, bounds, range, |_, promises| promised.add(promises))?;
            return Ok::<_, ScanError>(promised);
        }
        let mut chosen = HashSet::new();
        for_each(&rows, bounds, range, |case| {
            if scope.lets_through(case) {
                chosen.insert(case.id);
            }
        })?;
        for_each_promise(&rows, bounds, range, |item, promises| {
            if chosen.contains(&item) {
                promised.add(promises);
            }
        })?;
        Ok(promised)
    };
    let counted = tokio::task::spawn_blocking(count).await;
    let counted = counted.unwrap_or(Err(ScanError::Ended));
    let promised = counted.map_err(|error| scan_problem(&error))?;
    let points = i64::try_from(promised.len()).unwrap_or(i64::MAX);
    if points > MAX_POINTS {
        return Err(too_many("bucket", TooMany(points)));
    }
    Ok(wire::GetClocksResponse {
        clocks: promised.to_wire(),
        at: at.map(time_to_wire),
        token: moment.token,
        incomplete_from: moment.incomplete_from,
        import_open,
    })
}
