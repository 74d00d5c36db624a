//! Records, right ones and wrong ones, each with what our own readers say: what a schema refuses must be what
//! they refuse. Everything is tried that can be done to one field.

use anyhow::Result;
use redress_envelope::Record;
use schemars::SchemaGenerator;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::golden::Golden;

pub(crate) fn print(goldens: &[Golden]) -> Result<()> {
    for (golden, position) in goldens.iter().zip(0..) {
        let record: Value = serde_json::from_slice(&golden.record(position)?)?;
        tell(golden, "as it is stored", &record)?;
        for pointer in pointers(&record) {
            for (what, changed) in changes(&record, &pointer) {
                tell(golden, &format!("{pointer} {what}"), &changed)?;
            }
        }
    }
    Ok(())
}

fn tell(golden: &Golden, what: &str, record: &Value) -> Result<()> {
    let taken = is_taken(golden, record)?;
    println!(
        "{}",
        json!({ "what": what, "taken": taken, "record": record })
    );
    Ok(())
}

fn is_taken(golden: &Golden, record: &Value) -> Result<bool> {
    let Ok(read) = Record::decode(&serde_json::to_vec(record)?) else {
        return Ok(false);
    };
    let data: &RawValue = &to_raw_value(&record["data"])?;
    let known = golden.schema(data, &mut SchemaGenerator::default());
    Ok(read.kind == golden.kind && known.is_some())
}

/// Every place in a record, its own places before those below.
fn pointers(record: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), record)];
    while let Some((pointer, value)) = waiting.pop() {
        match value {
            Value::Object(fields) => {
                waiting.extend(
                    fields
                        .iter()
                        .map(|(name, value)| (format!("{pointer}/{name}"), value)),
                );
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                waiting.extend(items.map(|(at, value)| (format!("{pointer}/{at}"), value)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if !pointer.is_empty() {
            found.push(pointer);
        }
    }
    found
}

fn changes(record: &Value, pointer: &str) -> Vec<(&'static str, Value)> {
    let mut changed = vec![("is gone", without(record, pointer))];
    let Some(value) = record.pointer(pointer) else {
        return changed;
    };
    let mut put = |what, other: Value| changed.push((what, with(record, pointer, other)));
    match value {
        Value::String(text) => {
            put("is a number", json!(7));
            if text.contains('T') && text.ends_with('Z') && text.starts_with("20") {
                put("is no time", json!("yesterday"));
                put(
                    "is a day that never was",
                    json!("2026-02-30T00:00:00.000000Z"),
                );
            }
        }
        Value::Number(_) => {
            put("is a float", json!(1.5));
            put("is a text", json!("7"));
        }
        Value::Bool(_) => put("is a text", json!("yes")),
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("of_a_later_version".to_owned(), json!({ "a": [1] }));
            put("has one more", more.into());
            put("is a text", json!("x"));
        }
        Value::Array(_) => put("is a text", json!("x")),
        Value::Null => {}
    }
    changed
}

fn with(record: &Value, pointer: &str, other: Value) -> Value {
    let mut changed = record.clone();
    if let Some(place) = changed.pointer_mut(pointer) {
        *place = other;
    }
    changed
}

fn without(record: &Value, pointer: &str) -> Value {
    let mut changed = record.clone();
    if let Some((parent, name)) = pointer.rsplit_once('/') {
        match changed.pointer_mut(parent) {
            Some(Value::Object(fields)) => {
                fields.remove(name);
            }
            Some(Value::Array(items)) => {
                items.remove(name.parse().unwrap_or_default());
            }
            Some(_) | None => {}
        }
    }
    changed
}
