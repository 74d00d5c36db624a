//! What the data of each event looks like to a stranger.

use redress_envelope::schema::text;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::value::RawValue;

use crate::{Target, clock, register};

/// The schema of the event that an example is of; nothing where it is none of ours.
pub fn schema_of(
    kind: &str,
    example: &RawValue,
    generator: &mut SchemaGenerator,
) -> Option<Schema> {
    clock::Event::schema_of(kind, example, generator)
        .or_else(|| register::Event::schema_of(kind, example, generator))
}

impl JsonSchema for Target {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Target".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        text(
            "^([0-9]{1,7} ((business|calendar) (minute|hour|day)|week|month)s?|close of the [0-9]{1,7}(st|nd|rd|th) business day)$",
            "How long something may take: `5 business days`, `15 calendar days`, `8 weeks`, `1 month`, \
             `close of the 3rd business day`. A later version may add others.",
        )
    }
}
