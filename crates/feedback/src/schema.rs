//! What the data of each event looks like to a stranger, and what a submission does.

mod door;

pub use door::as_the_door;

use redress_envelope::schema::{data, described, require};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::value::RawValue;

use crate::{Event, Submission, decode};

/// The schema of the event that an example is of; nothing where it is none of ours.
pub fn schema_of(
    kind: &str,
    example: &RawValue,
    generator: &mut SchemaGenerator,
) -> Option<Schema> {
    Some(match decode(kind, example).ok()? {
        Event::Received(feedback) => described(
            data(&feedback, generator),
            "An item of feedback was received. What is personal in it is sealed in the vault: the \
             event refers to it.",
        ),
        Event::HistoryReported(feedback) => {
            let mut report = data(&feedback, generator);
            require(&mut report, "reported");
            described(
                report,
                "Another system reported once more about an item that it had reported before: the \
                 whole of it, and not only what differs. Reports come in any order.",
            )
        }
        Event::ImportStarted(started) => data(&started, generator),
        Event::ImportReopened(reopened) => data(&reopened, generator),
        Event::ImportCompleted(completed) => data(&completed, generator),
        Event::InputRejected(input) => data(&input, generator),
        Event::RejectedInputAccepted(accepted) => data(&accepted, generator),
        Event::RejectedInputDiscarded(discarded) => data(&discarded, generator),
    })
}

/// What other systems send. Its reader takes any field as absent, so that the check of them all can say
/// what is missing; that check insists on the kind.
pub fn submission(generator: &mut SchemaGenerator) -> Schema {
    let mut submission = Submission::json_schema(generator);
    require(&mut submission, "kind");
    described(
        submission,
        "Feedback as another system sends it. Words and names in it are sealed before anything is \
         recorded. A text that is empty counts as absent.",
    )
}
