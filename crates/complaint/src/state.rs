//! Where a complaint stands: what the next decision needs, and nothing for people to read.

mod ask;
mod external;
mod pause;
mod remedy;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use redress_envelope::{Actor, ItemId, VaultRef};

pub use external::{External, ExternalStep, FollowUp, Merging};
pub use pause::{Awaited, Escalation, Flags, Hold, NextLevel, Waiting};
pub use remedy::{Approval, Remedy, RemedyCourse};

use crate::vocabulary::computed_words;
use crate::{
    Assessment, Cause, CloseBasis, ExplainedRefusal, Outcome, Promises, Reference, RemedyOffer,
    ReportedHistory, Rules, Satisfaction,
};

computed_words! {
    /// Where a complaint stands, in one word.
    Status {
        Received = "received",
        Acknowledged = "acknowledged",
        Assessed = "assessed",
        Investigating = "investigating",
        ResponseProposed = "response_proposed",
        DecisionCommunicated = "decision_communicated",
        Disputed = "disputed",
        ReferredExternally = "referred_externally",
        Closed = "closed",
        FollowedUp = "followed_up",
        Merged = "merged",
        Withdrawn = "withdrawn",
    }
}

/// One complaint. The default is the complaint that nobody has opened yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    #[default]
    NotOpened,
    Open {
        file: File,
        stage: Box<Stage>,
        flags: Flags,
    },
    Closed {
        file: File,
        closure: Closure,
        /// The last time, since it was closed.
        followed_up: Option<Box<FollowUp>>,
    },
    Merged {
        file: File,
        merging: Box<Merging>,
    },
    Withdrawn {
        file: File,
        withdrawal: Box<Withdrawal>,
    },
}

/// What holds in every stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub feedback: ItemId,
    pub reference: Reference,
    pub received_at: Timestamp,
    pub assignment: Option<Assignment>,
    /// The highest remedy number that was ever given.
    pub remedies_numbered: u32,
    /// The highest numbers of evidence and of findings that were ever given.
    pub evidence_numbered: u32,
    pub findings_numbered: u32,
    /// The kinds of the evidence that stands, by number.
    pub evidence_kinds: BTreeMap<u32, String>,
    /// The numbers of the evidence in whose place other evidence stands.
    pub superseded: BTreeSet<u32>,
    /// Who has a conflict of interest in this complaint, and the words to it, until it is cleared.
    pub conflicts: BTreeMap<Actor, Option<VaultRef>>,
    /// Who has declared a conflict of interest and was kept out of the investigation at hand, or of the
    /// next one.
    pub kept_out: BTreeSet<Actor>,
    /// The last dispute before another body.
    pub external: Option<Box<External>>,
    /// What the complainant said last of how it was handled, and in which words.
    pub satisfaction: Option<(Satisfaction, Option<VaultRef>)>,
    /// The complaints that are merged into this one.
    pub merged_from: BTreeSet<ItemId>,
    /// Only of a complaint that was taken over.
    pub imported: Option<Imported>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub handler: Option<Actor>,
    pub queue: Option<String>,
}

/// What is known from another system's reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The report that counts.
    pub report: ReportedHistory,
    /// The digests of all reports that were recorded.
    pub seen: BTreeSet<String>,
    /// Somebody has handled the complaint here; from then on reports move nothing.
    pub handled_here: bool,
}

/// Where an open complaint stands, with what got it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Not acknowledged; of a complaint that was taken over: not as far as is reported.
    Received,
    Acknowledged(Acknowledgement),
    Assessed {
        acknowledgement: Acknowledgement,
        assessment: Assessment,
        not_required: Option<NotRequired>,
    },
    Investigating(Investigating),
    ResponseProposed(Proposal),
    DecisionCommunicated {
        proposal: Proposal,
        decision: Decision,
        accepted: bool,
    },
    Disputed {
        proposal: Proposal,
        decision: Decision,
        ground: Ground,
    },
}

/// Why the complainant or the organisation took a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    pub reason: Option<String>,
    pub explanation: Option<VaultRef>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// `None`: another system did it, and does not say how.
    pub channel: Option<String>,
    pub at: Timestamp,
}

/// The first steps of a complaint that is past them. `None` is unknown: it was taken over closed
/// and reopened here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groundwork {
    pub acknowledgement: Option<Acknowledgement>,
    pub assessment: Option<Assessment>,
}

/// Why nothing is investigated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRequired {
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub decided_by: Actor,
    pub relies_on: Option<ItemId>,
}

