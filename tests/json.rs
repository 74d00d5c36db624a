//! `docs/json.md` names every field that the commands answer with, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use redress_wire::intake::v1::StartImportRequest;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use serde_json::Value;

use crate::started::{Answer, Server, redress, root};

/// What no command shows here, and why.
const NOT_SHOWN: &[(&str, &[&str], &str)] = &[
    (
        "ready",
        &["component", "why"],
        "nothing is to be said of it",
    ),
    ("log verify", &["position", "what"], "no record is damaged"),
    (
        "view status",
        &["done", "total", "type", "published", "state", "halted"],
        "no view is folded again or meets a type that it does not know, and no NATS server is there",
    ),
    (
        "complaint failed",
        &[
            "reaction_id",
            "reaction",
            "cause",
            "about",
            "code",
            "facts",
            "message",
            "failed_at",
        ],
        "no reaction was refused",
    ),
    (
        "submission",
        &["media_type", "bytes"],
        "a file comes over gRPC only",
    ),
];

/// Words in the page that look like fields and are none.
const NO_FIELDS: [&str; 2] = ["null", "propose"];

/// A record as it is stored: its fields are those of its type.
const STORED: &str = "record";

/// The fields of one answer, or of something that several answers consist of.
#[derive(Debug, Default)]
struct Fields {
    all: BTreeSet<String>,
    /// Those whose own keys are anybody's: `{name: text}`.
    maps: BTreeSet<String>,
}

impl Fields {
    fn of(text: &str) -> Self {
        let mut fields = Self::default();
        let mut parts = text.split('`');
        parts.next();
        while let (Some(word), Some(behind)) = (parts.next(), parts.next()) {
            let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if word.is_empty() || !word.chars().all(letter) || NO_FIELDS.contains(&word) {
                continue;
            }
            fields.all.insert(word.to_owned());
            let keys = behind.strip_prefix(" {").unwrap_or_default();
            if keys
                .split_once(':')
                .is_some_and(|(key, _)| key.chars().all(letter))
            {
                fields.maps.insert(word.to_owned());
            }
        }
        fields
    }
}

/// The page: what each command answers, by its first cell, and what that consists of.
fn page() -> BTreeMap<String, Fields> {
    let text = fs::read_to_string(root().join("docs/json.md")).unwrap();
    let (table, consist) = text.split_once("## What they consist of").unwrap();
    let mut page = BTreeMap::new();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    for line in rows {
        let cells: Vec<&str> = line.split(" | ").collect();
        let name = cells[0].trim_start_matches("| ").replace('`', "");
        page.insert(name, Fields::of(cells[1]));
    }
    for paragraph in consist.split("\n- ").skip(1) {
        let (name, fields) = paragraph.split_once(':').unwrap();
        page.insert(name.replace('`', ""), Fields::of(fields));
    }
    page
}

/// What a field consists of, if the page says so in a place of its own.
fn definition(name: &str, value: &Value) -> Option<&'static str> {
    let first = value.as_array().map_or(Some(value), |all| all.first());
    if !first.is_some_and(Value::is_object) {
        return None;
    }
    Some(match name {
        "feedback" => "feedback",
        "submission" => "submission",
        "complaint" | "complaints" => "complaint",
        "about" => "about",
        "reported" => "reported",
        "amount" | "award" => "amounts",
        "recorded" => "recorded",
        "improvement" | "improvements" => "improvement",
        "indicators" => "indicators",
        "signals" | "other_signals" => "signal",
        "error" => "error",
        _ => return None,
    })
}

type Seen = BTreeMap<String, BTreeSet<String>>;

