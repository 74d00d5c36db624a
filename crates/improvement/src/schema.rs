//! What the data of each event looks like to a stranger.

use redress_envelope::schema::data;
use schemars::{Schema, SchemaGenerator};
use serde_json::value::RawValue;

use crate::{Event, decode};

/// The schema of the event that an example is of; nothing where it is none of ours.
pub fn schema_of(
    kind: &str,
    example: &RawValue,
    generator: &mut SchemaGenerator,
) -> Option<Schema> {
    Some(match decode(kind, example).ok()? {
        Event::CandidateOpened(opened) => data(&opened, generator),
        Event::SignalAdded(evidence) => data(&evidence, generator),
        Event::Accepted(accepted) => data(&accepted, generator),
        Event::Dismissed(dismissed) => data(&dismissed, generator),
        Event::Planned(planned) => data(&planned, generator),
        Event::Implemented(implemented) => data(&implemented, generator),
        Event::Closed(closed) => data(&closed, generator),
    })
}
