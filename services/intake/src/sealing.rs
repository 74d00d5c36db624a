//! What is personal goes into the vault; what is left may stand in an event.

use redress_envelope::{ItemId, VaultRef};
use redress_feedback::{Attachment, ExternalReference, Feedback, Seal};
use redress_service::{Kind, Problem};
use redress_vault::{Class, NewEntry, VaultError};

use crate::intake::Inner;
use crate::submission::Accepted;

const CONTENT: Class = Class::of("feedback_content");
const ATTACHMENT: Class = Class::of("feedback_attachment");

/// Which command it is that something is sealed for.
pub(crate) struct SealedFor<'a> {
    pub(crate) item: ItemId,
    /// Names the command for ever, so that a retry seals the same entries.
    pub(crate) command: &'a str,
    /// Keyed hash of the report's digest, where there is a report.
    pub(crate) report_digest: Option<String>,
    /// What to say if other words were sealed for this command before.
    pub(crate) reused: fn() -> Problem,
}

/// Seals the personal part, durably, and gives the rest. A retry of the same command seals nothing
/// twice.
pub(crate) async fn seal(
    intake: &Inner,
    accepted: Accepted,
    sealed_for: SealedFor<'_>,
) -> Result<Feedback, Problem> {
    let Accepted { checked, files } = accepted;
    let SealedFor {
        item,
        command,
        report_digest,
        reused,
    } = sealed_for;
    let names = &intake.names;
    let content = checked.content();
    let customer = content.customer.reference.as_deref();
    let subject = names.subject(item, customer);
    let customer_hash = customer.map(|reference| names.customer(reference));
    let external_references = content.external_references.iter().map(|reference| {
        let (system, id) = (reference.system.clone(), &reference.id);
        ExternalReference {
            keyed_hash: names.reference(&system, id),
            system,
        }
    });
    let external_references = external_references.collect();

    let has_content = !content.is_empty();
    let mut entries = Vec::with_capacity(files.len() + 1);
    if has_content {
        let (id, content) = (names.content(item, command), content.encode());
        entries.push(NewEntry {
            id,
            subject,
            class: CONTENT,
            content,
        });
    }
    for (index, content) in files.into_iter().enumerate() {
        let id = names.attachment(item, command, index);
        entries.push(NewEntry {
            id,
            subject,
            class: ATTACHMENT,
            content,
        });
    }
    let data_subject = (!entries.is_empty()).then(|| subject.to_string());
    let references = if entries.is_empty() {
        Vec::new()
    } else {
        let sealed = intake.vault.seal(entries).await;
        sealed.map_err(|error| vault_problem(intake, &error, reused))?
    };
    let mut references = references.into_iter();
    let content = if has_content { references.next() } else { None };
    let attachments = attachments(&checked, references);
    Ok(checked.seal(Seal {
        content,
        data_subject,
        customer_hash,
        external_references,
        attachments,
        report_digest,
    }))
}

fn attachments(
    checked: &redress_feedback::Checked,
    references: impl Iterator<Item = VaultRef>,
) -> Vec<Attachment> {
    let files = checked.attachments().iter().zip(references);
    let files = files.map(|(file, content)| Attachment {
        content,
        media_type: file.media_type.clone().unwrap_or_default(),
        bytes: file.bytes,
    });
    files.collect()
}

/// What clients are told of the vault's errors. A failure that ends the vault is noted: the process
/// has to end too.
pub(crate) fn vault_problem(
    intake: &Inner,
    error: &VaultError,
    reused: impl FnOnce() -> Problem,
) -> Problem {
    match error {
        VaultError::Conflict { .. } => reused(),
        VaultError::Erased { .. } => Problem::refused(
            "CONTENT_ERASED",
            "the words of this submission were sealed before and have been erased since",
        )
        .with_remedy("send it under another request id, if it may be kept again"),
        VaultError::TooLarge { .. } => Problem::invalid(
            "FIELD_TOO_LARGE",
            "submission",
            "the submission is too large",
        )
        .with_remedy("send shorter texts or smaller attachments"),
        VaultError::DiskFull(_) => Problem::unavailable("DISK_FULL", "the vault's disk is full")
            .with_remedy("free some space on the server's disk; nothing was recorded"),
        VaultError::Entropy(_) => {
            Problem::unavailable("NO_RANDOM_BYTES", "the machine gives no random bytes")
        }
        VaultError::Stopped(_) | VaultError::Store(_) | VaultError::Keys(_) => {
            intake.vault_stopped.send_if_modified(|stopped| {
                let first = stopped.is_none();
                if first {
                    tracing::error!(%error, "the vault has stopped");
                    *stopped = Some(error.to_string());
                }
                first
            });
            Problem::unavailable("VAULT_STOPPED", "the vault has stopped")
                .with_remedy("start the service again; repeat the command with its request_id")
        }
        VaultError::Id(_)
        | VaultError::Damaged { .. }
        | VaultError::NotAsCommitted { .. }
        | VaultError::SubjectKey { .. } => {
            tracing::error!(%error, "a vault entry cannot be read");
            Problem::new(
                Kind::DataLoss,
                "CONTENT_DAMAGED",
                "the sealed words cannot be read",
            )
            .with_remedy("restore the vault and its keys from a copy of one time")
        }
    }
}
