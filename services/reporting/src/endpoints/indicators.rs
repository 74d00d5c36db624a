//! `GetIndicators`.

use redress_service::Problem;
use redress_wire::reporting::v1 as wire;

use super::folded;
use crate::facts::Case;
use crate::indicators::Indicators;
use crate::reporting::Running;
use crate::scope::Scope;

pub(super) async fn get(
    running: &Running,
    request: wire::GetIndicatorsRequest,
) -> Result<wire::GetIndicatorsResponse, Problem> {
    let scope = Scope::from_wire(request.scope)?;
    let moment = running
        .moment(&request.wait_for, request.as_of.as_ref())
        .await?;
    let range = scope.received;
    let add = move |indicators: &mut Indicators, case: &Case<'_>| {
        if scope.lets_through(case) {
            indicators.add(case);
        }
    };
    let indicators = folded(&moment, range, Indicators::default(), add).await?;
    let indicators = indicators.into_wire().map_err(|error| {
        tracing::error!(%error, "indicators cannot be computed");
        Problem::internal("the indicators cannot be computed")
    })?;
    Ok(wire::GetIndicatorsResponse {
        indicators: Some(indicators),
        token: moment.token,
        incomplete_from: moment.incomplete_from,
    })
}
