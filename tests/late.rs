//! What was late: figures of the reports beside those that a script of another kind counts from the
//! exported events, and on real records that have no end.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::started::{Answer, Server, folder_named_by, redress, root};

const TOOLS: &str = "the independent clients (`cargo xtask test` makes it)";

/// The clocks of a report, and of the script over the same events.
fn both(python: &Path, policy: &str) -> (Value, Value) {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = redress(folder.path());
    demo.args(["demo", "--exit", "--output", "json", "--data", "data"]);
    demo.args(["--policy", policy, "--until", "2026-05-17"]);
    let loaded = Answer::of(demo.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"])).json();
    assert!(
        loaded["loaded"]["complaints"].as_u64() > Some(3_000),
        "{loaded}"
    );

    let server = Server::start_in(folder);
    let report = server.json("report clocks --by month");
    server.json("log export workflow --to workflow.jsonl");
    let mut script = Command::new(python);
    script.arg(root().join("tests/clients/late.py"));
    script.arg(server.folder.path().join("workflow.jsonl"));
    let counted = Answer::of(script.arg(report["at"].as_str().unwrap())).json();
    (report["clocks"].clone(), counted["clocks"].clone())
}

const FIGURES: [&str; 7] = [
    "started",
    "met",
    "late",
    "late_still",
    "cancelled",
    "running",
    "paused",
];

/// Side by side, the report's figure first.
fn print(reported: &Value, counted: &Value) {
    println!(
        "{:<34}{}",
        "",
        FIGURES.map(|it| format!("{it:>15}")).concat()
    );
    let (reported, counted) = (reported.as_array().unwrap(), counted.as_array().unwrap());
    for (ours, theirs) in reported.iter().zip(counted) {
        let name = format!("{}/{}", ours["policy"], ours["clock"]).replace('"', "");
        let pair = |it: &str| format!("{} | {}", ours["total"][it], theirs["total"][it]);
        let figures = FIGURES.map(|it| format!("{:>15}", pair(it))).concat();
        println!("{name:<34}{figures}");
    }
}

#[test]
fn late_counts_of_the_demo_are_those_of_an_independent_script_under_three_policies() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    for policy in ["us-cfpb", "uk-disp", "iso-10002"] {
        let (reported, counted) = both(&tools.join("bin/python"), policy);
        print(&reported, &counted);
        let clocks = reported.as_array().unwrap();
        assert!(!clocks.is_empty());
        let sum = |figure: &str| -> u64 {
            let all = clocks
                .iter()
                .map(|it| it["total"][figure].as_u64().unwrap());
            all.sum()
        };
        // A demo in which nothing is late or in time would show nothing.
        assert!(sum("late") > 0 && sum("met") > 0, "{policy}: {reported}");
        assert!(clocks.iter().all(|it| it["policy"] == policy), "{reported}");
        assert_eq!(reported, counted, "{policy}");
    }
}

/// A reported history says whether the answer was timely, and what is open: no policy of ours changes that.
#[test]
fn timely_and_open_counts_of_real_records_are_exact_under_any_policy() {
    let Some(data) = folder_named_by("REDRESS_REAL_DATA", "the real data") else {
        return;
    };
    let expected = std::fs::read(data.join("cfpb-sample-expected.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let timely = &expected["by_timely"];
    let timely = json!({ "yes": timely["Yes"], "no": timely["No"], "unknown": 0 });
    for policy in ["iso-10002", "uk-disp", "us-cfpb"] {
        let server = Server::start();
        server.json(&format!("policy apply {policy}"));
        if policy != "iso-10002" {
            server.json("policy retire iso-10002");
        }
        let folder = server.stop();
        let mut import = redress(folder.path());
        import.args([
            "import", "--format", "cfpb", "--data", "data", "--output", "json",
        ]);
        Answer::of(import.arg(data.join("cfpb-sample.jsonl.gz"))).json();

        let server = Server::start_in(folder);
        let applied = server.json("policy applied")["policies"].clone();
        let in_force = applied
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["in_force"] == true);
        assert!(in_force.map(|it| &it["policy"]).eq([policy]), "{applied}");
        let told = server.json("report indicators")["indicators"].clone();
        println!(
            "{policy}: open {}, timely {}",
            told["open"], told["reported_timely"]
        );
        assert_eq!(told["received"], expected["rows"]);
        assert_eq!(told["open"], expected["reopened_like_open"]);
        assert_eq!(told["reported_timely"], timely);
        // What was promised about them was promised elsewhere.
        assert_eq!(server.json("report clocks")["clocks"], json!([]));
    }
}
