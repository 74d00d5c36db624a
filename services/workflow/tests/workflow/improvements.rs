use std::collections::BTreeSet;

use redress_envelope::ItemId;
use redress_wire::workflow::v1::{
    AcceptImprovementRequest, CloseImprovementRequest, DismissImprovementRequest,
    GetImprovementRequest, Improvement, ImprovementAction, ImprovementFilter, ImprovementSource,
    ListImprovementsRequest, MarkImplementedRequest, OpenImprovementRequest,
    PlanImprovementRequest,
};

use super::given::{Improvements, Running, World, refused};
use super::steps::{at, done, on, under};

const RAISED: &str = "redress.signal.raised.v1";

fn signal(value: &str) -> ItemId {
    signal_in("2026-10", value)
}

pub(crate) fn signal_in(month: &str, value: &str) -> ItemId {
    ItemId::derived(0, "signal", &["product", value, month, "xmr_limits"])
}

fn raised(value: &str, direction: &str) -> serde_json::Value {
    raised_in("2026-10", value, direction)
}

fn raised_in(month: &str, value: &str, direction: &str) -> serde_json::Value {
    serde_json::json!({
        "signal_id": signal_in(month, value),
        "slice": { "dimension": "product", "value": value },
        "month": month,
        "rule": "xmr_limits",
        "direction": direction,
        "figures": {
            "observed": "41", "centre": "12.2500", "mean_moving_range": "2.9565",
            "lower": "4.3857", "upper": "20.1143", "baseline_months": "24",
        },
        "baseline_from": "2024-10",
        "baseline_to": "2026-09",
        "evidence": { "count": 41, "complaint_ids": [ItemId::derived(0, "test item", &[value])] },
        "token": "intake/0/...",
    })
}

async fn raise(world: &World, value: &str, direction: &str) {
    world
        .signal(signal(value), RAISED, raised(value, direction))
        .await;
}

pub(crate) async fn raise_in(world: &World, month: &str, value: &str) {
    let id = signal_in(month, value);
    let data = raised_in(month, value, "above");
    world.signal(id, RAISED, data).await;
}

pub(crate) fn improvement(value: &str) -> String {
    improvement_after(&[], value)
}

/// The improvement of the slice after the one that took the signals of these months.
pub(crate) fn improvement_after(months: &[&str], value: &str) -> String {
    let signals = months
        .iter()
        .map(|month| signal_in(month, value).to_string());
    let before: BTreeSet<String> = signals.collect();
    let mut parts = vec!["acme", "product", value];
    parts.extend(before.iter().map(String::as_str));
    ItemId::derived(0, "improvement of slice", &parts).to_string()
}

pub(crate) async fn get(client: &mut Improvements, id: &str) -> Improvement {
    let request = GetImprovementRequest {
        improvement_id: id.into(),
        ..Default::default()
    };
    client
        .get_improvement(request)
        .await
        .unwrap()
        .into_inner()
        .improvement
        .unwrap()
}

pub(crate) fn accept() -> AcceptImprovementRequest {
    AcceptImprovementRequest {
        owner: "user:quality".into(),
        due: "2027-01-31".into(),
        ..Default::default()
    }
}

