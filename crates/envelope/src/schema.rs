//! What a stranger can check a record against, as JSON Schema 2020-12.
//!
//! Only with the feature `schema`, which `cargo xtask schemas` alone turns on. Texts with a form of
//! their own are described here; everything else is derived where it stands.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::record::Attributes;
use crate::{Actor, Cause, Commitment, ItemId, LogId, Subject};

/// What every record has, whatever its type: its `data` is any object.
pub fn record(generator: &mut SchemaGenerator) -> Schema {
    Attributes::json_schema(generator)
}

/// What the data of an event looks like, in place and not by reference.
pub fn data<T: JsonSchema>(_event: &T, generator: &mut SchemaGenerator) -> Schema {
    T::json_schema(generator)
}

/// A text of a certain form.
pub fn text(pattern: &str, description: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern, "description": description })
}

/// A decimal in text.
pub fn decimal(_generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
        "description": "A decimal with its digits, such as `12.5000`; never a JSON number.",
    })
}

/// Decimals by name.
pub fn decimals(generator: &mut SchemaGenerator) -> Schema {
    let value = decimal(generator);
    json_schema!({ "type": "object", "additionalProperties": value })
}

/// A calendar month.
pub fn month(_generator: &mut SchemaGenerator) -> Schema {
    text("^[0-9]{4}-(0[1-9]|1[0-2])$", "A calendar month: `2026-11`.")
}

/// 32 lower-case hex digits.
pub fn hex32(_generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
}

/// How far into each log something had been read.
pub fn token(_generator: &mut SchemaGenerator) -> Schema {
    text(
        "^([a-z]+/[0-9]{1,5}/[0-9a-f]{32}@[0-9]{1,20}(,|$))*$",
        "Positions in logs: `service/partition/log id@records`, joined by commas.",
    )
}

macro_rules! text_of {
    ($($name:ident: $pattern:expr, $description:expr;)+) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
                text($pattern, $description)
            }
        }
    )+};
}

text_of! {
    Actor: r"^(system|(user|service):[A-Za-z0-9._-]{1,64})$",
        "Who did it: `user:<pseudonym>`, `service:<name>` or `system`. A pseudonym is never a name \
         or an address. A later version may add others.";
    Cause: r"^[0-9a-f]{32}/(0|[1-9][0-9]{0,4})/(0|[1-9][0-9]{0,19})$",
        "One record of one log: `log id/partition/position`.";
    Commitment: "^[0-9a-f]{64}$",
        "SHA-256(salt || content): proves later what was said without saying it. The salt, 32 \
         random bytes, is kept in the vault.";
    ItemId: r"^(0|[1-9][0-9]{0,4})-[0-9a-f]{32}$",
        "An id: the partition in which the item was born, a hyphen and 32 hex digits.";
    LogId: "^[0-9a-f]{32}$", "One life of one log: a restore that lost records starts another.";
    Subject: r"^[a-z_]{1,40}/[A-Za-z0-9._-]{1,120}$", "A stream: `kind/id`.";
}

/// The schema with what it describes said otherwise.
#[must_use]
pub fn described(mut schema: Schema, description: &str) -> Schema {
    schema.insert("description".to_owned(), description.into());
    schema
}

/// Makes a field required that the type leaves open, where the reader insists on it.
pub fn require(schema: &mut Schema, field: &str) {
    let required = schema.ensure_object().entry("required");
    if let Some(fields) = required.or_insert_with(|| json!([])).as_array_mut() {
        fields.push(field.into());
    }
}

/// Makes `field` required where `word_field` has a certain word.
pub fn require_with(schema: &mut Schema, word_field: &str, word: &str, field: &str) {
    let rule = json!({
        "if": { "properties": { word_field: { "const": word } } },
        "then": { "required": [field] },
    });
    let rules = schema.ensure_object().entry("allOf");
    if let Some(rules) = rules.or_insert_with(|| json!([])).as_array_mut() {
        rules.push(rule);
    }
}
