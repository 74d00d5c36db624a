//! Programs that do not start: each says why, in the form and with the exit codes of every other error.

use std::path::Path;

use serde_json::json;

use crate::port::free_port;
use crate::programs::command;
use crate::started::Answer;
use crate::three::nats::Nats;

fn start(program: &str, folder: &Path, flags: &[&str]) -> Answer {
    let mut started = command(program, folder);
    if program == "redress" {
        started.arg("serve");
    }
    started.args(["--output", "json", "--set", "telemetry.filter=error"]);
    Answer::of(started.args(flags))
}

fn check(answer: &Answer, code: i32, reason: &str) {
    let error = answer.error();
    let found = (answer.code, &error["code"]);
    assert_eq!(found, (code, &json!(reason)), "{answer:?}");
    assert!(error["message"].is_string(), "{answer:?}");
    assert!(error["remedy"].is_string(), "{answer:?}");
}

const PROGRAMS: [&str; 4] = [
    "redress",
    "redress-intake",
    "redress-workflow",
    "redress-reporting",
];

#[test]
fn every_program_says_in_the_same_form_why_it_does_not_start() {
    let Some(nats) = Nats::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("notes.txt"), "words").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let servers = format!("bus.servers={}", nats.address());
    let free = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--set"];
    for program in PROGRAMS {
        let with = |flags: &[&str]| {
            let all = [&free[..], &[servers.as_str()], flags].concat();
            start(program, folder, &all)
        };
        check(&with(&["--data", "notes.txt"]), 1, "FILE_UNUSABLE");
        check(&with(&["--data", "notes.txt/data"]), 1, "FILE_UNUSABLE");
        check(&with(&["--set", "nonsense=1"]), 2, "SETTING_INVALID");
        check(&with(&["--set", "nonsense"]), 2, "SETTING_MALFORMED");
        check(
            &with(&["--set", "bus.servers=nonsense://x:99999"]),
            1,
            "BUS_UNUSABLE",
        );
        let occupied = start(
            program,
            folder,
            &["--grpc", &taken, "--http", "127.0.0.1:0", "--set", &servers],
        );
        check(&occupied, 1, "ADDRESS_UNUSABLE");
    }
    for program in &PROGRAMS[1..] {
        let unset = start(program, folder, &[]);
        check(&unset, 2, "SETTING_REQUIRED");
        assert_eq!(unset.error()["field"], "bus.servers");
    }
    // Nothing was made for what did not start.
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
}

#[test]
fn a_data_directory_in_use_ends_every_program_alike() {
    let Some(nats) = Nats::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let servers = format!("bus.servers={}", nats.address());
    let (grpc, http) = (free_port(), free_port());
    let mut first = command("redress-intake", folder.path());
    first.args([
        "--data",
        "data",
        "--set",
        &servers,
        "--set",
        "telemetry.filter=error",
    ]);
    first.args(["--grpc", &format!("127.0.0.1:{grpc}")]);
    first.args(["--http", &format!("127.0.0.1:{http}")]);
    let mut first = first.spawn().unwrap();
    let identity = folder
        .path()
        .join("data/default/intake/0/log/identity.json");
    while !identity.exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    for program in ["redress", "redress-intake"] {
        let free = [
            "--grpc",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
            "--data",
            "data",
        ];
        let flags = [&free[..], &["--set", &servers]].concat();
        check(&start(program, folder.path(), &flags), 4, "LOG_IN_USE");
    }
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn an_import_of_a_file_that_is_not_there_makes_no_data_directory() {
    let folder = tempfile::tempdir().unwrap();
    let mut import = command("redress", folder.path());
    import.args([
        "import",
        "--format",
        "cfpb",
        "missing.csv",
        "--data",
        "data",
    ]);
    check(
        &Answer::of(import.args(["--output", "json"])),
        1,
        "FILE_UNUSABLE",
    );
    assert!(!folder.path().join("data").exists());
}