fn look(value: &Value, of: &str, page: &BTreeMap<String, Fields>, seen: &mut Seen) {
    let known = page
        .get(of)
        .unwrap_or_else(|| panic!("{of} is not in docs/json.md"));
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                seen.entry(of.to_owned()).or_default().insert(name.clone());
                if !known.maps.contains(name) && name != STORED {
                    look(value, definition(name, value).unwrap_or(of), page, seen);
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| look(value, of, page, seen)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

const EVERYTHING: &str = r#"{
  "kind": "complaint", "channel": "web", "language": "en", "product": "Kettle", "issue": "Leaks",
  "occurred_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-02T09:00:00Z",
  "tags": ["environmental"], "accessibility_need": false, "vulnerable": true,
  "remedy_sought": { "kind": "refund", "amount": { "minor_units": 1250, "currency": "EUR" } },
  "immediate_action": "sent a new lid", "scores": [{ "measure": "csat", "value": 2 }],
  "description": "It leaks.",
  "customer": { "reference": "C-1", "name": "N", "email": "n@example.org", "phone": "1",
                "address": "A 1", "postal_code": "1" },
  "external_references": [{ "system": "orders", "id": "O-1" }],
  "unmapped": { "colour": "red" }
}"#;

const POLICY: &str = r#"policy = "ours"
version = 1
[applies_to]
kinds = "complaint"
[scopes.kettles]
products = "Kettle"
[calendars.office]
zone = "Europe/London"
working_days = "09:00-17:00"
holidays = [{ date = 2026-12-25, name = "Christmas Day" }]
[clocks.final_response]
starts = "received"
stops = "closed"
scope = "kettles"
target = "8 weeks"
calendar = "office"
[queues.repairs]
about = "What leaks"
[skills.sealing]
[[routing]]
rule = "kettles"
about = "What boils water"
products = "Kettle"
queue = "repairs"
skills = "sealing"
[separation]
from_severity = "critical"
investigator_skills = []
approval = true
[closing]
silence = "8 weeks"
calendar = "office"
external_recourse = "unless_upheld"
[required_records]
records = ["decision"]
[[severity_matrix]]
severity = "moderate"
[remedies]
kinds = ["refund", "apology"]
limits = { EUR = "2000.00" }
[escalation_levels.lead]
level = 1
next = "head"
after = "5 business days"
calendar = "office"
[escalation_levels.head]
level = 2
[escalations.late]
on = "clock_breached"
to = "lead"
[messages]
fallback_language = "en"
[[template]]
name = "progress"
language = "en"
subject = "{reference}"
text = "{text}"
"#;

const ROWS: &str = "Date received,Product,Issue,Company,State,Company response to consumer,\
                    Timely response?,Consumer disputed?,Complaint ID\n\
                    2015-01-05,Mortgage,Fees,ACME,CA,Closed,Yes,No,1\n\
                    soon,Mortgage,Fees,ACME,CA,Closed,Yes,No,2\n";

/// Begins an import that nobody goes on with.
fn begin_an_import(server: &Server) -> String {
    let begin = async {
        let mut intake = IntakeServiceClient::connect(server.grpc.clone())
            .await
            .unwrap();
        let request = StartImportRequest {
            format: "feedback".to_owned(),
            source: "test".to_owned(),
            rules: "test/1".to_owned(),
            ..StartImportRequest::default()
        };
        intake
            .start_import(request)
            .await
            .unwrap()
            .into_inner()
            .import_id
    };
    tokio::runtime::Runtime::new().unwrap().block_on(begin)
}

/// The first line of a command that goes on until it is told to end.
fn first_line(server: &Server, line: &str) -> Value {
    let mut command = redress(server.folder.path());
    command.args(line.split_whitespace());
    command.args(["--output", "json", "--address", &server.grpc]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    serde_json::from_str(&first).unwrap()
}

/// Every verb once. What it answers, under the name that the page has for it.
fn answers() -> Vec<(&'static str, Value)> {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = redress(folder.path());
    demo.args([
        "demo", "--exit", "--years", "2", "--data", "data", "--output", "json",
    ]);
    let demo = Answer::of(demo.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"])).json();
    let demo_signal = demo["signals"][0].clone();
    let candidate = demo["improvements"][0]["improvement_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let server = Server::start_in(folder);
    fs::write(server.folder.path().join("all.json"), EVERYTHING).unwrap();
    fs::write(server.folder.path().join("rows.csv"), ROWS).unwrap();
    let mut all = vec![
        ("serve, demo when ready", server.ready.clone()),
        ("demo", demo),
    ];
    let json = |line: &str| server.json(line);

    all.push(("ready", json("ready")));
    let before = json("log status");
    all.push(("import", json("import --format cfpb rows.csv")));
    let import = begin_an_import(&server);
    // The view follows a moment later.
    std::thread::sleep(std::time::Duration::from_secs(1));
    all.push(("view status, view rebuild", json("view status")));
    all.push(("import --close", json(&format!("import --close {import}"))));
    all.push((
        "view status, view rebuild",
        json("view rebuild intake/feedback-list"),
    ));

    all.extend(of_handlers(&server));
    let submitted = json("feedback submit --file all.json");
    let id = submitted["feedback_id"].as_str().unwrap().to_owned();
    let token = submitted["recorded"]["token"].as_str().unwrap().to_owned();
    all.push(("feedback submit", submitted));
    all.push((
        "feedback get",
        json(&format!("feedback get {id} --wait-for {token}")),
    ));
    all.push(("feedback list", json("feedback list --limit 200")));
    all.push(("feedback list", json("feedback list --product Mortgage")));
    // What is in such a list, `tests/publishers.rs` looks at.
    all.push(("feedback rejected", json("feedback rejected")));
    let shown = json(&format!("complaint show {id} --wait-for {token}"));
    all.push(("complaint show", shown));
    all.extend(of_messages(&server, &id));
    let mut first = Value::Null;
    for step in [
        "acknowledge {} --channel email",
        "assess {} --severity moderate --safety-implication none --complexity low --impact low \
         --no-immediate-action",
        "investigate {} --investigator user:ben --declaration no_conflict",
        "evidence {} --kind measurement --source laboratory --description thin",
        "finding {} --result substantiated --description thin --evidence 1",
        "evidence {} --kind measurement --description thicker --supersedes 1",
        "reclassify {} --severity major --because new_facts --reason seal_measured",
        "declare-conflict {} --person user:carla",
        "note {} --text seal_worn",
        "complained-of {} --person user:carla",
        "propose {} --remedy refund:1250EUR@2999-03-20 --cause seal-worn",
        "approve {} --actor user:eve",
        "communicate {} --outcome upheld --channel email --recourse-explained",
        "accept-remedy {} --remedy 1",
        "offer {} --remedy apology",
        "decline-remedy {} --remedy 2 --reason not_wanted",
        "await-third-party {} --third-party laboratory --reason seal_examined",
        "hold {} --basis court_proceedings",
        "escalate {} --level 2 --reason press",
    ] {
        let done = json(&format!("complaint {}", step.replace("{}", &id)));
        if first.is_null() {
            first = done["recorded"]["token"].clone();
        }
        all.push(("every other complaint and improvement verb", done));
    }
    // Who may not is refused, and the policy chooses who may.
    let refused = server.run(["complaint", "assign", &id, "--handler", "user:dan"]);
    assert_eq!(refused.error()["code"], "SKILL_EXPIRED");
    all.push(("complaint assign", json(&format!("complaint assign {id}"))));
    all.push((
        "complaint explain",
        json(&format!("complaint explain {id}")),
    ));
    all.extend(of_other_complaints(&server, &id));
    all.push(("complaint show", json(&format!("complaint show {id}"))));
    all.push((
        "complaint list",
        json("complaint list --limit 200 --count-by status"),
    ));
    all.push((
        "complaint history",
        json(&format!("complaint history {id}")),
    ));
    all.push(("complaint failed", json("complaint failed")));
    let watch = format!("complaint watch --resume-after {}", first.as_str().unwrap());
    all.push(("complaint watch", first_line(&server, &watch)));

    all.extend(of_improvements(&server, &candidate, &id));
    all.extend(of_reports(&server, &demo_signal));
    all.extend(of_logs(&server, before));
    all.extend(of_policies(&server));
    all
}

/// One that another body has and that is merged into `into`, and one that was closed and followed up.
fn of_other_complaints(server: &Server, into: &str) -> Vec<(&'static str, Value)> {
    let decided = [
        "acknowledge {} --channel email",
        "assess {} --severity moderate --safety-implication none --complexity low --impact low \
         --no-immediate-action",
        "investigate {} --investigator user:ben --declaration no_conflict",
        "propose {} --remedy apology --cause seal-worn",
        "communicate {} --outcome upheld --channel email --recourse-explained",
    ];
    let elsewhere = [
        "dispute {} --reason too_little",
        "external refer {} --body financial_ombudsman",
        "external notice {}",
        "external position {} --position enough",
        "external attempt {} --method determinative",
        "external determine {} --determination overturned --award 2500EUR",
        "external implement {}",
        "external close {} --reason paid",
        "satisfaction {} --measure csat --score 4 --words better",
        "merge {} --into INTO --reason same_kettle",
    ];
    let over = [
        "accept {}",
        "fulfil {} --remedy 1",
        "close {} --basis accepted",
        "follow-up {} --channel phone --result all_well",
    ];
    let mut all = Vec::new();
    for steps in [&elsewhere[..], &over] {
        let submitted = server.json("feedback submit --file all.json");
        let id = submitted["feedback_id"].as_str().unwrap();
        let token = submitted["recorded"]["token"].as_str().unwrap();
        server.json(&format!("complaint show {id} --wait-for {token}"));
        for step in decided.iter().chain(steps) {
            let step = step.replace("{}", id).replace("INTO", into);
            let done = server.json(&format!("complaint {step}"));
            all.push(("every other complaint and improvement verb", done));
        }
        let shown = server.json(&format!("complaint show {id}"));
        all.push(("complaint show", shown));
    }
    all
}

/// What is said before anybody acknowledged it: something is promised then.
fn of_messages(server: &Server, id: &str) -> Vec<(&'static str, Value)> {
    let json = |line: &str| server.json(&line.replace("{}", id));
    let issued = json("complaint status-token issue {}");
    let token = issued["token"].as_str().unwrap().to_owned();
    let sent = json("complaint message send {} --template progress --channel email --text soon");
    json("complaint message delivered {} --message 1 --proof accepted_by_server");
    json("complaint message bounced {} --message 1 --reason mailbox_full --explanation full");
    let reply = "complaint message reply {} --message 1 --channel email --text thanks";
    vec![
        ("complaint status-token issue", issued),
        ("complaint message send", sent),
        ("every other complaint and improvement verb", json(reply)),
        (
            "complaint status",
            json(&format!("complaint status {token}")),
        ),
        ("complaint message list", json("complaint message list {}")),
        (
            "every other complaint and improvement verb",
            json("complaint status-token revoke {} --reason letter_lost"),
        ),
    ]
}

fn of_improvements(server: &Server, candidate: &str, id: &str) -> Vec<(&'static str, Value)> {
    let json = |line: &str| server.json(line);
    let mut all = Vec::new();
    let accept = format!("improvement accept {candidate} --owner user:anna --due 2999-01-01");
    all.push(("every other complaint and improvement verb", json(&accept)));
    let action = "corrective;user:anna;2999-01-01;seal";
    json(&format!("improvement plan {candidate} --action {action}"));
    all.push((
        "improvement show",
        json(&format!("improvement show {candidate}")),
    ));
    all.push(("improvement list", json("improvement list")));
    all.push((
        "improvement open",
        json(&format!(
            "improvement open --from complaint/{id} --title seal"
        )),
    ));
    all
}

/// Two people, of whom one is competent no more, under a policy that routes.
fn of_handlers(server: &Server) -> Vec<(&'static str, Value)> {
    fs::write(server.folder.path().join("policy.toml"), POLICY).unwrap();
    let json = |line: &str| server.json(line);
    json("policy apply policy.toml");
    let mut all = Vec::new();
    for line in [
        "handler register user:anna --name Anna --queue repairs --limit 20",
        "handler skill grant user:anna sealing --expires 2999-12-31",
        "handler absent user:anna --from 2999-07-01 --to 2999-07-14",
        "handler register user:dan --queue repairs",
        "handler skill grant user:dan sealing --occurred-at 2026-01-01 --expires 2026-01-31",
    ] {
        all.push(("every other handler verb", json(line)));
    }
    all.push(("handler show", json("handler show user:anna")));
    all.push(("handler list", json("handler list")));
    all
}

fn of_policies(server: &Server) -> Vec<(&'static str, Value)> {
    let wrong = "wrong.toml";
    fs::write(server.folder.path().join(wrong), "policy = 1\n").unwrap();
    let json = |line: &str| server.json(line);
    let checked = server.run(["policy", "check", wrong]);
    let times = "--policy policy.toml --calendar office --from 2026-12-24";
    let target = ["--target", "5 business days"];
    let deadline = format!("policy deadline {times}");
    let deadline = deadline.split(' ').chain(target);
    vec![
        ("policy check", serde_json::from_str(&checked.out).unwrap()),
        ("policy list", json("policy list")),
        ("policy show", json("policy show policy.toml")),
        ("policy apply", json("policy apply policy.toml")),
        ("policy applied", json("policy applied")),
        ("policy retire", json("policy retire iso-10002")),
        ("policy deadline", server.run(deadline).json()),
        (
            "policy elapsed",
            json(&format!("policy elapsed {times} --to 2026-12-30")),
        ),
    ]
}

fn of_reports(server: &Server, signal: &Value) -> Vec<(&'static str, Value)> {
    let json = |line: &str| server.json(line);
    let (dimension, value) = (&signal["dimension"], &signal["value"]);
    let mut all = vec![
        ("report indicators", json("report indicators")),
        ("report series", json("report series")),
        ("report clocks", json("report clocks")),
        ("report pareto", json("report pareto --by product")),
        ("report signals", json("report signals")),
    ];
    let chart = [
        "report",
        "chart",
        &format!("--{}", dimension.as_str().unwrap()),
    ];
    let chart = chart.into_iter().chain([value.as_str().unwrap()]);
    all.push(("report chart", server.run(chart).json()));
    all
}

fn of_logs(server: &Server, before: Value) -> Vec<(&'static str, Value)> {
    let json = |line: &str| server.json(line);
    let mut all = vec![("log status", before)];
    all.push(("log verify", json("log verify")));
    all.push((
        "log read, log export",
        json("log export intake --to lines.jsonl"),
    ));
    let status = json("log status");
    let root = status["logs"][0]["root"].as_str().unwrap();
    json("log export intake --to whole.jsonl");
    let restore = format!("log restore intake --data other --from whole.jsonl --root {root}");
    let restored = json(&restore);
    let records = restored["records"].as_u64().unwrap();
    all.push(("log restore", restored));
    let lost = format!("--reason damaged --records {records} --had {}", records + 2);
    let declare = format!("log declare-lost intake --data other {lost}");
    all.push(("log declare-lost", json(&declare)));
    let wrong = server
        .run(["complaint", "show", "RD-2026-000001-0"])
        .error();
    all.push(("error", wrong));
    all
}

#[test]
fn every_field_of_every_answer_is_documented_and_every_documented_field_is_there() {
    let page = page();
    let (mut seen, mut asked) = (Seen::new(), BTreeSet::new());
    for (command, answer) in answers() {
        look(&answer, command, &page, &mut seen);
        asked.insert(command);
    }
    let mut wrong = Vec::new();
    for (of, fields) in &page {
        let there = seen.remove(of).unwrap_or_default();
        let hidden = NOT_SHOWN.iter().filter(|(name, ..)| of.starts_with(name));
        let hidden: BTreeSet<&str> = hidden.flat_map(|(_, names, _)| *names).copied().collect();
        for name in there.difference(&fields.all) {
            wrong.push(format!("{of}: {name} is not in docs/json.md"));
        }
        for name in fields.all.difference(&there) {
            if !hidden.contains(name.as_str()) {
                wrong.push(format!("{of}: {name} was in no answer"));
            }
        }
        for name in hidden.iter().filter(|name| there.contains(**name)) {
            wrong.push(format!("{of}: {name} is shown after all"));
        }
        if there.is_empty() && !asked.contains(of.as_str()) {
            wrong.push(format!("{of}: nobody asked"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.is_empty(), "{seen:?}");
}
