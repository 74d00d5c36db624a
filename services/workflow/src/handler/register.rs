use redress_envelope::{Commitment, VaultRef};
use redress_handler::Command;
use redress_service::Problem;
use redress_wire::workflow::v1::{
    RegisterHandlerRequest, RegisterHandlerResponse, RetireHandlerRequest, RetireHandlerResponse,
};
use tonic::Request;

use super::command::{Change, run};
use crate::field;
use crate::workflow::Inner;

const MAX_NAME_BYTES: usize = 200;

pub(super) async fn register(
    inner: &Inner,
    request: Request<RegisterHandlerRequest>,
) -> Result<RegisterHandlerResponse, Problem> {
    let change = Change::read(inner, &request, "RegisterHandler")?;
    let body = request.into_inner();
    let command = |name: Option<VaultRef>| Command::Register {
        name,
        queues: body.queues.clone(),
        load_limit: body.load_limit,
    };
    let name = match field::optional(&body.name) {
        Some(name) => Some(sealed(inner, &change, &name, command).await?),
        None => None,
    };
    let recorded = change.carry_out(inner, command(name)).await?;
    Ok(RegisterHandlerResponse {
        recorded: Some(recorded),
    })
}

/// Seals a name that will be recorded; of any other there is no need.
async fn sealed(
    inner: &Inner,
    change: &Change,
    name: &str,
    command: impl Fn(Option<VaultRef>) -> Command,
) -> Result<VaultRef, Problem> {
    if name.len() > MAX_NAME_BYTES {
        let why = format!("`name` has more than {MAX_NAME_BYTES} bytes");
        return Err(Problem::invalid("FIELD_TOO_LONG", "name", why).with_remedy("shorten it"));
    }
    let to_be = VaultRef {
        entry: "0".repeat(32),
        commitment: Commitment([0; 32]),
    };
    if change.is_new(inner, &command(Some(to_be.clone()))).await? {
        inner.seal_name(&change.subject, name).await
    } else {
        Ok(to_be)
    }
}

pub(super) async fn retire(
    inner: &Inner,
    request: Request<RetireHandlerRequest>,
) -> Result<RetireHandlerResponse, Problem> {
    let reason = field::optional(&request.get_ref().reason);
    let recorded = run(inner, &request, "RetireHandler", Command::Retire { reason }).await?;
    Ok(RetireHandlerResponse { recorded })
}
