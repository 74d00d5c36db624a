//! What policies ask for beside clocks: severities, remedies, records, closing and escalations.

use std::collections::BTreeSet;

use redress_wire::workflow::v1::explain_complaint_request::Key;
use redress_wire::workflow::v1::{
    ApplyPolicyRequest, ApproveRemedyRequest, ExplainComplaintRequest, RetirePolicyRequest,
};
use tonic::Request;

use super::given::{Complaints, Running, World, refused, time};
use super::refusals::ONLY_UNDER_POLICIES;
use super::steps::{self, done, get, on};

const STRICT: &str = r#"policy = "strict"
version = 1

[calendars.always]
zone = "UTC"
around_the_clock = true

[closing]
silence = "60 calendar days"
calendar = "always"
bases = ["accepted", "silent"]
external_recourse = "always"

[required_records]
records = ["site"]
evidence = ["measurement"]

[[severity_matrix]]
safety_implication = ["possible", "actual"]
severity = "critical"

[[severity_matrix]]
severity = "minor"

[remedies]
kinds = ["refund", "apology"]
limits = { EUR = "10.00" }
"#;

const ESCALATING: &str = r#"policy = "ours"
version = 1

[calendars.always]
zone = "UTC"
around_the_clock = true

[clocks.answer]
starts = "received"
stops = "decision_communicated"
target = "10 calendar days"
calendar = "always"

[escalation_levels.lead]
level = 1
next = "head"
after = "5 calendar days"
calendar = "always"

[escalation_levels.head]
level = 2

[escalation_levels.board]
level = 3

[escalations.vulnerable]
on = "vulnerable"
to = "lead"

[escalations.late]
on = "clock_breached"
to = "board"
"#;

/// A policy alone in force.
async fn alone(running: &mut Running, document: &str) -> String {
    let request = ApplyPolicyRequest {
        document: document.to_owned(),
        ..Default::default()
    };
    let answer = running.policies.apply_policy(request).await.unwrap();
    let request = RetirePolicyRequest {
        policy: "iso-10002".to_owned(),
        ..Default::default()
    };
    running.policies.retire_policy(request).await.unwrap();
    answer.into_inner().version
}

pub(crate) fn by<R>(person: &str, request: R) -> Request<R> {
    let mut request = Request::new(request);
    let person = format!("user:{person}").parse().unwrap();
    request.metadata_mut().insert("redress-actor", person);
    request
}

fn approve() -> ApproveRemedyRequest {
    ApproveRemedyRequest {
        remedy_number: 1,
        ..Default::default()
    }
}

