//! Files of complaints through the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use redress_feedback::cfpb;
use redress_wire::intake::v1::StartImportRequest;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::started::{Answer, Server, folder_named_by, redress};

fn import(folder: &Path, file: &Path) -> Value {
    let mut import = redress(folder);
    import
        .args([
            "import", "--format", "cfpb", "--data", "data", "--output", "json",
        ])
        .arg(file);
    Answer::of(&mut import).json()["files"][0].clone()
}

fn roots(folder: &Path) -> Vec<Value> {
    let mut status = redress(folder);
    status.args(["log", "status", "--data", "data", "--output", "json"]);
    let status = Answer::of(&mut status).json();
    let logs = status["logs"].as_array().unwrap();
    logs.iter()
        .map(|log| json!([log["log"], log["records"], log["root"]]))
        .collect()
}

fn by_value(counts: &Value) -> BTreeMap<String, u64> {
    let counts = counts.as_array().unwrap().iter();
    counts
        .map(|it| {
            (
                it["value"].as_str().unwrap().to_owned(),
                it["count"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn yes_and_no(counts: &Value) -> BTreeMap<String, Value> {
    let counts = counts.as_array().unwrap().iter();
    counts
        .map(|it| {
            let name = it["value"].as_str().unwrap().to_owned();
            (name, json!({ "yes": it["yes"], "no": it["no"] }))
        })
        .collect()
}

#[test]
fn the_real_sample_is_counted_as_expected_and_a_second_import_changes_nothing() {
    let Some(real) = folder_named_by("REDRESS_REAL_DATA", "the real data") else {
        return;
    };
    let expected = fs::read(real.join("cfpb-sample-expected.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let sample = real.join("cfpb-sample.jsonl.gz");
    let folder = tempfile::tempdir().unwrap();

    let first = import(folder.path(), &sample);
    assert_eq!(
        (&first["new"], &first["rejected"]),
        (&expected["rows"], &json!(0))
    );
    let before = roots(folder.path());
    let second = import(folder.path(), &sample);
    assert_eq!(
        (&second["new"], &second["repeated"]),
        (&json!(0), &expected["rows"])
    );
    assert_eq!(roots(folder.path()), before);

    let server = Server::start_in(folder);
    let report = server.json("report indicators")["indicators"].clone();
    let expected_map = |name: &str| -> BTreeMap<String, u64> {
        serde_json::from_value(expected[name].clone()).unwrap()
    };
    assert_eq!(report["received"], expected["rows"]);
    assert_eq!(by_value(&report["by_product"]), expected_map("by_product"));
    assert_eq!(
        by_value(&report["by_reported_response"]),
        expected_map("by_response")
    );
    assert_eq!(report["open"], expected["reopened_like_open"]);
    let timely = &expected["by_timely"];
    let expected_timely = json!({ "yes": timely["Yes"], "no": timely["No"], "unknown": 0 });
    assert_eq!(report["reported_timely"], expected_timely);
    assert_eq!(
        report["reported_disputed"]["yes"],
        expected["by_disputed"]["Yes"]
    );
    assert_eq!(
        report["reported_disputed"]["no"],
        expected["by_disputed"]["No"]
    );
    for (name, key) in [
        ("reported_timely_by_product", "timely_by_product"),
        ("reported_disputed_by_product", "disputed_by_product"),
    ] {
        let expected: BTreeMap<String, Value> =
            serde_json::from_value(expected[key].clone()).unwrap();
        assert_eq!(yes_and_no(&report[name]), expected, "{name}");
    }
    let series = server.json("report series --by month");
    let points = series["points"].as_array().unwrap().iter();
    let by_month: BTreeMap<String, u64> = points
        .map(|it| {
            (
                it["start"].as_str().unwrap()[..7].to_owned(),
                it["received"].as_u64().unwrap(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(by_month, expected_map("by_month"));
}

const HEADER: &str = "Date received,Product,Issue,Company,State,Company response to consumer,\
                      Timely response?,Consumer disputed?,Complaint ID\n";

#[test]
fn good_rows_are_taken_and_bad_ones_are_kept_with_their_reasons() {
    let server = Server::start();
    let file = server.folder.path().join("rows.csv");
    let rows = "2015-01-05,Mortgage,\"Fees, and more\",ACME,CA,Closed,Yes,No,1\n\
                01/06/2015,Mortgage,Fees,ACME,TX,In progress,Yes,,2\n\
                soon,Mortgage,Fees,ACME,TX,Closed,Yes,No,3\n\
                2015-01-07,,Fees,ACME,Texas,Closed,Maybe,No,4\n\
                2015-01-07,Mortgage\n\
                2999-01-07,Mortgage,Fees,ACME,TX,Closed,Yes,No,5\n";
    fs::write(&file, format!("{HEADER}{rows}")).unwrap();
    let done = server
        .run(["import", "--format", "cfpb", "rows.csv"])
        .json()["files"][0]
        .clone();
    assert_eq!(
        (&done["new"], &done["rejected"], &done["completed"]),
        (&json!(2), &json!(4), &json!(true))
    );
    assert_eq!(
        (&done["received_from"], &done["received_to"]),
        (&json!("2015-01-05"), &json!("2015-01-06"))
    );

    let rejects = server
        .folder
        .path()
        .join(done["rejects_file"].as_str().unwrap());
    let mut codes = BTreeMap::new();
    for line in fs::read_to_string(&rejects).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let reasons = row["reasons"].as_array().unwrap().iter();
        let reasons: Vec<String> = reasons
            .map(|it| it["code"].as_str().unwrap().to_owned())
            .collect();
        codes.insert(row["row"].as_u64().unwrap(), reasons);
    }
    assert_eq!(codes[&3], ["ROW_DATE_INVALID"]);
    assert_eq!(
        codes[&4],
        [
            "ROW_STATE_INVALID",
            "ROW_ANSWER_INVALID",
            "ROW_VALUE_MISSING"
        ]
    );
    assert_eq!(codes[&5], ["ROW_COLUMNS_DISAGREE"]);
    assert_eq!(codes[&6], ["TIME_IN_THE_FUTURE"]);

    // Another row of the same complaint is an update, and the first one again a repeat.
    let later = "2015-01-05,Mortgage,\"Fees, and more\",ACME,CA,Closed,Yes,No,1\n\
                 01/06/2015,Mortgage,Fees,ACME,TX,Closed with explanation,Yes,,2\n";
    fs::write(&file, format!("{HEADER}{later}")).unwrap();
    let done = server
        .run(["import", "--format", "cfpb", "rows.csv"])
        .json()["files"][0]
        .clone();
    assert_eq!(
        (&done["repeated"], &done["updated"]),
        (&json!(1), &json!(1))
    );
    let report = server.json("report indicators")["indicators"].clone();
    assert_eq!(
        (&report["received"], &report["closed"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn lines_of_submissions_are_taken_once() {
    let server = Server::start();
    let file = server.folder.path().join("lines.jsonl");
    let lines = r#"{"kind":"compliment","channel":"web","description":"Fine."}
{"kind":"complaint","channel":"web","product":"Kettle","received_at":"2026-01-05T09:00:00Z"}
{"kind":"rant","channel":"web","description":"Hm."}
{"kind":"complaint","channel":"web","unknown":1}
"#;
    fs::write(&file, lines).unwrap();
    for (new, repeated) in [(2, 0), (0, 2)] {
        let done = server
            .run(["import", "--format", "feedback", "lines.jsonl"])
            .json();
        let done = &done["files"][0];
        assert_eq!(
            (&done["new"], &done["repeated"]),
            (&json!(new), &json!(repeated)),
            "{done}"
        );
        assert_eq!(done["rejected"], 2, "{done}");
    }
}

fn many_rows(folder: &Path, count: u32) {
    let row = |id: u32| {
        format!(
            "2015-01-{:02},Mortgage,Fees,ACME,CA,Closed,Yes,No,{id}\n",
            id % 28 + 1
        )
    };
    let rows: String = (1..=count).map(row).collect();
    fs::write(folder.join("many.csv"), format!("{HEADER}{rows}")).unwrap();
}

/// Closes what is open. What is not there yet is taken all the same.
fn close_all(folder: &Path, open: &Value) {
    for import in open.as_array().unwrap() {
        assert_eq!(import["label"], "many");
        let mut close = redress(folder);
        let id = import["import_id"].as_str().unwrap();
        close.args([
            "import", "--data", "data", "--output", "json", "--close", id,
        ]);
        assert!(Answer::of(&mut close).json()["new"].is_u64());
        println!("the import was closed before it was run to its end");
    }
}

#[test]
fn an_import_that_is_broken_off_goes_on_where_it_was() {
    const ROWS: u32 = 6_000;
    let folder = tempfile::tempdir().unwrap();
    many_rows(folder.path(), ROWS);
    for signal in [Signal::KILL, Signal::INT] {
        let mut import = redress(folder.path());
        import.args([
            "import", "--format", "cfpb", "--data", "data", "many.csv", "--label", "many",
            "--output", "json",
        ]);
        let import = import
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(import.id().try_into().unwrap()).unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        kill_process(pid, signal).unwrap();
        let output = import.wait_with_output().unwrap();
        if signal == Signal::INT {
            let error = String::from_utf8(output.stderr).unwrap();
            let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
            let was_completed = summary["files"][0]["completed"] == true;
            assert!(
                was_completed || error.contains("IMPORT_INTERRUPTED"),
                "{error}"
            );
            close_all(folder.path(), &summary["open_imports"]);
        }
    }
    let done = import(folder.path(), &folder.path().join("many.csv"));
    let (new, repeated) = (
        done["new"].as_u64().unwrap(),
        done["repeated"].as_u64().unwrap(),
    );
    println!("{repeated} rows were there before the last run, {new} were not");
    assert_eq!(
        (new + repeated, &done["completed"]),
        (u64::from(ROWS), &json!(true))
    );
    let before = roots(folder.path());
    let again = import(folder.path(), &folder.path().join("many.csv"));
    assert_eq!(
        (&again["new"], &again["repeated"]),
        (&json!(0), &json!(ROWS))
    );
    assert_eq!(roots(folder.path()), before);
    let server = Server::start_in(folder);
    assert_eq!(
        server.json("report indicators")["indicators"]["received"],
        ROWS
    );
    let folder = server.stop();
    let mut verify = redress(folder.path());
    verify.args(["log", "verify", "--data", "data", "--output", "json"]);
    assert_eq!(Answer::of(&mut verify).code, 0);
}

fn write_rows(server: &Server, name: &str, text: &str) {
    fs::write(server.folder.path().join(name), text).unwrap();
}

fn import_by(server: &Server, name: &str) -> Answer {
    server.run(["import", "--format", "cfpb", name])
}

/// Begins the import of a file, as a program does that ends before its first row.
fn begin(server: &Server, name: &str) -> String {
    let mut sum = Command::new("sha256sum");
    let sum = Answer::of(sum.arg(server.folder.path().join(name))).out;
    let request = StartImportRequest {
        format: "cfpb".to_owned(),
        source: cfpb::SOURCE.to_owned(),
        rules: cfpb::RULES.to_owned(),
        file_digest: sum.split_whitespace().next().unwrap().to_owned(),
        label: name.to_owned(),
        ..StartImportRequest::default()
    };
    let begin = async {
        let mut intake = IntakeServiceClient::connect(server.grpc.clone())
            .await
            .unwrap();
        intake.start_import(request).await.unwrap().into_inner()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(begin).import_id
}

fn logs(server: &Server) -> Value {
    server.json("log status")["logs"].clone()
}

#[test]
fn a_file_whose_import_was_closed_is_taken_all_the_same() {
    let server = Server::start();
    write_rows(&server, "rows.csv", &format!("{HEADER}{TWO_ROWS}"));
    let id = begin(&server, "rows.csv");
    let open = server.json("view status")["open_imports"].clone();
    assert_eq!(
        (&open[0]["import_id"], &open[0]["label"]),
        (&json!(id), &json!("rows.csv"))
    );
    server.json(&format!("import --close {id}"));

    let done = import_by(&server, "rows.csv").json();
    let file = &done["files"][0];
    assert_eq!((&file["import_id"], &file["new"]), (&json!(id), &json!(2)));
    assert_eq!(file["completed"], true);
    assert_eq!(done["open_imports"], json!([]));
    let before = logs(&server);
    let again = import_by(&server, "rows.csv").json();
    assert_eq!(again["files"][0]["repeated"], 2);
    assert_eq!(logs(&server), before, "a repeat records nothing");

    let types = server.run(["log", "read", "intake"]).out;
    let imports = types
        .lines()
        .filter(|line| line.contains("feedback_import"));
    let kinds: Vec<String> = imports
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].to_string())
        .collect();
    let expected = ["started", "completed", "reopened", "completed"];
    let expected = expected.map(|it| format!("\"redress.feedback_import.{it}.v1\""));
    assert_eq!(kinds, expected);
}

const TWO_ROWS: &str = "2015-01-05,Mortgage,Fees,ACME,CA,Closed,Yes,No,1\n\
                        2015-01-06,Mortgage,Fees,ACME,TX,In progress,Yes,,2\n";

#[test]
fn an_import_that_is_open_is_named_by_every_other() {
    let server = Server::start();
    write_rows(&server, "left.csv", &format!("{HEADER}{TWO_ROWS}"));
    write_rows(&server, "rows.csv", &format!("{HEADER}{TWO_ROWS}\n"));
    let left = begin(&server, "left.csv");
    let done = import_by(&server, "rows.csv").json();
    let open = done["open_imports"].as_array().unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0]["import_id"], json!(left));

    let mut table = redress(server.folder.path());
    table.args(["import", "--format", "cfpb", "rows.csv", "--address"]);
    let told = Answer::of(table.arg(&server.grpc)).out;
    for words in ["no month is judged", "redress import --close", "left.csv"] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_file_that_is_not_in_the_format_leaves_no_import_open() {
    let server = Server::start();
    write_rows(&server, "rows.csv", &format!("{HEADER}{TWO_ROWS}"));
    write_rows(&server, "semicolons.csv", &HEADER.replace(',', ";"));
    write_rows(&server, "other.jsonl", "{\"name\":\"a\"}\n");
    for (name, code) in [
        ("semicolons.csv", "FILE_HEADER_UNKNOWN"),
        ("other.jsonl", "FILE_HEADER_UNKNOWN"),
    ] {
        let refused = server.run(["import", "--format", "cfpb", "rows.csv", name]);
        let error = refused.error();
        assert_eq!((refused.code, &error["code"]), (2, &json!(code)));
        assert!(error["message"].as_str().unwrap().contains(name), "{error}");
    }
    assert_eq!(server.json("view status")["open_imports"], json!([]));
    let logs = logs(&server);
    let records = logs.as_array().unwrap().iter().map(|it| &it["records"]);
    assert!(records.into_iter().all(|it| *it == json!(0)), "{logs}");
}

#[test]
fn the_reasons_of_an_earlier_run_are_kept() {
    let server = Server::start();
    let bad = "soon,Mortgage,Fees,ACME,TX,Closed,Yes,No,3\n";
    write_rows(&server, "rows.csv", &format!("{HEADER}{TWO_ROWS}{bad}"));
    let read = |name: &str| fs::read_to_string(server.folder.path().join(name)).unwrap();
    for (name, new) in [
        ("rows.csv.rejected.jsonl", 2),
        ("rows.csv.rejected.2.jsonl", 0),
    ] {
        let done = import_by(&server, "rows.csv").json()["files"][0].clone();
        assert_eq!((&done["new"], &done["rejected"]), (&json!(new), &json!(1)));
        assert_eq!(done["rejects_file"], name);
        let row: Value = serde_json::from_str(&read(name)).unwrap();
        assert_eq!((&row["file"], &row["row"]), (&json!("rows.csv"), &json!(3)));
    }
    write_rows(&server, "bad.csv", &format!("{HEADER}{bad}"));
    for lines in 1..3 {
        let told = server.run([
            "import",
            "--format=cfpb",
            "--rejects",
            "own.jsonl",
            "bad.csv",
        ]);
        assert_eq!(told.code, 1);
        assert_eq!(told.error()["code"], "IMPORT_ALL_REJECTED");
        assert_eq!(read("own.jsonl").lines().count(), lines);
    }
}

#[test]
fn the_same_rows_are_the_same_however_they_are_written() {
    let server = Server::start();
    write_rows(&server, "rows.csv", &format!("{HEADER}{TWO_ROWS}"));
    assert_eq!(import_by(&server, "rows.csv").json()["files"][0]["new"], 2);
    let crlf = format!("\u{feff}{HEADER}{TWO_ROWS}").replace('\n', "\r\n");
    write_rows(&server, "crlf.csv", crlf.trim_end());
    let columns: Vec<&str> = HEADER.trim_end().split(',').collect();
    let mut lines = Vec::new();
    for row in TWO_ROWS.lines() {
        let cells = columns.iter().zip(row.split(','));
        let row: BTreeMap<_, _> = cells.collect();
        lines.push(serde_json::to_string(&row).unwrap());
    }
    lines.reverse();
    write_rows(&server, "lines.jsonl", &lines.join("\n"));
    for name in ["crlf.csv", "lines.jsonl"] {
        let done = import_by(&server, name).json()["files"][0].clone();
        assert_eq!(
            (&done["new"], &done["repeated"]),
            (&json!(0), &json!(2)),
            "{name}"
        );
    }
}
