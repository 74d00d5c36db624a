use redress_complaint::command::SettleExternally;
use redress_service::Problem;
use redress_wire::workflow::v1::{SettleExternallyRequest, SettleExternallyResponse};
use tonic::Request;

use super::super::command::{order, run, sealed};
use crate::field;
use crate::workflow::Inner;

pub(crate) async fn settle(
    inner: &Inner,
    request: Request<SettleExternallyRequest>,
) -> Result<SettleExternallyResponse, Problem> {
    let order = order(inner, &request, "SettleExternally")?;
    let request = request.into_inner();
    let award = super::award(request.award.as_ref())?;
    let occurred_at = order.occurred_at;
    let command = |terms| SettleExternally {
        award: award.clone(),
        terms,
        occurred_at,
    };
    let words = sealed(inner, &order, "terms", &request.terms, command).await?;
    let words = words.ok_or_else(|| field::required("terms"))?;
    let ran = run(inner, order, command(words)).await?;
    Ok(SettleExternallyResponse {
        recorded: Some(ran.recorded),
    })
}