/// What a response rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inquiry {
    Started { investigator: Actor },
    NotRequired(NotRequired),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Investigating {
    pub groundwork: Groundwork,
    /// `None` after a reopening, or when the investigator has declared a conflict of interest, until
    /// somebody investigates or records why nobody need.
    pub inquiry: Option<Inquiry>,
    /// The response before the dispute or the reopening. What it promises stands until another
    /// replaces it.
    pub earlier: Option<Response>,
    /// Why it was reopened, until somebody investigates or records why nobody need.
    pub reopened: Option<Ground>,
}

/// A response with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub groundwork: Groundwork,
    pub inquiry: Inquiry,
    pub response: Response,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// By number.
    pub remedies: BTreeMap<u32, Remedy>,
    pub refusal: Option<ExplainedRefusal>,
    pub cause: Cause,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    /// When it was told first.
    pub communicated_at: Timestamp,
    /// When it was told last, and how.
    pub latest: Communication,
    /// When recourse was explained first. From then the complainant's silence counts.
    pub recourse_explained_at: Option<Timestamp>,
    /// The body outside that was named, as a code of the organisation's own.
    pub external_recourse: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Communication {
    pub channel: String,
    pub recourse_explained: bool,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closure {
    Decided(Box<Decided>),
    /// Another system reports it closed; why and how it ended is unknown, and mostly when.
    Reported,
}

/// Closed here, after a decision that was communicated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub proposal: Proposal,
    pub decision: Decision,
    pub basis: CloseBasis,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    pub ground: Ground,
    /// Where it stood, with all that was known. What was promised may yet be fulfilled.
    pub stage: Box<Stage>,
    /// What became of what was owed. `None`: nothing was.
    pub promises: Option<Promises>,
}

impl File {
    /// The dispute before another body that is not over.
    pub fn open_external(&self) -> Option<&External> {
        self.external.as_deref().filter(|it| it.is_open())
    }

    pub fn has_conflict(&self, person: &Actor) -> bool {
        self.conflicts.contains_key(person)
    }
}

impl Ground {
    /// Whether a repeated command gives this ground: one that says less does, one that says
    /// something else does not.
    pub(crate) fn covers(&self, reason: Option<&str>, explanation: Option<&VaultRef>) -> bool {
        (reason.is_none() || self.reason.as_deref() == reason)
            && (explanation.is_none() || self.explanation.as_ref() == explanation)
    }
}

impl Closure {
    pub fn decided(&self) -> Option<&Decided> {
        match self {
            Self::Decided(decided) => Some(decided),
            Self::Reported => None,
        }
    }
}

impl Imported {
    pub(crate) fn first(report: ReportedHistory) -> Self {
        Self {
            seen: BTreeSet::from([report.digest.clone()]),
            report,
            handled_here: false,
        }
    }
}

impl Decision {
    /// When silence becomes a ground to close; `None` while recourse has not been explained.
    pub fn silence_ends_at(&self, rules: &Rules) -> Option<Timestamp> {
        let wait = SignedDuration::from_hours(24 * i64::from(rules.silence_days));
        let explained = self.recourse_explained_at?;
        let ends = || explained.checked_add(wait).unwrap_or(Timestamp::MAX);
        Some(rules.silence_ends_at.unwrap_or_else(ends))
    }
}

impl Response {
    pub(crate) fn offers(&self) -> impl Iterator<Item = &RemedyOffer> {
        self.remedies.values().map(|remedy| &remedy.offer)
    }

    /// The numbers of the remedies that are neither fulfilled nor declined, nor wait for approval.
    pub fn open(&self) -> Vec<u32> {
        let open = |(_, remedy): &(&u32, &Remedy)| remedy.is_promised();
        let open = self.remedies.iter().filter(open);
        open.map(|(number, _)| *number).collect()
    }

    /// The numbers of the remedies that are neither fulfilled nor declined nor promised for `day` or
    /// later.
    pub fn unsettled(&self, day: jiff::civil::Date) -> Vec<u32> {
        let settled = |remedy: &Remedy| {
            !remedy.is_promised()
                || remedy
                    .offer
                    .promised_by
                    .is_some_and(|promised| promised >= day)
        };
        self.remedies
            .iter()
            .filter(|(_, remedy)| !settled(remedy))
            .map(|(number, _)| *number)
            .collect()
    }
}

impl Inquiry {
    /// What is left of it after a reopening: an investigator goes on who has no conflict of interest by
    /// now; that nothing needed to be investigated must be decided anew.
    pub(crate) fn after_reopening(self, file: &File) -> Option<Self> {
        match &self {
            Self::Started { investigator } if file.has_conflict(investigator) => None,
            Self::Started { .. } => Some(self),
            Self::NotRequired(_) => None,
        }
    }
}
