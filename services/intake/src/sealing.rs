//! What is personal goes into the vault; what is left may stand in an event.

use redress_envelope::{ItemId, VaultRef};
use redress_feedback::{Attachment, Checked, ExternalReference, Feedback, Seal};
use redress_service::Problem;
use redress_vault::{Class, NewEntry, SubjectId, VaultError};

use crate::intake::Inner;
use crate::names::Names;
use crate::submission::Accepted;

const CONTENT: Class = Class::of("feedback_content");
const ATTACHMENT: Class = Class::of("feedback_attachment");

/// A submission that met the rules, taken apart: what is to be sealed, and what may stand in an
/// event.
pub(crate) struct Unsealed {
    checked: Checked,
    has_content: bool,
    entries: Vec<NewEntry>,
    subject: SubjectId,
    customer_hash: Option<String>,
    external_references: Vec<ExternalReference>,
    report_digest: Option<String>,
}

impl Unsealed {
    /// `report_digest` is the keyed hash of the report's digest, where there is a report.
    pub(crate) fn new(
        names: &Names,
        item: ItemId,
        accepted: Accepted,
        report_digest: Option<String>,
    ) -> Self {
        let Accepted { checked, files } = accepted;
        let content = checked.content();
        let customer = content.customer.reference.as_deref();
        let subject = names.subject(item, customer);
        let customer_hash = customer.map(|reference| names.customer(reference));
        let external_references = content.external_references.iter().map(|reference| {
            let system = reference.system.clone();
            let source = reference.source.as_deref();
            ExternalReference {
                keyed_hash: names.reference(&system, &reference.id),
                source_hash: source.map(|source| names.source(&system, source)),
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
        Self {
            checked,
            has_content,
            entries,
            subject,
            customer_hash,
            external_references,
            report_digest,
        }
    }

    /// Whether another system reports it.
    pub(crate) fn is_report(&self) -> bool {
        self.checked.feedback().reported.is_some()
    }

    /// The event's part; `references` are those of the entries, in their order.
    fn sealed(self, references: impl IntoIterator<Item = VaultRef>) -> Feedback {
        let mut references = references.into_iter();
        let content = if self.has_content {
            references.next()
        } else {
            None
        };
        let attachments = attachments(&self.checked, references);
        let is_personal = content.is_some() || !attachments.is_empty();
        self.checked.seal(Seal {
            content,
            data_subject: is_personal.then(|| self.subject.to_string()),
            customer_hash: self.customer_hash,
            external_references: self.external_references,
            attachments,
            report_digest: self.report_digest,
        })
    }
}

/// Seals the personal part, durably, and gives the rest. For a command that is not in the log: each
/// call seals anew, and what no record comes to refer to is swept.
pub(crate) async fn seal(intake: &Inner, mut unsealed: Unsealed) -> Result<Feedback, Problem> {
    let entries = std::mem::take(&mut unsealed.entries);
    let references = if entries.is_empty() {
        Vec::new()
    } else {
        let sealed = intake.vault.seal(entries).await;
        sealed.map_err(|error| vault_problem(intake, &error))?
    };
    Ok(unsealed.sealed(references))
}

/// Seals several together; the answers are in their order. What the vault cannot take of one does
/// not keep the others out.
pub(crate) async fn seal_all(intake: &Inner, all: Vec<Unsealed>) -> Vec<Result<Feedback, Problem>> {
    let entries: Vec<NewEntry> = all.iter().flat_map(|it| it.entries.clone()).collect();
    let mut sealed = Vec::with_capacity(all.len());
    if entries.is_empty() {
        sealed.extend(all.into_iter().map(|it| Ok(it.sealed([]))));
        return sealed;
    }
    if let Ok(references) = intake.vault.seal(entries).await {
        let mut references = references.into_iter();
        for unsealed in all {
            let own: Vec<VaultRef> = references.by_ref().take(unsealed.entries.len()).collect();
            sealed.push(Ok(unsealed.sealed(own)));
        }
    } else {
        for unsealed in all {
            sealed.push(seal(intake, unsealed).await);
        }
    }
    sealed
}

fn attachments(checked: &Checked, references: impl Iterator<Item = VaultRef>) -> Vec<Attachment> {
    let files = checked.attachments().iter().zip(references);
    let files = files.map(|(file, content)| Attachment {
        content,
        media_type: file.media_type.clone().unwrap_or_default(),
        bytes: file.bytes,
    });
    files.collect()
}

/// What clients are told of the vault's errors.
pub(crate) fn vault_problem(intake: &Inner, error: &VaultError) -> Problem {
    redress_log_service::vault_problem(error, "submission", &intake.vault_stopped)
}
