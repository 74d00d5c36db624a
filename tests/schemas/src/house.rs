//! The last touch on a derived schema: what our readers insist on, in words that every validator knows.

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

/// The largest whole number that every JSON reader keeps exactly.
const LARGEST: u64 = 1 << 53;

/// | What | Becomes |
/// |---|---|
/// | a value that is left out where there is none | no `null` |
/// | a whole number | at most 2^53 and of no format of Rust's |
/// | a time, a date | a pattern beside the format, for validators that pass over formats |
/// | known words, and any other | one list of words, their meanings in the description |
/// | an object | open to fields of later versions |
#[derive(Debug, Clone, Default)]
pub(crate) struct House;

/// The same, of what others send: it is read as it is written, and what is not known is refused. `null`
/// stands for what is absent, an object is closed, a word is one of the list, and a time may have an offset.
#[derive(Debug, Clone, Default)]
pub(crate) struct Door;

impl Transform for Door {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut() {
            words(object);
            if object
                .remove("anyOf")
                .is_some_and(|choices| !is_closed(object, choices))
            {
                object.remove("examples");
            }
            whole_number(object);
            if object.get("format").is_some_and(|it| it == "date-time") {
                object.insert("pattern".to_owned(), OFFSET_TIME.into());
            }
            time(object);
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
            plain_description(object);
        }
        transform_subschemas(self, schema);
    }
}

const OFFSET_TIME: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

/// Words that grow are a list and any other: here they are the list. Other choices stay.
fn is_closed(schema: &mut Map<String, Value>, choices: Value) -> bool {
    if let Some(words) = choices
        .pointer("/0/enum")
        .filter(|_| schema.contains_key("examples"))
    {
        schema.insert("enum".to_owned(), words.clone());
        return false;
    }
    schema.insert("anyOf".to_owned(), choices);
    true
}

impl Transform for House {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut() {
            words(object);
            without_null(object);
            whole_number(object);
            time(object);
            open(object);
            plain_description(object);
        }
        transform_subschemas(self, schema);
    }
}

fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(choices)) = schema.get_mut("anyOf") else {
        return;
    };
    let before = choices.len();
    choices.retain(|choice| choice != &json!({ "type": "null" }));
    if before > choices.len() && choices.len() == 1 {
        let only = choices.remove(0);
        schema.remove("anyOf");
        if let Value::Object(only) = only {
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
    }
}

fn whole_number(schema: &mut Map<String, Value>) {
    if schema.get("type").is_none_or(|name| name != "integer") {
        return;
    }
    let format = schema.remove("format");
    let small = format.is_some_and(|it| it != "int64" && it != "uint64");
    if !small {
        schema.entry("maximum").or_insert(LARGEST.into());
        schema.entry("minimum").or_insert(json!(-(1_i64 << 53)));
    }
}

fn time(schema: &mut Map<String, Value>) {
    let pattern = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => {
            r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$"
        }
        Some("date") => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        Some(_) | None => return,
    };
    schema.entry("pattern").or_insert(pattern.into());
}

fn open(schema: &mut Map<String, Value>) {
    if schema.contains_key("properties") {
        schema.insert("additionalProperties".to_owned(), true.into());
    }
}

/// The words of an enum: each `const` or `enum` among the choices, and whether any other is one too.
fn words(schema: &mut Map<String, Value>) {
    let Some((key, choices)) = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|key| Some((key, schema.get(key)?.as_array()?.clone())))
    else {
        return;
    };
    let mut known = Vec::new();
    let mut meanings = Vec::new();
    let mut others = None;
    for choice in &choices {
        if choice.get("type").is_none_or(|name| name != "string") {
            return;
        }
        let description = choice.get("description").and_then(Value::as_str);
        if let Some(word) = choice.get("const").and_then(Value::as_str) {
            known.push(Value::from(word));
            meanings.extend(description.map(|it| format!("- `{word}`: {it}")));
        } else if let Some(Value::Array(words)) = choice.get("enum") {
            known.extend(words.iter().cloned());
        } else {
            others = Some(
                description
                    .unwrap_or("A word of a later version.")
                    .to_owned(),
            );
        }
    }
    if known.is_empty() {
        return;
    }
    schema.remove(key);
    schema.insert("type".to_owned(), "string".into());
    if !meanings.is_empty() {
        let before = schema.get("description").and_then(Value::as_str);
        let head = before.map_or_else(String::new, |it| format!("{it}\n\n"));
        let described = format!("{head}{}", meanings.join("\n"));
        schema.insert("description".to_owned(), described.into());
    }
    match others {
        Some(others) => {
            let any = json!([
                { "enum": known.clone() },
                { "description": others },
            ]);
            schema.insert("anyOf".to_owned(), any);
            schema.insert("examples".to_owned(), known.into());
        }
        None => {
            schema.insert("enum".to_owned(), known.into());
        }
    }
}

/// A description is read by people who have no Rust at hand: without links into the code, and in lines as
/// long as they are.
fn plain_description(schema: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = plain(text);
    }
}

fn plain(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| {
        if paragraph.starts_with("- ") {
            return paragraph.to_owned();
        }
        paragraph.split('\n').collect::<Vec<_>>().join(" ")
    });
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("[`") {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find("`]") else {
            break;
        };
        out.push_str(&rest[at + 1..=at + end]);
        rest = &rest[at + end + 2..];
        if let Some(target) = rest.strip_prefix('(') {
            rest = target.split_once(')').map_or(target, |(_, after)| after);
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transformed(schema: Value) -> Value {
        let mut schema = Schema::try_from(schema).unwrap();
        House.transform(&mut schema);
        schema.into()
    }

    #[test]
    fn a_description_has_no_links_into_the_code() {
        assert_eq!(
            plain("See [`a`](crate::b)\nand [`c`].\n\nMore [d]."),
            "See `a` and `c`.\n\nMore [d]."
        );
    }

    #[test]
    fn words_that_grow_are_a_list_and_any_other() {
        let words = transformed(json!({
            "description": "What.",
            "anyOf": [
                { "type": "string", "const": "a", "description": "The first." },
                { "type": "string", "enum": ["b"] },
                { "type": "string", "description": "Another." },
            ],
        }));
        assert_eq!(words["anyOf"][0], json!({ "enum": ["a", "b"] }));
        assert_eq!(words["anyOf"][1]["description"], "Another.");
        assert_eq!(words["description"], "What.\n\n- `a`: The first.");
    }

    #[test]
    fn what_is_left_out_is_never_null() {
        assert_eq!(
            transformed(json!({ "type": ["string", "null"], "format": "date" })),
            json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
        );
        assert_eq!(
            transformed(json!({ "anyOf": [{ "$ref": "#/$defs/A" }, { "type": "null" }] })),
            json!({ "$ref": "#/$defs/A" })
        );
    }

    #[test]
    fn no_number_is_larger_than_every_reader_keeps() {
        let number = transformed(json!({ "type": "integer", "format": "uint64", "minimum": 0 }));
        assert_eq!(
            number,
            json!({ "type": "integer", "minimum": 0, "maximum": LARGEST })
        );
    }
}
