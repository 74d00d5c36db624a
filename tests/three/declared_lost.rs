//! A log that was restored from something older and whose end is not to be had: it is declared lost, and
//! everybody goes on in the log's next life.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use redress_event_bus::{Bus, BusConfig, Place};
use redress_service::config::Role;
use redress_wire::log::v1::ListViewsResponse;
use redress_wire::reporting::v1::GetIndicatorsRequest;
use serde_json::{Value, json};

use crate::folder::copy;
use crate::started::{Answer, redress};
use crate::three::backup::{folder_of, put_back, submit, with_an_older_copy};
use crate::three::nats::Nats;
use crate::three::site::{SERVICES, Site, eventually, name};

const ROUNDS: u32 = 12;
const STREAM: &str = "REDRESS_ACME_INTAKE_0";

fn log(site: &Site, nats: &Nats, arguments: &[&str]) -> Answer {
    Answer::of(&mut command(site, nats, arguments))
}

fn command(site: &Site, nats: &Nats, arguments: &[&str]) -> Command {
    let mut command = redress(site.data());
    command.arg("log").args(arguments);
    command
        .args(["--output", "json", "--data"])
        .arg(site.data());
    command.args(["--set", "tenant=acme"]);
    let servers = format!("bus.servers={}", nats.address());
    command.args(["--set", &servers]);
    command
}

fn declare(site: &Site, nats: &Nats, arguments: &[&str]) -> Answer {
    declare_of(site, nats, Role::Intake, arguments)
}

fn declare_of(site: &Site, nats: &Nats, role: Role, arguments: &[&str]) -> Answer {
    Answer::of(&mut declaring(site, nats, role, arguments))
}

fn declaring(site: &Site, nats: &Nats, role: Role, arguments: &[&str]) -> Command {
    let of = ["declare-lost", name(role), "--reason", "the disk broke"];
    command(site, nats, &[&of, arguments].concat())
}

fn check_refused(answer: &Answer, code: i32, reason: &str) -> Value {
    let error = answer.error();
    let told = (answer.code, &error["code"]);
    assert_eq!(told, (code, &json!(reason)), "{answer:?}");
    assert!(error["remedy"].is_string(), "{answer:?}");
    error["facts"].clone()
}

/// Given a site of eight complaints, of which four are in intake's folder and the fifth is nowhere: the
/// stream has lost it.
async fn without_its_end(nats: &Nats) -> Site {
    let (mut site, old) = with_an_older_copy(nats, Role::Intake).await;
    site.stop(Role::Intake).await;
    put_back(old.path(), &folder_of(&site, Role::Intake));
    // As long as the stream has it all, there is a better way.
    check_refused(
        &declare(&site, nats, &["--records", "4"]),
        3,
        "STREAM_HAS_TAIL",
    );
    let delete = format!("$JS.API.STREAM.MSG.DELETE.{STREAM}");
    nats.ask_with(&delete, r#"{"seq":5}"#);
    site
}

/// When the loss is declared, then each step says what it did.
fn check_declared(site: &Site, nats: &Nats) {
    for unconfirmed in [&[][..], &["--records", "8"], &["--records", "3"]] {
        let facts = check_refused(&declare(site, nats, unconfirmed), 3, "LOSS_NOT_CONFIRMED");
        assert_eq!(facts, json!({ "kept": "4", "had": "8" }));
    }
    let declared = declare(site, nats, &["--records", "4", "--actor", "user:op-1"]).json();
    let told = ["kept", "taken_back", "lost", "records", "records_in_file"];
    let told = told.map(|name| declared[name].as_u64().unwrap());
    assert_eq!(told, [4, 0, 4, 8, 3], "{declared}");
    assert_eq!(declared["stream_removed"], true);
    // What the stream still had is kept.
    let file = std::fs::read_to_string(declared["file"].as_str().unwrap()).unwrap();
    let positions = file.lines().map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["sequence"].as_str().unwrap().parse::<u64>().unwrap()
    });
    assert_eq!(positions.collect::<Vec<_>>(), [5, 6, 7]);
    check_refused(&declare(site, nats, &["--records", "4"]), 3, "NOTHING_LOST");
    check_whole(site, nats, &declared["log_id"]);
}

