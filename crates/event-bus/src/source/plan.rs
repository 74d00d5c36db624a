//! Where to read on, before a consumer is made.

use redress_envelope::LogId;
use redress_evidence::leaf_hash;

use super::{BusSource, Hiccup, SourceFault};
use crate::streams::StreamSpan;

/// Where the next record is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    /// The stream has it.
    Stream,
    /// The stream ends before it, and can be expected to bring it.
    Soon,
    /// The stream ends before it. The owner may be further; if not, it will come by the stream.
    NothingNew,
    /// The stream cannot give it.
    Owner {
        /// The position from which on the stream can.
        until: Option<u64>,
    },
}

impl Plan {
    /// What to ask the owner for.
    pub(super) fn most(&self, max_records: usize) -> usize {
        match self {
            Self::Stream | Self::Soon | Self::NothingNew => max_records,
            Self::Owner { until } => until.map_or(max_records, |records| {
                max_records.min(usize::try_from(records).unwrap_or(usize::MAX))
            }),
        }
    }
}

impl Hiccup {
    /// What to ask the owner for: no more than the stream has not got.
    pub(super) fn most(&self, from: u64, max_records: usize) -> usize {
        match self {
            Self::Broken(_) => max_records,
            Self::Gap { next } => {
                max_records.min(usize::try_from(next - from).unwrap_or(usize::MAX))
            }
            Self::Wrong { .. } => 1,
        }
    }
}

impl std::fmt::Display for Hiccup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken(why) => write!(f, "the consumer broke: {why}"),
            Self::Gap { next } => write!(f, "the stream has nothing before the record at {next}"),
            Self::Wrong { why } => write!(f, "a message is not the next record: {why}"),
        }
    }
}

/// A relay is that far behind its log as it works.
const NEAR: u64 = 1024;

const ONLY_THE_OWNER: Plan = Plan::Owner { until: None };

impl BusSource {
    /// For a reader to whom the log was in a certain life.
    pub(super) async fn plan(&self, life: LogId, from: u64) -> Result<Plan, SourceFault> {
        if !self.bus.is_connected() {
            return Ok(ONLY_THE_OWNER);
        }
        let span = match self.bus.event_span(&self.place).await {
            Ok(Some(span)) => span,
            Ok(None) => {
                self.told.hiccup("the stream is missing");
                return Ok(ONLY_THE_OWNER);
            }
            Err(error) => {
                self.told.hiccup(&error.to_string());
                return Ok(ONLY_THE_OWNER);
            }
        };
        // A stream that was left over from an earlier life, or is another's, is not believed.
        let is_its = match &span.lives {
            Some(lives) => self.learn(lives).is_ok(),
            None => span.log.is_none(),
        };
        if !is_its {
            self.told
                .hiccup("the stream holds the records of another log");
            return Ok(ONLY_THE_OWNER);
        }
        self.must_be_kept(life, from)?;
        if !self.agrees(&span, from).await? {
            self.told
                .hiccup("the stream holds another record than the one that was consumed");
            return Ok(ONLY_THE_OWNER);
        }
        let sequence = from + 1;
        // Whoever asked the owner once is ahead of the relay for a moment, and would be for ever if
        // it went on asking. A stream that has not moved since is another matter.
        let is_near = from.saturating_sub(span.last) <= NEAR;
        Ok(
            if sequence > span.last && is_near && self.told.halted() != Some(span.last) {
                Plan::Soon
            } else if sequence > span.last {
                Plan::NothingNew
            } else if sequence < span.first {
                let until = Some(span.first - sequence);
                Plan::Owner { until }
            } else {
                Plan::Stream
            },
        )
    }

    /// Whether the stream's record before `from` is the one that was handed on. A stream can have been
    /// replaced by another's, or by an older copy that went its own way.
    async fn agrees(&self, span: &StreamSpan, from: u64) -> Result<bool, SourceFault> {
        let Some(handed_on) = self.told.tail(from) else {
            return Ok(true);
        };
        if !(span.first..=span.last).contains(&from) {
            return Ok(true);
        }
        let position = from - 1;
        match self.look_up(position).await {
            Some(stored) if leaf_hash(&stored.bytes) != handed_on => {}
            Some(_) | None => return Ok(true),
        }
        // One of the two is right, and only the owner knows which.
        let Ok(records) = self.owner.read(position, 1).await else {
            return Ok(false);
        };
        match records.first() {
            Some(record) if leaf_hash(&record.bytes) != handed_on => {
                let place = self.place.to_string();
                Err(SourceFault::OtherRecord { place, position })
            }
            Some(_) | None => Ok(false),
        }
    }
}
