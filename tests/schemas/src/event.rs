//! The schema of a whole record: the attributes, and the data of its type. Each file stands alone, because
//! not every validator follows a reference into another file.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use redress_envelope::schema;
use schemars::transform::Transform;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::golden::Golden;
use crate::house::{Door, House};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// One type of event.
pub(crate) struct EventType {
    pub(crate) kind: String,
    pub(crate) service: &'static str,
    pub(crate) description: String,
    pub(crate) schema: Value,
    /// Records, by the name of the example.
    pub(crate) examples: BTreeMap<String, Value>,
}

impl EventType {
    pub(crate) fn file(&self) -> String {
        format!("{}.schema.json", self.kind)
    }
}

pub(crate) fn types(goldens: &[Golden]) -> Result<Vec<EventType>> {
    goldens
        .chunk_by(|one, other| one.kind == other.kind)
        .map(of_type)
        .collect()
}

fn of_type(goldens: &[Golden]) -> Result<EventType> {
    let golden = goldens.first().context("a type has an example")?;
    let mut generator = SchemaGenerator::default();
    let data = golden
        .schema(&golden.data, &mut generator)
        .with_context(|| format!("nobody reads `{}`", golden.kind))?;
    let mut record = schema::record(&mut generator);
    let description = text(&data, "description");
    record.insert("title".to_owned(), golden.kind.clone().into());
    record.insert("description".to_owned(), description.into());
    let properties = record
        .ensure_object()
        .entry("properties")
        .or_insert_with(|| json!({}));
    properties["data"] = data.into();
    properties["type"] = json!({ "type": "string", "const": golden.kind });
    let mut examples = BTreeMap::new();
    for (golden, position) in goldens.iter().zip(41..) {
        let name = if golden.name.is_empty() {
            "full"
        } else {
            &golden.name
        };
        examples.insert(
            name.to_owned(),
            serde_json::from_slice(&golden.record(position)?)?,
        );
    }
    let shown = examples
        .get("full")
        .or_else(|| examples.values().next())
        .cloned();
    record.insert("examples".to_owned(), json!([shown]));
    let record = finished(record, generator, &golden.kind);
    Ok(EventType {
        kind: golden.kind.clone(),
        service: golden.service,
        description: text(&record, "description"),
        schema: record.into(),
        examples,
    })
}

fn text(schema: &Schema, key: &str) -> String {
    schema
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// What every record has, of whatever type.
pub(crate) fn record() -> Value {
    let mut generator = SchemaGenerator::default();
    let mut record = schema::record(&mut generator);
    record.insert("title".to_owned(), "Record".into());
    finished(record, generator, "record").into()
}

/// What other systems send.
pub(crate) fn submission() -> Value {
    let mut generator = SchemaGenerator::default();
    let mut submission = redress_feedback::schema::submission(&mut generator);
    submission.insert("title".to_owned(), "Submission".into());
    let mut schema = with_definitions(submission, generator, "submission");
    Door.transform(&mut schema);
    let mut schema = schema.into();
    redress_feedback::schema::as_the_door(&mut schema);
    schema
}

fn finished(schema: Schema, generator: SchemaGenerator, name: &str) -> Schema {
    let mut schema = with_definitions(schema, generator, name);
    House.transform(&mut schema);
    schema
}

fn with_definitions(mut schema: Schema, mut generator: SchemaGenerator, name: &str) -> Schema {
    let definitions = generator.take_definitions(false);
    if !definitions.is_empty() {
        schema.insert(
            "$defs".to_owned(),
            Value::Object(definitions.into_iter().collect()),
        );
    }
    schema.insert("$schema".to_owned(), DIALECT.into());
    schema.insert(
        "$id".to_owned(),
        format!("urn:redress:schema:{name}").into(),
    );
    schema
}
