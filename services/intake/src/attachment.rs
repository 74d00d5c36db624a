//! `GetAttachment`: a file that came with feedback.

use redress_envelope::VaultRef;
use redress_log_service::as_of;
use redress_service::{Problem, Refused};
use redress_vault::Read;
use redress_wire::intake::v1::{Attachment, GetAttachmentRequest, GetAttachmentResponse};

use crate::get::{feedback_id, load, not_found, words};
use crate::intake::Inner;

pub(crate) async fn attachment(
    intake: &Inner,
    request: GetAttachmentRequest,
) -> Result<GetAttachmentResponse, Refused> {
    let size = as_of(&intake.log, None).await?;
    let item = load(intake, &feedback_id(&request.feedback_id)?, size).await?;
    let item = item.ok_or_else(not_found)?;
    let index = request.index as usize;
    let Some(file) = item.facts.attachments.get(index) else {
        let count = item.facts.attachments.len();
        return Err(
            Problem::not_found("ATTACHMENT_NOT_FOUND", "there is no such attachment")
                .with_field("index")
                .with_remedy(format!("the feedback has {count}, counted from 0"))
                .into(),
        );
    };
    let content = read(intake, file.content.clone()).await?;
    let name = match item.facts.content.clone() {
        Some(reference) => {
            let names = match words(intake, reference).await? {
                Read::Content(words) => words.attachment_names,
                Read::Erased | Read::Unknown => Vec::new(),
            };
            names.into_iter().nth(index).unwrap_or_default()
        }
        None => String::new(),
    };
    let attachment = Attachment {
        name,
        media_type: file.media_type.clone(),
        content: content.into(),
        bytes: file.bytes,
    };
    Ok(GetAttachmentResponse {
        attachment: Some(attachment),
    })
}

async fn read(intake: &Inner, reference: VaultRef) -> Result<Vec<u8>, Problem> {
    let content = crate::get::unseal(intake, reference).await?;
    content.ok_or_else(|| {
        Problem::refused("CONTENT_ERASED", "the attachment has been erased")
            .with_remedy("nothing brings it back")
    })
}
