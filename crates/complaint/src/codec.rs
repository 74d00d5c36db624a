//! Events to stored bytes and back. The names are frozen; golden files hold one of each.

use redress_envelope::{Actor, Draft, UnknownWord, WordField};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use crate::{Answer, Event, Informs, ResponseClass};

/// Why stored data is no event of a complaint.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    #[error("the event type `{kind}` is not known to this version")]
    UnknownType { kind: String },
    #[error("the word {word} of `{kind}` is not known to this version")]
    UnknownWord { kind: String, word: UnknownWord },
    #[error("the data of `{kind}` cannot be read: {error}")]
    Data {
        kind: String,
        #[source]
        error: serde_json::Error,
    },
}

impl CodecError {
    /// What a later version wrote, and this one does not know; nothing where the data is damaged.
    pub fn unknown(&self) -> Option<String> {
        match self {
            Self::UnknownType { kind } => Some(kind.clone()),
            Self::UnknownWord { kind, word } => Some(format!("{kind}, {word}")),
            Self::Data { .. } => None,
        }
    }
}

fn is_actor(word: &str) -> bool {
    word.parse::<Actor>().is_ok()
}

fn is_answer(word: &str) -> bool {
    Answer::known(word).is_some()
}

fn is_informs(word: &str) -> bool {
    Informs::known(word).is_some()
}

fn is_class(word: &str) -> bool {
    ResponseClass::known(word).is_some()
}

/// The words on which a fold hangs: which report counts, who somebody is, and what informs. All others are open.
const WORDS: &[WordField] = &[
    field("/history/response_class", is_class),
    field("/history/timely", is_answer),
    field("/history/disputed", is_answer),
    field("/handler", is_actor),
    field("/investigator", is_actor),
    field("/decided_by", is_actor),
    field("/offered_by", is_actor),
    field("/approved_by", is_actor),
    field("/person", is_actor),
    field("/informs", is_informs),
];

const fn field(path: &'static str, is_known: fn(&str) -> bool) -> WordField {
    WordField { path, is_known }
}

/// What every set of events has: the types of its records, how they are written, and how they are read.
macro_rules! stored_as {
    ($event:ident: $($variant:ident = $kind:literal),+ $(,)?) => {
        impl $event {
            /// The types of all of these events.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The record's `type`.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),+ }
            }

            /// The event as it is stored.
            pub fn encode(&self) -> redress_envelope::Draft {
                let data = match self { $(Self::$variant(data) => $crate::codec::raw(data)),+ };
                redress_envelope::Draft { kind: self.kind(), data }
            }

            /// Reads what [`Self::encode`] wrote. Fields that this version does not know are passed
            /// over.
            pub fn decode(
                kind: &str,
                data: &serde_json::value::RawValue,
            ) -> Result<Self, $crate::CodecError> {
                match kind {
                    $($kind => $crate::codec::read(kind, data).map(Self::$variant),)+
                    _ => Err($crate::CodecError::UnknownType {
                        kind: kind.chars().take(120).collect(),
                    }),
                }
            }
        }

        /// The schema of the event that an example is of; nothing where it is none of these.
        #[cfg(feature = "schema")]
        pub(crate) fn schema_of(
            kind: &str,
            example: &serde_json::value::RawValue,
            generator: &mut schemars::SchemaGenerator,
        ) -> Option<schemars::Schema> {
            Some(match $event::decode(kind, example).ok()? {
                $($event::$variant(it) => redress_envelope::schema::data(&it, generator)),+
            })
        }
    };
}
pub(crate) use stored_as;

/// The event as it is stored.
pub fn encode(event: &Event) -> Draft {
    event.encode()
}

/// Reads what [`encode`] wrote. Fields that this version does not know are passed over.
pub fn decode(kind: &str, data: &RawValue) -> Result<Event, CodecError> {
    Event::decode(kind, data)
}

stored_as! {
    Event:
    Opened = "redress.complaint.opened.v1",
    TakenOver = "redress.complaint.taken_over.v1",
    HistoryReported = "redress.complaint.history_reported.v1",
    Acknowledged = "redress.complaint.acknowledged.v1",
    Assigned = "redress.complaint.assigned.v1",
    Assessed = "redress.complaint.assessed.v1",
    InvestigationStarted = "redress.complaint.investigation_started.v1",
    InvestigationRefused = "redress.complaint.investigation_refused.v1",
    InvestigationNotRequired = "redress.complaint.investigation_not_required.v1",
    ResponseProposed = "redress.complaint.response_proposed.v1",
    RemedyFulfilled = "redress.complaint.remedy_fulfilled.v1",
    DecisionCommunicated = "redress.complaint.decision_communicated.v1",
    AcceptanceRecorded = "redress.complaint.acceptance_recorded.v1",
    Disputed = "redress.complaint.disputed.v1",
    Closed = "redress.complaint.closed.v1",
    Reopened = "redress.complaint.reopened.v1",
    Withdrawn = "redress.complaint.withdrawn.v1",
    RemedyOffered = "redress.complaint.remedy_offered.v1",
    RemedyAccepted = "redress.complaint.remedy_accepted.v1",
    RemedyDeclined = "redress.complaint.remedy_declined.v1",
    RemedyApproved = "redress.complaint.remedy_approved.v1",
    ConflictDeclared = "redress.complaint.conflict_declared.v1",
    ConflictCleared = "redress.complaint.conflict_cleared.v1",
    EvidenceRecorded = "redress.complaint.evidence_recorded.v1",
    FindingRecorded = "redress.complaint.finding_recorded.v1",
    Reclassified = "redress.complaint.reclassified.v1",
    ComplainantAwaited = "redress.complaint.complainant_awaited.v1",
    ThirdPartyAwaited = "redress.complaint.third_party_awaited.v1",
    Resumed = "redress.complaint.resumed.v1",
    Held = "redress.complaint.held.v1",
    Released = "redress.complaint.released.v1",
    Escalated = "redress.complaint.escalated.v1",
    DeEscalated = "redress.complaint.de_escalated.v1",
    ReferredExternally = "redress.complaint.referred_externally.v1",
    ExternalNoticeReceived = "redress.complaint.external_notice_received.v1",
    ExternalPositionStated = "redress.complaint.external_position_stated.v1",
    ExternalResolutionBegun = "redress.complaint.external_resolution_begun.v1",
    ExternalDisputeSettled = "redress.complaint.external_dispute_settled.v1",
    DeterminationReceived = "redress.complaint.determination_received.v1",
    ExternalResultImplemented = "redress.complaint.external_result_implemented.v1",
    ExternalFileClosed = "redress.complaint.external_file_closed.v1",
    FollowedUp = "redress.complaint.followed_up.v1",
    SatisfactionRecorded = "redress.complaint.satisfaction_recorded.v1",
    MergedInto = "redress.complaint.merged_into.v1",
    Unmerged = "redress.complaint.unmerged.v1",
    MergeReceived = "redress.complaint.merge_received.v1",
    MergeEnded = "redress.complaint.merge_ended.v1",
    NoteAdded = "redress.complaint.note_added.v1",
}

pub(crate) fn raw(data: &impl Serialize) -> Box<RawValue> {
    // Writing to memory fails only for keys that are not text, and every key here is a field name.
    to_raw_value(data).expect("fields of events are written as JSON")
}

pub(crate) fn read<T: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<T, CodecError> {
    serde_json::from_str(data.get()).map_err(|error| {
        let kind = kind.to_owned();
        match UnknownWord::find(data, WORDS) {
            Some(word) => CodecError::UnknownWord { kind, word },
            None => CodecError::Data { kind, error },
        }
    })
}
