use redress_complaint::command::ProposeResponse;
use redress_complaint::{Cause, ExplainedRefusal, RemedyKind, RemedyOffer};
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::money_from_wire;
use redress_wire::workflow::v1::{ProposeResponseRequest, ProposeResponseResponse, ProposedRemedy};
use tonic::Request;

use super::command::{order, sealed};
use super::separation;
use crate::field;
use crate::workflow::Inner;

const EXPLANATION: &str = "refusal_explanation";

pub(super) async fn propose(
    inner: &Inner,
    request: Request<ProposeResponseRequest>,
) -> Result<ProposeResponseResponse, Problem> {
    let order = order(inner, &request, "ProposeResponse")?;
    let request = request.into_inner();
    let remedies = request
        .remedies
        .iter()
        .enumerate()
        .map(|(index, it)| remedy(&format!("remedies[{index}]"), it));
    let remedies = remedies.collect::<Result<Vec<_>, _>>()?;
    let cause = cause(&request)?;
    let reason = refusal_reason(&request)?;
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| ProposeResponse {
        remedies: remedies.clone(),
        refusal: reason
            .clone()
            .zip(explanation)
            .map(|(reason, explanation)| ExplainedRefusal {
                reason,
                explanation,
            }),
        cause: cause.clone(),
        occurred_at,
    };
    let explanation = &request.refusal_explanation;
    let words = sealed(inner, &order, EXPLANATION, explanation, |words| {
        command(Some(words))
    });
    let words = words.await?;
    let ran = separation::propose(inner, order, command(words)).await?;
    let response = ran.state.complaint.response();
    Ok(ProposeResponseResponse {
        recorded: Some(ran.recorded),
        remedy_numbers: response
            .iter()
            .flat_map(|it| it.remedies.keys().copied())
            .collect(),
    })
}

/// `place` is the path of the field that holds it.
pub(super) fn remedy(place: &str, remedy: &ProposedRemedy) -> Result<RemedyOffer, Problem> {
    let path = |part: &str| format!("{place}.{part}");
    let amount = remedy.amount.as_ref().map(money_from_wire).transpose();
    let amount = amount.map_err(|error| {
        Problem::invalid("AMOUNT_INVALID", path("amount"), error.to_string())
            .with_remedy("give minor units from 0 and an ISO 4217 currency such as EUR")
    })?;
    Ok(RemedyOffer {
        kind: RemedyKind::from(&*remedy.kind),
        amount,
        promised_by: field::day(path("promised_by"), &remedy.promised_by)?,
    })
}

fn cause(request: &ProposeResponseRequest) -> Result<Option<Cause>, Problem> {
    match (
        field::optional(&request.cause_code),
        request.no_cause_established,
    ) {
        (None, false) => Ok(None),
        (None, true) => Ok(Some(Cause::NoCauseEstablished)),
        (Some(code), false) => Ok(Some(Cause::Established { code })),
        (Some(_), true) => Err(Problem::invalid(
            "CAUSE_CONTRADICTORY",
            "no_cause_established",
            "a cause is given, and that there is none",
        )
        .with_remedy("give a cause code, or say that no cause was established")),
    }
}

/// A "no" has a reason and its explanation, or neither.
fn refusal_reason(request: &ProposeResponseRequest) -> Result<Option<String>, Problem> {
    let explained = !request.refusal_explanation.trim().is_empty();
    match (field::optional(&request.refusal_reason), explained) {
        (Some(_), false) => Err(field::required(EXPLANATION)),
        (None, true) => Err(field::required("refusal_reason")),
        (reason, _) => Ok(reason),
    }
}
