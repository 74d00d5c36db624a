//! The view of signals: a fold of reporting's own log.

use jiff::Timestamp;
use redress_envelope::{ItemId, Record};
use redress_view::{Fold, FoldError, Rows};
use serde::{Deserialize, Serialize};

use crate::month::Month;
use crate::signal::{self, CodecError, Event, SignalRaised};

/// A row: the signal, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) position: u64,
    pub(crate) raised_at: Timestamp,
    pub(crate) signal: SignalRaised,
}

/// Signals by month and position: `a`, upwards; `d`, with the months downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

impl Order {
    pub(crate) fn prefix(self) -> &'static [u8] {
        match self {
            Self::Ascending => b"a",
            Self::Descending => b"d",
        }
    }

    fn key(self, month: Month, position: u64) -> Vec<u8> {
        let month = match self {
            Self::Ascending => month.number(),
            Self::Descending => u32::MAX - month.number(),
        };
        [self.prefix(), &month.to_be_bytes(), &position.to_be_bytes()].concat()
    }
}

/// Where a signal is, by its id: its key in ascending order.
pub(crate) fn id_key(id: ItemId) -> Vec<u8> {
    [b"i", id.to_string().as_bytes()].concat()
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Signals;

impl Fold for Signals {
    const NAME: &'static str = "signals";
    const VERSION: u32 = 1;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        let event = signal::decode(&record.kind, &record.data).map_err(|error| match error {
            CodecError::UnknownType { kind } => FoldError::UnknownType(kind),
            CodecError::Data { .. } => FoldError::broken(error),
        })?;
        let signal = match event {
            Event::MonthJudged(_) => return Ok(()),
            Event::Raised(signal) => *signal,
        };
        let (id, month, position) = (signal.signal_id, signal.month, record.position);
        let row = Row {
            position,
            raised_at: record.time,
            signal,
        };
        let ascending = Order::Ascending.key(month, position);
        rows.put_json(&ascending, &row)?;
        rows.put_json(&Order::Descending.key(month, position), &row)?;
        rows.put(&id_key(id), ascending);
        Ok(())
    }
}