fn check_whole(site: &Site, nats: &Nats, log_id: &Value) {
    let verified = log(site, nats, &["verify", "intake"]).json();
    let found = &verified["logs"][0];
    assert_eq!(found["problem"], Value::Null, "{verified}");
    assert_eq!(&found["log_id"], log_id);
    assert_eq!(found["earlier"][0]["records"], 4);
}

async fn indicators(site: &Site) -> String {
    let mut reporting = site.reporting().await;
    let asked = reporting.get_indicators(GetIndicatorsRequest::default());
    let mut indicators = asked.await.unwrap().into_inner();
    indicators.token.clear();
    format!("{indicators:?}")
}

/// As a replay gives them.
async fn indicators_from_nothing(site: &mut Site) -> String {
    site.stop(Role::Reporting).await;
    std::fs::remove_dir_all(site.data().join("acme/reporting/views")).unwrap();
    site.start(Role::Reporting).await;
    site.settle().await;
    indicators(site).await
}

async fn check_nothing_has_stopped(site: &Site) {
    for told in views(site).await {
        let mut stopped = told.views.iter().map(|view| &view.stopped);
        assert!(stopped.all(String::is_empty), "{told:?}");
        let mut stopped = told.followers.iter().map(|it| &it.stopped);
        assert!(stopped.all(String::is_empty), "{told:?}");
    }
}

/// Every view of every service, with how far it is.
async fn views(site: &Site) -> Vec<ListViewsResponse> {
    let mut all = Vec::new();
    for role in SERVICES {
        all.push(site.views(name(role)).await);
    }
    all
}

/// The subject of each complaint that was opened, and its reference.
fn opened(records: &[Vec<u8>]) -> Vec<(String, String)> {
    let opened = records.iter().filter_map(|record| {
        let record: Value = serde_json::from_slice(record).unwrap();
        let reference = record["data"]["reference"].as_str()?.to_owned();
        Some((record["subject"].as_str()?.to_owned(), reference))
    });
    opened.collect()
}

fn references(records: &[Vec<u8>]) -> Vec<String> {
    let opened = opened(records);
    opened.into_iter().map(|(_, reference)| reference).collect()
}

/// Given that intake answers again, then it takes commands, who follows goes on, what was done because of
/// lost records stays, and figures are those that a replay gives.
async fn check_going_on(site: &mut Site, nats: &Nats) {
    for number in 8..11 {
        submit(site, number).await.unwrap();
    }
    site.settle().await;
    let records = site.records("intake").await;
    assert_eq!(records.len(), 11);
    let opened = references(&site.records("workflow").await);
    assert_eq!(opened.len(), 11, "eight from before, and the new ones");
    let each_once: BTreeSet<&String> = opened.iter().collect();
    assert_eq!(
        each_once.len(),
        11,
        "no reference is given twice: {opened:?}"
    );
    check_nothing_has_stopped(site).await;
    check_stream(nats, &records).await;
    let figures = indicators(site).await;
    assert_eq!(indicators_from_nothing(site).await, figures);
}