macro_rules! no {
    ($seen:ident, $answer:expr, $code:literal, $field:literal) => {
        let found = refused($answer);
        assert_eq!((&*found.0, &*found.1), ($code, $field));
        $seen.insert(found.0);
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_rules_each_step_and_every_refusal_names_what_it_asks_for() {
    let world = World::new();
    let mut running = world.start().await;
    let version = alone(&mut running, STRICT).await;
    let id = world.complaint(0).await.to_string();
    running.follow(&world).await;
    let (client, mut seen) = (&mut running.complaints, BTreeSet::new());
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));

    let answer = client.assess_complaint(on(&id, steps::assess())).await;
    no!(seen, answer, "SEVERITY_REASON_MISSING", "reason");
    let mut open = steps::assess();
    open.severity = String::new();
    done!(client, assess_complaint, on(&id, open));
    let assessment = get(client, &id).await.assessment.unwrap();
    assert_eq!(assessment.severity, "critical");
    let mut because = steps::assess();
    because.reason = "nobody_was_near".into();
    because.because = "new_facts".into();
    done!(client, assess_complaint, on(&id, because));

    done!(client, start_investigation, on(&id, steps::start()));
    let mut repair = steps::propose();
    repair.remedies[1].kind = "repair".into();
    let answer = client.propose_response(on(&id, repair)).await;
    no!(seen, answer, "REMEDY_NOT_ALLOWED", "remedies");
    let mut any_sum = steps::propose();
    any_sum.remedies[0].amount = None;
    let answer = client.propose_response(on(&id, any_sum)).await;
    no!(seen, answer, "AMOUNT_MISSING", "remedies");
    let answer = client.propose_response(on(&id, steps::propose())).await;
    no!(seen, answer, "RECORDS_MISSING", "");
    for kind in ["measurement", "site"] {
        let mut evidence = steps::evidence();
        evidence.kind = kind.into();
        done!(client, record_evidence, on(&id, evidence));
    }
    let proposed = by("h-7", on(&id, steps::propose()));
    done!(client, propose_response, proposed);
    let answer = client
        .communicate_decision(on(&id, steps::communicate()))
        .await;
    no!(seen, answer, "REMEDY_NOT_APPROVED", "");
    let answer = client.approve_remedy(by("h-7", on(&id, approve()))).await;
    no!(seen, answer, "APPROVER_IS_OFFERER", "");
    let conflict = steps::declare_conflict("user:head");
    done!(client, declare_conflict, on(&id, conflict));
    let answer = client.approve_remedy(by("head", on(&id, approve()))).await;
    no!(seen, answer, "APPROVER_HAS_CONFLICT", "");
    let remedy = get(client, &id).await.response.unwrap().remedies.remove(0);
    assert_eq!(remedy.approval_limit.unwrap().minor_units, 1000);
    done!(client, approve_remedy, by("lead", on(&id, approve())));
    let remedy = get(client, &id).await.response.unwrap().remedies.remove(0);
    assert_eq!(
        (remedy.approval_limit, &*remedy.approved_by),
        (None, "user:lead")
    );

    done!(client, communicate_decision, on(&id, steps::communicate()));
    for remedy in [1, 2] {
        done!(client, fulfil_remedy, on(&id, steps::fulfil(remedy)));
    }
    let answer = client
        .close_complaint(on(&id, steps::close("options_exhausted")))
        .await;
    no!(seen, answer, "CLOSING_BASIS_NOT_ALLOWED", "basis");
    done!(client, record_acceptance, on(&id, steps::accept()));
    let answer = client
        .close_complaint(on(&id, steps::close("accepted")))
        .await;
    no!(seen, answer, "EXTERNAL_RECOURSE_NOT_NAMED", "");
    let all = BTreeSet::from(ONLY_UNDER_POLICIES.map(str::to_owned));
    assert_eq!(seen, all);

    explains_itself(client, &id, &version).await;
    let mut again = steps::communicate();
    again.external_recourse = "financial_ombudsman".into();
    done!(client, communicate_decision, on(&id, again));
    done!(client, close_complaint, on(&id, steps::close("accepted")));
    let decision = get(client, &id).await.decision.unwrap();
    assert_eq!(decision.external_recourse, "financial_ombudsman");

    let records = running.records().await;
    let closed = records.iter().rfind(|it| it.kind.ends_with("closed.v1"));
    assert_eq!(closed.unwrap().context.policy_version, Some(version));
    running.stop().await;
}

