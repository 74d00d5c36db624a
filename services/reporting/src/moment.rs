//! What an answer rests on.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use redress_envelope::{Record, Token};
use redress_event_log::{Source, SourceError};
use redress_log_service::{Scope, another_life, declared_lost, incomplete, token_field};
use redress_service::{Kind, Problem};
use redress_view::{ReadError, Unavailable, View, ViewRows, WaitError};
use redress_wire::log::v1::AsOf;

use crate::facts::{Bounds, ScanError};
use crate::reporting::Running;

const WAIT: Duration = Duration::from_secs(5);

/// The facts that an answer rests on.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) rows: ViewRows,
    pub(crate) bounds: Bounds,
    pub(crate) token: String,
    pub(crate) incomplete_from: String,
}

/// Of which logs an answer is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MadeOf {
    /// What was received, and nothing else.
    Intake,
    Both,
}

impl Running {
    /// Of an answer about what became of what was received.
    pub(crate) async fn moment(
        &self,
        wait_for: &str,
        as_of: Option<&AsOf>,
    ) -> Result<Moment, Problem> {
        self.moment_of(MadeOf::Both, wait_for, as_of).await
    }

    /// Of an answer that nothing in workflow's log changes; so a token need not speak of that, and that
    /// of a signal does not.
    pub(crate) async fn moment_of_receipts(
        &self,
        wait_for: &str,
        as_of: Option<&AsOf>,
    ) -> Result<Moment, Problem> {
        self.moment_of(MadeOf::Intake, wait_for, as_of).await
    }

    async fn moment_of(
        &self,
        made_of: MadeOf,
        wait_for: &str,
        as_of: Option<&AsOf>,
    ) -> Result<Moment, Problem> {
        let scope = Scope::from_wire(as_of)?;
        wait(&self.facts, "wait_for", token_field("wait_for", wait_for)?).await?;
        if let Scope::Token(token) = &scope {
            wait(&self.facts, "as_of", Some(token.clone())).await?;
        }
        let rows = self.facts.rows().map_err(|error| unavailable(&error))?;
        let reached = [&self.intake, &self.workflow].map(|source| count(rows.token(), source));
        let [intake, workflow] = match &scope {
            Scope::Now => reached,
            Scope::Token(token) => {
                let workflow = match made_of {
                    MadeOf::Intake => count(token, &self.workflow),
                    MadeOf::Both => count_of(token, &self.workflow)?,
                };
                [count_of(token, &self.intake)?, workflow]
            }
            Scope::Time(time) => [
                count_at(self.intake.as_ref(), reached[0], *time).await?,
                count_at(self.workflow.as_ref(), reached[1], *time).await?,
            ],
        };
        let bounds = Bounds { intake, workflow };
        Ok(Moment {
            token: self.token(bounds).to_string(),
            incomplete_from: self.incomplete_from(&rows, bounds),
            rows,
            bounds,
        })
    }

    pub(crate) fn token(&self, bounds: Bounds) -> Token {
        let mut token = Token::new();
        include(&mut token, self.intake.as_ref(), bounds.intake);
        include(&mut token, self.workflow.as_ref(), bounds.workflow);
        token
    }

    /// A token of everything before the first record that the facts pass over; else empty.
    fn incomplete_from(&self, rows: &ViewRows, bounds: Bounds) -> String {
        let first = |source: &Arc<dyn Source>, seen: u64| {
            let position = rows.incomplete().get(&source.place())?.position;
            (position < seen).then_some(position)
        };
        let intake = first(&self.intake, bounds.intake);
        let workflow = first(&self.workflow, bounds.workflow);
        if intake.is_none() && workflow.is_none() {
            return String::new();
        }
        let bounds = Bounds {
            intake: intake.unwrap_or(bounds.intake),
            workflow: workflow.unwrap_or(bounds.workflow),
        };
        self.token(bounds).to_string()
    }

