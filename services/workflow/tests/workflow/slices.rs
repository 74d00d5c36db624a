//! One candidate for a slice that is out for months.

use redress_envelope::Subject;
use redress_wire::workflow::v1::{
    CloseImprovementRequest, DismissImprovementRequest, Improvement, ImprovementFilter,
    ListImprovementsRequest, MarkImplementedRequest,
};

use super::given::{Running, World};
use super::improvements::{accept, get, improvement, improvement_after, plan, raise_in, signal_in};
use super::later_version::write_about;
use super::reactions::failed;
use super::steps::{done, on};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_for_months_is_one_candidate_with_its_evidence() {
    let world = World::new();
    let mut running = world.start().await;
    raise_in(&world, "2026-08", "Kettle 1").await;
    raise_in(&world, "2026-08", "Kettle 2").await;
    raise_in(&world, "2026-09", "Kettle 1").await;
    running.follow(&world).await;
    let id = &improvement("Kettle 1");
    // Also where somebody is at it.
    done!(running.improvements, accept_improvement, on(id, accept()));
    raise_in(&world, "2026-10", "Kettle 1").await;
    // Raised again, as no reporting should.
    raise_in(&world, "2026-09", "Kettle 1").await;
    running.follow(&world).await;
    let got = get(&mut running.improvements, id).await;
    assert_eq!((&*got.status, got.version), ("accepted", 4));
    assert_eq!(got.title, "2026-08 product Kettle 1: more than expected");
    let months: Vec<_> = got.further_signals.iter().map(|it| &*it.month).collect();
    assert_eq!(months, ["2026-09", "2026-10"]);
    assert_eq!(got.further_signals[0].figures["observed"], "41");
    let taken = found(&mut running, "2026-10").await;
    assert_eq!(taken, std::slice::from_ref(&got));
    let all = everything(&mut running).await;
    assert_eq!(all.len(), 2);
    running.stop().await;

    // The same rows from the same log.
    world.delete_views();
    let mut running = world.start().await;
    assert_eq!(everything(&mut running).await, all);
    assert_eq!(found(&mut running, "2026-09").await, [got]);
    running.stop().await;
}

/// The improvements that a signal of Kettle 1 gave rise to.
async fn found(running: &mut Running, month: &str) -> Vec<Improvement> {
    let request = ListImprovementsRequest {
        filter: Some(ImprovementFilter {
            source_kind: "signal".into(),
            source_id: signal_in(month, "Kettle 1").to_string(),
            ..Default::default()
        }),
        wait_for: running.token(),
        ..Default::default()
    };
    let listed = running.improvements.list_improvements(request).await;
    listed.unwrap().into_inner().improvements
}

async fn everything(running: &mut Running) -> Vec<Improvement> {
    let request = ListImprovementsRequest {
        wait_for: running.token(),
        ..Default::default()
    };
    let listed = running.improvements.list_improvements(request).await;
    listed.unwrap().into_inner().improvements
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_dismissal_or_a_closing_the_next_signal_opens_the_next_candidate() {
    let world = World::new();
    let mut running = world.start().await;
    raise_in(&world, "2026-07", "Kettle 1").await;
    running.follow(&world).await;
    let dismiss = DismissImprovementRequest {
        reason: "A known campaign".into(),
        ..Default::default()
    };
    let first = &improvement("Kettle 1");
    done!(
        running.improvements,
        dismiss_improvement,
        on(first, dismiss)
    );
    raise_in(&world, "2026-08", "Kettle 1").await;
    running.follow(&world).await;
    let second = &improvement_after(&["2026-07"], "Kettle 1");
    let client = &mut running.improvements;
    done!(client, accept_improvement, on(second, accept()));
    done!(client, plan_improvement, on(second, plan()));
    let implemented = MarkImplementedRequest {
        evidence: "Change 17".into(),
        ..Default::default()
    };
    done!(client, mark_implemented, on(second, implemented));
    // It did not help: that is evidence on what was implemented.
    raise_in(&world, "2026-09", "Kettle 1").await;
    running.follow(&world).await;
    let close = CloseImprovementRequest {
        summary: "New seal".into(),
        ..Default::default()
    };
    done!(running.improvements, close_improvement, on(second, close));
    raise_in(&world, "2026-10", "Kettle 1").await;
    for month in ["2026-07", "2026-08", "2026-09"] {
        // Raised again: each is known by the one that took it.
        raise_in(&world, month, "Kettle 1").await;
    }
    running.follow(&world).await;
    let client = &mut running.improvements;
    let evidence = |it: Improvement| it.further_signals.len();
    assert_eq!(evidence(get(client, first).await), 0);
    assert_eq!(evidence(get(client, second).await), 1);
    let third = get(
        client,
        &improvement_after(&["2026-08", "2026-09"], "Kettle 1"),
    )
    .await;
    assert_eq!((&*third.status, third.version), ("candidate", 1));
    assert_eq!(third.source.unwrap().month, "2026-10");
    assert_eq!(everything(&mut running).await.len(), 3);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_signals_lead_to_the_same_records_however_they_arrive() {
    let mut logs = Vec::new();
    for at_once in [true, false] {
        let world = World::new();
        let mut running = world.start().await;
        for month in ["2026-07", "2026-08", "2026-09"] {
            for value in ["Kettle 1", "Kettle 2"] {
                raise_in(&world, month, value).await;
                if !at_once {
                    running.follow(&world).await;
                    running.stop().await;
                    running = world.start().await;
                }
            }
        }
        running.follow(&world).await;
        let records = running.records().await;
        let said = records.iter().map(|it| {
            let data = it.data.get().to_owned();
            (it.subject.to_string(), it.kind.clone(), data)
        });
        logs.push(said.collect::<Vec<_>>());
        running.stop().await;
    }
    assert_eq!(logs[0].len(), 6);
    assert_eq!(logs[0], logs[1]);
}

/// Given a slice whose first improvement is over, and a second that cannot be read, when the next signal
/// comes, then it is the second on which it failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_that_fails_is_about_the_improvement_that_it_failed_on() {
    let world = World::new();
    let mut running = world.start().await;
    raise_in(&world, "2026-07", "Kettle 1").await;
    running.follow(&world).await;
    let dismiss = DismissImprovementRequest {
        reason: "A known campaign".into(),
        ..Default::default()
    };
    let first = &improvement("Kettle 1");
    done!(
        running.improvements,
        dismiss_improvement,
        on(first, dismiss)
    );
    let second = improvement_after(&["2026-07"], "Kettle 1");
    let subject = Subject::new("improvement", &second).unwrap();
    let later = ("redress.improvement.paused.v1", "{}");
    running.stop().await;
    let workflow = world.open();
    write_about(workflow.log(), subject, later).await;
    workflow.close().await.unwrap();
    let mut running = world.start().await;
    raise_in(&world, "2026-08", "Kettle 1").await;
    running.follow(&world).await;
    let found = failed(&mut running).await;
    let told: Vec<_> = found.iter().map(|it| (&*it.code, &*it.about)).collect();
    assert_eq!(
        told,
        [("EVENT_UNREADABLE", &*format!("improvement/{second}"))]
    );
    running.stop().await;
}