/// Who found which severity against which row, and what is missing on each basis.
async fn explains_itself(client: &mut Complaints, id: &str, version: &str) {
    let request = ExplainComplaintRequest {
        key: Some(Key::ComplaintId(id.to_owned())),
        ..Default::default()
    };
    let told = client
        .explain_complaint(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(told.severity.unwrap().reason, "nobody_was_near");
    let row = told.proposed_severity.unwrap();
    assert_eq!(
        (&*row.severity, row.row, &*row.policy_version),
        ("critical", 1, version)
    );
    let closing: Vec<_> = told
        .closing
        .iter()
        .map(|it| {
            let codes: Vec<_> = it.obstacles.iter().map(|it| &*it.code).collect();
            (&*it.basis, it.allowed, codes)
        })
        .collect();
    let named = "EXTERNAL_RECOURSE_NOT_NAMED";
    assert_eq!(
        closing,
        [
            ("accepted", false, vec![named]),
            ("silent", false, vec!["COMPLAINANT_NOT_SILENT", named]),
            (
                "options_exhausted",
                false,
                vec!["DECISION_ACCEPTED", "CLOSING_BASIS_NOT_ALLOWED", named]
            ),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_as_long_as_the_policy_in_force_says() {
    let world = World::new();
    let mut running = world.start().await;
    alone(&mut running, STRICT).await;
    let id = world.complaint(0).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    let mut assess = steps::assess();
    assess.severity = String::new();
    done!(client, assess_complaint, on(&id, assess));
    done!(
        client,
        record_investigation_not_required,
        on(&id, steps::not_required())
    );
    // What nobody investigates, and feedback did not say, nobody can say.
    let answer = client.propose_response(on(&id, steps::propose_no())).await;
    assert_eq!(refused(answer).0, "RECORDS_MISSING");
    done!(client, start_investigation, on(&id, steps::start()));
    for kind in ["measurement", "site"] {
        let mut evidence = steps::evidence();
        evidence.kind = kind.into();
        done!(client, record_evidence, on(&id, evidence));
    }
    done!(client, propose_response, on(&id, steps::propose_no()));
    let told = steps::at("2026-11-01T10:00:00Z", on(&id, steps::communicate_no()));
    done!(client, communicate_decision, told);
    let ends = get(client, &id).await.silence_ends_at.unwrap();
    let ends = redress_wire::time_from_wire(ends).unwrap();
    assert_eq!(ends, time("2026-12-31T10:00:00Z"));
    let answer = client
        .close_complaint(on(&id, steps::close("silent")))
        .await;
    assert_eq!(refused(answer).0, "SILENCE_TOO_SHORT");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_escalation_is_made_once_with_what_calls_for_it_and_goes_on_by_time_alone() {
    let world = World::new();
    let mut running = world.start().await;
    let version = alone(&mut running, ESCALATING).await;
    let id = world.complaint(0).await.to_string();
    running.follow(&world).await;
    let told = async |running: &Running| {
        let records = running.records().await;
        let records = records.into_iter().filter(|it| it.subject.id() == id);
        let records = records.filter(|it| it.kind.ends_with(".escalated.v1"));
        let records = records.inspect(|it| {
            assert_eq!(it.context.policy_version.as_ref(), Some(&version));
        });
        records.map(|it| it.data.to_string()).collect::<Vec<_>>()
    };
    let under = format!(r#""policy":"{version}""#);
    let opened = format!(
        r#"{{"level":1,"reason":"vulnerable","rule":"ours/vulnerable",{under},"next":{{"level":2,"rule":"ours/lead",{under},"at":"2026-03-06T10:00:00Z"}},"occurred_at":"2026-03-01T10:00:00Z"}}"#
    );
    assert_eq!(told(&running).await, [&*opened]);
    let escalation = get(&mut running.complaints, &id).await.escalation.unwrap();
    assert_eq!((escalation.level, escalation.next_level), (1, 2));

    let expected = [
        opened,
        format!(
            r#"{{"level":2,"reason":"still_escalated","rule":"ours/lead",{under},"occurred_at":"2026-03-06T10:00:00Z"}}"#
        ),
        format!(
            r#"{{"level":3,"reason":"clock_breached","rule":"ours/late",{under},"occurred_at":"2026-03-11T10:00:00Z"}}"#
        ),
    ];
    let later = || time("2026-11-21T12:30:00Z");
    let ticking = tokio::spawn(running.workflow.clone().tick(later));
    for _ in 0..300 {
        if told(&running).await.len() == expected.len() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(told(&running).await, expected);
    ticking.abort();
    let _ = ticking.await;
    running.stop().await;

    let running = world.start().await;
    let ticking = tokio::spawn(running.workflow.clone().tick(later));
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(told(&running).await, expected, "once");
    ticking.abort();
}
