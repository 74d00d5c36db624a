//! `GetRejected`: one rejected input, with what came.

use redress_envelope::Subject;
use redress_event_bus::Published;
use redress_log_service::{as_of, content_damaged, load_problem, read_problem, wait_for_log};
use redress_service::{Problem, Refused};
use redress_vault::Read;
use redress_wire::intake::v1::{GetRejectedRequest, GetRejectedResponse, RejectedMessage};

use super::kept::{Kept, Standing};
use super::reply::rejected;
use super::{REJECTED, not_found, rejected_id};
use crate::get::read;
use crate::intake::Inner;

pub(crate) async fn get(
    intake: &Inner,
    request: GetRejectedRequest,
) -> Result<GetRejectedResponse, Refused> {
    let id = rejected_id(&request.rejected_id)?;
    wait_for_log(&intake.log, &[], &request.wait_for).await?;
    let size = as_of(&intake.log, None).await?;
    let kept = load(intake, &id.to_string(), size).await?;
    let kept = kept.ok_or_else(not_found)?;
    let came = match kept.standing {
        // Whether or not the key is dropped yet.
        Standing::Discarded { .. } => Read::Erased,
        Standing::Open | Standing::Accepted { .. } => published(intake, &kept).await?,
    };
    let missing = matches!(came, Read::Unknown);
    let message = match came {
        Read::Content(published) => Some(message(published)),
        Read::Erased | Read::Unknown => None,
    };
    Ok(GetRejectedResponse {
        rejected: Some(rejected(&kept)),
        message,
        token: intake.log.token(size).to_string(),
        missing,
    })
}

fn message(published: Published) -> RejectedMessage {
    let id = published.read().id.unwrap_or_default();
    RejectedMessage {
        headers: published.headers.into_iter().collect(),
        body: published.payload,
        id,
    }
}

/// The input when the log had `size` records.
pub(crate) async fn load(intake: &Inner, id: &str, size: u64) -> Result<Option<Kept>, Problem> {
    let Ok(subject) = Subject::new(REJECTED, id) else {
        return Ok(None);
    };
    let stream = intake.log.read_stream(subject, size).await;
    let stream = stream.map_err(|error| read_problem(&error))?;
    Kept::fold(&stream).map_err(|error| load_problem(error.into()))
}

/// What came, as it was published; erased or lost as soon as a piece of it is.
pub(super) async fn published(intake: &Inner, kept: &Kept) -> Result<Read<Published>, Problem> {
    let mut bytes = Vec::new();
    for piece in &kept.facts.message {
        match read(intake, piece.clone()).await? {
            Read::Content(piece) => bytes.extend(piece),
            Read::Erased => return Ok(Read::Erased),
            Read::Unknown => return Ok(Read::Unknown),
        }
    }
    let published = Published::decode(&bytes).map_err(|error| {
        tracing::error!(%error, "a rejected message cannot be read");
        content_damaged("the sealed message cannot be read")
    });
    Ok(Read::Content(published?))
}
