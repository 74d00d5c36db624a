//! Files of complaints through the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

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

#[test]
fn an_import_that_is_broken_off_goes_on_where_it_was() {
    const ROWS: u32 = 6_000;
    let folder = tempfile::tempdir().unwrap();
    many_rows(folder.path(), ROWS);
    for signal in [Signal::KILL, Signal::INT] {
        let mut import = redress(folder.path());
        import.args([
            "import", "--format", "cfpb", "--data", "data", "many.csv", "--output", "json",
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
