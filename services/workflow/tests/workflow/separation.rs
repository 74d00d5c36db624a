//! Duties that a policy keeps apart: who may not investigate, approve or communicate.

use redress_wire::workflow::v1::{
    ApplyPolicyRequest, ApproveResponseRequest, ClearComplainedOfRequest,
    CommunicateDecisionRequest, ExplainComplaintRequest, ExplainComplaintResponse, MessageToSend,
    NameComplainedOfRequest, explain_complaint_request::Key,
};

use super::given::{Running, World, refused};
use super::people::{grant, register};
use super::ruled::by;
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

fn approve(id: &str, who: &str) -> tonic::Request<ApproveResponseRequest> {
    by(who, on(id, ApproveResponseRequest::default()))
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
    let found = refused(client.clear_complained_of(on(&id, cleared.clone())).await);
    assert_eq!(found, ("FIELD_REQUIRED".into(), "reason".into()));
    let cleared = ClearComplainedOfRequest {
        reason: "another_of_that_name".to_owned(),
        ..cleared
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
    let found = refused(client.approve_response(approve(&id, "lead")).await);
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
    let found = refused(client.approve_response(approve(&id, "i-1")).await);
    assert_eq!(found, ("APPROVER_INVESTIGATED".into(), String::new()));
    done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:head"))
    );
    let found = refused(client.approve_response(approve(&id, "head")).await);
    assert_eq!(found.0, "COMPLAINED_OF");
    done!(client, approve_response, approve(&id, "lead"));
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
    done!(client, approve_response, approve(&id, "lead"));
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
async fn what_comes_to_light_later_counts_against_an_approval_and_an_investigation() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let id = assessed(&mut running, &world).await;
    for who in ["user:i-1", "user:i-2"] {
        done!(
            running.handlers,
            register_handler,
            on(who, register("kettles"))
        );
        done!(
            running.handlers,
            grant_skill,
            on(who, grant("safety", None))
        );
    }
    let client = &mut running.complaints;
    done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:lead"))
    );
    // To decide that nothing has to be investigated is no way round it.
    let mut not_required = steps::not_required();
    not_required.decided_by = "user:lead".into();
    let found = refused(
        client
            .record_investigation_not_required(on(&id, not_required))
            .await,
    );
    assert_eq!(found.0, "COMPLAINED_OF");

    done!(client, start_investigation, on(&id, steps::start()));
    done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:i-1"))
    );
    let found = refused(client.propose_response(on(&id, steps::propose())).await);
    assert_eq!(found, ("COMPLAINED_OF".into(), "investigator".into()));
    let mut other = steps::start();
    other.investigator = "user:i-2".into();
    done!(client, start_investigation, on(&id, other));
    done!(client, propose_response, on(&id, steps::propose()));

    // Who investigated before did, too; and who has a conflict approves nothing.
    let cleared = ClearComplainedOfRequest {
        person: "user:i-1".to_owned(),
        reason: "another_of_that_name".to_owned(),
        ..Default::default()
    };
    done!(client, clear_complained_of, on(&id, cleared));
    let found = refused(client.approve_response(approve(&id, "i-1")).await);
    assert_eq!(found.0, "APPROVER_INVESTIGATED");
    done!(
        client,
        declare_conflict,
        on(&id, steps::declare_conflict("user:eve"))
    );
    let found = refused(client.approve_response(approve(&id, "eve")).await);
    assert_eq!(found.0, "APPROVER_HAS_CONFLICT");

    // An approval is of what was proposed then, and of somebody who may give it until it is told.
    let lacks_approval = ("RESPONSE_NOT_APPROVED".to_owned(), String::new());
    let tell = || on(&id, steps::communicate());
    done!(client, approve_response, approve(&id, "head"));
    done!(client, offer_remedy, on(&id, steps::offer("goodwill")));
    assert!(explain(&mut running, &id).await.approval.is_none());
    let client = &mut running.complaints;
    assert_eq!(
        refused(client.communicate_decision(tell()).await),
        lacks_approval
    );
    done!(client, approve_response, approve(&id, "head"));
    done!(
        client,
        name_complained_of,
        on(&id, complained_of("user:head"))
    );
    assert_eq!(
        refused(client.communicate_decision(tell()).await),
        lacks_approval
    );
    done!(client, approve_response, approve(&id, "boss"));
    done!(client, communicate_decision, tell());
    let approval = explain(&mut running, &id).await.approval;
    assert_eq!(approval.unwrap().value, "user:boss");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_one_policy_that_asks_for_it() {
    let world = World::new();
    let mut running = world.start().await;
    ours(&mut running).await;
    let strict = "policy = \"strict\"\nversion = 1\n[skills.law]\n[separation]\n\
                  from_severity = \"major\"\ninvestigator_skills = [\"law\"]\n";
    let request = ApplyPolicyRequest {
        document: strict.to_owned(),
        ..Default::default()
    };
    running.policies.apply_policy(request).await.unwrap();
    let id = assessed(&mut running, &world).await;
    done!(
        running.handlers,
        register_handler,
        on("user:i-1", register("kettles"))
    );
    for (skill, policy) in [("law", "strict@1:"), ("safety", "ours@1:")] {
        let found = refused(
            running
                .complaints
                .start_investigation(on(&id, steps::start()))
                .await,
        );
        assert_eq!(found.0, "SKILL_MISSING");
        let told = explain(&mut running, &id).await.refused.pop().unwrap();
        assert_eq!(told.skill, skill);
        assert!(
            told.policy_version.starts_with(policy),
            "{}",
            told.policy_version
        );
        assert!(!told.policy_version.contains(','));
        done!(
            running.handlers,
            grant_skill,
            on("user:i-1", grant(skill, None))
        );
    }
    done!(
        running.complaints,
        start_investigation,
        on(&id, steps::start())
    );
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
