//! What the check of a submission insists on, in the words of JSON Schema: the lengths and the forms of
//! texts, how many of each there may be, and what goes with what. Not what hangs on the clock, on two times
//! or on the size of the whole: that no schema can say.

use redress_envelope::Money;
use serde_json::{Map, Value, json};

use crate::check::limits::{
    CODE_CHARS, DESCRIPTION_CHARS, MAX_REFERENCES, MAX_SCORES, MAX_TAGS, MAX_UNMAPPED, NAME_CHARS,
    NOTE_CHARS,
};
use crate::{Measure, Vocabulary};

/// What is trimmed, as a part of a class of characters: Unicode's `White_Space`.
const BLANK: &str =
    r"\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
const CONTROL: &str = r"\u0000-\u001f\u007f-\u009f";
const CONTROL_BUT_LINES: &str = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f";

const CODE: &str = "[a-z0-9._-]{1,60}";
const SOURCE: &str = "^[a-z0-9-]{1,40}$";
const JURISDICTION: &str = "[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?";
const LANGUAGE: &str = "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*";
const LANGUAGE_CHARS: usize = 35;
const DIGEST: &str = "^[0-9a-f]{64}$";

/// Makes the derived schema of a submission say what the door says.
pub fn as_the_door(schema: &mut Value) {
    submission(schema);
    let types = &mut schema["$defs"];
    for (field, chars) in [
        ("reference", NAME_CHARS),
        ("name", NAME_CHARS),
        ("email", NAME_CHARS),
        ("phone", CODE_CHARS),
        ("postal_code", CODE_CHARS),
    ] {
        add(field_of(types, "SubmittedCustomer", field), line(chars));
    }
    add(
        field_of(types, "SubmittedCustomer", "address"),
        lines(NOTE_CHARS),
    );
    let reference = "SubmittedReference";
    add(field_of(types, reference, "source"), line(NAME_CHARS));
    add(
        field_of(types, reference, "system"),
        given(&format!("^{CODE}$")),
    );
    add(
        field_of(types, reference, "id"),
        given(&some_line(NAME_CHARS)),
    );
    add(
        field_of(types, "ReportedHistory", "response"),
        line(NAME_CHARS),
    );
    add(
        field_of(types, "ReportedHistory", "public_response"),
        line(NOTE_CHARS),
    );
    add(field_of(types, "ReportedHistory", "source"), given(SOURCE));
    add(field_of(types, "ReportedHistory", "digest"), given(DIGEST));
    let most = json!({ "minimum": 0, "maximum": Money::MAX_MINOR_UNITS });
    add(field_of(types, "Money", "minor_units"), most);
    word(field_of(types, "SubmittedRemedy", "kind"), "RemedyKind");
    word(field_of(types, "SubmittedScore", "measure"), "Measure");
    let required = |names: &[&str]| json!({ "required": names });
    add(&mut types[reference], required(&["id", "system"]));
    add(&mut types["SubmittedRemedy"], required(&["kind"]));
    add(
        &mut types["SubmittedScore"],
        required(&["measure", "value"]),
    );
    add(&mut types["SubmittedScore"], scale());
    if let Some(types) = types.as_object_mut() {
        types.remove("SubmittedAttachment");
    }
}

fn submission(schema: &mut Value) {
    add(schema, wholly());
    let fields = &mut schema["properties"];
    for field in [
        "reported_channel",
        "product",
        "sub_product",
        "issue",
        "sub_issue",
        "site",
        "supplier",
        "business_unit",
        "segment",
    ] {
        add(&mut fields[field], line(NAME_CHARS));
    }
    add(&mut fields["description"], lines(DESCRIPTION_CHARS));
    add(&mut fields["immediate_action"], lines(NOTE_CHARS));
    add(&mut fields["assisted_by"], form(CODE, None));
    add(&mut fields["jurisdiction"], form(JURISDICTION, None));
    add(
        &mut fields["language"],
        form(LANGUAGE, Some(LANGUAGE_CHARS)),
    );
    word(&mut fields["kind"], "Kind");
    if let Some(choices) = fields["channel"]["anyOf"].as_array_mut() {
        choices.push(json!({ "type": "string", "pattern": blank() }));
    }
    let tag = json!({ "type": "string", "pattern": some_or_no_line(CODE_CHARS) });
    add(
        &mut fields["tags"],
        json!({ "maxItems": MAX_TAGS, "items": tag }),
    );
    add(
        &mut fields["external_references"],
        json!({ "maxItems": MAX_REFERENCES }),
    );
    let once = Measure::KNOWN.iter().map(|measure| {
        let of =
            json!({ "properties": { "measure": { "const": measure } }, "required": ["measure"] });
        json!({ "contains": of, "minContains": 0, "maxContains": 1 })
    });
    let once: Vec<Value> = once.collect();
    add(
        &mut fields["scores"],
        json!({ "maxItems": MAX_SCORES, "allOf": once }),
    );
    fields["attachments"] = json!({
        "description": "A file cannot come this way.",
        "type": "array",
        "maxItems": 0,
    });
    let mut value = json!({ "type": "string" });
    add(&mut value, lines(NOTE_CHARS));
    let unmapped = json!({
        "maxProperties": MAX_UNMAPPED,
        "propertyNames": { "pattern": some_or_no_line(NAME_CHARS) },
        "additionalProperties": value,
    });
    add(&mut fields["unmapped"], unmapped);
}

