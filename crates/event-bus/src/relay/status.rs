//! How a relay is getting on.

use std::fmt;

use crate::streams::{Narrowed, StreamError};

/// What a relay is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayState {
    /// Looks at the stream before it goes on.
    Starting,
    /// Every record goes out as soon as it is in the log.
    Relaying,
    /// NATS cannot be reached; the log goes on without.
    Away { why: String },
    /// The stream has had more records than the log has: the log was restored from something older.
    /// Commands have to be refused until the missing records are back, or declared lost.
    StreamAhead {
        stream: String,
        /// Records that the stream has had.
        stream_records: u64,
        log_records: u64,
    },
    /// The stream holds another record than the log at a position.
    StreamDisagrees { stream: String, position: u64 },
    /// The stream is not one that this relay may write to.
    Stream(StreamError),
}

impl RelayState {
    /// Why the log's owner must not take commands, if so.
    pub fn refuses_commands(&self) -> Option<String> {
        match self {
            Self::StreamAhead { .. } => Some(self.to_string()),
            Self::Starting
            | Self::Relaying
            | Self::Away { .. }
            | Self::StreamDisagrees { .. }
            | Self::Stream(_) => None,
        }
    }

    /// Whether it is known how far the stream is: until then nothing changes for commands.
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Relaying | Self::StreamAhead { .. } | Self::StreamDisagrees { .. } => true,
            Self::Starting | Self::Away { .. } | Self::Stream(_) => false,
        }
    }

    /// Whether it needs an operator: waiting does not heal it.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::StreamAhead { .. } | Self::StreamDisagrees { .. } | Self::Stream(_) => true,
            Self::Starting | Self::Relaying | Self::Away { .. } => false,
        }
    }
}

impl fmt::Display for RelayState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting => write!(f, "starting"),
            Self::Relaying => write!(f, "relaying"),
            Self::Away { why } => write!(f, "waiting for NATS: {why}"),
            Self::StreamAhead {
                stream,
                stream_records,
                log_records,
            } => write!(
                f,
                "the stream {stream} has had {stream_records} records and the log has \
                 {log_records}: the log was restored from something older; take the missing \
                 records back, or declare them lost"
            ),
            Self::StreamDisagrees { stream, position } => write!(
                f,
                "the stream {stream} holds another record at {position} than the log; followers \
                 read from the log's owner until the stream is deleted by hand"
            ),
            Self::Stream(error) => write!(f, "{error}"),
        }
    }
}

/// A relay at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayStatus {
    pub state: RelayState,
    /// Records that NATS has acknowledged: the stream holds every one before, or has held it.
    pub acknowledged: u64,
    /// Whether the stream has said by now what it has: until then nothing counts as acknowledged.
    pub is_known: bool,
    /// Records in the log.
    pub head: u64,
    /// Records acknowledged to this relay, repeats included.
    pub published: u64,
    /// How often it had to look where the stream is.
    pub resumed: u64,
    /// Where its stream keeps less than it may, because NATS has no room for it.
    pub narrowed: Option<Narrowed>,
}

impl RelayStatus {
    /// Records that are in the log and not yet in the stream.
    pub fn lag(&self) -> u64 {
        self.head.saturating_sub(self.acknowledged)
    }
}
