//! Where policies put complaints, who gets them, and who is refused.

use std::collections::BTreeSet;

use redress_wire::workflow::v1::explain_complaint_request::Key;
use redress_wire::workflow::v1::{
    ApplyPolicyRequest, AssignComplaintRequest, AssignComplaintResponse, ExplainComplaintRequest,
    ExplainComplaintResponse, GetComplaintHistoryRequest, get_complaint_history_request,
};

use super::given::{Running, World, refused};
use super::people::{absent, grant, join, register};
use super::steps::{self, done, get, on, under};

/// The complaints of these tests are about `Kettle 0` to `Kettle 2`, in German, of vulnerable people.
const OURS: &str = r#"policy = "ours"
version = 1

[queues.kettles]
[queues.safety]
[skills.safety]

[[routing]]
rule = "dangerous"
about = "What can hurt somebody"
severities = ["critical", "major"]
queue = "safety"
skills = ["safety"]

[[routing]]
rule = "kettles"
products = ["Kettle 1", "Kettle 2"]
queue = "kettles"

[[routing]]
rule = "by_hand"
languages = ["de"]
vulnerable = true
queue = "kettles"
choose = "by_hand"
"#;

async fn ours(running: &mut Running) -> String {
    let request = ApplyPolicyRequest {
        document: OURS.to_owned(),
        ..Default::default()
    };
    let answer = running.policies.apply_policy(request).await.unwrap();
    answer.into_inner().version
}

fn to(handler: &str) -> AssignComplaintRequest {
    AssignComplaintRequest {
        handler: handler.to_owned(),
        ..Default::default()
    }
}

async fn choose(running: &mut Running, id: &str) -> AssignComplaintResponse {
    let answer = running.complaints.assign_complaint(on(id, to(""))).await;
    answer.unwrap().into_inner()
}

async fn explain(running: &mut Running, id: &str) -> ExplainComplaintResponse {
    let request = ExplainComplaintRequest {
        key: Some(Key::ComplaintId(id.to_owned())),
        ..Default::default()
    };
    let answer = running.complaints.explain_complaint(request).await;
    answer.unwrap().into_inner()
}

async fn history(running: &mut Running, id: &str) -> Vec<String> {
    let request = GetComplaintHistoryRequest {
        key: Some(get_complaint_history_request::Key::ComplaintId(
            id.to_owned(),
        )),
        ..Default::default()
    };
    let answer = running.complaints.get_complaint_history(request).await;
    let entries = steps::without_clocks(answer.unwrap().into_inner().entries);
    entries.into_iter().map(|it| it.summary).collect()
}