/// What is said of more than one field.
fn wholly() -> Value {
    let not_blank = |field: &str| {
        let text = json!({ "type": "string", "pattern": format!("[^{BLANK}]") });
        json!({ "required": [field], "properties": { field: text } })
    };
    let scored = json!({ "required": ["scores"], "properties": { "scores": { "minItems": 1 } } });
    let survey = json!({
        "required": ["kind"],
        "properties": { "kind": { "const": "survey_response" } },
    });
    let both = json!({
        "required": ["occurred_at", "occurred_on"],
        "properties": { "occurred_at": { "type": "string" }, "occurred_on": { "type": "string" } },
    });
    json!({
        "allOf": [
            { "anyOf": [not_blank("description"), not_blank("product"), not_blank("issue"), &scored] },
            { "if": survey, "then": scored },
            { "not": both },
        ],
    })
}

/// Each measure has a scale of its own.
fn scale() -> Value {
    let measures = Measure::KNOWN.iter().filter_map(|word| {
        let (from, to) = Measure::known(word)?.range()?;
        let of = json!({ "properties": { "measure": { "const": word } }, "required": ["measure"] });
        let value = json!({ "properties": { "value": { "minimum": from, "maximum": to } } });
        Some(json!({ "if": of, "then": value }))
    });
    json!({ "allOf": measures.collect::<Vec<_>>() })
}

fn field_of<'a>(types: &'a mut Value, name: &str, field: &str) -> &'a mut Value {
    &mut types[name]["properties"][field]
}

fn add(schema: &mut Value, more: Value) {
    let (Value::Object(schema), Value::Object(more)) = (schema, more) else {
        return;
    };
    schema.extend(more);
}

/// A word that must be there.
fn word(field: &mut Value, name: &str) {
    let reference = format!("#/$defs/{name}");
    must_be(field).insert("$ref".to_owned(), reference.into());
}

/// A field without those of its words that let it be absent.
fn must_be(field: &mut Value) -> &mut Map<String, Value> {
    if !field.is_object() {
        *field = json!({});
    }
    let Value::Object(field) = field else {
        unreachable!("it was made one");
    };
    for key in ["anyOf", "default", "type"] {
        field.remove(key);
    }
    field
}

fn blank() -> String {
    format!("^[{BLANK}]*$")
}

/// A text that must be there.
fn given(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// A text of one line, whose length counts without the blanks around it.
fn some_line(chars: usize) -> String {
    let (end, part) = (format!("[^{BLANK}{CONTROL}]"), format!("[^{CONTROL}]"));
    format!(
        "^[{BLANK}]*{end}({part}{{0,{}}}{end})?[{BLANK}]*$",
        chars - 2
    )
}

fn some_or_no_line(chars: usize) -> String {
    let some = some_line(chars);
    format!("{}|{some}", blank())
}

fn line(chars: usize) -> Value {
    json!({ "pattern": some_or_no_line(chars) })
}

/// A text of several lines, kept as it is written.
fn lines(chars: usize) -> Value {
    let some = json!({ "maxLength": chars, "pattern": format!("^[^{CONTROL_BUT_LINES}]*$") });
    json!({ "anyOf": [{ "pattern": blank() }, some] })
}

/// A text that has a form, or is blank.
fn form(pattern: &str, chars: Option<usize>) -> Value {
    let mut some = json!({ "pattern": format!("^{pattern}$") });
    if let Some(chars) = chars {
        some["maxLength"] = chars.into();
    }
    json!({ "anyOf": [{ "pattern": blank() }, some] })
}
