//! What is wrong with a request, and how a client is told: every reason, with its field.

use std::collections::BTreeSet;

use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::value::v1::Money;
use redress_wire::workflow::v1::{
    ComplaintFilter, GetComplaintRequest, ListComplaintsRequest, WatchComplaintsRequest,
    get_complaint_request::Key,
};

use super::given::{Running, World, refused};
use super::steps::{self, at, done, if_still, on, under};

/// Codes that no request can meet, because only the followed logs lead there.
const ONLY_IN_REACTIONS: [&str; 2] = ["COMPLAINT_ALREADY_OPENED", "COMPLAINT_NOT_TAKEN_OVER"];

/// Codes that need a policy which asks for more than the default one: see `ruled.rs`.
pub(crate) const ONLY_UNDER_POLICIES: [&str; 9] = [
    "SEVERITY_REASON_MISSING",
    "REMEDY_NOT_ALLOWED",
    "AMOUNT_MISSING",
    "REMEDY_NOT_APPROVED",
    "APPROVER_IS_OFFERER",
    "APPROVER_HAS_CONFLICT",
    "CLOSING_BASIS_NOT_ALLOWED",
    "EXTERNAL_RECOURSE_NOT_NAMED",
    "RECORDS_MISSING",
];

struct Table {
    running: Running,
    seen: BTreeSet<String>,
}

macro_rules! no {
    ($table:ident.$method:ident($request:expr): $code:expr, $field:literal) => {
        let answer = $table.running.complaints.$method($request).await;
        let found = refused(answer);
        assert_eq!(
            (&*found.0, &*found.1),
            ($code, $field),
            "{}",
            stringify!($request)
        );
        $table.seen.insert(found.0);
    };
}

macro_rules! yes {
    ($table:expr, $method:ident, $request:expr) => {
        done!($table.running.complaints, $method, $request)
    };
}

