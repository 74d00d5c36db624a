//! What the data of each event looks like to a stranger.

use redress_envelope::schema::{data, month};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::value::RawValue;

use super::codec::decode;
use super::event::Event;
use crate::month::Month;

/// The schema of the event that an example is of; nothing where it is none of ours.
pub fn schema_of(
    kind: &str,
    example: &RawValue,
    generator: &mut SchemaGenerator,
) -> Option<Schema> {
    Some(match decode(kind, example).ok()? {
        Event::MonthJudged(judged) => data(&judged, generator),
        Event::Raised(raised) => data(&raised, generator),
    })
}

impl JsonSchema for Month {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Month".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        month(generator)
    }
}
