use redress_complaint::contact::command::RecordReply;
use redress_service::Problem;
use redress_wire::workflow::v1::{RecordReplyRequest, RecordReplyResponse};
use tonic::Request;

use super::command::{run, sealed};
use crate::complaint::command::order;
use crate::field;
use crate::workflow::Inner;

/// A Message-ID of mail is at most a line long (RFC 5322, 2.1.1).
const MAX_ID_BYTES: usize = 1_000;

pub(super) async fn replied(
    inner: &Inner,
    request: Request<RecordReplyRequest>,
) -> Result<RecordReplyResponse, Problem> {
    let order = order(inner, &request, "RecordReply")?;
    let (request, occurred_at) = (request.into_inner(), order.occurred_at);
    let id = field::optional(&request.reply_id);
    if id.as_ref().is_some_and(|id| id.len() > MAX_ID_BYTES) {
        let why = format!("`reply_id` has more than {MAX_ID_BYTES} bytes");
        let problem = Problem::invalid("FIELD_TOO_LONG", "reply_id", why);
        return Err(problem.with_remedy("send the id that the reply has where it came from"));
    }
    // Who knows the id does not find it without the vault's key.
    let hashed = |id: String| inner.vault.keyed_hash("reply", &[&id]);
    let reply_key = id.map(hashed);
    let command = |words| RecordReply {
        message: (request.message_number != 0).then_some(request.message_number),
        channel: request.channel.clone(),
        words,
        reply_key: reply_key.clone(),
        occurred_at,
    };
    let words = sealed(inner, &order, "text", &request.text, command).await?;
    let words = words.ok_or_else(|| field::required("text"))?;
    let ran = run(inner, order, command(words)).await?;
    Ok(RecordReplyResponse {
        recorded: Some(ran.recorded),
    })
}