pub(crate) fn plan() -> PlanImprovementRequest {
    let action = ImprovementAction {
        kind: "corrective".into(),
        owner: "user:plant".into(),
        due: "2026-12-31".into(),
        description: "Another seal".into(),
    };
    PlanImprovementRequest {
        actions: vec![action],
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_opens_a_candidate_that_a_person_takes_to_its_end() {
    let world = World::new();
    let mut running = world.start().await;
    raise(&world, "Kettle 1", "above").await;
    running.follow(&world).await;
    let (client, id) = (&mut running.improvements, &improvement("Kettle 1"));
    let candidate = get(client, id).await;
    assert_eq!((&*candidate.status, &*candidate.etag), ("candidate", "v1"));
    assert_eq!(
        candidate.title,
        "2026-10 product Kettle 1: more than expected"
    );
    let source = candidate.source.unwrap();
    assert_eq!(
        (&*source.kind, source.id),
        ("signal", signal("Kettle 1").to_string())
    );
    let figures: Vec<_> = source
        .figures
        .iter()
        .map(|(name, it)| (&**name, &**it))
        .collect();
    assert_eq!(
        figures,
        [
            ("baseline_months", "24"),
            ("centre", "12.2500"),
            ("lower", "4.3857"),
            ("mean_moving_range", "2.9565"),
            ("observed", "41"),
            ("upper", "20.1143"),
        ]
    );

    done!(client, accept_improvement, on(id, accept()));
    done!(client, plan_improvement, on(id, plan()));
    let implemented = MarkImplementedRequest {
        evidence: "Change 17".into(),
        ..Default::default()
    };
    done!(
        client,
        mark_implemented,
        at("2026-11-20T08:00:00Z", on(id, implemented))
    );
    let close = CloseImprovementRequest {
        summary: "New seal".into(),
        ..Default::default()
    };
    done!(client, close_improvement, on(id, close));
    let closed = get(client, id).await;
    assert_eq!(
        (&*closed.status, &*closed.verdict),
        ("closed", "not_measured")
    );
    assert_eq!(
        (&*closed.owner, &*closed.due),
        ("user:quality", "2027-01-31")
    );
    assert_eq!(
        (&*closed.evidence, &*closed.summary),
        ("Change 17", "New seal")
    );
    assert_eq!(closed.actions, plan().actions);
    assert_eq!(closed.version, 5);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signal_opens_one_candidate_also_after_a_restart_and_one_below_opens_none() {
    let world = World::new();
    let running = world.start().await;
    raise(&world, "Kettle 1", "above").await;
    raise(&world, "Kettle 2", "below").await;
    running.follow(&world).await;
    assert_eq!(running.workflow.log().head().size, 1);
    running.stop().await;

    let running = world.start().await;
    // Raised again, as no reporting should.
    raise(&world, "Kettle 1", "above").await;
    raise(&world, "Kettle 3", "above").await;
    running.follow(&world).await;
    let subjects: Vec<_> = running
        .records()
        .await
        .iter()
        .map(|record| record.subject.id().to_owned())
        .collect();
    assert_eq!(subjects, [improvement("Kettle 1"), improvement("Kettle 3")]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_that_cannot_be_read_is_written_down() {
    let world = World::new();
    let running = world.start().await;
    world
        .signal(
            signal("a"),
            "redress.signal.raised.v2",
            raised("a", "above"),
        )
        .await;
    world
        .signal(signal("b"), RAISED, serde_json::json!({ "signal_id": "x" }))
        .await;
    let mut wrong = raised("c", "above");
    wrong["month"] = "October".into();
    world.signal(signal("c"), RAISED, wrong).await;
    let mut no_decimal = raised("d", "above");
    no_decimal["figures"]["centre"] = "2026-10".into();
    world.signal(signal("d"), RAISED, no_decimal).await;
    // Whether a trend asks for an improvement, a later version knows.
    raise(&world, "Kettle 2", "trend").await;
    raise(&world, "Kettle 1", "above").await;
    running.follow(&world).await;
    let records = running.records().await;
    let kinds: Vec<_> = records.iter().map(|record| record.subject.kind()).collect();
    let reaction = "reaction";
    assert_eq!(
        kinds,
        [
            reaction,
            reaction,
            reaction,
            reaction,
            reaction,
            "improvement"
        ]
    );
    let code = |at: usize| {
        let data: serde_json::Value = serde_json::from_str(records[at].data.get()).unwrap();
        data["code"].as_str().unwrap().to_owned()
    };
    assert_eq!([code(0), code(1)], ["SIGNAL_UNKNOWN", "SIGNAL_UNREADABLE"]);
    assert_eq!([code(2), code(3)], ["FIELD_MALFORMED", "FIELD_MALFORMED"]);
    assert_eq!(code(4), "SIGNAL_UNKNOWN");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_opens_a_candidate_from_what_gave_rise_to_it() {
    let world = World::new();
    let mut running = world.start().await;
    let complaint = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let open = |kind: &str, id: &str, title: &str, request_id: &str| OpenImprovementRequest {
        request_id: request_id.into(),
        title: title.into(),
        source: Some(ImprovementSource {
            kind: kind.into(),
            id: id.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let client = &mut running.improvements;
    let asked = open("complaint", &complaint, "Letters are hard to read", "o-1");
    let first = client.open_improvement(asked.clone()).await.unwrap();
    let first = first.into_inner();
    let again = client.open_improvement(asked).await.unwrap().into_inner();
    assert_eq!(again.improvement_id, first.improvement_id);
    assert!(again.recorded.unwrap().already_done);
    let candidate = get(client, &first.improvement_id).await;
    let source = candidate.source.unwrap();
    assert_eq!(
        (&*candidate.status, &*source.kind, &*source.id),
        ("candidate", "complaint", &*complaint)
    );
    assert!(source.figures.is_empty() && source.dimension.is_empty());
    let mut own = open("", "", "The phone rings out", "");
    own.source = None;
    let own = client.open_improvement(own).await.unwrap().into_inner();
    let own = get(client, &own.improvement_id).await;
    assert_eq!(own.source.unwrap().kind, "person");

    for (kind, id, title, code, field) in [
        ("complaint", "x", "t", "COMPLAINT_ID_INVALID", "source.id"),
        (
            "complaint",
            &*improvement("no"),
            "t",
            "COMPLAINT_NOT_FOUND",
            "source.id",
        ),
        ("dream", "", "t", "FIELD_UNKNOWN_VALUE", "source.kind"),
        ("signal", "", "t", "IMPROVEMENT_OF_A_SIGNAL", "source.kind"),
        ("audit", "a@b", "t", "FIELD_HAS_ADDRESS", "source.id"),
        ("person", "", " ", "FIELD_REQUIRED", "title"),
        ("person", "", "a@b", "FIELD_HAS_ADDRESS", "title"),
    ] {
        let answer = client.open_improvement(open(kind, id, title, "")).await;
        let found = refused(answer);
        assert_eq!((&*found.0, &*found.1), (code, field));
    }
    let wait_for = running.token();
    let request = ListImprovementsRequest {
        filter: Some(ImprovementFilter {
            source_kind: "complaint".into(),
            source_id: complaint,
            ..Default::default()
        }),
        wait_for,
        ..Default::default()
    };
    let listed = running.improvements.list_improvements(request).await;
    assert_eq!(listed.unwrap().into_inner().improvements.len(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_about_an_improvement_has_its_code_and_field() {
    let world = World::new();
    let mut running = world.start().await;
    raise(&world, "Kettle 1", "above").await;
    raise(&world, "Kettle 2", "above").await;
    running.follow(&world).await;
    let (id, other) = (&improvement("Kettle 1"), &improvement("Kettle 2"));
    let client = &mut running.improvements;
    macro_rules! no {
        ($method:ident($request:expr): $code:literal, $field:literal) => {
            let found = refused(client.$method($request).await);
            assert_eq!((&*found.0, &*found.1), ($code, $field));
        };
    }
    no!(accept_improvement(on("x", accept())): "IMPROVEMENT_ID_INVALID", "improvement_id");
    no!(accept_improvement(on(&improvement("no"), accept())): "IMPROVEMENT_NOT_FOUND", "");
    let ownerless = AcceptImprovementRequest {
        owner: String::new(),
        ..accept()
    };
    no!(accept_improvement(on(id, ownerless)): "FIELD_REQUIRED", "owner");
    let undue = AcceptImprovementRequest {
        due: "soon".into(),
        ..accept()
    };
    no!(accept_improvement(on(id, undue)): "DATE_INVALID", "due");
    let overdue = AcceptImprovementRequest {
        due: "2026-11-19".into(),
        ..accept()
    };
    no!(accept_improvement(on(id, overdue)): "DUE_IN_THE_PAST", "due");
    let ahead = at("2027-01-01T00:00:00Z", on(id, accept()));
    no!(accept_improvement(ahead): "OCCURRED_IN_FUTURE", "occurred_at");
    no!(plan_improvement(on(id, plan())): "IMPROVEMENT_NOT_ACCEPTED", "");
    let why = |reason: &str| DismissImprovementRequest {
        reason: reason.into(),
        ..Default::default()
    };
    no!(dismiss_improvement(on(id, why(" "))): "FIELD_REQUIRED", "reason");
    no!(dismiss_improvement(on(id, why("a\u{7}"))): "FIELD_CONTROL_CHARACTER", "reason");
    no!(dismiss_improvement(on(id, why(&"x".repeat(4001)))): "FIELD_TOO_LONG", "reason");
    done!(client, accept_improvement, under("a-1", on(id, accept())));
    assert!(done!(client, accept_improvement, under("a-1", on(id, accept()))).already_done);
    assert!(done!(client, accept_improvement, on(id, accept())).already_done);
    no!(dismiss_improvement(on(id, why("no"))): "IMPROVEMENT_NOT_A_CANDIDATE", "");
    let none = PlanImprovementRequest::default();
    no!(plan_improvement(on(id, none)): "IMPROVEMENT_PLAN_WITHOUT_ACTION", "actions");
    let mut odd = plan();
    odd.actions[0].kind = "magic".into();
    no!(plan_improvement(on(id, odd)): "FIELD_UNKNOWN_VALUE", "actions[0].kind");
    let mut overdue = plan();
    overdue.actions[0].due = "2026-11-19".into();
    no!(plan_improvement(on(id, overdue)): "DUE_IN_THE_PAST", "actions[0].due");
    let mut many = plan();
    many.actions = vec![many.actions[0].clone(); 21];
    no!(plan_improvement(on(id, many)): "FIELD_TOO_MANY", "actions");
    let evidence = MarkImplementedRequest {
        evidence: "17".into(),
        ..Default::default()
    };
    no!(mark_implemented(on(id, evidence)): "IMPROVEMENT_NOT_PLANNED", "");
    let summary = CloseImprovementRequest {
        summary: "ok".into(),
        ..Default::default()
    };
    no!(close_improvement(on(id, summary)): "IMPROVEMENT_NOT_IMPLEMENTED", "");
    done!(
        client,
        dismiss_improvement,
        on(other, why("A known campaign"))
    );
    assert_eq!(
        get(client, other).await.dismissal_reason,
        "A known campaign"
    );
    lists(&mut running, id).await;
    running.stop().await;
}

async fn lists(running: &mut Running, accepted: &str) {
    let wait_for = running.token();
    let ask = |filter: ImprovementFilter, page_token: String| ListImprovementsRequest {
        filter: Some(filter),
        page_size: 1,
        page_token,
        wait_for: wait_for.clone(),
        ..Default::default()
    };
    let client = &mut running.improvements;
    let first = client.list_improvements(ask(ImprovementFilter::default(), String::new()));
    let first = first.await.unwrap().into_inner();
    let next = first.next_page_token;
    let second = client.list_improvements(ask(ImprovementFilter::default(), next.clone()));
    let second = second.await.unwrap().into_inner();
    assert_eq!(
        (first.improvements.len(), second.improvements.len()),
        (1, 1)
    );
    assert_eq!(
        (
            &*second.improvements[0].improvement_id,
            &*second.next_page_token
        ),
        (accepted, "")
    );
    let open = ImprovementFilter {
        statuses: vec!["accepted".into()],
        ..Default::default()
    };
    let listed = client
        .list_improvements(ask(open.clone(), String::new()))
        .await
        .unwrap();
    assert_eq!(listed.into_inner().improvements, second.improvements);
    assert_eq!(
        refused(client.list_improvements(ask(open, next)).await).0,
        "PAGE_TOKEN_INVALID"
    );
    let none = ImprovementFilter::default;
    for (filter, code, field) in [
        (
            ImprovementFilter {
                statuses: vec!["open".into()],
                ..none()
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.statuses",
        ),
        (
            ImprovementFilter {
                owners: vec!["anna".into()],
                ..none()
            },
            "ACTOR_INVALID",
            "filter.owners",
        ),
        (
            ImprovementFilter {
                source_kind: "dream".into(),
                ..none()
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.source_kind",
        ),
    ] {
        let answer = client.list_improvements(ask(filter, String::new())).await;
        let found = refused(answer);
        assert_eq!((&*found.0, &*found.1), (code, field));
    }
}
