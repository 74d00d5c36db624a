//! What is personal goes into the vault; what is left may stand in an event.

use redress_envelope::{ItemId, VaultRef};
use redress_feedback::{Attachment, ExternalReference, Feedback, Seal};
use redress_service::{Kind, Problem};
use redress_vault::{Class, NewEntry, VaultError};

use crate::intake::Inner;
use crate::submission::Accepted;

const CONTENT: Class = Class::of("feedback_content");
const ATTACHMENT: Class = Class::of("feedback_attachment");

/// Seals the personal part, durably, and gives the rest. For a command that is not in the log: each
/// call seals anew, and what no record comes to refer to is swept. `report_digest` is the keyed hash
/// of the report's digest, where there is a report.
pub(crate) async fn seal(
    intake: &Inner,
    item: ItemId,
    accepted: Accepted,
    report_digest: Option<String>,
) -> Result<Feedback, Problem> {
    let Accepted { checked, files } = accepted;
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
        entries.push(NewEntry {
            subject,
            class: CONTENT,
            content: content.encode(),
        });
    }
    entries.extend(files.into_iter().map(|content| NewEntry {
        subject,
        class: ATTACHMENT,
        content,
    }));
    let data_subject = (!entries.is_empty()).then(|| subject.to_string());
    let references = if entries.is_empty() {
        Vec::new()
    } else {
        let sealed = intake.vault.seal(entries).await;
        sealed.map_err(|error| vault_problem(intake, &error))?
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
pub(crate) fn vault_problem(intake: &Inner, error: &VaultError) -> Problem {
    match error {
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
        | VaultError::ListBroken { .. }
        | VaultError::SweptDamaged
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
