//! What time alone brings about: warnings, breaches and what they escalate, each once, with the time at
//! which it was due. And what a crash has left half done.
//!
//! Nothing here is remembered: what is next is a row of the view, what was told stands in the stream.
//! After a downtime everything that came due in it is told.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use redress_envelope::{Actor, Context, Subject};
use redress_event_log::{Command, Log, Moment, TransactError};
use redress_view::{ReadError, View, ViewRows};
use tokio::sync::Mutex;

use crate::clocked::Clocked;
use crate::complaint::due_rows;
use crate::life::ComplaintLife;
use crate::policies::Policies;
use crate::{merging, waiting};

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_secs(1);
/// Complaints that are seen to in one look.
const AT_ONCE: usize = 500;
/// How far the machine's time may run from the time that has passed, before nobody trusts it.
const TRUSTED: SignedDuration = SignedDuration::from_mins(1);
/// How long nothing is told after that: a time server mostly puts it right at once.
const DISTRUSTED_FOR: Duration = Duration::from_mins(1);

/// What tells of clocks.
#[derive(Debug)]
pub(crate) struct Ticker {
    pub(crate) log: Log,
    pub(crate) complaints: View,
    pub(crate) policies: Policies,
    /// Held by whoever merges and unmerges.
    pub(crate) merging: Arc<Mutex<()>>,
    /// The time of day. The log's own clock stamps what is recorded.
    pub(crate) now: fn() -> Timestamp,
    /// Complaints of which nothing can be told, because a later version wrote of them.
    pub(crate) unreadable: BTreeSet<String>,
}

/// Why it ends.
#[derive(Debug, thiserror::Error)]
pub enum TickerEnded {
    #[error("{0}")]
    Log(TransactError<Infallible>),
    #[error("what is due cannot be read: {0}")]
    View(#[from] ReadError),
    #[error("nobody knows which policies are in force: {0}")]
    Policies(String),
}

impl Ticker {
    /// Tells until the log stops.
    pub(crate) async fn run(mut self) -> TickerEnded {
        let mut trusted = Trusted::since((self.now)());
        loop {
            tokio::time::sleep(EVERY).await;
            let now = (self.now)();
            if let Err(off) = trusted.check(now) {
                tracing::warn!(%off, "the machine's time jumped: nothing is told of clocks for a minute");
                tokio::time::sleep(DISTRUSTED_FOR).await;
                trusted = Trusted::since((self.now)());
                continue;
            }
            if let Err(ended) = self.tell(now).await {
                return ended;
            }
            merging::tidy(&self.log, &self.complaints, &self.merging).await;
        }
    }

    /// Tells everything that is due by `now`.
    async fn tell(&mut self, now: Timestamp) -> Result<(), TickerEnded> {
        loop {
            let due = self
                .complaints
                .query(move |rows| due_complaints(rows, now, AT_ONCE))
                .await;
            let mut due: Vec<String> = due.map_err(|error: ReadError| TickerEnded::View(error))?;
            due.retain(|id| !self.unreadable.contains(id));
            if due.is_empty() {
                return Ok(());
            }
            for id in due {
                self.tell_of(id, now).await?;
            }
        }
    }

    async fn tell_of(&mut self, id: String, now: Timestamp) -> Result<(), TickerEnded> {
        let Ok(subject) = Subject::new("complaint", &id) else {
            return Ok(());
        };
        loop {
            // Until it is recorded nobody puts another policy in force.
            let in_force = self.policies.in_force().await;
            let in_force = in_force.map_err(|why| TickerEnded::Policies(why.to_string()))?;
            let context = Context {
                policy_version: Some(in_force.cited()),
                ..Context::by(Actor::System)
            };
            let command = Command::new(subject.clone(), context);
            let book = Arc::clone(in_force.book());
            let decide = move |case: &Clocked, _: Moment| {
                // The one that it is merged into has its own.
                let is_merged = case.complaint.merging().is_some();
                let told = (!is_merged).then(|| case.tick(now, &book));
                Ok::<_, Infallible>(told.unwrap_or_default())
            };
            let done = self.log.transact::<ComplaintLife, _>(command, decide).await;
            drop(in_force);
            let error = match done {
                Ok(done) => {
                    // The next look shall not find it again.
                    let seen = self.log.token(done.size);
                    let _ = waiting::view_covers(&self.complaints, &seen).await;
                    return Ok(());
                }
                Err(TransactError::Unreadable(event)) => {
                    tracing::warn!(id, %event, "nothing can be told of its clocks");
                    self.unreadable.insert(id);
                    return Ok(());
                }
                Err(error) => error,
            };
            error.waited().await.map_err(TickerEnded::Log)?;
        }
    }
}

/// The complaints of whose clocks something is to be told by `now`, at most so many, the soonest first.
/// The rows are those of [`ComplaintList`](crate::ComplaintList).
pub fn due_complaints(
    rows: &ViewRows,
    now: Timestamp,
    most: usize,
) -> Result<Vec<String>, ReadError> {
    let (from, to) = due_rows::until(now);
    let mut due = Vec::new();
    rows.for_each(&from, Some(&to), |key, _| {
        due.extend(due_rows::id_of(key));
        if due.len() < most {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok(due)
}

/// The time of day goes as fast as time does.
#[derive(Debug)]
struct Trusted {
    begun: Instant,
    at: Timestamp,
}

impl Trusted {
    fn since(at: Timestamp) -> Self {
        let begun = Instant::now();
        Self { begun, at }
    }

    /// By how much the time of day is off, where that is too much.
    fn check(&mut self, now: Timestamp) -> Result<(), SignedDuration> {
        let passed = SignedDuration::try_from(self.begun.elapsed()).unwrap_or(SignedDuration::MAX);
        let off = now.duration_since(self.at) - passed;
        if off.abs() > TRUSTED {
            return Err(off);
        }
        // A clock that is slowly put right is not off.
        *self = Self::since(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_that_jumps_is_not_trusted_and_one_that_drifts_is() {
        let begun: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let mut trusted = Trusted::since(begun);
        let mut now = begun;
        for _ in 0..10 {
            now += SignedDuration::from_secs(30);
            trusted.check(now).unwrap();
        }
        for jump in [61, -61, 86_400] {
            let off = trusted
                .check(now + SignedDuration::from_secs(jump))
                .unwrap_err();
            assert!((off.as_secs() - jump).abs() <= 1, "{off}");
        }
    }
}
