//! NATS may go, come back, be emptied or be replaced in the middle: what comes of it is the same.

use redress_service::config::Role;

use crate::three::backup::submit;
use crate::three::nats::Nats;
use crate::three::same::{Outcome, in_one};
use crate::three::sample::Import;
use crate::three::site::{SERVICES, Site, eventually};

/// A third of the import, the disturbance, a third, its end, the rest.
async fn disturbed(disturb: impl AsyncFn(&mut Nats), end: impl AsyncFn(&mut Nats)) {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let expected = in_one().await;
    let site = Site::in_three(&nats).await;
    let mut import = Import::start(&site).await;
    import.send(33).await;
    disturb(&mut nats).await;
    import.send(33).await;
    end(&mut nats).await;
    import.finish().await;
    Outcome::of(&site).await.assert_eq(&expected);
    // And the streams hold all of it again.
    for role in SERVICES {
        let service = crate::three::site::name(role);
        let relayed = async || site.views(service).await.relays[0].clone();
        eventually(relayed, |it| it.published == it.head && !it.halted).await;
    }
    site.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_stops_and_comes_back_in_the_middle() {
    disturbed(async |nats| nats.kill(), async |nats| nats.run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_are_purged_in_the_middle() {
    let purge = async |nats: &mut Nats| {
        for service in ["INTAKE", "WORKFLOW"] {
            nats.ask(&format!("$JS.API.STREAM.PURGE.REDRESS_ACME_{service}_0"));
        }
    };
    disturbed(purge, async |_| {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_are_deleted_in_the_middle() {
    let delete = async |nats: &mut Nats| {
        for service in ["INTAKE", "WORKFLOW"] {
            nats.ask(&format!("$JS.API.STREAM.DELETE.REDRESS_ACME_{service}_0"));
        }
    };
    disturbed(delete, async |_| {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_of_nats_is_lost_and_it_comes_back_empty() {
    disturbed(async |nats| nats.lose_everything(), async |_| {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_starts_with_nats_away_and_goes_on_without_it() {
    let Some(mut nats) = Nats::prepared() else {
        return;
    };
    let expected = in_one().await;
    let site = Site::in_three(&nats).await;
    for (role, process) in &site.running {
        process.ready().await.unwrap();
        let said = site.readiness(*role).to_string();
        assert!(said.contains("NATS is away"), "{said}");
        let metrics = site.metrics(*role);
        assert!(metrics.contains("redress_bus_connected 0"), "{metrics}");
    }
    // The owners are asked instead.
    let mut import = Import::start(&site).await;
    import.send(50).await;
    site.wait("intake", "workflow").await;
    let vias = site.views("workflow").await.followers;
    assert!(vias.iter().any(|it| it.via == "owner"), "{vias:?}");
    nats.run();
    import.finish().await;
    Outcome::of(&site).await.assert_eq(&expected);
    eventually(
        async || site.readiness(Role::Intake),
        |it| it["warnings"].as_array().unwrap().is_empty(),
    )
    .await;
    site.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_process_is_started_again_in_the_middle_and_the_loop_ends_the_same() {
    let Some(nats) = Nats::start() else { return };
    let expected = in_one().await;
    let mut site = Site::in_three(&nats).await;
    let mut import = Import::start(&site).await;
    for role in SERVICES {
        import.send(25).await;
        let paused = import.pause();
        site.stop(role).await;
        site.start(role).await;
        import = paused.go_on(&site);
    }
    import.finish().await;
    let outcome = Outcome::of(&site).await;
    // Another life seals words with other salts, so the bytes of intake are not the same.
    assert_eq!(outcome.intake.len(), expected.intake.len());
    outcome
        .but_for_intake()
        .assert_eq(&expected.but_for_intake());
    site.stop_all().await;
}

/// Given services that have consumed all there is, when NATS comes back empty and they are started again
/// while intake is away, then they wait for it, and go on when it is there.
#[tokio::test(flavor = "multi_thread")]
async fn who_follows_is_started_again_while_nobody_tells_of_the_log() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mut site = Site::in_three(&nats).await;
    for number in 0..8 {
        submit(&site, number).await.unwrap();
    }
    site.settle().await;
    for role in [Role::Intake, Role::Workflow, Role::Reporting] {
        site.stop(role).await;
    }
    nats.lose_everything();
    site.start(Role::Workflow).await;
    site.start(Role::Reporting).await;
    for service in ["workflow", "reporting"] {
        // Until every view has looked at the logs that it follows.
        let told = eventually(
            async || site.views(service).await,
            |told| told.views.iter().all(|view| !view.logs.is_empty()),
        );
        let told = told.await;
        assert!(
            told.views.iter().all(|view| view.stopped.is_empty()),
            "{told:?}"
        );
    }
    site.start(Role::Intake).await;
    submit(&site, 8).await.unwrap();
    site.settle().await;
    for service in ["workflow", "reporting"] {
        let told = site.views(service).await;
        assert!(
            told.views.iter().all(|view| view.stopped.is_empty()),
            "{told:?}"
        );
        assert!(
            told.followers.iter().all(|it| it.stopped.is_empty()),
            "{told:?}"
        );
    }
    site.stop_all().await;
}
