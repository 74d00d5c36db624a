//! One fact, and the bytes of its row.

use redress_complaint::Event;
use redress_feedback::{Feedback, Measure as Measured};

use super::about::About;
use super::bytes::{Reader, Writer};
use super::report::Report;

/// What a score measures, of what is counted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Nps = 0,
    Csat = 1,
    Ces = 2,
}

/// What intake says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) about: About<'a>,
    pub(super) report: Option<Report<'a>>,
    /// See [`scores`].
    pub(super) scores: &'a [u8],
}

/// One event of a complaint, as far as it is counted. Times are microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Opened(About<'a>),
    TakenOver(About<'a>, Report<'a>),
    Reported(Report<'a>),
    Acknowledged(i64),
    Assigned,
    Assessed(&'a str),
    InvestigationStarted,
    InvestigationNotRequired,
    ResponseProposed,
    DecisionCommunicated(&'a str),
    AcceptanceRecorded,
    Disputed,
    Closed(i64),
    Reopened(i64),
    Withdrawn(i64),
    ReferredExternally,
    ExternalFileClosed,
    FollowedUp,
    Merged,
    Unmerged,
}

/// The row of a feedback item that was received, or reported about again.
pub(super) fn said_row(feedback: &Feedback) -> Vec<u8> {
    let mut row = Writer::default();
    About::of_feedback(feedback).write(&mut row);
    match &feedback.reported {
        None => row.byte(0),
        Some(report) => {
            row.byte(1);
            Report::of(report).write(&mut row);
        }
    }
    for score in &feedback.scores {
        let measure = match score.measure {
            Measured::Nps => Measure::Nps,
            Measured::Csat => Measure::Csat,
            Measured::Ces => Measure::Ces,
            Measured::Other(_) => continue,
        };
        // The domain refuses what is off its scale; what came in all the same is not counted.
        let on_scale = score
            .measure
            .range()
            .is_some_and(|(low, high)| (low..=high).contains(&score.value));
        if let (true, Ok(value)) = (on_scale, u8::try_from(score.value)) {
            row.byte(measure as u8);
            row.byte(value);
        }
    }
    row.finish()
}

pub(super) fn read_said(row: &[u8]) -> Option<Said<'_>> {
    let mut from = Reader(row);
    let about = About::read(&mut from)?;
    let report = match from.byte()? {
        0 => None,
        _ => Some(Report::read(&mut from)?),
    };
    Some(Said {
        about,
        report,
        scores: from.0,
    })
}

/// The scores in the end of a row: a byte for the measure, one for the value.
pub(super) fn scores(bytes: &[u8]) -> impl Iterator<Item = (Measure, u8)> {
    let measures = [Measure::Nps, Measure::Csat, Measure::Ces];
    bytes
        .chunks_exact(2)
        .filter_map(move |pair| Some((*measures.get(usize::from(pair[0]))?, pair[1])))
}

impl<'a> Step<'a> {
    /// None if nothing of the event is counted.
    pub(super) fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::Opened(it) => Self::Opened(About::of_slices(&it.about)),
            Event::TakenOver(it) => {
                Self::TakenOver(About::of_slices(&it.about), Report::of(&it.history))
            }
            Event::HistoryReported(it) => Self::Reported(Report::of(&it.history)),
            Event::Acknowledged(it) => Self::Acknowledged(it.occurred_at.as_microsecond()),
            Event::Assigned(_) => Self::Assigned,
            Event::Assessed(it) => Self::Assessed(it.assessment.severity.as_str()),
            Event::Reclassified(it) => Self::Assessed(it.classification.severity.as_str()),
            Event::InvestigationStarted(_) => Self::InvestigationStarted,
            Event::InvestigationNotRequired(_) => Self::InvestigationNotRequired,
            Event::ResponseProposed(_) => Self::ResponseProposed,
            Event::DecisionCommunicated(it) => Self::DecisionCommunicated(it.outcome.as_str()),
            Event::AcceptanceRecorded(_) => Self::AcceptanceRecorded,
            Event::Disputed(_) => Self::Disputed,
            Event::Closed(it) => Self::Closed(it.occurred_at.as_microsecond()),
            Event::Reopened(it) => Self::Reopened(it.occurred_at.as_microsecond()),
            Event::Withdrawn(it) => Self::Withdrawn(it.occurred_at.as_microsecond()),
            Event::ReferredExternally(_) => Self::ReferredExternally,
            Event::ExternalFileClosed(_) => Self::ExternalFileClosed,
            Event::FollowedUp(_) => Self::FollowedUp,
            Event::MergedInto(_) => Self::Merged,
            Event::Unmerged(_) => Self::Unmerged,
            Event::InvestigationRefused(_)
            | Event::RemedyFulfilled(_)
            | Event::RemedyOffered(_)
            | Event::RemedyAccepted(_)
            | Event::RemedyDeclined(_)
            | Event::RemedyApproved(_)
            | Event::ConflictDeclared(_)
            | Event::ConflictCleared(_)
            | Event::EvidenceRecorded(_)
            | Event::FindingRecorded(_)
            | Event::ComplainantAwaited(_)
            | Event::ThirdPartyAwaited(_)
            | Event::Resumed(_)
            | Event::Held(_)
            | Event::Released(_)
            | Event::Escalated(_)
            | Event::DeEscalated(_)
            | Event::ExternalNoticeReceived(_)
            | Event::ExternalPositionStated(_)
            | Event::ExternalResolutionBegun(_)
            | Event::ExternalDisputeSettled(_)
            | Event::DeterminationReceived(_)
            | Event::ExternalResultImplemented(_)
            | Event::SatisfactionRecorded(_)
            | Event::MergeReceived(_)
            | Event::MergeEnded(_)
            | Event::NoteAdded(_) => return None,
        })
    }

    /// What a complaint is about that is opened here.
    pub(super) fn about(&self) -> Option<About<'a>> {
        match self {
            Self::Opened(about) | Self::TakenOver(about, _) => Some(*about),
            Self::Reported(_)
            | Self::Acknowledged(_)
            | Self::Assigned
            | Self::Assessed(_)
            | Self::InvestigationStarted
            | Self::InvestigationNotRequired
            | Self::ResponseProposed
            | Self::DecisionCommunicated(_)
            | Self::AcceptanceRecorded
            | Self::Disputed
            | Self::Closed(_)
            | Self::Reopened(_)
            | Self::Withdrawn(_)
            | Self::ReferredExternally
            | Self::ExternalFileClosed
            | Self::FollowedUp
            | Self::Merged
            | Self::Unmerged => None,
        }
    }

    pub(super) fn report(&self) -> Option<&Report<'a>> {
        match self {
            Self::TakenOver(_, report) | Self::Reported(report) => Some(report),
            Self::Opened(_)
            | Self::Acknowledged(_)
            | Self::Assigned
            | Self::Assessed(_)
            | Self::InvestigationStarted
            | Self::InvestigationNotRequired
            | Self::ResponseProposed
            | Self::DecisionCommunicated(_)
            | Self::AcceptanceRecorded
            | Self::Disputed
            | Self::Closed(_)
            | Self::Reopened(_)
            | Self::Withdrawn(_)
            | Self::ReferredExternally
            | Self::ExternalFileClosed
            | Self::FollowedUp
            | Self::Merged
            | Self::Unmerged => None,
        }
    }

    /// A byte that says which, and what it holds.
    pub(super) fn row(&self) -> Vec<u8> {
        let mut row = Writer::default();
        row.byte(self.tag());
        match self {
            Self::Opened(about) => about.write(&mut row),
            Self::TakenOver(about, report) => {
                about.write(&mut row);
                report.write(&mut row);
            }
            Self::Reported(report) => report.write(&mut row),
            Self::Assessed(word) | Self::DecisionCommunicated(word) => row.text(word),
            Self::Acknowledged(at)
            | Self::Closed(at)
            | Self::Reopened(at)
            | Self::Withdrawn(at) => {
                row.number(*at);
            }
            Self::Assigned
            | Self::InvestigationStarted
            | Self::InvestigationNotRequired
            | Self::ResponseProposed
            | Self::AcceptanceRecorded
            | Self::Disputed
            | Self::ReferredExternally
            | Self::ExternalFileClosed
            | Self::FollowedUp
            | Self::Merged
            | Self::Unmerged => {}
        }
        row.finish()
    }

    fn tag(&self) -> u8 {
        match self {
            Self::Opened(_) => 0,
            Self::TakenOver(..) => 1,
            Self::Reported(_) => 2,
            Self::Acknowledged(_) => 3,
            Self::Assigned => 4,
            Self::Assessed(_) => 5,
            Self::InvestigationStarted => 6,
            Self::InvestigationNotRequired => 7,
            Self::ResponseProposed => 8,
            Self::DecisionCommunicated(_) => 9,
            Self::AcceptanceRecorded => 10,
            Self::Disputed => 11,
            Self::Closed(_) => 12,
            Self::Reopened(_) => 13,
            Self::Withdrawn(_) => 14,
            Self::ReferredExternally => 15,
            Self::ExternalFileClosed => 16,
            Self::FollowedUp => 17,
            Self::Merged => 18,
            Self::Unmerged => 19,
        }
    }

    pub(super) fn read(row: &'a [u8]) -> Option<Self> {
        let mut from = Reader(row);
        Some(match from.byte()? {
            0 => Self::Opened(About::read(&mut from)?),
            1 => Self::TakenOver(About::read(&mut from)?, Report::read(&mut from)?),
            2 => Self::Reported(Report::read(&mut from)?),
            3 => Self::Acknowledged(from.number()?),
            4 => Self::Assigned,
            5 => Self::Assessed(from.text()?),
            6 => Self::InvestigationStarted,
            7 => Self::InvestigationNotRequired,
            8 => Self::ResponseProposed,
            9 => Self::DecisionCommunicated(from.text()?),
            10 => Self::AcceptanceRecorded,
            11 => Self::Disputed,
            12 => Self::Closed(from.number()?),
            13 => Self::Reopened(from.number()?),
            14 => Self::Withdrawn(from.number()?),
            15 => Self::ReferredExternally,
            16 => Self::ExternalFileClosed,
            17 => Self::FollowedUp,
            18 => Self::Merged,
            19 => Self::Unmerged,
            _ => return None,
        })
    }
}
