//! What a person is competent in, and until when.

use redress_handler::Command;
use redress_service::Problem;
use redress_wire::optional_time;
use redress_wire::workflow::v1::{
    GrantSkillRequest, GrantSkillResponse, RevokeSkillRequest, RevokeSkillResponse,
};
use tonic::Request;

use super::command::run;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn grant(
    inner: &Inner,
    request: Request<GrantSkillRequest>,
) -> Result<GrantSkillResponse, Problem> {
    let body = request.get_ref();
    let command = Command::GrantSkill {
        skill: body.skill.clone(),
        expires_at: field::time("expires_at", optional_time(body.expires_at))?,
    };
    let recorded = run(inner, &request, "GrantSkill", command).await?;
    Ok(GrantSkillResponse { recorded })
}

pub(super) async fn revoke(
    inner: &Inner,
    request: Request<RevokeSkillRequest>,
) -> Result<RevokeSkillResponse, Problem> {
    let body = request.get_ref();
    let command = Command::RevokeSkill {
        skill: body.skill.clone(),
        reason: field::optional(&body.reason),
    };
    let recorded = run(inner, &request, "RevokeSkill", command).await?;
    Ok(RevokeSkillResponse { recorded })
}
