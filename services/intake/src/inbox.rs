//! The inbox: a message that another system published becomes feedback as a request would, or is
//! kept apart with the reason.
//!
//! A message is named by door, source and id. The same one again is answered as the first time, for
//! ever; the same name with other content is rejected as `INBOUND_KEY_REUSED`. Nothing of a message
//! stands in an event but hashes of what names it, and what the submission says that is not personal.

mod accept;
mod body;
mod canonical;
mod message;
mod receipt;
mod reject;
mod run;
mod take;

pub(crate) use accept::accept;
pub(crate) use body::submission;
pub(crate) use message::{Message, unreadable};
pub(crate) use run::{Told, run};
pub use take::Door;

/// The door's name in what is recorded.
pub(crate) const NATS: &str = "nats";
