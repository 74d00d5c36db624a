use redress_service::Problem;
use redress_wire::workflow::v1::{SendMessageRequest, SendMessageResponse};
use tonic::Request;

use super::saying::{Saying, say};
use crate::complaint::command::order;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn send(
    inner: &Inner,
    request: Request<SendMessageRequest>,
) -> Result<SendMessageResponse, Problem> {
    let order = order(inner, &request, "SendMessage")?;
    let message = request.into_inner().message;
    let message = message.ok_or_else(|| field::required("message"))?;
    let saying = Saying::read(&message, "")?;
    let ran = say(inner, order, None, saying).await?;
    Ok(SendMessageResponse {
        recorded: Some(ran.recorded),
        message_number: ran.state.contact.messages_numbered(),
    })
}
