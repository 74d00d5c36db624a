//! Nothing is stored without a schema.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::*;

/// The types that stand in the source, what is only in tests left out.
fn types_in_the_source() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for package in golden::packages(&root()).unwrap() {
        look(&package.join("src"), &mut found);
    }
    found
}

fn look(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            look(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") && name != "tests.rs" {
            let text = fs::read_to_string(&path).unwrap();
            let shipped = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            found.extend(
                shipped
                    .split('"')
                    .filter(|it| is_type(it))
                    .map(str::to_owned),
            );
        }
    }
}

fn is_type(text: &str) -> bool {
    let word = |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let version = |it: &str| {
        it.strip_prefix('v')
            .is_some_and(|it| it.parse::<u32>().is_ok())
    };
    matches!(text.split('.').collect::<Vec<_>>()[..], ["redress", kind, event, v]
        if word(kind) && word(event) && version(v))
}

#[test]
fn every_type_in_the_source_has_a_golden_file_and_a_schema_and_no_other_has() {
    let goldens = golden::all(&root()).unwrap();
    let golden: BTreeSet<String> = goldens.iter().map(|golden| golden.kind.clone()).collect();
    let source = types_in_the_source();
    assert!(source.contains("redress.complaint.acknowledged.v1"));
    let missing: Vec<_> = source.difference(&golden).collect();
    let unknown: Vec<_> = golden.difference(&source).collect();
    assert!(missing.is_empty(), "no golden file: {missing:?}");
    assert!(unknown.is_empty(), "no codec: {unknown:?}");
    let files = files::all(&goldens).unwrap();
    for kind in golden {
        assert!(files.contains_key(&format!("{kind}.schema.json")), "{kind}");
    }
}

#[test]
fn every_field_of_every_event_is_described() {
    let mut bare = Vec::new();
    for it in event::types(&golden::all(&root()).unwrap()).unwrap() {
        assert!(!it.description.is_empty(), "{} is not described", it.kind);
        undescribed(&it.schema, &it.kind, &mut bare);
    }
    assert!(bare.is_empty(), "not described: {}", bare.join(", "));
}

fn undescribed(schema: &Value, path: &str, bare: &mut Vec<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(fields) = entries.get("properties").and_then(|it| it.as_object()) {
                let told = |it: &&Value| {
                    ["description", "$ref", "const"]
                        .iter()
                        .any(|key| it.get(key).is_some())
                };
                let fields = fields.iter().filter(|(_, field)| !told(field));
                bare.extend(fields.map(|(name, _)| format!("{path}/{name}")));
            }
            // An example is no schema, and a condition describes nothing.
            let parts = entries
                .iter()
                .filter(|(key, _)| !["examples", "allOf"].contains(&key.as_str()));
            parts.for_each(|(key, part)| undescribed(part, &format!("{path}/{key}"), bare));
        }
        Value::Array(items) => items.iter().for_each(|it| undescribed(it, path, bare)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_file_that_differs_is_missing_or_belongs_to_no_type_is_named() {
    let folder = std::env::temp_dir().join(format!("redress-schemas-{}", std::process::id()));
    let files = files::Files::from(["a", "b", "c"].map(|it| (it.to_owned(), it.to_owned())));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("of_nothing"), "x").unwrap();
    files::write(&folder, &files).unwrap();
    files::check(&folder, &files).unwrap();
    fs::write(folder.join("a"), "other").unwrap();
    fs::remove_file(folder.join("b")).unwrap();
    fs::write(folder.join("d"), "x").unwrap();
    let error = files::check(&folder, &files).unwrap_err().to_string();
    fs::remove_dir_all(&folder).unwrap();
    let named = [
        "a is not what the types say",
        "b is missing",
        "d belongs to no type",
    ];
    assert!(named.iter().all(|part| error.contains(part)), "{error}");
}
