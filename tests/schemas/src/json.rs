//! JSON as people read it: what says what a thing is stands before its parts.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// What stands first, in this order; the rest follows by the alphabet. Attributes of a record stand as a
/// record has them.
const FIRST: &[&str] = &[
    "$schema",
    "$id",
    "asyncapi",
    "specversion",
    "id",
    "source",
    "name",
    "title",
    "summary",
    "info",
    "defaultContentType",
    "servers",
    "channels",
    "operations",
    "components",
    "address",
    "action",
    "channel",
    "host",
    "description",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "tenant",
    "partition",
    "sequence",
    "version",
    "commandend",
    "requestid",
    "requestdigest",
    "inboundkey",
    "causation",
    "correlation",
    "traceparent",
    "actor",
    "onbehalfof",
    "authenticated",
    "policyversion",
    "format",
    "pattern",
    "const",
    "enum",
    "anyOf",
    "allOf",
    "contentType",
    "headers",
    "payload",
    "data",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "minimum",
    "maximum",
    "$defs",
];

/// The entries of an object in the order in which they are written.
pub(crate) fn ordered(object: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let rank = |key: &str| {
        FIRST
            .iter()
            .position(|first| *first == key)
            .unwrap_or(FIRST.len())
    };
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_by_key(|(key, _)| (rank(key), (*key).clone()));
    entries
}

pub(crate) fn written(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

const MAX_LINE: usize = 80;

fn write(value: &Value, depth: usize, out: &mut String) {
    let (open, entries, close) = match value {
        Value::Object(object) => {
            let entries = ordered(object).into_iter();
            (
                '{',
                entries.map(|(key, value)| (Some(key), value)).collect(),
                '}',
            )
        }
        Value::Array(items) => ('[', items.iter().map(|item| (None, item)).collect(), ']'),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _infallible = write!(out, "{value}");
            return;
        }
    };
    let entries: Vec<(Option<&String>, &Value)> = entries;
    let short = value.to_string();
    if short.len() <= MAX_LINE && entries.iter().all(|(_, value)| is_plain(value)) {
        let spaced: Vec<_> = entries
            .iter()
            .map(|(key, value)| entry(*key, &value.to_string()))
            .collect();
        let _infallible = write!(out, "{open}{}{close}", spaced.join(", "));
        return;
    }
    out.push(open);
    for (at, (key, value)) in entries.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _infallible = write!(out, "{comma}\n{:width$}", "", width = depth * 2 + 2);
        out.push_str(&entry(*key, ""));
        write(value, depth + 1, out);
    }
    let _infallible = write!(out, "\n{:width$}{close}", "", width = depth * 2);
}

fn is_plain(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

fn entry(key: Option<&String>, value: &str) -> String {
    key.map_or_else(
        || value.to_owned(),
        |key| format!("{}: {value}", Value::from(key.as_str())),
    )
}
