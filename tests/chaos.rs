//! Strangers publish while every process and NATS are killed, and at the end each accepted message is
//! there once: in intake's log, as a complaint where it is one, and in the figures.
//!
//! `REDRESS_PUBLISHED` says how many messages they publish together; 2,000 by default. With many,
//! `REDRESS_TEST_BINARY` can name a release build of `redress`, beside which the others lie.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::programs::{INTAKE, Patience, Programs, REPORTING, SERVICES, WORKFLOW};
use crate::publishers::publisher::{Publisher, sources};
use crate::three::nats::Nats;

const NOISE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Who is killed, in this order, spread over the run.
const NATS: usize = SERVICES.len();
const KILLED: [usize; 17] = [
    INTAKE, WORKFLOW, REPORTING, INTAKE, WORKFLOW, NATS, REPORTING, WORKFLOW, INTAKE, REPORTING,
    NATS, WORKFLOW, INTAKE, REPORTING, INTAKE, REPORTING, WORKFLOW,
];

fn kind(number: usize) -> &'static str {
    ["complaint", "compliment", "complaint", "suggestion"][number % 4]
}

fn message(source: &str, number: usize) -> Value {
    let id = format!("{source}-{number}");
    json!({ "id": id, "data": { "kind": kind(number), "product": "Kettle", "description": id,
        "customer": { "reference": id } } })
}

/// So many messages, every tenth twice, in no order.
fn messages(source: &str, count: usize) -> String {
    let mut numbers: Vec<usize> = (0..count).collect();
    numbers.extend((0..count).step_by(10));
    let place = |number: &usize| (*number as u64).wrapping_mul(NOISE) >> 7;
    // The two of a pair stand together, unless they are moved apart.
    numbers.sort_by_key(place);
    let half = numbers.len() / 2;
    for at in (0..half).step_by(3) {
        numbers.swap(at, at + half);
    }
    let mut text = String::new();
    for number in numbers {
        writeln!(text, "{}", message(source, number)).unwrap();
    }
    text
}

/// Kills everybody in turns, each time that so many more receipts have come.
fn kill_in_turns(
    publishers: &mut [Publisher],
    lines: usize,
    programs: &mut Programs,
    nats: &mut Nats,
) {
    for (round, who) in KILLED.into_iter().enumerate() {
        let enough = publishers.len() * lines * (round + 1) / (KILLED.len() + 1);
        let mut patience = Patience::new("receipts come in");
        loop {
            let received: usize = publishers.iter_mut().map(Publisher::received).sum();
            if received >= enough {
                break;
            }
            patience.wait(&received.into());
        }
        if who == NATS {
            nats.kill();
            nats.run();
        } else {
            // What has not come up yet is not killed again.
            programs.until_ready(who);
            programs.end(who, Signal::KILL);
            programs.begin(who);
        }
    }
    let mut patience = Patience::new("every publisher has its receipts");
    while !publishers.iter_mut().all(Publisher::has_ended) {
        let received: usize = publishers.iter_mut().map(Publisher::received).sum();
        patience.wait(&received.into());
    }
    for service in [INTAKE, WORKFLOW, REPORTING] {
        programs.until_ready(service);
    }
}

/// The feedback that each message was accepted as, with its kind.
fn accepted(publishers: &[Publisher], lines: usize) -> BTreeMap<String, &'static str> {
    let mut found: BTreeMap<(&str, usize), String> = BTreeMap::new();
    for publisher in publishers {
        let receipts = publisher.receipts();
        assert_eq!(
            receipts.len(),
            lines,
            "{}: receipts for all",
            publisher.source
        );
        for receipt in receipts {
            assert_eq!(receipt["status"], "accepted", "{receipt}");
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let id = text(&receipt["id"]);
            let number = id.rsplit_once('-').unwrap().1.parse().unwrap();
            let item = text(&receipt["receipt"]["feedback_id"]);
            let key = (publisher.source, number);
            let first = found.entry(key).or_insert_with(|| item.clone());
            assert_eq!(*first, item, "one message, one feedback");
        }
    }
    let messages = found.len();
    let kinds = found.into_iter();
    let kinds: BTreeMap<_, _> = kinds.map(|((_, at), item)| (item, kind(at))).collect();
    assert_eq!(kinds.len(), messages, "one feedback, one message");
    kinds
}

/// The items that began in a log, in their order, as often as they did.
fn begun(records: &[Value], event: &str) -> Vec<String> {
    let of_type = records.iter().filter(|it| it["type"] == event);
    let item = |record: &Value| {
        let subject = record["subject"].as_str().unwrap();
        subject.split_once('/').unwrap().1.to_owned()
    };
    let mut items: Vec<String> = of_type.map(item).collect();
    items.sort();
    items
}

/// Holds the logs, each read once, and the figures against what was accepted.
fn judge(programs: &Programs, accepted: &BTreeMap<String, &'static str>) {
    let all: Vec<String> = accepted.keys().cloned().collect();
    let of_kind = |wanted| accepted.iter().filter(move |(_, kind)| **kind == wanted);
    let complaints: Vec<String> = of_kind("complaint").map(|(id, _)| id.clone()).collect();

    let records = programs.records(INTAKE);
    let received = begun(&records, "redress.feedback.received.v1");
    assert_eq!(
        received.len(),
        all.len(),
        "none is lost, none is there twice"
    );
    assert!(received == all, "what is there is what was accepted");
    assert_eq!(records.len(), all.len(), "and nothing else");
    drop(records);

    let opened = begun(&programs.records(WORKFLOW), "redress.complaint.opened.v1");
    assert_eq!(opened.len(), complaints.len(), "one complaint each");
    assert!(opened == complaints, "of those that are one");

    let told = programs.json("report indicators");
    let indicators = &told["indicators"];
    assert_eq!(indicators["received"], complaints.len());
    for kind in ["complaint", "compliment", "suggestion"] {
        let counts = indicators["feedback_by_kind"].as_array().unwrap();
        let found = counts.iter().find(|it| it["value"] == kind).unwrap();
        assert_eq!(found["count"], of_kind(kind).count(), "{kind}");
    }
    let verified = programs.json("log verify");
    for log in verified["logs"].as_array().unwrap() {
        assert!(log["problem"].is_null(), "{log}");
    }
}

#[test]
fn nothing_is_lost_or_there_twice_while_every_process_and_nats_are_killed() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mut programs = Programs::start(&nats);
    let wanted = std::env::var("REDRESS_PUBLISHED").ok();
    let wanted: usize = wanted.map_or(2_000, |it| it.parse().unwrap());
    let sources = sources();
    let each = wanted / sources.len();
    let lines = each + each.div_ceil(10);
    let begin = Instant::now();
    let start = |source: &'static str| {
        Publisher::start(source, programs.folder(), &nats, &messages(source, each))
    };
    let mut publishers: Vec<Publisher> = sources.into_iter().map(start).collect();
    kill_in_turns(&mut publishers, lines, &mut programs, &mut nats);
    let published = begin.elapsed();
    let accepted = accepted(&publishers, lines);
    assert_eq!(accepted.len(), publishers.len() * each);
    programs.settle();
    let settled = begin.elapsed();
    judge(&programs, &accepted);
    println!(
        "{} messages, each process killed 5 times and NATS twice: none lost, none twice; published \
         in {published:.1?}, followed after {settled:.1?}, judged after {:.1?}",
        accepted.len(),
        begin.elapsed()
    );
}
