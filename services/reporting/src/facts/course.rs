//! The course that a complaint took, as far as reports ask for it.
//!
//! The complaint's own crate decides and folds; this is a shorter reading of the same events, which
//! keeps times that the other has no use for. A test holds the two together.

use redress_complaint::Status;

use super::fact::Step;
use super::report::Report;

/// One complaint. Times are microseconds, as they occurred.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and a row is read into it millions of times"
)]
pub(crate) struct Course {
    status: Option<Status>,
    acknowledged: Option<i64>,
    /// When it was closed here.
    closed: Option<i64>,
    /// What the report that counts says of the two.
    elsewhere: (Option<i64>, Option<i64>),
    severity: String,
    outcome: String,
    reopened: u32,
    disputed: u32,
    /// Somebody has handled it here: reports move nothing any more.
    handled_here: bool,
    /// In their order, each with its time.
    turns: Vec<(i64, Turn)>,
    imported: bool,
    /// Its file is open there.
    before_another_body: bool,
    /// Since it was closed.
    followed_up: bool,
    /// It counts as it stood before.
    merged: bool,
}

/// What takes a complaint out of the stock of open ones, or back into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Closed,
    Withdrawn,
    Reopened,
}

impl Course {
    pub(super) fn clear(&mut self) {
        self.status = None;
        self.acknowledged = None;
        self.closed = None;
        self.elsewhere = (None, None);
        self.severity.clear();
        self.outcome.clear();
        self.reopened = 0;
        self.disputed = 0;
        self.handled_here = false;
        self.turns.clear();
        self.imported = false;
        self.before_another_body = false;
        self.followed_up = false;
        self.merged = false;
    }

    /// A complaint that nobody has opened yet was received, and nothing more.
    pub(crate) fn status(&self) -> Status {
        let stage = self.stage();
        if self.merged {
            Status::Merged
        } else if stage == Status::Disputed && self.before_another_body {
            Status::ReferredExternally
        } else if stage == Status::Closed && self.followed_up {
            Status::FollowedUp
        } else {
            stage
        }
    }

    /// Where it stands apart from what stands beside that.
    fn stage(&self) -> Status {
        self.status.unwrap_or(Status::Received)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.stage() == Status::Closed
    }

    pub(super) fn is_opened(&self) -> bool {
        self.status.is_some()
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.stage(), Status::Closed | Status::Withdrawn)
    }

    pub(crate) fn acknowledged(&self) -> Option<i64> {
        self.acknowledged.or(self.elsewhere.0)
    }

    /// `None` of a closed complaint is unknown.
    pub(crate) fn closed(&self) -> Option<i64> {
        let reported = self.elsewhere.1;
        self.closed.or(reported.filter(|_| self.is_closed()))
    }

    pub(crate) fn severity(&self) -> &str {
        &self.severity
    }

    /// How it ended, as far as it has; else empty.
    pub(crate) fn outcome(&self) -> &str {
        &self.outcome
    }

    pub(crate) fn reopened(&self) -> u32 {
        self.reopened
    }

    pub(crate) fn disputed(&self) -> u32 {
        self.disputed
    }

    pub(crate) fn turns(&self) -> &[(i64, Turn)] {
        &self.turns
    }

    /// Closed when another system reported it, which does not say when; it may be open again since.
    pub(crate) fn begins_closed(&self) -> bool {
        match self.turns.first() {
            Some((_, turn)) => *turn == Turn::Reopened,
            None => self.is_over(),
        }
    }

    /// `report` is the one that counts, this step's own included.
    pub(super) fn take(&mut self, step: &Step<'_>, report: Option<&Report<'_>>) {
        match step {
            Step::Opened(_) => self.set(Status::Received),
            Step::TakenOver(..) => {
                self.imported = true;
                self.set(Status::Received);
                self.follow(report);
            }
            Step::Reported(_) => self.follow(report),
            Step::Acknowledged(at) => {
                self.handled_here = true;
                self.acknowledged.get_or_insert(*at);
                self.advance(Status::Received, Status::Acknowledged);
            }
            Step::Assigned | Step::InvestigationNotRequired => self.handled_here = true,
            Step::Assessed(severity) => {
                self.handled_here = true;
                self.severity.clear();
                self.severity.push_str(severity);
                self.advance(Status::Acknowledged, Status::Assessed);
            }
            Step::InvestigationStarted => self.undecided(Status::Investigating),
            Step::ResponseProposed => self.undecided(Status::ResponseProposed),
            Step::DecisionCommunicated(outcome) => {
                self.end_with(outcome);
                // Told again, a disputed decision stays disputed.
                if self.stage() != Status::Disputed {
                    self.set(Status::DecisionCommunicated);
                }
            }
            Step::AcceptanceRecorded => self.set(Status::DecisionCommunicated),
            Step::Disputed => {
                self.disputed += 1;
                self.set(Status::Disputed);
            }
            Step::Closed(at) => {
                self.closed = Some(*at);
                self.turns.push((*at, Turn::Closed));
                self.set(Status::Closed);
            }
            Step::Reopened(at) => {
                self.closed = None;
                self.followed_up = false;
                self.reopened += 1;
                self.turns.push((*at, Turn::Reopened));
                self.handled_here = true;
                self.undecided(Status::Investigating);
            }
            Step::Withdrawn(at) => {
                self.end_with(redress_complaint::Outcome::Withdrawn.as_str());
                self.turns.push((*at, Turn::Withdrawn));
                self.set(Status::Withdrawn);
            }
            Step::ReferredExternally => {
                (self.handled_here, self.before_another_body) = (true, true);
            }
            Step::ExternalFileClosed => {
                (self.handled_here, self.before_another_body) = (true, false);
            }
            Step::FollowedUp => self.followed_up = true,
            Step::Merged => self.merged = true,
            Step::Unmerged => {
                self.merged = false;
                self.follow(report);
            }
        }
    }

    fn set(&mut self, status: Status) {
        self.handled_here |= self.status.is_some();
        self.status = Some(status);
    }

    fn advance(&mut self, from: Status, to: Status) {
        if self.stage() == from {
            self.set(to);
        }
    }

    fn undecided(&mut self, status: Status) {
        self.outcome.clear();
        self.set(status);
    }

    fn end_with(&mut self, outcome: &str) {
        self.outcome.clear();
        self.outcome.push_str(outcome);
    }

    /// Nobody has handled it here: it is where the report has it.
    fn follow(&mut self, report: Option<&Report<'_>>) {
        let Some(report) = report else { return };
        self.elsewhere = (report.acknowledged, report.closed);
        if !self.imported || self.handled_here || self.merged {
            return;
        }
        self.turns.clear();
        self.status = Some(if report.class.implies_closed() {
            self.turns
                .extend(report.closed.map(|at| (at, Turn::Closed)));
            Status::Closed
        } else if report.acknowledged.is_some() {
            Status::Acknowledged
        } else {
            Status::Received
        });
    }
}
