//! Events to stored bytes and back. The names are frozen; golden files hold one of each.

use redress_envelope::Draft;
use serde_json::value::RawValue;

use super::Event;
use crate::CodecError;
use crate::codec::{raw, read};

macro_rules! stored_as {
    ($($variant:ident = $kind:literal),+ $(,)?) => {
        impl Event {
            /// The types of all of these events.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The record's `type`.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),+ }
            }

            /// The event as it is stored.
            pub fn encode(&self) -> Draft {
                let data = match self { $(Self::$variant(data) => raw(data)),+ };
                Draft { kind: self.kind(), data }
            }

            /// Reads what [`Self::encode`] wrote. Fields that this version does not know are passed
            /// over.
            pub fn decode(kind: &str, data: &RawValue) -> Result<Self, CodecError> {
                match kind {
                    $($kind => read(kind, data).map(Self::$variant),)+
                    _ => Err(CodecError::UnknownType { kind: kind.chars().take(120).collect() }),
                }
            }
        }

        /// The schema of the event that an example is of; nothing where it is none of these.
        #[cfg(feature = "schema")]
        pub(crate) fn schema_of(
            kind: &str,
            example: &RawValue,
            generator: &mut schemars::SchemaGenerator,
        ) -> Option<schemars::Schema> {
            Some(match Event::decode(kind, example).ok()? {
                $(Event::$variant(it) => redress_envelope::schema::data(&it, generator)),+
            })
        }
    };
}

stored_as! {
    StatusTokenIssued = "redress.complaint.status_token_issued.v1",
    StatusTokenRevoked = "redress.complaint.status_token_revoked.v1",
    MessageRequested = "redress.complaint.message_requested.v1",
    MessageDelivered = "redress.complaint.message_delivered.v1",
    MessageBounced = "redress.complaint.message_bounced.v1",
    MessageReplied = "redress.complaint.message_replied.v1",
}
