use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redress_workflow::RunError;

use super::given::{Running, World, item};
use super::steps;

async fn opened(running: &Running) -> BTreeMap<String, usize> {
    let mut opened = BTreeMap::new();
    for record in running.records().await {
        if record.kind == "redress.complaint.opened.v1" {
            *opened.entry(record.subject.id().to_owned()).or_default() += 1;
        }
    }
    opened
}

#[tokio::test(flavor = "multi_thread")]
async fn restarts_in_the_middle_give_no_second_complaint_and_miss_none() {
    const ALL: i64 = 400;
    let world = World::new();
    for n in 0..ALL / 2 {
        world.complaint(n).await;
    }
    // Each life is ended somewhere in the middle of what it follows.
    for life in 0..6 {
        let running = world.start().await;
        let mut consumption = running.workflow.consumed().remove(0);
        let some = consumption.count() + 7 * life;
        let _however_far =
            tokio::time::timeout(Duration::from_millis(200), consumption.reaches(some)).await;
        for n in 0..10 {
            world
                .complaint(ALL / 2 + i64::try_from(life).unwrap() * 10 + n)
                .await;
        }
        running.stop().await;
    }
    for n in ALL / 2 + 60..ALL {
        world.complaint(n).await;
    }
    let mut running = world.start().await;
    running.follow(&world).await;
    let opened = opened(&running).await;
    assert_eq!(i64::try_from(opened.len()), Ok(ALL));
    for n in 0..ALL {
        assert_eq!(opened.get(&item(n).to_string()), Some(&1), "{n}");
    }
    let last = steps::get(&mut running.complaints, &item(ALL - 1).to_string()).await;
    assert_eq!(last.status, "received");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_is_dropped_and_not_closed_goes_on_where_it_was() {
    let world = World::new();
    for n in 0..50 {
        world.complaint(n).await;
    }
    let workflow = world.open();
    let sources = (
        Arc::new(world.intake.clone()),
        Arc::new(world.reporting.clone()),
    );
    workflow.run(sources.0.clone(), sources.1.clone()).unwrap();
    assert!(matches!(
        workflow.run(sources.0, sources.1),
        Err(RunError::RunsAlready)
    ));
    workflow.consumed().remove(0).reaches(10).await;
    let log = workflow.log().clone();
    drop(workflow);
    // The tasks and the views let go of the log soon after.
    log.close().await.unwrap();
    let running = loop_until_free(&world).await;
    running.follow(&world).await;
    assert_eq!(opened(&running).await.len(), 50);
    running.stop().await;
}

/// The lock of the folder is free once the last of the dropped workflow's threads has ended.
async fn loop_until_free(world: &World) -> Running {
    let lock = world.config().folders.log.join("lock");
    for _ in 0..200 {
        if redress_store::DirLock::acquire(&lock).is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_log_that_was_lost_is_noticed_and_named() {
    let mut world = World::new();
    let running = world.start().await;
    world.complaint(1).await;
    running.follow(&world).await;
    running.stop().await;
    world.lose_intake();
    world.complaint(2).await;
    let running = world.start().await;
    let why = running.workflow.stopped().await;
    assert!(why.contains("intake/0 is another log"), "{why}");
    assert_eq!(
        running.workflow.status().await.follower_stopped,
        Some(why.replace("workflow no longer follows: ", ""))
    );
    // The policy in force, the first complaint and its two clocks.
    assert_eq!(running.workflow.log().head().size, 4);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_views_come_back_the_same() {
    let world = World::new();
    let mut running = world.start().await;
    for n in 0..12 {
        let id = world.complaint(n).await.to_string();
        running.follow(&world).await;
        let client = &mut running.complaints;
        match n % 3 {
            0 => drop(steps::handle(client, &id).await),
            1 => drop(steps::decide(client, &id).await),
            _ => {}
        }
    }
    let digests = |running: &Running| {
        let views = running.workflow.views().map(Clone::clone);
        let log = running.workflow.log();
        let all = log.token(log.head().size);
        async move {
            let mut digests = Vec::new();
            for view in views {
                view.wait_for(&all, Duration::from_secs(10)).await.unwrap();
                digests.push(view.digest().await.unwrap());
            }
            digests
        }
    };
    let before = digests(&running).await;
    assert_ne!(before[0], before[1]);
    running.stop().await;

    let running = world.start().await;
    assert_eq!(digests(&running).await, before);
    running.stop().await;
    world.delete_views();
    let running = world.start().await;
    assert_eq!(digests(&running).await, before);
    running.stop().await;
}
