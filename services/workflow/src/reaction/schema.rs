//! What the data of each event looks like to a stranger.

use redress_envelope::schema::data;
use schemars::{Schema, SchemaGenerator};
use serde_json::value::RawValue;

use super::{Event, decode};

/// The schema of the event that an example is of; nothing where it is none of ours.
pub fn schema_of(
    kind: &str,
    example: &RawValue,
    generator: &mut SchemaGenerator,
) -> Option<Schema> {
    Some(match decode(kind, example).ok()? {
        Event::Failed(failed) => data(&failed, generator),
        Event::Retried(retried) => data(&retried, generator),
    })
}
