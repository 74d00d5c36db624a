//! What is refused before another body, after the decision, and in another complaint.

use super::super::given::refused;
use super::super::later;
use super::super::steps::{self, at, done, on};
use super::Table;

/// Before another body, and after the decision.
pub(super) async fn elsewhere(t: &mut Table, id: &str) {
    yes!(t, acknowledge_complaint, on(id, steps::acknowledge()));
    yes!(t, assess_complaint, on(id, steps::assess()));
    let conflict = steps::declare_conflict("user:lead");
    yes!(t, declare_conflict, on(id, conflict));
    let decided = on(id, steps::not_required());
    no!(t.record_investigation_not_required(decided): "DECIDER_HAS_CONFLICT", "decided_by");
    let mut unsaid = steps::clear_conflict("user:lead");
    unsaid.because = String::new();
    no!(t.clear_conflict(on(id, unsaid)): "FIELD_EMPTY", "because");
    yes!(t, start_investigation, on(id, steps::start()));
    yes!(t, record_evidence, on(id, steps::evidence()));
    let mut instead = steps::evidence();
    instead.supersedes = 1;
    yes!(t, record_evidence, on(id, instead.clone()));
    no!(t.record_evidence(on(id, instead)): "EVIDENCE_SUPERSEDED", "supersedes");
    no!(t.record_finding(on(id, steps::finding(&[1]))): "EVIDENCE_SUPERSEDED", "evidence");
    yes!(t, propose_response, on(id, steps::propose_no()));
    let told = at("2026-11-20T08:00:00Z", on(id, steps::communicate_no()));
    yes!(t, communicate_decision, told);
    no!(t.refer_externally(on(id, later::refer())): "DECISION_NOT_DISPUTED", "");
    yes!(
        t,
        dispute_decision,
        at("2026-11-20T08:30:00Z", on(id, steps::dispute()))
    );
    no!(t.record_external_notice(on(id, later::notice())): "EXTERNAL_DISPUTE_NOT_OPEN", "");
    let mut lottery = later::refer();
    lottery.referred_by = "fate".into();
    no!(t.refer_externally(on(id, lottery)): "FIELD_UNKNOWN_VALUE", "referred_by");
    yes!(
        t,
        refer_externally,
        at("2026-11-20T09:00:00Z", on(id, later::refer()))
    );
    let exhausted = steps::close("options_exhausted");
    no!(t.close_complaint(on(id, exhausted)): "EXTERNAL_DISPUTE_OPEN", "");
    no!(t.state_external_position(on(id, later::position())): "EXTERNAL_STEP_MISSING", "");
    let early = at("2026-11-20T08:59:00Z", on(id, later::notice()));
    no!(t.record_external_notice(early): "OCCURRED_BEFORE_EXTERNAL_STEP", "occurred_at");
    yes!(t, record_external_notice, on(id, later::notice()));
    let mut wordless = later::position();
    wordless.position = " ".into();
    no!(t.state_external_position(on(id, wordless)): "FIELD_REQUIRED", "position");
    yes!(t, state_external_position, on(id, later::position()));
    no!(t.begin_external_resolution(on(id, later::begin(""))): "FIELD_REQUIRED", "method");
    yes!(
        t,
        begin_external_resolution,
        on(id, later::begin("determinative"))
    );
    let maintained = later::determine("maintained", Some(100));
    no!(t.record_determination(on(id, maintained)): "AWARD_BUT_MAINTAINED", "award");
    let less = later::determine("overturned", Some(-1));
    no!(t.record_determination(on(id, less)): "AMOUNT_INVALID", "award");
    yes!(
        t,
        record_determination,
        on(id, later::determine("overturned", Some(100)))
    );
    no!(t.record_external_notice(on(id, later::notice())): "EXTERNAL_STEP_OVER", "");
    no!(t.record_satisfaction(on(id, later::satisfied("csat", 6))): "SCORE_OUT_OF_RANGE", "score");
    no!(t.follow_up_complaint(on(id, later::follow_up())): "COMPLAINT_NOT_CLOSED", "");
}

pub(super) async fn merged(t: &mut Table, [one, other, withdrawn]: [&str; 3]) {
    let into = |into: &str| later::merge(into);
    no!(t.merge_complaint(on(one, into("x"))): "COMPLAINT_ID_INVALID", "into");
    no!(t.merge_complaint(on(one, into(one))): "MERGE_INTO_ITSELF", "into");
    let nowhere = format!("0-{}", "0".repeat(32));
    no!(t.merge_complaint(on(one, into(&nowhere))): "COMPLAINT_NOT_FOUND", "into");
    no!(t.merge_complaint(on(one, into(withdrawn))): "COMPLAINT_WITHDRAWN", "into");
    yes!(
        t,
        merge_complaint,
        at("2026-11-20T09:00:00Z", on(one, into(other)))
    );
    no!(t.merge_complaint(on(other, into(one))): "MERGE_CIRCULAR", "into");
    no!(t.acknowledge_complaint(on(one, steps::acknowledge())): "COMPLAINT_MERGED", "");
    let early = at("2026-11-20T08:00:00Z", on(one, later::unmerge()));
    no!(t.unmerge_complaint(early): "OCCURRED_BEFORE_MERGING", "occurred_at");
}
