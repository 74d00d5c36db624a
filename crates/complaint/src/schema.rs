//! What the data of each event looks like to a stranger.

use redress_envelope::schema::{require_with, text};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use serde_json::value::RawValue;

use crate::{Reference, codec, contact};

/// The schema of the event that an example is of; nothing where it is none of ours.
pub fn schema_of(
    kind: &str,
    example: &RawValue,
    generator: &mut SchemaGenerator,
) -> Option<Schema> {
    let of_a_step = codec::schema_of(kind, example, generator);
    of_a_step.or_else(|| contact::schema_of(kind, example, generator))
}

impl JsonSchema for Reference {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        text(
            "^RD-[0-9]{4}-[0-9]{6,16}-[0-9]$",
            "The reference that people say on the phone: the year in which the complaint was \
             received, a number with gaps, and a check digit after ISO/IEC 7064 MOD 11,10 over year \
             and number.",
        )
    }
}

/// What must be done at once is said.
pub(crate) fn needed_says_what(schema: &mut Schema) {
    require_with(
        schema,
        "immediate_action",
        "needed",
        "immediate_action_what",
    );
}

/// A cause that was established has a code.
pub(crate) fn established_names_a_cause(schema: &mut Schema) {
    require_with(schema, "cause", "established", "cause_code");
}