#[path = "refusals/elsewhere.rs"]
mod elsewhere;

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_is_told_by_its_code_and_field() {
    let world = World::new();
    let running = world.start().await;
    let mut ids = Vec::new();
    for n in 1..=8 {
        ids.push(world.complaint(n).await.to_string());
    }
    running.follow(&world).await;
    let mut table = Table {
        running,
        seen: BTreeSet::new(),
    };
    early(&mut table, &ids[0]).await;
    assessment_and_investigation(&mut table, &ids[0]).await;
    inquiry(&mut table, &ids[0]).await;
    response(&mut table, &ids[0]).await;
    decision(&mut table, &ids[0]).await;
    remedies(&mut table, &ids[0]).await;
    closing(&mut table, &ids[0]).await;
    silence(&mut table, &ids[1]).await;
    withdrawn(&mut table, &ids[2]).await;
    contradictions(&mut table, &ids[3]).await;
    pauses(&mut table, &ids[4]).await;
    elsewhere::elsewhere(&mut table, &ids[5]).await;
    elsewhere::merged(&mut table, [&ids[6], &ids[7], &ids[2]]).await;

    let missing: Vec<_> = redress_complaint::CODES
        .iter()
        .filter(|code| !table.seen.contains(**code) && !ONLY_IN_REACTIONS.contains(code))
        .filter(|code| !ONLY_UNDER_POLICIES.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    table.running.stop().await;
}

async fn early(t: &mut Table, id: &str) {
    let nowhere = format!("0-{}", "0".repeat(32));
    no!(t.acknowledge_complaint(on(&nowhere, steps::acknowledge())): "COMPLAINT_NOT_FOUND", "");
    no!(t.assess_complaint(on(id, steps::assess())): "COMPLAINT_NOT_ACKNOWLEDGED", "");
    no!(t.reopen_complaint(on(id, steps::reopen())): "COMPLAINT_NOT_CLOSED", "");
    let mut silent = steps::acknowledge();
    silent.channel = "  ".into();
    no!(t.acknowledge_complaint(on(id, silent)): "FIELD_EMPTY", "channel");
    let mut personal = steps::acknowledge();
    personal.channel = "jane@example.org".into();
    no!(t.acknowledge_complaint(on(id, personal)): "FIELD_NOT_A_CODE", "channel");
    let before = at("2026-02-01T00:00:00Z", on(id, steps::acknowledge()));
    no!(t.acknowledge_complaint(before): "OCCURRED_BEFORE_RECEIVED", "occurred_at");
    let ahead = at("2027-01-01T00:00:00Z", on(id, steps::acknowledge()));
    no!(t.acknowledge_complaint(ahead): "OCCURRED_IN_FUTURE", "occurred_at");
    yes!(t, acknowledge_complaint, on(id, steps::acknowledge()));
    let mut otherwise = steps::acknowledge();
    otherwise.channel = "phone".into();
    no!(t.acknowledge_complaint(on(id, otherwise)): "COMPLAINT_ALREADY_ACKNOWLEDGED", "");
    let mut nobody = steps::assign();
    (nobody.handler, nobody.queue) = (String::new(), String::new());
    no!(t.assign_complaint(on(id, nobody)): "ASSIGNMENT_EMPTY", "handler");
    let mut person = steps::assign();
    person.handler = "Jane Doe".into();
    no!(t.assign_complaint(on(id, person)): "ACTOR_INVALID", "handler");
    no!(t.start_investigation(on(id, steps::start())): "COMPLAINT_NOT_ASSESSED", "");
}

async fn assessment_and_investigation(t: &mut Table, id: &str) {
    let mut part = steps::assess();
    part.impact = String::new();
    no!(t.assess_complaint(on(id, part)): "ASSESSMENT_INCOMPLETE", "impact");
    let mut wrong = steps::assess();
    wrong.severity = "dreadful".into();
    no!(t.assess_complaint(on(id, wrong)): "FIELD_UNKNOWN_VALUE", "severity");
    let mut wordless = steps::assess();
    wordless.immediate_action_what = String::new();
    no!(t.assess_complaint(on(id, wordless)): "FIELD_REQUIRED", "immediate_action_what");
    let mut needless = steps::assess();
    needless.immediate_action = "not_needed".into();
    let field = "immediate_action_what";
    let found = refused(
        t.running
            .complaints
            .assess_complaint(on(id, needless))
            .await,
    );
    assert_eq!(
        found,
        ("IMMEDIATE_ACTION_NOT_NEEDED".to_owned(), field.to_owned())
    );
    yes!(t, assess_complaint, on(id, steps::assess()));
    no!(t.propose_response(on(id, steps::propose())): "INVESTIGATION_NOT_STARTED", "");

    let mut undeclared = steps::start();
    undeclared.declaration = String::new();
    no!(t.start_investigation(on(id, undeclared)):
        "CONFLICT_OF_INTEREST_NOT_DECLARED", "declaration");
    let mut conflict = steps::start();
    conflict.declaration = "conflict".into();
    no!(t.start_investigation(on(id, conflict)): "CONFLICT_OF_INTEREST", "declaration");
    let mut unnamed = steps::not_required();
    unnamed.decided_by = String::new();
    let method = on(id, unnamed);
    no!(t.record_investigation_not_required(method): "DECIDED_BY_MISSING", "decided_by");
    for (reason, code) in [
        (&*"x".repeat(201), "FIELD_TOO_LONG"),
        ("a\nb", "FIELD_HAS_CONTROL_CHARACTERS"),
        ("as jane@example.org found", "FIELD_HAS_ADDRESS"),
    ] {
        let mut titled = steps::not_required();
        titled.reason = reason.into();
        let method = on(id, titled);
        no!(t.record_investigation_not_required(method): code, "reason");
    }
    let mut itself = steps::not_required();
    itself.relies_on = id.to_owned();
    let method = on(id, itself);
    no!(t.record_investigation_not_required(method): "RELIES_ON_ITSELF", "relies_on");
    let mut unknown = steps::not_required();
    unknown.relies_on = format!("0-{}", "0".repeat(32));
    let method = on(id, unknown);
    no!(t.record_investigation_not_required(method): "RELIES_ON_UNKNOWN", "relies_on");
    yes!(t, start_investigation, on(id, steps::start()));
    let method = on(id, steps::not_required());
    no!(t.record_investigation_not_required(method): "INVESTIGATION_ALREADY_STARTED", "");
}

async fn response(t: &mut Table, id: &str) {
    no!(t.communicate_decision(on(id, steps::communicate())): "RESPONSE_NOT_PROPOSED", "");
    let mut empty = steps::propose();
    empty.remedies.clear();
    no!(t.propose_response(on(id, empty)): "RESPONSE_EMPTY", "remedies");
    let mut causeless = steps::propose();
    causeless.cause_code = String::new();
    no!(t.propose_response(on(id, causeless)): "CAUSE_MISSING", "cause_code");
    let mut both = steps::propose();
    both.no_cause_established = true;
    no!(t.propose_response(on(id, both)): "CAUSE_CONTRADICTORY", "no_cause_established");
    let mut many = steps::propose();
    many.remedies = vec![many.remedies[0].clone(); 33];
    no!(t.propose_response(on(id, many)): "TOO_MANY_REMEDIES", "remedies");
    let mut odd = steps::propose();
    odd.remedies[1].amount = Some(Money {
        minor_units: -1,
        currency: "EUR".into(),
    });
    no!(t.propose_response(on(id, odd)): "AMOUNT_INVALID", "remedies[1].amount");
    let mut someday = steps::propose();
    someday.remedies[0].promised_by = "soon".into();
    no!(t.propose_response(on(id, someday)): "DATE_INVALID", "remedies[0].promised_by");
    let mut curt = steps::propose_no();
    curt.refusal_explanation = " ".into();
    no!(t.propose_response(on(id, curt)): "FIELD_REQUIRED", "refusal_explanation");
    let mut reasonless = steps::propose_no();
    reasonless.refusal_reason = String::new();
    no!(t.propose_response(on(id, reasonless)): "FIELD_REQUIRED", "refusal_reason");
    let mut wordy = steps::propose_no();
    wordy.refusal_explanation = "x".repeat(20_001);
    no!(t.propose_response(on(id, wordy)): "FIELD_TOO_LONG", "refusal_explanation");
    yes!(t, propose_response, on(id, steps::propose()));
    no!(t.start_investigation(on(id, steps::start())): "RESPONSE_ALREADY_PROPOSED", "");
    no!(t.fulfil_remedy(on(id, steps::fulfil(3))): "REMEDY_UNKNOWN", "remedy_number");
    no!(t.record_acceptance(on(id, steps::accept())): "DECISION_NOT_COMMUNICATED", "");
}

async fn decision(t: &mut Table, id: &str) {
    let told = at("2026-11-20T09:00:00Z", on(id, steps::communicate()));
    yes!(t, communicate_decision, told);
    no!(t.propose_response(on(id, steps::propose())): "DECISION_ALREADY_COMMUNICATED", "");
    let before = at("2026-11-19T09:00:00Z", on(id, steps::accept()));
    no!(t.record_acceptance(before): "OCCURRED_BEFORE_DECISION", "occurred_at");
    no!(t.close_complaint(on(id, steps::close("accepted"))): "REMEDY_OPEN", "");
    yes!(
        t,
        fulfil_remedy,
        at("2026-11-20T10:00:00Z", on(id, steps::fulfil(2)))
    );
    let again = at("2026-11-20T11:00:00Z", on(id, steps::fulfil(2)));
    no!(t.fulfil_remedy(again): "REMEDY_ALREADY_FULFILLED", "remedy_number");
    no!(t.close_complaint(on(id, steps::close("accepted"))): "DECISION_NOT_ACCEPTED", "basis");
    no!(t.close_complaint(on(id, steps::close("silent"))): "SILENCE_TOO_SHORT", "basis");
    no!(t.close_complaint(on(id, steps::close(""))): "FIELD_REQUIRED", "basis");
    no!(t.close_complaint(on(id, steps::close("tired"))): "FIELD_UNKNOWN_VALUE", "basis");
    yes!(t, dispute_decision, on(id, steps::dispute()));
    no!(t.dispute_decision(on(id, steps::dispute())): "COMPLAINT_ALREADY_DISPUTED", "");
    no!(t.propose_response(on(id, steps::propose())): "DISPUTE_NOT_INVESTIGATED", "");
    no!(t.close_complaint(on(id, steps::close("silent"))): "COMPLAINANT_NOT_SILENT", "basis");
}

async fn closing(t: &mut Table, id: &str) {
    yes!(
        t,
        close_complaint,
        on(id, steps::close("options_exhausted"))
    );
    let basis = on(id, steps::close("accepted"));
    no!(t.close_complaint(basis): "COMPLAINT_ALREADY_CLOSED", "");
    no!(t.assess_complaint(on(id, steps::assess())): "COMPLAINT_CLOSED", "");
    let before = at("2026-11-20T12:00:00Z", on(id, steps::reopen()));
    no!(t.reopen_complaint(before): "OCCURRED_BEFORE_CLOSING", "occurred_at");
}

async fn silence(t: &mut Table, id: &str) {
    yes!(t, acknowledge_complaint, on(id, steps::acknowledge()));
    yes!(t, assess_complaint, on(id, steps::assess()));
    yes!(t, start_investigation, on(id, steps::start()));
    yes!(t, propose_response, on(id, steps::propose_no()));
    let mut curt = steps::communicate_no();
    curt.recourse_explained = false;
    yes!(t, communicate_decision, on(id, curt));
    no!(t.close_complaint(on(id, steps::close("silent"))): "RECOURSE_NOT_EXPLAINED", "basis");
}

async fn withdrawn(t: &mut Table, id: &str) {
    yes!(t, withdraw_complaint, on(id, steps::withdraw()));
    no!(t.acknowledge_complaint(on(id, steps::acknowledge())): "COMPLAINT_WITHDRAWN", "");
    no!(t.add_note(on(id, steps::note_of(" "))): "FIELD_REQUIRED", "text");
    no!(t.add_note(on(id, steps::note_of(&"x".repeat(20_001)))): "FIELD_TOO_LONG", "text");
}

/// Before anything is proposed.
async fn inquiry(t: &mut Table, id: &str) {
    yes!(
        t,
        declare_conflict,
        on(id, steps::declare_conflict("user:i-9"))
    );
    let mut conflicted = steps::start();
    conflicted.investigator = "user:i-9".into();
    no!(t.start_investigation(on(id, conflicted.clone())): "CONFLICT_OF_INTEREST", "declaration");
    no!(t.start_investigation(on(id, conflicted)): "CONFLICT_OF_INTEREST", "declaration");
    let mut handler = steps::assign();
    handler.handler = "user:i-9".into();
    no!(t.assign_complaint(on(id, handler)): "HANDLER_HAS_CONFLICT", "handler");
    let somebody = steps::declare_conflict("Jane");
    no!(t.declare_conflict(on(id, somebody)): "ACTOR_INVALID", "person");
    no!(t.record_finding(on(id, steps::finding(&[1]))): "EVIDENCE_UNKNOWN", "evidence");
    let mut unsaid = steps::finding(&[]);
    unsaid.result = String::new();
    no!(t.record_finding(on(id, unsaid)): "FIELD_REQUIRED", "result");
    let mut unsaid = steps::evidence();
    unsaid.description = String::new();
    no!(t.record_evidence(on(id, unsaid)): "FIELD_REQUIRED", "description");
}

/// Once the decision is told.
async fn remedies(t: &mut Table, id: &str) {
    let mut unsaid = steps::offer("repair");
    unsaid.remedy = None;
    no!(t.offer_remedy(on(id, unsaid)): "FIELD_REQUIRED", "remedy");
    let mut late = steps::offer("repair");
    late.remedy.as_mut().unwrap().promised_by = "2026-11-19".into();
    no!(t.offer_remedy(on(id, late)): "PROMISED_IN_THE_PAST", "remedy");
    no!(t.accept_remedy(on(id, steps::accept_remedy(9))): "REMEDY_UNKNOWN", "remedy_number");
    yes!(t, offer_remedy, on(id, steps::offer("repair")));
    yes!(t, decline_remedy, on(id, steps::decline_remedy(3)));
    no!(t.fulfil_remedy(on(id, steps::fulfil(3))): "REMEDY_DECLINED", "remedy_number");
}

async fn pauses(t: &mut Table, id: &str) {
    yes!(t, acknowledge_complaint, on(id, steps::acknowledge()));
    let wait = at("2026-11-20T09:00:00Z", on(id, steps::await_complainant()));
    yes!(t, await_complainant, wait);
    no!(t.assess_complaint(on(id, steps::assess())): "COMPLAINT_WAITING", "");
    let other = on(id, steps::await_third_party());
    no!(t.await_third_party(other): "COMPLAINT_ALREADY_WAITING", "");
    let early = at("2026-11-20T08:00:00Z", on(id, steps::resume()));
    no!(t.resume_complaint(early): "OCCURRED_BEFORE_PAUSE", "occurred_at");
    yes!(t, hold_complaint, on(id, steps::hold()));
    no!(t.assess_complaint(on(id, steps::assess())): "COMPLAINT_ON_HOLD", "");
    let mut other = steps::hold();
    other.basis = "insolvency".into();
    no!(t.hold_complaint(on(id, other.clone())): "COMPLAINT_ALREADY_ON_HOLD", "");
    yes!(t, release_complaint, on(id, steps::release()));
    other.basis = "as the judge said".into();
    no!(t.hold_complaint(on(id, other)): "FIELD_NOT_A_CODE", "basis");
    no!(t.escalate_complaint(on(id, steps::escalate(0))): "ESCALATION_LEVEL_INVALID", "level");
    yes!(
        t,
        escalate_complaint,
        at("2026-11-20T09:00:00Z", on(id, steps::escalate(2)))
    );
    no!(t.escalate_complaint(on(id, steps::escalate(1))): "COMPLAINT_ALREADY_ESCALATED", "");
    let early = at("2026-11-20T08:00:00Z", on(id, steps::de_escalate()));
    no!(t.de_escalate_complaint(early): "OCCURRED_BEFORE_ESCALATION", "occurred_at");
}

/// What an outcome, a response and a closing cannot say together.
async fn contradictions(t: &mut Table, id: &str) {
    let told = |outcome: &str| {
        let mut told = steps::communicate();
        told.outcome = outcome.into();
        on(id, told)
    };
    yes!(t, acknowledge_complaint, on(id, steps::acknowledge()));
    let mut unfounded = steps::assess();
    unfounded.severity = "unfounded".into();
    yes!(t, assess_complaint, on(id, unfounded));
    yes!(t, start_investigation, on(id, steps::start()));
    yes!(t, propose_response, on(id, steps::propose()));
    no!(t.communicate_decision(told("upheld")): "UNFOUNDED_BUT_UPHELD", "outcome");
    no!(t.assess_complaint(on(id, steps::assess())): "FIELD_EMPTY", "because");
    yes!(t, assess_complaint, on(id, steps::assess_again()));
    no!(t.communicate_decision(told("not_upheld")): "REFUSAL_NOT_EXPLAINED", "outcome");
    no!(t.communicate_decision(told("referred")): "NOT_SAID_WHERE", "outcome");
    no!(t.communicate_decision(told("withdrawn")): "WITHDRAWAL_IS_NO_DECISION", "outcome");
    no!(t.communicate_decision(told("uphelt")): "FIELD_UNKNOWN_VALUE", "outcome");
    yes!(t, propose_response, on(id, steps::propose_no()));
    no!(t.communicate_decision(told("upheld")): "UPHELD_WITHOUT_REMEDY", "outcome");
    let mut late = steps::propose();
    late.remedies[0].promised_by = "2026-11-19".into();
    no!(t.propose_response(on(id, late)): "PROMISED_IN_THE_PAST", "remedies");
    let mut both = steps::propose();
    both.refusal_reason = "shipping".into();
    both.refusal_explanation = "We do not pay for the way here".into();
    yes!(t, propose_response, on(id, both));
    no!(t.communicate_decision(told("upheld")): "UPHELD_BUT_REFUSED", "outcome");
    no!(t.communicate_decision(told("not_upheld")): "MADE_GOOD_BUT_NOT_UPHELD", "outcome");
    yes!(t, communicate_decision, told("partly_upheld"));
    let mut unsaid = steps::withdraw();
    unsaid.promises = String::new();
    no!(t.withdraw_complaint(on(id, unsaid.clone())): "PROMISES_OPEN", "promises");
    unsaid.promises = "waived".into();
    no!(t.withdraw_complaint(on(id, unsaid)): "FIELD_UNKNOWN_VALUE", "promises");
    yes!(t, record_acceptance, on(id, steps::accept()));
    yes!(t, fulfil_remedy, on(id, steps::fulfil(4)));
    let exhausted = on(id, steps::close("options_exhausted"));
    no!(t.close_complaint(exhausted): "DECISION_ACCEPTED", "basis");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_request_is_told_by_code_and_field() {
    let world = World::new();
    let running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let mut t = Table {
        running,
        seen: BTreeSet::new(),
    };
    let nowhere = format!("0-{}", "0".repeat(32));
    let t = &mut t;
    no!(t.acknowledge_complaint(on("", steps::acknowledge())): "FIELD_REQUIRED", "complaint_id");
    let bad = on("RD-1", steps::acknowledge());
    no!(t.acknowledge_complaint(bad): "COMPLAINT_ID_INVALID", "complaint_id");
    no!(t.acknowledge_complaint(on(&nowhere, steps::acknowledge())): "COMPLAINT_NOT_FOUND", "");
    no!(t.add_note(on(&nowhere, steps::note())): "COMPLAINT_NOT_FOUND", "");
    let stale = if_still("v7", on(&id, steps::acknowledge()));
    no!(t.acknowledge_complaint(stale): "ETAG_STALE", "etag");
    let stale = if_still("v7", on(&id, steps::note()));
    no!(t.add_note(stale): "ETAG_STALE", "etag");
    let odd = if_still("seven", on(&id, steps::acknowledge()));
    no!(t.acknowledge_complaint(odd): "ETAG_INVALID", "etag");
    let odd = under("a b", on(&id, steps::acknowledge()));
    no!(t.acknowledge_complaint(odd): "REQUEST_ID_INVALID", "request_id");

    let get = |key| GetComplaintRequest {
        key,
        ..Default::default()
    };
    no!(t.get_complaint(get(None)): "FIELD_REQUIRED", "complaint_id");
    no!(t.get_complaint(get(Some(Key::ComplaintId("x".into())))):
        "COMPLAINT_ID_INVALID", "complaint_id");
    no!(t.get_complaint(get(Some(Key::ComplaintId(nowhere)))): "COMPLAINT_NOT_FOUND", "");
    let known = || get(Some(Key::ComplaintId(id.clone())));
    let other = GetComplaintRequest {
        wait_for: "x".into(),
        ..known()
    };
    no!(t.get_complaint(other): "TOKEN_MALFORMED", "wait_for");
    let token = format!("workflow/0/{}@1", "0".repeat(32));
    let other = GetComplaintRequest {
        wait_for: token.clone(),
        ..known()
    };
    no!(t.get_complaint(other): "TOKEN_OF_ANOTHER_LIFE", "wait_for");
    let as_of = |token: String| GetComplaintRequest {
        as_of: Some(AsOf {
            point: Some(as_of::Point::Token(token)),
        }),
        ..known()
    };
    no!(t.get_complaint(as_of(token)): "TOKEN_OF_ANOTHER_LIFE", "as_of");
    let of_intake = format!("intake/0/{}@1", "0".repeat(32));
    no!(t.get_complaint(as_of(of_intake.clone())): "TOKEN_INCOMPLETE", "as_of");
    // Of another installation: refused at once, and not waited for.
    let other = GetComplaintRequest {
        wait_for: of_intake,
        ..known()
    };
    no!(t.get_complaint(other): "TOKEN_OF_ANOTHER_LIFE", "wait_for");

    let list = ListComplaintsRequest {
        page_size: 501,
        ..Default::default()
    };
    no!(t.list_complaints(list): "PAGE_SIZE_INVALID", "page_size");
    let list = ListComplaintsRequest {
        page_token: "x.00".into(),
        ..Default::default()
    };
    no!(t.list_complaints(list): "PAGE_TOKEN_INVALID", "page_token");
    let list = ListComplaintsRequest {
        order: 9,
        ..Default::default()
    };
    no!(t.list_complaints(list): "FIELD_UNKNOWN_VALUE", "order");
    filters(t).await;
    let watch = WatchComplaintsRequest {
        resume_after: "x".into(),
        ..Default::default()
    };
    no!(t.watch_complaints(watch): "TOKEN_MALFORMED", "resume_after");
}

/// Words of closed lists, and who somebody is; also where changes are watched.
async fn filters(t: &mut Table) {
    let one = |word: &str| vec![word.to_owned()];
    let filter = ComplaintFilter::default;
    for (filter, code, field) in [
        (
            ComplaintFilter {
                statuses: one("open"),
                ..filter()
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.statuses",
        ),
        (
            ComplaintFilter {
                severities: one("bad"),
                ..filter()
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.severities",
        ),
        (
            ComplaintFilter {
                waiting_for: one("godot"),
                ..filter()
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.waiting_for",
        ),
        (
            ComplaintFilter {
                outcomes: one("uphelt"),
                ..filter()
            },
            "FIELD_UNKNOWN_VALUE",
            "filter.outcomes",
        ),
        (
            ComplaintFilter {
                handlers: one("anna"),
                ..filter()
            },
            "ACTOR_INVALID",
            "filter.handlers",
        ),
    ] {
        let list = ListComplaintsRequest {
            filter: Some(filter.clone()),
            ..Default::default()
        };
        let found = refused(t.running.complaints.list_complaints(list).await);
        assert_eq!((&*found.0, &*found.1), (code, field));
        let watch = WatchComplaintsRequest {
            filter: Some(filter),
            ..Default::default()
        };
        let found = refused(t.running.complaints.watch_complaints(watch).await);
        assert_eq!((&*found.0, &*found.1), (code, field));
    }
}
