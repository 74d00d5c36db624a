//! Clocks that run with a complaint: what was promised, kept, broken and told.

use redress_wire::workflow::v1::{
    ApplyPolicyRequest, Clock, GetPolicyRequest, ListPoliciesRequest, PolicyFile,
    RetirePolicyRequest,
};

use super::given::{Running, World, refused, time};
use super::steps::{self, at, done, get, on};

/// Monday to Friday, nine to five in UTC; the complaints of these tests are received on Sunday
/// 2026-03-01.
const OURS: &str = r#"policy = "ours"
version = 1

[calendars.office]
zone = "UTC"
working_days = ["09:00-17:00"]

[clocks.acknowledge]
starts = "received"
stops = ["acknowledged"]
cancels = ["withdrawn", "closed"]
on_reopening = "stay_stopped"
target = "1 business day"
calendar = "office"
warn_at_percent = [50]

[clocks.answer]
starts = "received"
stops = ["decision_communicated"]
cancels = ["withdrawn", "closed"]
pauses = ["on_hold", "awaiting_third_party"]
target = "10 business days"
severity = { critical = "2 business days" }
calendar = "office"
"#;

async fn apply(running: &mut Running, document: &str) -> String {
    let request = ApplyPolicyRequest {
        document: document.to_owned(),
        ..Default::default()
    };
    let answer = running.policies.apply_policy(request).await.unwrap();
    answer.into_inner().version
}

/// Under our own policy alone.
async fn ours(running: &mut Running) -> String {
    let version = apply(running, OURS).await;
    let request = RetirePolicyRequest {
        policy: "iso-10002".to_owned(),
        reason: "ours_is_better".to_owned(),
        ..Default::default()
    };
    running.policies.retire_policy(request).await.unwrap();
    version
}

#[track_caller]
fn clock<'a>(clocks: &'a [Clock], name: &str) -> &'a Clock {
    let found = clocks.iter().find(|it| it.clock == name);
    found.unwrap_or_else(|| panic!("{name} is not in {clocks:?}"))
}

