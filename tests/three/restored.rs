//! A log that is not what it was: restored without its tail, or another history.

use redress_service::config::Role;

use crate::folder::copy;
use crate::three::backup::{folder_of, put_back, submit, with_an_older_copy};
use crate::three::nats::Nats;
use crate::three::site::{Site, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_older_log_refuses_commands_until_its_tail_is_back() {
    let Some(nats) = Nats::start() else { return };
    let (mut site, old) = with_an_older_copy(&nats, Role::Intake).await;
    site.stop(Role::Intake).await;
    let new = tempfile::tempdir().unwrap();
    copy(&folder_of(&site, Role::Intake), new.path());

    put_back(old.path(), &folder_of(&site, Role::Intake));
    site.start(Role::Intake).await;
    let refused = submit(&site, 8).await.unwrap_err();
    let problem = redress_service::Problem::from_status(&refused);
    assert_eq!(problem.code, "LOG_BEHIND_STREAM", "{problem:?}");
    assert!(
        problem.message.contains("REDRESS_ACME_INTAKE_0"),
        "{problem:?}"
    );
    assert!(problem.remedy.is_some());
    let said = eventually(
        async || site.readiness(Role::Intake).to_string(),
        |it| it.contains("restored from something older"),
    )
    .await;
    assert!(said.contains("\"ready\":false"), "{said}");
    // Who followed it further says so too, and goes on answering.
    site.stop(Role::Workflow).await;
    site.start(Role::Workflow).await;
    eventually(
        async || site.readiness(Role::Workflow).to_string(),
        |it| it.contains("its tail is missing"),
    )
    .await;

    site.stop(Role::Intake).await;
    put_back(new.path(), &folder_of(&site, Role::Intake));
    site.start(Role::Intake).await;
    submit(&site, 8).await.unwrap();
    assert_eq!(site.records("intake").await.len(), 9);
    for role in [Role::Workflow, Role::Reporting] {
        site.stop(role).await;
        site.start(role).await;
    }
    site.settle().await;
    site.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_is_shown_another_record_at_its_position_stops_with_a_name() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mut site = Site::in_three(&nats).await;
    for number in 0..4 {
        submit(&site, number).await.unwrap();
    }
    site.settle().await;
    for role in [Role::Workflow, Role::Intake] {
        site.stop(role).await;
    }
    // The same log by its name, with other things in it.
    std::fs::remove_dir_all(folder_of(&site, Role::Intake)).unwrap();
    nats.lose_everything();
    site.start(Role::Intake).await;
    for number in 100..110 {
        submit(&site, number).await.unwrap();
    }
    site.start(Role::Workflow).await;
    let said = eventually(
        async || site.readiness(Role::Workflow),
        |it| it.to_string().contains("is not the one that was consumed"),
    )
    .await;
    assert_eq!(said["ready"], false);
    assert!(said.to_string().contains("intake/0"), "{said}");
    let status = site.views("workflow").await.followers;
    let stopped = status.iter().find(|it| it.log == "intake/0").unwrap();
    assert!(stopped.stopped.contains("is not the one that was consumed"));
    assert_eq!(stopped.consumed, 4);
    site.stop_all().await;
}
