//! People's words: sealed before their event is decided, read back for answers.

use std::sync::Arc;
use std::time::Duration;

use redress_envelope::{ItemId, Record, Subject, VaultRef};
use redress_feedback::Event;
use redress_log_service::{content_damaged, read_problem, vault_problem};
use redress_service::Problem;
use redress_vault::{Class, NewEntry, Read, SubjectId, VaultError};

use crate::workflow::Inner;

const WORDS: Class = Class::of("case_words");
const NAMES: Class = Class::of("staff_names");
const MAX_BYTES: usize = 20_000;
const PATIENCE: Duration = Duration::from_secs(5);

/// Words as an answer gives them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) erased: bool,
    pub(crate) missing: bool,
}

/// Says whether words can be sealed.
pub(crate) fn check(field: &'static str, text: &str) -> Result<(), Problem> {
    if text.len() <= MAX_BYTES {
        return Ok(());
    }
    let why = format!("`{field}` has more than {MAX_BYTES} bytes");
    Err(Problem::invalid("FIELD_TOO_LONG", field, why)
        .with_remedy("shorten it, or divide it into several notes"))
}

impl Inner {
    /// Seals the words of a command on a complaint; durable when it returns. For a command that is
    /// not in the log: each call seals anew, and what no record comes to refer to is swept.
    pub(crate) async fn seal(&self, complaint: ItemId, text: &str) -> Result<VaultRef, Problem> {
        let subject = self.data_subject(complaint).await?;
        self.seal_as(subject, WORDS, text).await
    }

    /// Seals what somebody of the staff is called, under a key of that person's own: the pseudonym
    /// stays readable where the name is erased.
    pub(crate) async fn seal_name(
        &self,
        person: &Subject,
        name: &str,
    ) -> Result<VaultRef, Problem> {
        let subject = self.vault.subject_of_item(person.as_str());
        self.seal_as(subject, NAMES, name).await
    }

    async fn seal_as(
        &self,
        subject: SubjectId,
        class: Class,
        text: &str,
    ) -> Result<VaultRef, Problem> {
        let entry = NewEntry {
            subject,
            class,
            content: text.as_bytes().to_vec(),
        };
        let sealed = self.vault.seal(vec![entry]).await;
        let sealed = sealed.map_err(|error| self.vault_problem(&error))?;
        sealed
            .into_iter()
            .next()
            .ok_or_else(|| Problem::internal("the vault sealed nothing"))
    }

    /// Under whose key a complaint's words are sealed: the pseudonym that the feedback's words have
    /// at intake, or where nobody is known, the complaint's own.
    async fn data_subject(&self, complaint: ItemId) -> Result<SubjectId, Problem> {
        let subject = Subject::item("complaint", complaint);
        let stream = self.log.read_stream(subject, self.log.head().size).await;
        let stream = stream.map_err(|error| read_problem(&error))?;
        let cause = stream.first().and_then(|first| first.context.causation);
        let known = match cause {
            Some(cause) => self.said_by(cause).await?,
            None => None,
        };
        Ok(match known {
            // Intake's own pseudonym, so that one erasure covers both vaults.
            Some(pseudonym) => match pseudonym.parse() {
                Ok(subject) => subject,
                Err(_) => self.vault.subject_for(&pseudonym),
            },
            None => self.vault.subject_of_item(&complaint.to_string()),
        })
    }

    /// The data subject of the feedback that a complaint was opened from.
    async fn said_by(&self, cause: redress_envelope::Cause) -> Result<Option<String>, Problem> {
        let unavailable = |why: &str| {
            Problem::unavailable(
                "INTAKE_UNAVAILABLE",
                format!("the feedback cannot be read: {why}"),
            )
        };
        let intake = self
            .intake()
            .ok_or_else(|| unavailable("intake is not followed"))?;
        let read = tokio::time::timeout(PATIENCE, intake.next(cause.position, 1)).await;
        let read = read.map_err(|_| unavailable("intake does not answer"))?;
        let read = read.map_err(|error| unavailable(&error.to_string()))?;
        let record = read.first().map(|stored| Record::decode(&stored.bytes));
        let Some(Ok(record)) = record.filter(|record| {
            record
                .as_ref()
                .is_ok_and(|record| record.as_cause() == cause)
        }) else {
            return Err(unavailable("another record is in its place"));
        };
        match redress_feedback::decode(&record.kind, &record.data) {
            Ok(Event::Received(feedback) | Event::HistoryReported(feedback)) => {
                Ok(feedback.data_subject)
            }
            Ok(
                Event::ImportStarted(_)
                | Event::ImportReopened(_)
                | Event::ImportCompleted(_)
                | Event::InputRejected(_)
                | Event::RejectedInputAccepted(_)
                | Event::RejectedInputDiscarded(_),
            )
            | Err(_) => Err(unavailable("its record is not readable")),
        }
    }

    /// Reads words back, and checks that they are the ones that the event refers to.
    pub(crate) async fn words(&self, reference: &VaultRef) -> Result<Words, Problem> {
        let (vault, reference) = (Arc::clone(&self.vault), reference.clone());
        let read = tokio::task::spawn_blocking(move || vault.read_committed(&reference)).await;
        let read = read.map_err(|_| Problem::internal("the reading task was ended"))?;
        Ok(match read.map_err(|error| self.vault_problem(&error))? {
            Read::Content(bytes) => {
                let text =
                    String::from_utf8(bytes).map_err(|_| content_damaged("they are no UTF-8"))?;
                Words {
                    text,
                    ..Words::default()
                }
            }
            Read::Erased => Words {
                erased: true,
                ..Words::default()
            },
            Read::Unknown => Words {
                missing: true,
                ..Words::default()
            },
        })
    }

    fn vault_problem(&self, error: &VaultError) -> Problem {
        vault_problem(error, "text", &self.vault_stopped)
    }
}
