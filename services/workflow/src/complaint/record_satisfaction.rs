use redress_complaint::command::RecordSatisfaction;
use redress_complaint::{Satisfaction, SatisfactionMeasure};
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{RecordSatisfactionRequest, RecordSatisfactionResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn record(
    inner: &Inner,
    request: Request<RecordSatisfactionRequest>,
) -> Result<RecordSatisfactionResponse, Problem> {
    let order = order(inner, &request, "RecordSatisfaction")?;
    let request = request.into_inner();
    let measure = field::word("measure", &request.measure, SatisfactionMeasure::WORDS)?;
    let satisfaction = Satisfaction {
        measure: measure.ok_or_else(|| field::required("measure"))?,
        score: request.score.ok_or_else(|| field::required("score"))?,
    };
    let occurred_at = order.occurred_at;
    let command = |words: Option<VaultRef>| RecordSatisfaction {
        satisfaction: satisfaction.clone(),
        words,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "words", &request.words, command).await?;
    Ok(RecordSatisfactionResponse {
        recorded: Some(ran.recorded),
    })
}
