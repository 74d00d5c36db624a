use redress_envelope::Subject;
use redress_log_service::{as_of, load_problem, read_problem};
use redress_service::Problem;
use redress_wire::workflow::v1::{GetImprovementRequest, GetImprovementResponse};
use tonic::Request;

use super::case::Case;
use super::command::not_found;
use crate::workflow::Inner;
use crate::{field, waiting};

pub(super) async fn get(
    inner: &Inner,
    request: Request<GetImprovementRequest>,
) -> Result<GetImprovementResponse, Problem> {
    let request = request.into_inner();
    let id = field::item(
        "improvement_id",
        "IMPROVEMENT_ID_INVALID",
        &request.improvement_id,
    )?;
    waiting::for_log(inner, &request.wait_for).await?;
    let size = as_of(&inner.log, request.as_of.as_ref()).await?;
    let records = inner
        .log
        .read_stream(Subject::item("improvement", id), size)
        .await;
    let records = records.map_err(|error| read_problem(&error))?;
    if records.is_empty() {
        return Err(not_found());
    }
    let (case, unknown) = Case::of(&records).map_err(|error| load_problem(error.into()))?;
    let token = |size| inner.log.token(size).to_string();
    Ok(GetImprovementResponse {
        improvement: Some(case.into_answer()),
        token: token(size),
        incomplete_from: unknown.map(token).unwrap_or_default(),
    })
}