/// The stream has the log's bytes, under its sequences.
async fn check_stream(nats: &Nats, records: &[Vec<u8>]) {
    let config = BusConfig::new(vec![nats.address()], "acme", "redress-test");
    let bus = Bus::connect(config).await.unwrap();
    let place = Place::new("intake", 0);
    let span = async || bus.event_span(&place).await.unwrap();
    let all = records.len() as u64;
    eventually(span, |span| {
        span.as_ref().is_some_and(|span| span.last == all)
    })
    .await;
    for (position, record) in (0..).zip(records) {
        let held = bus.look_up(&place, position).await.unwrap();
        assert_eq!(held, record, "{position}");
    }
    bus.drain(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_is_declared_and_those_who_follow_go_on_by_themselves() {
    let Some(nats) = Nats::start() else { return };
    let mut site = without_its_end(&nats).await;
    check_declared(&site, &nats);
    site.start(Role::Intake).await;
    check_going_on(&mut site, &nats).await;
    site.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_stopped_following_a_log_without_its_end_go_on_when_they_are_started_again() {
    let Some(nats) = Nats::start() else { return };
    let mut site = without_its_end(&nats).await;
    site.start(Role::Intake).await;
    let refused = submit(&site, 8).await.unwrap_err();
    let problem = redress_service::Problem::from_status(&refused);
    assert_eq!(problem.code, "LOG_BEHIND_STREAM");
    assert!(problem.remedy.unwrap().contains("redress log declare-lost"));
    let said = async || site.readiness(Role::Workflow).to_string();
    eventually(said, |it| it.contains("its tail is missing")).await;
    site.stop(Role::Intake).await;
    check_declared(&site, &nats);
    for role in [Role::Reporting, Role::Workflow] {
        site.stop(role).await;
    }
    // In whatever order: nobody is there yet who could say which life the log is in.
    for role in [Role::Workflow, Role::Reporting, Role::Intake] {
        site.start(role).await;
    }
    check_going_on(&mut site, &nats).await;
    site.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_lost_its_own_end_opens_again_what_it_had_opened() {
    let Some(nats) = Nats::start() else { return };
    let (mut site, old) = with_an_older_copy(&nats, Role::Workflow).await;
    let before = site.records("workflow").await;
    site.stop(Role::Workflow).await;
    put_back(old.path(), &folder_of(&site, Role::Workflow));
    nats.ask("$JS.API.STREAM.DELETE.REDRESS_ACME_WORKFLOW_0");
    // Neither the folder nor the stream knows of more: reporting does.
    let declare = |arguments: &[&str]| declare_of(&site, &nats, Role::Workflow, arguments);
    check_refused(&declare(&[]), 3, "NOTHING_LOST");
    let had = before.len().to_string();
    let facts = check_refused(&declare(&["--had", &had]), 3, "LOSS_NOT_CONFIRMED");
    assert_eq!(facts["had"], json!(had));
    let kept = facts["kept"].as_str().unwrap();
    let declared = declare(&["--had", &had, "--records", kept]).json();
    assert_eq!(declared["records"], json!(before.len()), "{declared}");
    site.start(Role::Workflow).await;
    submit(&site, 8).await.unwrap();
    site.settle().await;
    check_nothing_has_stopped(&site).await;
    let after = site.records("workflow").await;
    let kept: usize = kept.parse().unwrap();
    assert_eq!(after[..kept], before[..kept]);
    // Of the same feedback it is the same complaint, and what somebody was told of it still leads there.
    assert_eq!(opened(&after)[..8], opened(&before));
    let again = references(&after);
    let each_once: BTreeSet<&String> = again.iter().collect();
    assert_eq!((again.len(), each_once.len()), (9, 9), "{again:?}");
    let figures = indicators(&site).await;
    assert_eq!(indicators_from_nothing(&mut site).await, figures);
    site.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_that_is_killed_was_made_or_was_not_and_the_next_one_makes_it() {
    let Some(nats) = Nats::start() else { return };
    let site = without_its_end(&nats).await;
    let folder = folder_of(&site, Role::Intake);
    let before = tempfile::tempdir().unwrap();
    copy(&folder, before.path());
    let loss = ["--had", "8", "--records", "4", "--without-nats"];
    let begun = Instant::now();
    declare(&site, &nats, &loss).json();
    // Killed sooner where it was made and later where it was not, so about where it is made.
    let mut after = begun.elapsed().mul_f64(0.7);
    let (mut made, mut not_made) = (0, 0);
    for round in 0.. {
        if round >= ROUNDS && made > 0 && not_made > 0 {
            break;
        }
        assert!(round < 5 * ROUNDS, "{made} made, {not_made} not");
        put_back(before.path(), &folder);
        let mut declaring = declaring(&site, &nats, Role::Intake, &loss);
        declaring.stdout(Stdio::null()).stderr(Stdio::null());
        let mut declaring = declaring.spawn().unwrap();
        tokio::time::sleep(after).await;
        declaring.kill().unwrap();
        declaring.wait().unwrap();
        let found = &log(&site, &nats, &["verify", "intake"]).json()["logs"][0];
        assert_eq!(found["problem"], Value::Null, "{round}: {found}");
        let again = declare(&site, &nats, &loss);
        if found["records"] == json!(8) {
            check_refused(&again, 3, "NOTHING_LOST");
            check_whole(&site, &nats, &found["log_id"]);
            made += 1;
            after = after.mul_f64(0.9);
        } else {
            assert_eq!(found["records"], json!(4), "{round}: {found}");
            check_whole(&site, &nats, &again.json()["log_id"]);
            not_made += 1;
            after = after.mul_f64(1.1);
        }
    }
    println!("{made} made, {not_made} not");
    site.stop_all().await;
}