fn due(clock: &Clock) -> String {
    clock.due_at.map_or("none".to_owned(), |at| {
        redress_wire::time_from_wire(at).unwrap().to_string()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_has_the_clocks_of_the_policy_in_force_from_its_receipt_on() {
    let world = World::new();
    let mut running = world.start().await;
    let version = ours(&mut running).await;
    let id = world.complaint(0).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let it = get(client, &id).await;
    assert_eq!(it.clocks.len(), 2);
    let acknowledge = clock(&it.clocks, "ours/acknowledge");
    assert_eq!(
        (&*acknowledge.status, &*acknowledge.policy_version),
        ("running", &*version)
    );
    assert_eq!(due(acknowledge), "2026-03-02T17:00:00Z");
    assert!(acknowledge.late && acknowledge.remaining_seconds < Some(0));
    assert_eq!(
        due(clock(&it.clocks, "ours/answer")),
        "2026-03-13T17:00:00Z"
    );

    let when = "2026-03-02T16:00:00Z";
    done!(
        client,
        acknowledge_complaint,
        at(when, on(&id, steps::acknowledge()))
    );
    let it = get(client, &id).await;
    let acknowledge = clock(&it.clocks, "ours/acknowledge");
    assert_eq!(&*acknowledge.status, "stopped");
    assert!(
        acknowledge.fulfilled && !acknowledge.late,
        "{acknowledge:?}"
    );
    assert_eq!(acknowledge.elapsed_seconds, Some(7 * 3600));

    // Each decision cites what it was made under.
    let records = running.records().await;
    let acknowledged = records
        .iter()
        .rfind(|it| it.kind.ends_with("acknowledged.v1"));
    let cited = acknowledged.unwrap().context.policy_version.clone();
    assert_eq!(cited, Some(version));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_stops_the_time_and_a_severity_makes_another_promise() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let id = world.complaint(0).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let acknowledged = at("2026-03-02T10:00:00Z", on(&id, steps::acknowledge()));
    done!(client, acknowledge_complaint, acknowledged);
    done!(
        client,
        hold_complaint,
        at("2026-03-03T09:00:00Z", on(&id, steps::hold()))
    );
    let it = get(client, &id).await;
    let answer = clock(&it.clocks, "ours/answer");
    assert_eq!((&*answer.status, &*due(answer)), ("paused", "none"));
    assert_eq!(answer.paused_for, ["on_hold"]);
    assert_eq!(answer.elapsed_seconds, Some(8 * 3600));
    assert!(!answer.late, "what is paused breaks nothing");
    done!(
        client,
        release_complaint,
        at("2026-03-05T09:00:00Z", on(&id, steps::release()))
    );
    let it = get(client, &id).await;
    assert_eq!(
        due(clock(&it.clocks, "ours/answer")),
        "2026-03-17T17:00:00Z"
    );
    let mut critical = steps::assess();
    "critical".clone_into(&mut critical.severity);
    done!(
        client,
        assess_complaint,
        at("2026-03-05T10:00:00Z", on(&id, critical))
    );
    let it = get(client, &id).await;
    let answer = clock(&it.clocks, "ours/answer");
    assert_eq!(
        (&*answer.target, &*due(answer)),
        ("2 business days", "2026-03-05T17:00:00Z")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_time_brings_about_is_told_once_with_its_time_also_after_a_restart() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let id = world.complaint(0).await.to_string();
    running.follow(&world).await;
    // What is entered late is given ten minutes before anybody is told of it.
    let soon = || time("2026-11-21T12:05:00Z");
    let later = || time("2026-11-21T12:30:00Z");
    let told = async |running: &Running| {
        let records = running.records().await;
        let kinds = records.iter().filter(|it| it.subject.id() == id);
        let told = kinds.filter_map(|it| {
            let event = it.kind.strip_prefix("redress.complaint.clock_")?;
            ["warned.v1", "breached.v1"]
                .contains(&event)
                .then(|| format!("{event} {}", it.data))
        });
        told.collect::<Vec<_>>()
    };
    let ticking = tokio::spawn(running.workflow.clone().tick(soon));
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert!(told(&running).await.is_empty());
    ticking.abort();

    let ticking = tokio::spawn(running.workflow.clone().tick(later));
    let expected = [
        r#"warned.v1 {"clock":"ours/acknowledge","percent":50,"occurred_at":"2026-03-02T13:00:00Z"}"#,
        r#"breached.v1 {"clock":"ours/acknowledge","due_at":"2026-03-02T17:00:00Z"}"#,
        r#"breached.v1 {"clock":"ours/answer","due_at":"2026-03-13T17:00:00Z"}"#,
    ];
    for _ in 0..300 {
        if told(&running).await.len() == expected.len() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(told(&running).await, expected);
    let it = get(&mut running.complaints, &id).await;
    assert!(it.clocks.iter().all(|it| it.late));
    ticking.abort();
    let _ = ticking.await;
    running.stop().await;

    let running = world.start().await;
    let ticking = tokio::spawn(running.workflow.clone().tick(later));
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(told(&running).await, expected, "once");
    ticking.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_that_was_told_is_taken_back_by_what_had_happened_before() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let id = world.complaint(0).await.to_string();
    running.follow(&world).await;
    let ticking = tokio::spawn(
        running
            .workflow
            .clone()
            .tick(|| time("2026-11-21T12:30:00Z")),
    );
    for _ in 0..300 {
        let it = get(&mut running.complaints, &id).await;
        // Of the past, and so as it was told.
        if it.clocks.iter().all(|it| it.late) && running.records().await.len() > 9 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    ticking.abort();
    let client = &mut running.complaints;
    let acknowledged = at("2026-03-02T10:00:00Z", on(&id, steps::acknowledge()));
    done!(client, acknowledge_complaint, acknowledged);
    let it = get(client, &id).await;
    assert!(!clock(&it.clocks, "ours/acknowledge").late);
    assert!(clock(&it.clocks, "ours/answer").late);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_put_in_force_one_after_the_other_and_kept() {
    let world = World::new();
    let mut running = world.start().await;
    let list = |running: &Running| {
        let mut policies = running.policies.clone();
        async move {
            policies
                .list_policies(ListPoliciesRequest {})
                .await
                .unwrap()
                .into_inner()
        }
    };
    // Nobody said anything: the default.
    let first = list(&running).await;
    assert_eq!(first.policies.len(), 1);
    assert!(first.policies[0].in_force && first.policies[0].policy == "iso-10002");
    let version = ours(&mut running).await;
    let all = list(&running).await;
    let in_force: Vec<_> = all.policies.iter().filter(|it| it.in_force).collect();
    assert_eq!((all.policies.len(), in_force.len()), (2, 1));
    assert_eq!(in_force[0].version, version);

    let request = GetPolicyRequest {
        version: "ours".to_owned(),
    };
    let got = running
        .policies
        .get_policy(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(got.document, OURS);

    let stale = ApplyPolicyRequest {
        etag: first.etag.clone(),
        document: OURS.replace("version = 1", "version = 2"),
        ..Default::default()
    };
    assert_eq!(
        refused(running.policies.apply_policy(stale).await).0,
        "ETAG_STALE"
    );
    for (request, expected) in [
        (
            ApplyPolicyRequest {
                document: OURS.replace("10 business", "11 business"),
                ..Default::default()
            },
            "POLICY_NUMBER_TAKEN",
        ),
        (
            ApplyPolicyRequest {
                document: OURS.replace("received", "recieved"),
                ..Default::default()
            },
            "POLICY_INVALID",
        ),
        (
            ApplyPolicyRequest {
                document: OURS.replace("version = 1", "version = 2"),
                files: vec![PolicyFile::default()],
                ..Default::default()
            },
            "POLICY_FILE_UNUSED",
        ),
        (
            ApplyPolicyRequest {
                document: OURS.to_owned(),
                reason: "because I say so".to_owned(),
                ..Default::default()
            },
            "FIELD_NOT_A_CODE",
        ),
    ] {
        let answer = running.policies.apply_policy(request).await;
        assert_eq!(refused(answer).0, expected);
    }
    for (policy, expected) in [
        ("ours", "POLICY_IS_THE_LAST"),
        ("iso-10002", "POLICY_NOT_IN_FORCE"),
    ] {
        let request = RetirePolicyRequest {
            policy: policy.to_owned(),
            ..Default::default()
        };
        let answer = running.policies.retire_policy(request).await;
        assert_eq!(refused(answer).0, expected);
    }
    running.stop().await;
    let running = world.start().await;
    assert_eq!(list(&running).await.policies, all.policies);
}

/// Given complaints that come in all the time, when policies are put in force meanwhile, then each clock
/// began under what the records before it put in force.
#[tokio::test(flavor = "multi_thread")]
async fn every_clock_begins_under_what_was_in_force_at_its_place_in_the_log() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let coming = async {
        for n in 0..200 {
            world.complaint(n).await;
        }
    };
    let mut policies = running.policies.clone();
    let applying = async {
        for number in 2..12 {
            let document = OURS.replace("version = 1", &format!("version = {number}"));
            let request = ApplyPolicyRequest {
                document,
                ..Default::default()
            };
            policies.apply_policy(request).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        }
    };
    tokio::join!(coming, applying);
    running.follow(&world).await;
    let (mut in_force, mut under) = (String::new(), std::collections::BTreeSet::new());
    for record in running.records().await {
        let data: serde_json::Value = serde_json::from_str(record.data.get()).unwrap();
        match &*record.kind {
            "redress.policy.applied.v1" => in_force = data["version"].as_str().unwrap().to_owned(),
            "redress.complaint.clock_started.v1" => {
                assert_eq!(data["terms"]["policy"], *in_force, "at {}", record.position);
                under.insert(in_force.clone());
            }
            _ => {}
        }
    }
    assert!(under.len() > 1, "{under:?}");
}