    /// The latest recorded time among the records that are seen.
    pub(crate) async fn latest(&self, bounds: Bounds) -> Result<Option<Timestamp>, Problem> {
        let mut latest = None;
        for (source, seen) in [
            (&self.intake, bounds.intake),
            (&self.workflow, bounds.workflow),
        ] {
            if let Some(last) = seen.checked_sub(1) {
                latest = latest.max(Some(recorded_at(source.as_ref(), last).await?));
            }
        }
        Ok(latest)
    }
}

/// Includes the first `count` records of a source in a token.
pub(crate) fn include(token: &mut Token, source: &dyn Source, count: u64) {
    if let Some((service, partition)) = source.place().split_once('/')
        && let Ok(partition) = partition.parse()
    {
        token.include(service, partition, source.log(), count);
    }
}

/// How many records of a source a token covers.
fn count(token: &Token, source: &Arc<dyn Source>) -> u64 {
    let place = source.place();
    let counted = token.iter().find_map(|(service, partition, log, count)| {
        let is_its = source.lives().keeps(log, count).is_ok();
        let same = is_its && place == format!("{service}/{partition}");
        same.then_some(count)
    });
    counted.unwrap_or(0)
}

/// How many records of a source a token covers that is to say so.
fn count_of(token: &Token, source: &Arc<dyn Source>) -> Result<u64, Problem> {
    let place = source.place();
    let (service, _) = place.split_once('/').unwrap_or((&place, ""));
    if token.iter().any(|(named, ..)| named == service) {
        Ok(count(token, source))
    } else {
        Err(incomplete("as_of", service))
    }
}

/// How many of the first `size` records were recorded at or before a time. Recorded times never go
/// back, so a few looks are enough.
async fn count_at(source: &dyn Source, size: u64, time: Timestamp) -> Result<u64, Problem> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        if recorded_at(source, middle).await? <= time {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

async fn recorded_at(source: &dyn Source, position: u64) -> Result<Timestamp, Problem> {
    let unreadable = |why: &dyn std::fmt::Display| {
        let place = source.place();
        tracing::error!(place, position, %why, "a log cannot be read");
        Problem::unavailable(
            "SOURCE_UNREADABLE",
            format!("the log {place} cannot be read"),
        )
    };
    let stored = source
        .next(position, 1)
        .await
        .map_err(|error: SourceError| unreadable(&error))?;
    let Some(stored) = stored.first() else {
        return Err(unreadable(&"it is shorter"));
    };
    let record = Record::decode(&stored.bytes).map_err(|error| unreadable(&error))?;
    Ok(record.time)
}

/// Waits until a view covers its part of a token, and has rows to read.
pub(crate) async fn wait(
    view: &View,
    field: &'static str,
    token: Option<Token>,
) -> Result<(), Problem> {
    let token = view.part_of(&token.unwrap_or_default());
    view.wait_for(&token, WAIT)
        .await
        .map_err(|error| match error {
            WaitError::Timeout { .. } => Problem::new(
                Kind::DeadlineExceeded,
                "WAIT_TIMED_OUT",
                "the answer does not include the token yet",
            )
            .with_field(field)
            .with_remedy("ask again, or without the token"),
            WaitError::OtherLife { .. } => another_life(field),
            WaitError::DeclaredLost { kept, .. } => declared_lost(field, kept),
            WaitError::UnknownLog { .. } | WaitError::Stopped(_) | WaitError::Closed => {
                view_unavailable(&error.to_string())
            }
        })
}

pub(crate) fn unavailable(error: &Unavailable) -> Problem {
    view_unavailable(&error.to_string())
}

pub(crate) fn view_unavailable(why: &str) -> Problem {
    Problem::unavailable(
        "VIEW_UNAVAILABLE",
        format!("the figures cannot be read: {why}"),
    )
    .with_remedy("try again in a moment; `redress view status` says how far it is")
}

pub(crate) fn scan_problem(error: &ScanError) -> Problem {
    tracing::error!(%error, "the facts cannot be read");
    view_unavailable("their rows are damaged")
        .with_remedy("rebuild the view: `redress view rebuild`")
}

pub(crate) fn read_problem(error: &ReadError) -> Problem {
    tracing::error!(%error, "a view cannot be read");
    view_unavailable("its rows cannot be read")
}
