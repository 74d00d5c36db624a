//! What the data of each event looks like to a stranger.

use schemars::{Schema, SchemaGenerator};
use serde_json::value::RawValue;

use crate::{Event, duty};

/// The schema of the event that an example is of; nothing where it is none of ours.
pub fn schema_of(
    kind: &str,
    example: &RawValue,
    generator: &mut SchemaGenerator,
) -> Option<Schema> {
    Event::schema_of(kind, example, generator)
        .or_else(|| duty::Event::schema_of(kind, example, generator))
}
