//! One row of an import: named, looked for, held against the rules.

use std::fmt;
use std::sync::Arc;

use redress_complaint::Reference;
use redress_envelope::{Context, ItemId, Subject};
use redress_event_log::{Command, Done, Log};
use redress_feedback::{State, Submission};
use redress_log_service::{load_problem, read_problem};
use redress_service::{Caller, Problem, Refused};

use crate::import::gate::Held;
use crate::import::start::{digest_malformed, is_digest};
use crate::intake::Inner;
use crate::item::reference;
use crate::life::FeedbackLife;
use crate::names::{Names, Origin, required};
use crate::sealing::Unsealed;
use crate::submission::{self, Handed};
use crate::submit::{FEEDBACK, done_before, first_record, inbound_key_reused, reference_in};

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
    pub(super) done: Done<()>,
}

impl Imported {
    fn new(
        feedback_id: ItemId,
        outcome: RowOutcome,
        reference: Option<Reference>,
        done: Done<()>,
    ) -> Self {
        Self {
            feedback_id,
            outcome,
            reference,
            size: done.size,
            done,
        }
    }
}

/// The import that a row belongs to, and who runs it.
#[derive(Debug)]
pub(super) struct Run {
    caller: Caller,
    /// What correlates its records.
    correlation: String,
    held: Held,
}

impl Run {
    pub(super) fn new(import: ItemId, caller: Caller, held: Held) -> Self {
        Self {
            caller,
            correlation: format!("import/{import}"),
            held,
        }
    }

    /// Opens the import again, if it has ended and one of the rows will be recorded. That rows were
    /// not found is not enough: some are refused only by what is known of their item.
    pub(super) async fn open_for(
        &mut self,
        log: &Log,
        rows: &[(usize, Open)],
    ) -> Result<(), Problem> {
        if self.held.is_open() {
            return Ok(());
        }
        for (_, row) in rows {
            if row.unsealed.is_report() || !is_known(log, row.item).await? {
                let context = Context {
                    correlation: Some(self.correlation.clone()),
                    ..self.caller.context(None, None)
                };
                return self.held.open(log, context).await;
            }
        }
        Ok(())
    }
}

async fn is_known(log: &Log, item: ItemId) -> Result<bool, Problem> {
    let subject = Subject::item(FEEDBACK, item);
    let loaded = log.load::<FeedbackLife>(subject, log.head().size).await;
    let (state, _) = loaded.map_err(load_problem)?;
    Ok(state != State::NotYet)
}

/// A row whose name is known, and that may still break every other rule.
pub(super) struct Named {
    origin: Origin,
    item: ItemId,
    digest: String,
    /// Keyed hash of the whole name: source, id and digest.
    pub(super) key: String,
    handed: Handed,
    problems: Vec<Problem>,
}

/// A row that has its answer, or one that has still to be sealed and recorded.
pub(super) enum Looked {
    Answered(Result<Imported, Refused>),
    Open(Box<Open>),
}

/// A row that is not in the log, and that met the rules.
pub(super) struct Open {
    pub(super) item: ItemId,
    pub(super) command: Command,
    pub(super) unsealed: Unsealed,
}

/// The name of a row, if it has one: rows with the same name are the same row.
pub(super) fn named(
    names: &Names,
    row: ImportRow,
    problems: Vec<Problem>,
) -> Result<Named, Refused> {
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
    let item = names.item_of_reference(&names.reference(&origin.source, &origin.id));
    let key = names.report(&origin.source, &origin.id, &digest);
    Ok(Named {
        origin,
        item,
        digest,
        key,
        handed: Handed { submission, files },
        problems,
    })
}

/// Looks whether a row is in the log, and if not, holds it against the rules.
pub(super) async fn look(intake: &Inner, run: &Run, row: Named) -> Result<Looked, Problem> {
    let item = row.item;
    let command = Command::new(Subject::item(FEEDBACK, item), context(run, &row.key));
    let seen = intake.log.find_inbound(&row.key).await;
    let seen = seen.map_err(|error| read_problem(&error))?;
    if let Some(done) = done_before(&command, seen, inbound_key_reused)? {
        let reference = reference_in(&intake.log, command.subject, &done).await?;
        let outcome = RowOutcome::Repeated;
        let imported = Imported::new(item, outcome, reference, done);
        return Ok(Looked::Answered(Ok(imported)));
    }
    Ok(match unsealed(intake, row) {
        Ok(unsealed) => Looked::Open(Box::new(Open {
            item,
            command,
            unsealed,
        })),
        Err(refused) => Looked::Answered(Err(refused)),
    })
}

/// What came of a row that was recorded now.
pub(super) async fn imported(
    log: &Log,
    item: ItemId,
    year: Option<i16>,
    done: Done<State>,
) -> Result<Imported, Problem> {
    let (outcome, reference) = if let Some(position) = first_record(&done) {
        (RowOutcome::New, reference(year, position))
    } else {
        let was_recorded = !done.repeated && !done.records.is_empty();
        let outcome = if was_recorded {
            RowOutcome::Updated
        } else {
            RowOutcome::Repeated
        };
        let subject = Subject::item(FEEDBACK, item);
        (outcome, reference_in(log, subject, &done).await?)
    };
    let Done {
        version,
        records,
        repeated,
        size,
        ..
    } = done;
    let done = Done {
        state: Arc::new(()),
        version,
        records,
        repeated,
        size,
    };
    Ok(Imported::new(item, outcome, reference, done))
}

/// The records of a row name no request and no digest of one: the inbound key says it all, and says
/// the same whichever way the row comes.
fn context(run: &Run, key: &str) -> Context {
    Context {
        inbound_key: Some(key.to_owned()),
        correlation: Some(run.correlation.clone()),
        ..run.caller.context(None, None)
    }
}

fn unsealed(intake: &Inner, row: Named) -> Result<Unsealed, Refused> {
    let Named {
        origin,
        item,
        digest,
        key,
        mut handed,
        problems,
    } = row;
    if let Some(report) = &mut handed.submission.reported
        && report.digest.is_empty()
    {
        report.digest = digest;
    }
    let accepted = submission::check(handed, Some(&origin), intake.clock.now(), problems)?;
    Ok(Unsealed::new(&intake.names, item, accepted, Some(key)))
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

fn all(problems: Vec<Problem>) -> Refused {
    let none = || Problem::internal("refused for no reason").into();
    Refused::unless_none(problems).err().unwrap_or_else(none)
}
