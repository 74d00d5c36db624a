use redress_feedback::Feedback;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::Complaint;
use redress_workflow::Failed;

use super::given::{World, complaint, item, time};
use super::steps::{self, done, on};

/// A report about feedback number `n`: `class` is how the other system had answered.
fn report(n: i64, digest: &str, class: &str, disputed: &str) -> Feedback {
    let mut said = serde_json::to_value(complaint(n)).unwrap();
    said["reported"] = serde_json::json!({
        "source": "cfpb",
        "digest": digest.repeat(32),
        "response": "as they say it",
        "response_class": class,
        "timely": "yes",
        "disputed": disputed,
        "sent_to_company_on": "2026-03-04",
    });
    serde_json::from_value(said).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_system_says_of_its_steps_is_known_here() {
    let world = World::new();
    let mut running = world.start().await;
    let timed = |n: i64, class: &str| {
        let mut said = report(n, "aa", class, "no");
        let reported = said.reported.as_mut().unwrap();
        reported.acknowledged_at = Some(time("2026-03-02T08:00:00Z"));
        reported.closed_at = Some(time("2026-03-09T08:00:00Z"));
        said
    };
    world.received(item(1), timed(1, "in_progress")).await;
    world.received(item(2), timed(2, "closed")).await;
    running.follow(&world).await;
    let client = &mut running.complaints;
    let open = steps::get(client, &item(1).to_string()).await;
    assert_eq!(open.status, "acknowledged");
    assert_eq!(open.unknown_steps, ALL_STEPS[1..3]);
    // A closing counts where the response says that there was one.
    assert!(open.acknowledged_at.is_some() && open.closed_at.is_none());
    let closed = steps::get(client, &item(2).to_string()).await;
    assert_eq!(closed.closing_basis, "reported");
    assert_eq!(closed.unknown_steps, ALL_STEPS[1..5]);
    let at = |at: &str| Some(time_to_wire(time(at)));
    assert_eq!(closed.closed_at, at("2026-03-09T08:00:00Z"));
    // From its next step on it is handled as any other.
    let id = item(1).to_string();
    done!(client, assess_complaint, on(&id, steps::assess()));
    running.stop().await;
}

const ALL_STEPS: [&str; 6] = [
    "acknowledged",
    "assessed",
    "investigating",
    "response_proposed",
    "decision_communicated",
    "closed",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_taken_over_in_the_state_that_its_report_implies() {
    let world = World::new();
    let mut running = world.start().await;
    world
        .received(item(1), report(1, "aa", "in_progress", "unknown"))
        .await;
    world
        .received(item(2), report(2, "bb", "closed_with_explanation", "no"))
        .await;
    running.follow(&world).await;
    let client = &mut running.complaints;

    let open = steps::get(client, &item(1).to_string()).await;
    assert_eq!((&*open.status, open.imported), ("received", true));
    assert_eq!(open.unknown_steps, ALL_STEPS[..3]);

    let closed = steps::get(client, &item(2).to_string()).await;
    assert_eq!(
        (&*closed.status, &*closed.closing_basis),
        ("closed", "reported")
    );
    assert_eq!(closed.unknown_steps, ALL_STEPS);
    assert!(closed.closed_at.is_none() && closed.decision.is_none());
    let reported = closed.reported.unwrap();
    assert_eq!((&*reported.timely, &*reported.disputed), ("yes", "no"));
    assert_eq!(reported.response, "as they say it");

    // It meets the guards from its next step on.
    let id = item(2).to_string();
    let bases = |it: &Complaint| -> Vec<(String, bool)> {
        let closures = it.closures.iter();
        closures
            .map(|it| (it.basis.clone(), it.reopened_at.is_some()))
            .collect()
    };
    let reported = "reported".to_owned();
    let closed = steps::get(client, &id).await;
    assert_eq!(bases(&closed), [(reported.clone(), false)]);
    done!(client, reopen_complaint, on(&id, steps::reopen()));
    let reopened = steps::get(client, &id).await;
    assert_eq!(bases(&reopened), [(reported, true)]);
    done!(client, start_investigation, on(&id, steps::start()));
    done!(client, propose_response, on(&id, steps::propose()));
    let proposed = steps::get(client, &id).await;
    assert_eq!(proposed.status, "response_proposed");
    let unknown: Vec<_> = proposed.unknown_steps.iter().map(String::as_str).collect();
    assert_eq!(
        unknown,
        [
            "acknowledged",
            "assessed",
            "decision_communicated",
            "closed"
        ]
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_in_any_order_end_at_the_same_state() {
    let reports = [
        ("aa", "in_progress", "unknown"),
        ("bb", "closed", "no"),
        ("cc", "closed", "yes"),
    ];
    let mut found = Vec::new();
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let world = World::new();
        let mut running = world.start().await;
        for (n, which) in order.into_iter().enumerate() {
            let (digest, class, disputed) = reports[which];
            let said = report(1, digest, class, disputed);
            if n == 0 {
                world.received(item(1), said).await;
            } else {
                world.reported(item(1), said).await;
            }
        }
        running.follow(&world).await;
        let stands = steps::get(&mut running.complaints, &item(1).to_string()).await;
        assert_eq!(stands.version, 3);
        found.push((stands.status, stands.reported.unwrap().digest));
        running.stop().await;
    }
    assert!(
        found
            .iter()
            .all(|one| *one == ("closed".to_owned(), "cc".repeat(32))),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_report_again_records_nothing() {
    let world = World::new();
    let running = world.start().await;
    world
        .received(item(1), report(1, "aa", "in_progress", "unknown"))
        .await;
    world
        .reported(item(1), report(1, "aa", "in_progress", "unknown"))
        .await;
    running.follow(&world).await;
    // The policy in force, and the complaint.
    assert_eq!(running.workflow.log().head().size, 2);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_that_a_rule_refuses_is_written_down_and_holds_up_nothing() {
    let world = World::new();
    let mut running = world.start().await;
    world.complaint(1).await;
    // The complaint was not taken over, so no other system reports on it.
    world
        .reported(item(1), report(1, "aa", "closed", "no"))
        .await;
    // A year that no reference can name.
    let mut early = complaint(3);
    early.received_at = "0001-01-01T00:00:00Z".parse().unwrap();
    world.received(item(3), early).await;
    world.complaint(2).await;
    running.follow(&world).await;

    let records = running.records().await;
    let failures: Vec<Failed> = records
        .iter()
        .filter(|record| record.kind == "redress.reaction.failed.v1")
        .map(|record| serde_json::from_str(record.data.get()).unwrap())
        .collect();
    let told: Vec<_> = failures
        .iter()
        .map(|it| (&*it.reaction, &*it.why.code))
        .collect();
    let expected = [
        ("report_history", "COMPLAINT_NOT_TAKEN_OVER"),
        ("open_complaint", "REFERENCE_OUT_OF_RANGE"),
    ];
    assert_eq!(told, expected);
    assert_eq!(failures[0].cause.position, 1);
    let about = failures[0].about.as_ref().unwrap().to_string();
    assert_eq!(about, format!("complaint/{}", item(1)));
    let second = steps::get(&mut running.complaints, &item(2).to_string()).await;
    assert_eq!(second.status, "received");
    let view = running.workflow.views()[0].clone();
    let all = running.workflow.log().token(records.len() as u64);
    view.wait_for(&all, std::time::Duration::from_secs(5))
        .await
        .unwrap();
    assert_eq!(running.workflow.status().await.failed_reactions, Some(2));
    running.stop().await;
}
