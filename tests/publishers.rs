//! Publishers that we did not write, at the inbox of a real process: `docs/publish.md` shows the same
//! programs. Processes and NATS are killed while they publish: nothing is lost, nothing is there twice.
//!
//! `REDRESS_PUBLISHED` says how many messages they publish together; 2,000 by default.

mod intake;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::three::nats::Nats;
use intake::Intake;

const TENANT: &str = "default";
const NOISE: u64 = 0x9e37_79b9_7f4a_7c15;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn tools() -> PathBuf {
    PathBuf::from(std::env::var_os("REDRESS_TOOLS").unwrap())
}

fn has_node() -> bool {
    let node = Command::new("node").arg("--version").output();
    let has = node.is_ok() && tools().join("node_modules").is_dir();
    let may_be_missing = std::env::var_os("REDRESS_FORBID_SKIP").is_none();
    assert!(
        has || may_be_missing,
        "must not be skipped: there is no node"
    );
    if !has {
        println!("SKIPPED the publisher in JavaScript: there is no node, or not its packages");
    }
    has
}

/// A program that publishes what a file holds, and writes its receipts to another.
struct Publisher {
    source: &'static str,
    child: Child,
    receipts: PathBuf,
}

impl Publisher {
    fn start(source: &'static str, folder: &Path, nats: &Nats, lines: &str) -> Self {
        let (input, receipts) = (folder.join(source), folder.join(format!("{source}.out")));
        std::fs::write(&input, lines).unwrap();
        let programs = root().join("tests/publishers");
        let mut command = if source == "python" {
            let mut python = Command::new(tools().join("bin/python"));
            python.arg(programs.join("publish.py"));
            python
        } else {
            let mut node = Command::new("node");
            // Packages are found beside a program or above it, and ours are elsewhere.
            node.env("NODE_PATH", tools().join("node_modules"));
            node.arg(programs.join("publish.mjs"));
            node
        };
        command.args([&nats.address(), TENANT, source]);
        command.stdin(File::open(&input).unwrap());
        command.stdout(File::create(&receipts).unwrap());
        command.stderr(File::create(folder.join(format!("{source}.err"))).unwrap());
        let child = command.spawn().unwrap();
        Self {
            source,
            child,
            receipts,
        }
    }

    fn has_ended(&mut self) -> bool {
        match self.child.try_wait().unwrap() {
            None => false,
            Some(status) => {
                let err = self.receipts.with_extension("err");
                let err = std::fs::read_to_string(err).unwrap_or_default();
                assert!(status.success(), "{}: {err}", self.source);
                true
            }
        }
    }

    fn received(&self) -> usize {
        std::fs::read_to_string(&self.receipts)
            .unwrap()
            .lines()
            .count()
    }

