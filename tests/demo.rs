//! The demo, on a seed: it finds what its generator planted, also in services that are killed while it
//! is loaded.

use std::process::Output;

use rustix::process::Signal;
use serde_json::Value;

use crate::programs::{CommandLine, INTAKE, Patience, Programs, REPORTING, SERVICES, WORKFLOW};
use crate::started::{Answer, redress};
use crate::three::nats::Nats;

#[test]
fn the_demo_finds_the_planted_shift_and_a_second_start_serves_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let demo = || {
        let mut demo = redress(folder.path());
        demo.args(["demo", "--exit", "--years", "2", "--output", "json"]);
        Answer::of(demo.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"])).json()
    };
    let first = demo();
    assert!(
        first["loaded"]["complaints"].as_u64().unwrap() > 2_000,
        "{}",
        first["loaded"]
    );
    let found = &first["signals"][0];
    assert!(
        found["month"].as_str() >= first["planted"]["from_month"].as_str(),
        "{found}"
    );
    assert_eq!(found["direction"], "above");
    let candidate = &first["improvements"][0];
    assert_eq!(candidate["source"]["id"], found["signal_id"]);
    assert_eq!(candidate["status"], "candidate");
    // What is out for months is one matter.
    let of_slice = |signal: &&Value| {
        (&signal["dimension"], &signal["value"]) == (&found["dimension"], &found["value"])
    };
    let planted = first["signals"].as_array().unwrap();
    let further = candidate["further_signals"].as_array().unwrap().len();
    assert!(further > 0);
    assert_eq!(further + 1, planted.iter().filter(of_slice).count());

    let second = demo();
    assert!(second["loaded"].is_null());
    assert_eq!(second["indicators"], first["indicators"]);
    assert_eq!(second["signals"], first["signals"]);
    assert_eq!(second["other_signals"], first["other_signals"]);
}

/// Hands the demo to the services again and again, until it is done.
fn load(beside: &CommandLine, typed: &str) -> (Value, usize) {
    for attempt in 1..=50 {
        let Output {
            status,
            stdout,
            stderr,
        } = beside.run(typed);
        if status.success() {
            return (serde_json::from_slice(&stdout).unwrap(), attempt);
        }
        println!(
            "attempt {attempt}: {}",
            String::from_utf8_lossy(&stderr).trim()
        );
    }
    panic!("it is never done");
}

/// How many records a log has, as soon as that are so many.
fn reached(programs: &Programs, service: usize, enough: u64) -> u64 {
    let mut patience = Patience::new("records are written");
    loop {
        let output = programs.run("log status");
        let status: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let mut logs = status["logs"].as_array().into_iter().flatten();
        let log = logs.find(|it| it["log"] == SERVICES[service]);
        match log.and_then(|it| it["records"].as_u64()) {
            Some(records) if records >= enough => return records,
            _ => patience.wait(&status),
        }
    }
}

/// What was found, but for when it was recorded and in which log.
fn found(told: &Value) -> Value {
    let mut found = told.clone();
    for list in ["signals", "other_signals", "improvements"] {
        for one in found[list].as_array_mut().unwrap() {
            let fields = one.as_object_mut().unwrap();
            fields.retain(|name, _| !name.ends_with("_at") && name != "token");
        }
    }
    found
}

#[test]
fn the_loop_ends_in_the_same_signal_and_improvement_though_every_process_is_killed_in_the_middle() {
    let Some(nats) = Nats::start() else { return };
    // One day for both, or midnight would come in between.
    let now = redress_service::clock::now();
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let folder = tempfile::tempdir().unwrap();
    let mut alone = redress(folder.path());
    alone.args(["demo", "--exit", "--years", "2", "--output", "json"]);
    alone.args(["--until", &today.to_string()]);
    let undisturbed = Answer::of(alone.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]));
    let expected = undisturbed.json();
    let count = |name: &str| expected["loaded"][name].as_u64().unwrap();
    let (feedback, opened, steps) = (count("feedback"), count("complaints"), count("steps"));

    let mut programs = Programs::start(&nats);
    let typed = format!("demo --running --years 2 --until {today}");
    let loader = programs.beside(INTAKE);
    let loader = std::thread::spawn(move || load(&loader, &typed));
    let mut killed_at = Vec::new();
    for (killed, log, enough) in [
        (INTAKE, INTAKE, feedback / 2),
        (WORKFLOW, WORKFLOW, opened + steps / 3),
        (REPORTING, WORKFLOW, opened + steps / 2),
    ] {
        killed_at.push((log, reached(&programs, log, enough)));
        programs.end(killed, Signal::KILL);
        programs.start_one(killed);
    }
    let (told, attempts) = loader.join().unwrap();
    println!("killed at {killed_at:?} records, loaded in {attempts} attempts");
    assert!(
        attempts > 2,
        "intake and workflow were killed while it was loaded"
    );
    let all = |service| reached(&programs, service, 0);
    assert!(
        killed_at.iter().all(|(log, at)| *at < all(*log)),
        "in the middle"
    );
    assert_eq!(found(&told), found(&expected));
    assert_eq!(
        told["improvements"][0]["source"]["id"],
        told["signals"][0]["signal_id"]
    );
    // Nobody's own feedback is mixed with it, nor another demo.
    let other = programs.run(&format!("demo --running --years 1 --until {today}"));
    assert_eq!(other.status.code(), Some(3), "{other:?}");
    assert!(String::from_utf8_lossy(&other.stderr).contains("DEMO_NOT_ALONE"));
}
