//! The bus: NATS `JetStream` between the services, and the only crate that knows it.
//!
//! | Part | What it does |
//! |---|---|
//! | [`Bus`] | the connection: made again for ever, its state observable |
//! | [`Relay`] | publishes a log's records into its stream, in order, exactly as they are stored |
//! | [`BusSource`] | a log elsewhere, followed through its stream and, where that has a gap, from its owner |
//! | [`Inbox`] | hands what other systems publish to whoever takes it in, and tells them what became of it |
//!
//! One stream per log; its message `n` is the log's record `n - 1`. A stream is a window that anybody
//! may empty or delete: the relay makes it again, and what is missing there is read from the service
//! that owns the log. Nothing here deletes a stream by itself: [`Bus::remove_event_stream`] is for an
//! operator who has declared lost what the stream alone still had.

mod config;
mod connection;
mod inbox;
mod names;
mod owner;
mod pause;
mod record;
mod relay;
mod source;
mod streams;

pub use config::{BusConfig, ConfigError, EventLimits, InboxLimits, Login, Tls};
pub use connection::{
    Bus, BusState, ConnectError, OLDEST_SERVER, Persistence, ServerFault, persistence,
};
pub use inbox::{
    Answer, Inbox, InboxEvent, InboxFlow, InboxState, InboxStatus, Mode, Published, Received,
    Rejection, Take, Unreadable,
};
pub use names::{Place, inbox_stream, inbox_subject, is_name, receipt_subjects, rejected_subject};
pub use owner::{GrpcOwner, Owner, OwnerAway, OwnerHead};
pub use relay::{Relay, RelayError, RelayState, RelayStatus};
pub use source::{BusSource, Known, SourceFault, SourceStatus, SourceTimes, Via};
pub use streams::{LookUpError, Narrowed, StreamError, StreamSpan};
