//! One row of an import: looked for, held against the rules, sealed, recorded.

use std::fmt;

use redress_complaint::Reference;
use redress_envelope::{Context, ItemId, Subject};
use redress_event_log::{Command, Done};
use redress_feedback::{Event, State, Submission};
use redress_log_service::read_problem;
use redress_service::{Caller, Problem};

use crate::import::start::{digest_malformed, is_digest};
use crate::intake::Inner;
use crate::life::decode;
use crate::names::{Origin, required};
use crate::refused::Refused;
use crate::sealing::seal;
use crate::submission::{self, Handed};
use crate::submit::{FEEDBACK, born, record, repeat};

/// A row as it is handed in.
#[derive(Clone)]
pub struct ImportRow {
    /// The system that reports it, and its id there.
    pub source: String,
    pub id: String,
    /// SHA-256 of the row as it was read, 64 hex digits; may be empty where the submission has a
    /// report, whose digest it is then.
    pub row_digest: String,
    pub submission: Submission,
    /// One for each attachment of the submission, in their order.
    pub files: Vec<Vec<u8>>,
}

impl fmt::Debug for ImportRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportRow")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOutcome {
    New,
    /// The row was seen before; nothing was recorded.
    Repeated,
    /// The item was known; the row is another report about it.
    Updated,
}

impl RowOutcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Repeated => "repeated",
            Self::Updated => "updated",
        }
    }
}

/// A row that is in the log.
#[derive(Debug, Clone)]
pub struct Imported {
    pub feedback_id: ItemId,
    pub outcome: RowOutcome,
    /// Of a complaint only.
    pub reference: Option<Reference>,
    /// How many records the log must have for this to be seen.
    pub size: u64,
    pub(super) done: Done<State>,
}

/// The import that a row belongs to, and who runs it.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) import: ItemId,
    pub(super) caller: Caller,
    /// After the end of an import only repeats are answered.
    pub(super) is_open: bool,
}

/// A row whose name is known, and that may still break every other rule.
struct Named {
    origin: Origin,
    item: ItemId,
    digest: String,
    /// Keyed hash of the whole name: source, id and digest.
    key: String,
}

/// Takes a row in. Safe to repeat, in any order and at the same time as others of the same item.
pub(super) async fn import(
    intake: &Inner,
    run: &Run,
    row: ImportRow,
    problems: Vec<Problem>,
) -> Result<Imported, Refused> {
    let ImportRow {
        source,
        id,
        row_digest,
        submission,
        files,
    } = row;
    let mut wrong = Vec::new();
    let origin = Origin::new(source, &id, &mut wrong);
    let digest = digest(row_digest, &submission, &mut wrong);
    let (Some(origin), Some(digest)) = (origin, digest) else {
        wrong.extend(problems);
        return Err(all(wrong));
    };
    let item = intake
        .names
        .item_of_reference(&intake.names.reference(&origin.source, &origin.id));
    let key = intake.names.report(&origin.source, &origin.id, &digest);
    let named = Named {
        origin,
        item,
        digest,
        key,
    };
    let command = Command::new(Subject::item(FEEDBACK, item), context(run, &named));
    let seen = intake
        .log
        .find_inbound(&named.key)
        .await
        .map_err(|error| read_problem(&error))?;
    let done = if !seen.is_empty() {
        repeat(&intake.log, command).await?
    } else if run.is_open {
        let feedback = sealed(intake, &named, Handed { submission, files }, problems).await?;
        record(
            &intake.log,
            command,
            redress_feedback::Command::Submit(feedback),
        )
        .await?
    } else {
        return Err(completed().into());
    };
    let outcome = outcome(&done)?;
    let born = born(&intake.log, Subject::item(FEEDBACK, item), &done).await?;
    let (reference, size) = (born.reference, done.size);
    Ok(Imported {
        feedback_id: item,
        outcome,
        reference,
        size,
        done,
    })
}

/// The records of a row name no request and no digest of one: the inbound key says it all, and says
/// the same whichever way the row comes.
fn context(run: &Run, named: &Named) -> Context {
    Context {
        inbound_key: Some(named.key.clone()),
        correlation: Some(format!("import/{}", run.import)),
        ..run.caller.context(None, None)
    }
}

async fn sealed(
    intake: &Inner,
    named: &Named,
    mut handed: Handed,
    problems: Vec<Problem>,
) -> Result<Box<redress_feedback::Feedback>, Refused> {
    if let Some(report) = &mut handed.submission.reported
        && report.digest.is_empty()
    {
        report.digest.clone_from(&named.digest);
    }
    let accepted = submission::check(handed, Some(&named.origin), intake.clock.now(), problems)?;
    let feedback = seal(intake, named.item, accepted, Some(named.key.clone())).await?;
    Ok(Box::new(feedback))
}

/// The digest of the row: its own, or its report's, or both where they are the same.
fn digest(given: String, row: &Submission, problems: &mut Vec<Problem>) -> Option<String> {
    let reported = row
        .reported
        .as_ref()
        .map_or("", |report| report.digest.as_str());
    let digest = if given.is_empty() {
        reported.to_owned()
    } else {
        given
    };
    if digest.is_empty() {
        problems.push(required("row_digest"));
    } else if !is_digest(&digest) {
        problems.push(digest_malformed("row_digest"));
    } else if !reported.is_empty() && reported != digest {
        problems.push(
            Problem::invalid(
                "FIELD_MALFORMED",
                "row_digest",
                "it is not `reported.digest`",
            )
            .with_remedy("send one of the two, or both the same"),
        );
    } else {
        return Some(digest);
    }
    None
}

fn outcome(done: &Done<State>) -> Result<RowOutcome, Problem> {
    let Some(first) = done.records.first().filter(|_| !done.repeated) else {
        return Ok(RowOutcome::Repeated);
    };
    match decode(first) {
        Ok(Event::Received(_)) => Ok(RowOutcome::New),
        Ok(Event::HistoryReported(_)) => Ok(RowOutcome::Updated),
        Ok(Event::ImportStarted(_) | Event::ImportCompleted(_)) | Err(_) => {
            Err(Problem::internal("a row led to an event of another stream"))
        }
    }
}

fn all(problems: Vec<Problem>) -> Refused {
    let none = || Problem::internal("refused for no reason").into();
    Refused::unless_none(problems).err().unwrap_or_else(none)
}

fn completed() -> Problem {
    Problem::refused(
        "IMPORT_COMPLETED",
        "the import has ended, and this row was not in it",
    )
    .with_field("import_id")
    .with_remedy("start another import for further rows")
}
