//! When a person is away.

use redress_handler::Command;
use redress_service::Problem;
use redress_wire::optional_time;
use redress_wire::workflow::v1::{
    AnnounceAbsenceRequest, AnnounceAbsenceResponse, EndAbsenceRequest, EndAbsenceResponse,
};
use tonic::Request;

use super::command::run;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn announce(
    inner: &Inner,
    request: Request<AnnounceAbsenceRequest>,
) -> Result<AnnounceAbsenceResponse, Problem> {
    let body = request.get_ref();
    let command = Command::AnnounceAbsence {
        from: field::time("from", optional_time(body.from))?,
        to: field::time("to", optional_time(body.to))?,
    };
    let recorded = run(inner, &request, "AnnounceAbsence", command).await?;
    Ok(AnnounceAbsenceResponse { recorded })
}

pub(super) async fn end(
    inner: &Inner,
    request: Request<EndAbsenceRequest>,
) -> Result<EndAbsenceResponse, Problem> {
    let from = field::time("from", optional_time(request.get_ref().from))?;
    let command = Command::EndAbsence { from };
    let recorded = run(inner, &request, "EndAbsence", command).await?;
    Ok(EndAbsenceResponse { recorded })
}