    fn receipts(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.receipts).unwrap();
        text.lines()
            .map(|it| serde_json::from_str(it).unwrap())
            .collect()
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn message(id: &str) -> Value {
    json!({ "id": id, "data": { "kind": "compliment", "product": "Kettle", "description": id,
        "customer": { "reference": id } } })
}

/// So many messages, every tenth twice, in no order.
fn messages(source: &str, count: usize) -> String {
    let ids = (0..count).map(|number| format!("{source}-{number}"));
    let mut ids: Vec<String> = ids.collect();
    let again: Vec<String> = ids.iter().step_by(10).cloned().collect();
    ids.extend(again);
    let place = |id: &String| {
        id.bytes().fold(NOISE, |it, byte| {
            (it ^ u64::from(byte)).wrapping_mul(NOISE) >> 1
        })
    };
    ids.sort_by_key(place);
    let mut text = String::new();
    for id in ids {
        writeln!(text, "{}", message(&id)).unwrap();
    }
    text
}

#[test]
fn the_page_shows_the_programs_that_are_tested() {
    let page = std::fs::read_to_string(root().join("docs/publish.md")).unwrap();
    for program in ["publish.py", "publish.mjs"] {
        let text = std::fs::read_to_string(root().join("tests/publishers").join(program)).unwrap();
        assert!(
            page.contains(&text),
            "docs/publish.md shows another {program}"
        );
    }
}

fn is_documented(answer: &Value) {
    let page = std::fs::read_to_string(root().join("docs/publish.md")).unwrap();
    for field in answer.as_object().unwrap().keys() {
        let named = format!("`{field}`");
        assert!(page.contains(&named), "{field} is not in docs/publish.md");
    }
}

#[test]
fn strangers_get_acknowledgements_and_receipts_and_what_is_wrong_can_be_corrected() {
    let Some(nats) = Nats::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let intake = Intake::start(folder.path(), &nats);
    let mut sources = vec!["python"];
    sources.extend(has_node().then_some("node"));
    for source in sources {
        let wrong = json!({ "id": "wrong", "data": { "kind": "rant", "product": "Kettle" } });
        let lines = format!("{}\n{wrong}\n", message("right"));
        let mut publisher = Publisher::start(source, folder.path(), &nats, &lines);
        wait_until("the publisher has its receipts", || publisher.has_ended());
        let receipts = publisher.receipts();
        let of = |id: &str| receipts.iter().find(|it| it["id"] == id).unwrap();
        assert_eq!(of("right")["status"], "accepted");
        assert_eq!(of("right")["receipt"]["repeated"], false);
        assert_eq!(of("wrong")["status"], "rejected");
        assert_eq!(of("wrong")["code"], "FIELD_UNKNOWN_VALUE");
        let id = of("wrong")["reference"].as_str().unwrap();
        let state = |state| {
            intake.json(&[
                "feedback", "rejected", "list", "--state", state, "--source", source,
            ])
        };
        assert_eq!(state("open")["rejected"][0]["rejected_id"], id);
        let shown = intake.json(&["feedback", "rejected", "show", id]);
        assert_eq!(shown["message"]["id"], "wrong");
        is_documented(&shown["rejected"][0]);
        is_documented(&shown["message"]);
        let corrected = json!({ "kind": "complaint", "product": "Kettle" }).to_string();
        std::fs::write(folder.path().join("corrected.json"), corrected).unwrap();
        let done = intake.json(&["feedback", "retry", id, "--file", "corrected.json"]);
        assert!(done["reference"].as_str().unwrap().starts_with("RD-"));
        assert_eq!(
            state("accepted")["rejected"][0]["feedback_id"],
            done["feedback_id"]
        );
    }
}

#[test]
fn nothing_is_lost_and_nothing_is_there_twice_while_everything_is_killed() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut intake = Intake::start(folder.path(), &nats);
    let wanted = std::env::var("REDRESS_PUBLISHED").ok();
    let wanted: usize = wanted.map_or(2_000, |it| it.parse().unwrap());
    let mut sources = vec!["python"];
    sources.extend(has_node().then_some("node"));
    let each = wanted / sources.len();
    let start = |source: &&'static str| {
        Publisher::start(source, folder.path(), &nats, &messages(source, each))
    };
    let mut publishers: Vec<Publisher> = sources.iter().map(start).collect();
    let lines = each + each.div_ceil(10);
    let (mut killed, mut broker_killed) = (0, 0);
    for round in 1..=7 {
        // Spread over the run, whatever its length.
        let enough = publishers.len() * lines * round / 8;
        wait_until("receipts come in", || {
            publishers.iter().map(Publisher::received).sum::<usize>() >= enough
        });
        if round == 3 || round == 6 {
            nats.kill();
            nats.run();
            broker_killed += 1;
        } else {
            intake.kill();
            intake.run();
            killed += 1;
        }
    }
    wait_until("every publisher has its receipts", || {
        publishers.iter_mut().all(Publisher::has_ended)
    });
    assert_eq!((killed, broker_killed), (5, 2));
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    for publisher in &publishers {
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
            let key = (publisher.source.to_owned(), text(&receipt["id"]));
            let item = text(&receipt["receipt"]["feedback_id"]);
            let first = found.entry(key).or_insert_with(|| item.clone());
            assert_eq!(*first, item, "one message, one feedback");
        }
    }
    let published = publishers.len() * each;
    assert_eq!(found.len(), published, "none is lost");
    let mut items: Vec<&String> = found.values().collect();
    items.sort();
    items.dedup();
    assert_eq!(items.len(), published);
    let records = intake.records();
    assert_eq!(records, published as u64, "none is there twice");
    println!(
        "{published} messages, {killed} kills of intake, {broker_killed} of NATS: none lost, none twice"
    );
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let patience = Duration::from_mins(20);
    let begin = Instant::now();
    while !is_so() {
        assert!(
            begin.elapsed() < patience,
            "{what}: not so after {patience:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
