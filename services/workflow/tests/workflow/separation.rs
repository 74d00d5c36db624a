//! Duties that a policy keeps apart: who may not investigate, approve or communicate.

use redress_wire::workflow::v1::{
    ApplyPolicyRequest, ApproveResponseRequest, ClearComplainedOfRequest,
    CommunicateDecisionRequest, ExplainComplaintRequest, ExplainComplaintResponse, MessageToSend,
    NameComplainedOfRequest, explain_complaint_request::Key,
};

use super::given::{Running, World, refused};
use super::people::{grant, register};
use super::steps::{self, done, get, on};

const OURS: &str = r#"policy = "ours"
version = 1
[skills.safety]
[separation]
from_severity = "major"
investigator_skills = ["safety"]
approval = true
"#;

async fn ours(running: &mut Running) {
    let request = ApplyPolicyRequest {
        document: OURS.to_owned(),
        ..Default::default()
    };
    running.policies.apply_policy(request).await.unwrap();
}

fn complained_of(person: &str) -> NameComplainedOfRequest {
    NameComplainedOfRequest {
        person: person.to_owned(),
        ..Default::default()
    }
}

fn approve(approver: &str) -> ApproveResponseRequest {
    ApproveResponseRequest {
        approver: approver.to_owned(),
        ..Default::default()
    }
}

async fn explain(running: &mut Running, id: &str) -> ExplainComplaintResponse {
    let request = ExplainComplaintRequest {
        key: Some(Key::ComplaintId(id.to_owned())),
        ..Default::default()
    };
    let answer = running.complaints.explain_complaint(request).await;
    answer.unwrap().into_inner()
}

/// Assessed as major.
async fn assessed(running: &mut Running, world: &World) -> String {
    let id = world.complaint(1).await.to_string();
    running.follow(world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_complained_of_or_lacks_the_skill_does_not_investigate() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let id = assessed(&mut running, &world).await;
    let client = &mut running.complaints;
    done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:i-1"))
    );
    let again = done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:i-1"))
    );
    assert!(again.already_done);
    for _ in 0..2 {
        let found = refused(client.start_investigation(on(&id, steps::start())).await);
        assert_eq!(found, ("COMPLAINED_OF".into(), "investigator".into()));
    }
    let cleared = ClearComplainedOfRequest {
        person: "user:i-1".to_owned(),
        ..Default::default()
    };
    done!(client, clear_complained_of, on(&id, cleared));
    let found = refused(client.start_investigation(on(&id, steps::start())).await);
    assert_eq!(found.0, "HANDLER_NOT_REGISTERED");
    done!(
        running.handlers,
        register_handler,
        on("user:i-1", register("kettles"))
    );
    let client = &mut running.complaints;
    let found = refused(client.start_investigation(on(&id, steps::start())).await);
    assert_eq!(found.0, "SKILL_MISSING");
    done!(
        running.handlers,
        grant_skill,
        on("user:i-1", grant("safety", None))
    );
    done!(
        running.complaints,
        start_investigation,
        on(&id, steps::start())
    );
    assert_eq!(
        get(&mut running.complaints, &id).await.status,
        "investigating"
    );
    let refusals = explain(&mut running, &id).await.refused;
    let codes: Vec<_> = refusals.iter().map(|it| &*it.code).collect();
    assert_eq!(
        codes,
        ["COMPLAINED_OF", "HANDLER_NOT_REGISTERED", "SKILL_MISSING"]
    );
    assert!(
        refusals
            .iter()
            .all(|it| it.policy_version.starts_with("ours@1:"))
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_communicated_that_nobody_else_approved() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let id = assessed(&mut running, &world).await;
    done!(
        running.handlers,
        register_handler,
        on("user:i-1", register("kettles"))
    );
    done!(
        running.handlers,
        grant_skill,
        on("user:i-1", grant("safety", None))
    );
    let client = &mut running.complaints;
    let found = refused(client.approve_response(on(&id, approve("user:lead"))).await);
    assert_eq!(found.0, "RESPONSE_NOT_PROPOSED");
    done!(client, start_investigation, on(&id, steps::start()));
    done!(client, propose_response, on(&id, steps::propose()));
    let found = refused(
        client
            .communicate_decision(on(&id, steps::communicate()))
            .await,
    );
    assert_eq!(found.0, "RESPONSE_NOT_APPROVED");
    let telling = CommunicateDecisionRequest {
        message: Some(MessageToSend {
            template: "decision".to_owned(),
            text: "So be it.".to_owned(),
            ..Default::default()
        }),
        ..steps::communicate()
    };
    let found = refused(client.communicate_decision(on(&id, telling)).await);
    assert_eq!(found.0, "RESPONSE_NOT_APPROVED");
    let found = refused(client.approve_response(on(&id, approve("user:i-1"))).await);
    assert_eq!(found, ("APPROVER_INVESTIGATED".into(), "approver".into()));
    done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:head"))
    );
    let found = refused(client.approve_response(on(&id, approve("user:head"))).await);
    assert_eq!(found.0, "COMPLAINED_OF");
    done!(client, approve_response, on(&id, approve("user:lead")));
    // Another response is approved anew.
    done!(client, propose_response, on(&id, steps::propose_no()));
    let found = refused(
        client
            .communicate_decision(on(&id, steps::communicate_no()))
            .await,
    );
    assert_eq!(found.0, "RESPONSE_NOT_APPROVED");
    assert!(explain(&mut running, &id).await.approval.is_none());
    let client = &mut running.complaints;
    done!(client, approve_response, on(&id, approve("user:lead")));
    done!(
        client,
        communicate_decision,
        on(&id, steps::communicate_no())
    );
    let told = explain(&mut running, &id).await;
    assert_eq!(told.approval.unwrap().value, "user:lead");
    assert_eq!(told.complained_of, ["user:head"]);
    assert_eq!(told.refused.len(), 2);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn below_the_severity_and_without_a_policy_duties_are_as_they_were() {
    let world = World::new();
    let mut running = world.start().await;
    let id = assessed(&mut running, &world).await;
    let client = &mut running.complaints;
    done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:i-1"))
    );
    steps_to_the_decision(&mut running, &id).await;
    ours(&mut running).await;
    let other = world.complaint(2).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(
        client,
        acknowledge_complaint,
        on(&other, steps::acknowledge())
    );
    let mut minor = steps::assess();
    minor.severity = "minor".into();
    done!(client, assess_complaint, on(&other, minor));
    steps_to_the_decision(&mut running, &other).await;
    running.stop().await;
}

async fn steps_to_the_decision(running: &mut Running, id: &str) {
    let client = &mut running.complaints;
    done!(client, start_investigation, on(id, steps::start()));
    done!(client, propose_response, on(id, steps::propose()));
    done!(client, communicate_decision, on(id, steps::communicate()));
}
