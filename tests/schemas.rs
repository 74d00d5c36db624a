//! The schemas that are handed to strangers, held against records by programs that are not ours.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::started::{Answer, binary, folder_named_by, redress, root, skip};

const TOOLS: &str = "the independent clients (`cargo xtask test` makes it)";

/// The program that makes the schemas: of the build that made the program under test, or made now.
fn generator() -> PathBuf {
    let beside = binary().with_file_name("redress-schemas");
    if std::env::var_os("REDRESS_TEST_BINARY").is_none() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "redress-schemas"]);
        let made = cargo.current_dir(root()).status().unwrap();
        assert!(
            made.success(),
            "the program that makes schemas does not build"
        );
    }
    beside
}

fn events() -> PathBuf {
    root().join("proto/events")
}

fn copied() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(events()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}

/// A program fed from a file, and the object that it prints.
fn judged(command: &mut Command, records: &Path) -> Value {
    let fed = command.stdin(File::open(records).unwrap());
    let output = fed
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stdout)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn python(tools: &Path, records: &Path) -> Value {
    judged(&mut python_on(tools), records)
}

fn python_on(tools: &Path) -> Command {
    let mut python = Command::new(tools.join("bin/python"));
    python
        .arg(root().join("tests/clients/records.py"))
        .arg(events());
    python
}

/// Node with the packages that were installed for the tests.
fn node(tools: &Path, script: &str) -> Option<Command> {
    let packages = tools.join("node_modules");
    if !packages.is_dir() {
        skip("there are no JavaScript packages: node or npm was missing");
        return None;
    }
    let mut node = Command::new("node");
    node.arg(root().join("tests/clients").join(script))
        .env("NODE_PATH", packages);
    Some(node)
}

/// Records of a small demo: up to `most` of each type.
fn recorded(folder: &Path, most: usize) -> Vec<Value> {
    let mut demo = redress(folder);
    demo.args([
        "demo", "--exit", "--years", "1", "--output", "json", "--data", "demo",
    ]);
    let made = Answer::of(demo.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]));
    assert_eq!(made.code, 0, "{made:?}");
    let mut records = Vec::new();
    let mut counted = std::collections::BTreeMap::new();
    for log in ["intake", "workflow", "reporting"] {
        let to = folder.join(log);
        let mut export = redress(folder);
        export.args(["log", "export", log, "--data", "demo", "--to"]);
        let exported = Answer::of(export.arg(&to));
        assert_eq!(exported.code, 0, "{exported:?}");
        for line in fs::read_to_string(&to).unwrap().lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let of_type = counted.entry(record["type"].to_string()).or_insert(0);
            *of_type += 1;
            if *of_type <= most {
                records.push(record);
            }
        }
    }
    records
}

#[test]
fn the_schemas_that_are_checked_in_are_those_of_the_types() {
    let checked = Answer::of(Command::new(generator()).arg("--check"));
    assert_eq!(checked.code, 0, "{checked:?}");
    let copy = copied();
    let check = || {
        Answer::of(
            Command::new(generator())
                .arg("--check")
                .arg("--folder")
                .arg(copy.path()),
        )
    };
    assert_eq!(check().code, 0, "{:?}", check());
    fs::remove_file(copy.path().join("redress.complaint.closed.v1.schema.json")).unwrap();
    let refused = check();
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused
            .err
            .contains("redress.complaint.closed.v1.schema.json is missing"),
        "{refused:?}"
    );
}

#[test]
fn a_schema_takes_and_refuses_what_our_own_readers_do() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases");
    let printed = Answer::of(Command::new(generator()).arg("--cases"));
    assert_eq!(printed.code, 0, "{}", printed.err);
    fs::write(&cases, &printed.out).unwrap();
    let judged = python(&tools, &cases);
    assert_eq!(judged["wrong"], 0);
    // A record that is said to be wrong and is not, and one that is said to be right and is not.
    for (said, otherwise) in [("true", "false"), ("false", "true")] {
        let [said, otherwise] = [said, otherwise].map(|it| format!(r#""taken":{it}"#));
        fs::write(&cases, printed.out.replacen(&said, &otherwise, 1)).unwrap();
        let mut python = python_on(&tools);
        let status = python.stdin(File::open(&cases).unwrap()).output().unwrap();
        assert_eq!(status.status.code(), Some(1));
    }
    assert!(judged["refused"].as_u64() > Some(1_000), "{judged}");
    // Every type but those of records and submissions in general was among them.
    let types = judged["types"].as_array().unwrap().len() as u64;
    assert_eq!(judged["schemas"].as_u64(), Some(types + 2));
}

/// The same lines are messages of a test of intake (`door.rs`), which takes and refuses them alike.
#[test]
fn the_schema_of_a_submission_takes_and_refuses_what_the_inbox_does() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let table = root().join("tests/schemas/submissions.jsonl");
    let judged = python(&tools, &table);
    assert_eq!(judged["wrong"], 0);
    assert!(judged["taken"].as_u64() >= Some(90), "{judged}");
    assert!(judged["refused"].as_u64() > Some(110), "{judged}");
}

#[test]
fn recorded_events_fit_their_schemas_and_the_one_of_cloudevents() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    let records = recorded(folder.path(), 100);
    let types: BTreeSet<String> = records.iter().map(|it| it["type"].to_string()).collect();
    assert!(types.len() > 12, "{types:?}");
    let mut file = File::create(&path).unwrap();
    for record in &records {
        writeln!(file, "{}", json!({ "record": record, "taken": true })).unwrap();
    }
    let judged = python(&tools, &path);
    assert_eq!(judged["taken"], records.len());
    if let Some(mut node) = node(&tools, "events.cjs") {
        let judged = self::judged(&mut node, &path);
        assert_eq!(
            judged,
            json!({ "records": records.len(), "refused": 0, "strict": true })
        );
    }
}

#[test]
fn asyncapis_own_parser_reads_the_document() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let Some(mut parser) = node(&tools, "asyncapi.cjs") else {
        return;
    };
    let read = Answer::of(parser.arg(events().join("asyncapi.yaml")));
    let document = read.json();
    assert_eq!(document["errors"], 0, "{read:?}");
    assert_eq!(document["warnings"], 0, "{read:?}");
    assert_eq!(document["wrong_examples"], json!([]));
    assert!(document["examples"].as_u64() >= document["messages"].as_u64());
    assert_eq!(document["sends"], 1);
    let addresses = document["addresses"].as_array().unwrap();
    for address in [
        "redress.v1.{tenant}.event.workflow.{partition}.complaint.acknowledged",
        "redress.v1.{tenant}.event.intake.{partition}.feedback.received",
        "redress.v1.{tenant}.inbox.{source}",
        "redress.v1.{tenant}.receipt.{source}.{receipt}",
        "redress.v1.{tenant}.rejected.{source}",
    ] {
        assert!(
            addresses.contains(&json!(address)),
            "{address} is not in {addresses:?}"
        );
    }
    // A channel for each event, the inbox, and three for what becomes of a message.
    let files = fs::read_dir(events()).unwrap().count() as u64;
    assert_eq!(document["channels"].as_u64(), Some(files - 3 + 4));

    // It looks into the files that the document refers to.
    let copy = copied();
    fs::remove_file(copy.path().join("submission.schema.json")).unwrap();
    let mut parser = node(&tools, "asyncapi.cjs").unwrap();
    let read = Answer::of(parser.arg(copy.path().join("asyncapi.yaml")));
    assert!(read.json()["errors"].as_u64() > Some(0), "{read:?}");
}
