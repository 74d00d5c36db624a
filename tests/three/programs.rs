//! The three programs themselves, each verb of the command line, and what they say without NATS.

use rustix::process::Signal;
use serde_json::Value;

use crate::programs::{Programs, SERVICES, command};
use crate::three::nats::Nats;

fn submit(programs: &Programs, number: usize) -> (String, String) {
    let submitted = programs.json(&format!(
        "feedback submit --kind=complaint --channel=email --product=Kettle \
         --description=It_leaks --request-id=submission-{number}"
    ));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&submitted["reference"]),
        text(&submitted["recorded"]["token"]),
    )
}

#[test]
fn three_programs_do_what_one_does_and_every_verb_finds_its_service() {
    let Some(nats) = Nats::start() else { return };
    let mut programs = Programs::start(&nats);
    let (reference, token) = submit(&programs, 1);
    let shown = programs.json(&format!("complaint show {reference} --wait-for {token}"));
    assert_eq!(shown["complaint"]["status"], "received");
    let done = programs.json(&format!(
        "complaint acknowledge {reference} --channel email --actor user:anna"
    ));
    let token = done["recorded"]["token"].as_str().unwrap();
    let indicators = programs.json(&format!("report indicators --wait-for {token}"));
    assert!(indicators["indicators"].is_array() || indicators["indicators"].is_object());
    for typed in [
        "complaint list",
        "complaint history REFERENCE",
        "feedback list",
        "feedback get REFERENCE",
        "improvement list",
        "report series",
        "report pareto --by product",
        "report signals",
        "log status",
        "log verify",
        "view rebuild",
    ] {
        programs.json(&typed.replace("REFERENCE", &reference));
    }
    for service in SERVICES {
        let read = programs.run(&format!("log read {service}"));
        assert!(read.status.success(), "{read:?}");
    }
    let status = programs.json("view status");
    let of = |list: &str, key: &str| -> Vec<String> {
        let list = status[list].as_array().unwrap().iter();
        list.map(|it| it[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        of("relays", "log"),
        ["intake/0", "workflow/0", "reporting/0"]
    );
    assert_eq!(
        of("followers", "service"),
        ["workflow", "workflow", "reporting", "reporting"]
    );
    for (service, name) in SERVICES.iter().enumerate() {
        assert_eq!(programs.end(service, Signal::TERM), Some(0), "{name}");
    }
}

#[test]
fn programs_that_are_killed_again_and_again_lose_and_repeat_nothing() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mut programs = Programs::start(&nats);
    let mut last = (String::new(), String::new());
    for number in 0..8 {
        last = submit(&programs, number);
        let service = number % 4;
        if service == 3 {
            nats.kill();
            nats.run();
        } else {
            programs.end(service, Signal::KILL);
            programs.start_one(service);
        }
    }
    let (reference, token) = last;
    programs.json(&format!("complaint show {reference} --wait-for {token}"));
    let listed = programs.json("complaint list --limit 100");
    assert_eq!(listed["complaints"].as_array().unwrap().len(), 8);
    for (service, kind) in [
        ("intake", "redress.feedback.received.v1"),
        ("workflow", "redress.complaint.opened.v1"),
    ] {
        let read = programs.run(&format!("log read {service} --type {kind}"));
        let lines = String::from_utf8(read.stdout).unwrap();
        assert_eq!(lines.matches(kind).count(), 8, "{lines}");
    }
    programs.json("log verify");
}

#[test]
fn a_program_without_nats_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    for service in SERVICES {
        let started = command(&format!("redress-{service}"), folder.path()).output();
        let started = started.unwrap();
        let said = String::from_utf8(started.stderr).unwrap();
        assert_eq!(started.status.code(), Some(2), "{said}");
        assert!(said.contains("bus.servers"), "{said}");
        assert!(said.contains("redress serve"), "{said}");
    }
}
