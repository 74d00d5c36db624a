//! A log that was restored from something older gets its end back from its stream, by the command line.

use redress_service::config::Role;
use serde_json::{Value, json};

use crate::started::{Answer, redress};
use crate::three::backup::{folder_of, put_back, submit, with_an_older_copy};
use crate::three::nats::Nats;
use crate::three::site::{SERVICES, Site, eventually, name};

fn take_back(site: &Site, nats: &Nats) -> Answer {
    let mut command = redress(site.data());
    command.args(["log", "take-back", "intake", "--output", "json", "--data"]);
    command.arg(site.data()).args(["--set", "tenant=acme"]);
    let servers = format!("bus.servers={}", nats.address());
    Answer::of(command.args(["--set", &servers]))
}

fn check_refused(answer: &Answer, code: i32, reason: &str) {
    let error = answer.error();
    assert_eq!(
        (answer.code, &error["code"]),
        (code, &json!(reason)),
        "{answer:?}"
    );
    assert!(error["remedy"].is_string(), "{answer:?}");
}

async fn opened(site: &Site) -> usize {
    let records = site.records("workflow").await;
    let opened = records.iter().filter(|record| {
        let record: Value = serde_json::from_slice(record).unwrap();
        record["type"] == "redress.complaint.opened.v1"
    });
    opened.count()
}

/// Given a log that has its end again, then commands are taken, and who follows has what it had and more.
async fn check_whole(site: &mut Site, before: &[Vec<u8>], complaints: usize) {
    site.start(Role::Intake).await;
    submit(site, 8).await.unwrap();
    for role in [Role::Workflow, Role::Reporting] {
        site.stop(role).await;
        site.start(role).await;
    }
    site.settle().await;
    let records = site.records("intake").await;
    assert_eq!(records[..before.len()], *before);
    assert_eq!(records.len(), before.len() + 1);
    assert_eq!(opened(site).await, complaints + 1);
    for role in SERVICES {
        let ready = async || site.readiness(role);
        eventually(ready, |it| it["ready"] == true).await;
        let status = site.views(name(role)).await;
        assert!(status.followers.iter().all(|it| it.stopped.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_older_log_takes_its_tail_back_and_goes_on() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let (mut site, old) = with_an_older_copy(&nats, Role::Intake).await;
    let before = site.records("intake").await;
    let complaints = opened(&site).await;
    check_refused(&take_back(&site, &nats), 4, "LOG_IN_USE");
    site.stop(Role::Intake).await;
    put_back(old.path(), &folder_of(&site, Role::Intake));
    site.start(Role::Intake).await;
    let refused = submit(&site, 8).await.unwrap_err();
    let problem = redress_service::Problem::from_status(&refused);
    assert_eq!(problem.code, "LOG_BEHIND_STREAM");
    assert!(problem.remedy.unwrap().contains("redress log take-back"));
    // Who had followed it further says what to do.
    site.stop(Role::Workflow).await;
    site.start(Role::Workflow).await;
    let stopped = async || site.readiness(Role::Workflow).to_string();
    eventually(stopped, |it| it.contains("start workflow again")).await;
    site.stop(Role::Intake).await;

    let taken = take_back(&site, &nats).json();
    let told = |key: &str| taken[key].clone();
    assert_eq!([told("first"), told("taken_back")], [json!(4), json!(4)]);
    assert_eq!(told("records"), 8);
    assert_eq!(told("compared"), true);
    // The vault is of the older copy, too: what was sealed since is gone, and that is said.
    assert_eq!([told("sealed"), told("sealed_gone")], [json!(4), json!(4)]);
    let again = take_back(&site, &nats).json();
    assert_eq!(again["taken_back"], 0);
    assert_eq!(again["root"], taken["root"]);
    check_whole(&mut site, &before, complaints).await;

    site.stop(Role::Intake).await;
    nats.lose_everything();
    check_refused(&take_back(&site, &nats), 1, "TAIL_NOT_IN_STREAM");
    nats.kill();
    check_refused(&take_back(&site, &nats), 4, "UNREACHABLE");
    site.stop_all().await;
}

/// Given a backup of the log alone, then the note beside it says that there was more, the service does not
/// start, and what was sealed is still there.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_folder_alone_was_restored_takes_its_tail_back() {
    let Some(nats) = Nats::start() else { return };
    let (mut site, old) = with_an_older_copy(&nats, Role::Intake).await;
    let before = site.records("intake").await;
    let complaints = opened(&site).await;
    site.stop(Role::Intake).await;
    put_back(
        &old.path().join("0/log"),
        &folder_of(&site, Role::Intake).join("0/log"),
    );
    let taken: Value = take_back(&site, &nats).json();
    assert_eq!(taken["taken_back"], 4);
    assert_eq!(
        (&taken["sealed"], &taken["sealed_gone"]),
        (&json!(4), &json!(0))
    );
    check_whole(&mut site, &before, complaints).await;
    site.stop_all().await;
}