async fn people(running: &mut Running) {
    let client = &mut running.handlers;
    for who in ["user:h-1", "user:h-2", "user:h-3"] {
        done!(client, register_handler, on(who, register("kettles")));
    }
    for who in ["user:h-2", "user:h-3"] {
        done!(client, join_queue, on(who, join("safety")));
    }
    done!(client, grant_skill, on("user:h-3", grant("safety", None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_routed_when_it_is_opened_and_anew_when_it_is_assessed() {
    let world = World::new();
    let mut running = world.start().await;
    let version = ours(&mut running).await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let it = get(&mut running.complaints, &id).await;
    assert_eq!((&*it.queue, &*it.handler), ("kettles", ""));
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    assert_eq!(get(client, &id).await.queue, "safety");
    // It was only seen a little otherwise.
    done!(
        client,
        reclassify_complaint,
        on(&id, steps::reclassify("critical"))
    );
    let routing = explain(&mut running, &id).await.routing.unwrap();
    assert_eq!((&*routing.queue, &*routing.rule), ("safety", "dangerous"));
    assert_eq!(routing.policy_version, version);
    assert_eq!(routing.rule_about, "What can hurt somebody");
    assert_eq!(routing.rule_fits["severities"], "critical, major");
    let told = history(&mut running, &id).await;
    let routed = format!("Routed to queue kettles by rule kettles of {version}");
    assert_eq!(told[1..3], [routed, "Put into queue kettles".to_owned()]);
    let routed = told.iter().filter(|it| it.starts_with("Routed"));
    assert_eq!(routed.count(), 2);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_chooses_who_has_the_fewest_complaints_and_keeps_why() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    people(&mut running).await;
    let mut chosen = Vec::new();
    for n in [1, 2, 4, 5] {
        let id = world.complaint(n).await.to_string();
        running.follow(&world).await;
        let answer = choose(&mut running, &id).await;
        assert_eq!(answer.queue, "kettles");
        chosen.push(answer.handler);
        // Who has it keeps it.
        let again = choose(&mut running, &id).await;
        assert!(again.recorded.unwrap().already_done);
    }
    assert_eq!(chosen, ["user:h-1", "user:h-2", "user:h-3", "user:h-1"]);
    let id = world.complaint(7).await.to_string();
    running.follow(&world).await;
    done!(
        running.handlers,
        announce_absence,
        on("user:h-2", absent(None, None))
    );
    done!(
        running.complaints,
        declare_conflict,
        on(&id, steps::declare_conflict("user:h-3"))
    );
    assert_eq!(choose(&mut running, &id).await.handler, "user:h-1");
    let choice = explain(&mut running, &id).await.choice.unwrap();
    assert_eq!((&*choice.by, choice.candidates), ("least_load", 3));
    let considered: Vec<_> = choice
        .considered
        .iter()
        .map(|it| (&*it.handler, it.load, &*it.left_out))
        .collect();
    assert_eq!(
        considered,
        [
            ("user:h-1", 2, ""),
            ("user:h-2", 1, "absent"),
            ("user:h-3", 1, "conflict_of_interest"),
        ]
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_refused_and_the_attempt_is_recorded_once() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    people(&mut running).await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    let before = running.records().await.len();
    for (who, code) in [
        ("user:nobody", "HANDLER_NOT_REGISTERED"),
        ("user:h-1", "HANDLER_NOT_IN_QUEUE"),
        ("user:h-2", "SKILL_MISSING"),
        ("user:h-2", "SKILL_MISSING"),
    ] {
        let client = &mut running.complaints;
        let request = || under(&format!("to {who}").replace(' ', "_"), on(&id, to(who)));
        // A repeat, too, is refused as the first time.
        for _ in 0..2 {
            let found = refused(client.assign_complaint(request()).await);
            assert_eq!(found, (code.into(), "handler".into()));
        }
        let found = refused(client.assign_complaint(on(&id, to(who))).await);
        assert_eq!(found.0, code);
    }
    assert_eq!(running.records().await.len(), before + 3);
    let refusals = explain(&mut running, &id).await.refused;
    let told: Vec<_> = refusals
        .iter()
        .map(|it| (&*it.person, &*it.code, &*it.skill, &*it.rule))
        .collect();
    assert_eq!(
        told[2],
        ("user:h-2", "SKILL_MISSING", "safety", "dangerous")
    );
    // Whoever may is let in, and what was refused before is told anew if it comes again.
    let client = &mut running.handlers;
    done!(client, grant_skill, on("user:h-2", grant("safety", None)));
    done!(
        running.complaints,
        assign_complaint,
        on(&id, to("user:h-2"))
    );
    done!(
        running.handlers,
        announce_absence,
        on("user:h-3", absent(None, None))
    );
    let found = refused(
        running
            .complaints
            .assign_complaint(on(&id, to("user:h-3")))
            .await,
    );
    assert_eq!(found.0, "HANDLER_ABSENT");
    let it = get(&mut running.complaints, &id).await;
    assert_eq!((&*it.handler, &*it.queue), ("user:h-2", "safety"));
    let told = history(&mut running, &id).await;
    let expected = "user:h-3 was to handle it and was refused: absent";
    assert_eq!(told.last().unwrap(), expected);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skill_that_has_expired_is_named_with_the_time() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    people(&mut running).await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let old = grant("safety", Some("2026-11-01T00:00:00Z"));
    let old = steps::at("2026-10-01T00:00:00Z", on("user:h-2", old));
    done!(running.handlers, grant_skill, old);
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    let found = refused(client.assign_complaint(on(&id, to("user:h-2"))).await);
    assert_eq!(found.0, "SKILL_EXPIRED");
    let refusal = explain(&mut running, &id).await.refused.remove(0);
    assert!(
        refusal.message.contains("2026-11-01T00:00:00Z"),
        "{}",
        refusal.message
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_fits_or_a_person_is_to_choose_that_is_said() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(3).await.to_string();
    running.follow(&world).await;
    // Nothing routes it.
    let found = refused(running.complaints.assign_complaint(on(&id, to(""))).await);
    assert_eq!(found.0, "ASSIGNMENT_EMPTY");
    ours(&mut running).await;
    let (by_hand, kettle) = (
        world.complaint(6).await.to_string(),
        world.complaint(1).await,
    );
    running.follow(&world).await;
    let found = refused(
        running
            .complaints
            .assign_complaint(on(&by_hand, to("")))
            .await,
    );
    assert_eq!(found.0, "HANDLER_CHOSEN_BY_HAND");
    let kettle = kettle.to_string();
    let found = refused(
        running
            .complaints
            .assign_complaint(on(&kettle, to("")))
            .await,
    );
    assert_eq!(found, ("NO_HANDLER_FITS".into(), "handler".into()));
    running.stop().await;
}

/// Many ask at once, and nobody is given more than the limit.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_given_more_than_the_limit_however_many_ask_at_once() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    for who in ["user:h-1", "user:h-2"] {
        let mut limited = register("kettles");
        limited.load_limit = Some(3);
        done!(running.handlers, register_handler, on(who, limited));
    }
    let mut ids = Vec::new();
    for n in (1..16).filter(|n| n % 3 != 0) {
        ids.push(world.complaint(n).await.to_string());
    }
    running.follow(&world).await;
    let mut asked = tokio::task::JoinSet::new();
    for id in ids.clone() {
        let mut client = running.complaints.clone();
        asked.spawn(async move { client.assign_complaint(on(&id, to(""))).await });
    }
    let mut given = Vec::new();
    while let Some(answer) = asked.join_next().await {
        match answer.unwrap() {
            Ok(answer) => given.push(answer.into_inner().handler),
            Err(status) => assert!(status.message().contains("at_load_limit"), "{status}"),
        }
    }
    given.sort();
    let expected = [["user:h-1"; 3], ["user:h-2"; 3]].concat();
    assert_eq!(given, expected);
    let distinct: BTreeSet<&String> = given.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (10, 2));
    running.stop().await;
}
