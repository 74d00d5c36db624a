use super::given::{
    acknowledged, assessed, assessment, communicated, imported_open, imported_reopened, received,
    was_assessed,
};
use super::{check, fold, time};
use crate::command::Assess;
use crate::{Assessment, Event, Refusal, Revision, Severity, Status};

fn assess(found: Assessment) -> Assess {
    Assess {
        severity: Some(found.severity),
        safety_implication: Some(found.safety_implication),
        complexity: Some(found.complexity),
        impact: Some(found.impact),
        immediate_action: Some(found.immediate_action),
        because: None,
        occurred_at: Some(time("2026-03-02T09:00:00Z")),
        reason: None,
    }
}

#[test]
fn an_acknowledged_complaint_is_assessed() {
    check(
        &acknowledged(),
        assess(assessment()),
        Ok(vec![was_assessed()]),
    );
    let state = fold(&assessed());
    assert_eq!(state.status(), Some(Status::Assessed));
    assert_eq!(state.severity(), Some(Severity::Major));
}

#[test]
fn a_complaint_is_acknowledged_before_it_is_assessed() {
    let refusal = Refusal::NotAcknowledged { unknown: false };
    check(&received(), assess(assessment()), Err(refusal));
}

#[test]
fn an_acknowledgement_that_is_unknown_is_none_and_the_refusal_says_unknown() {
    let refusal = Refusal::NotAcknowledged { unknown: true };
    assert!(refusal.to_string().contains("as far as is known"));
    check(&imported_open(), assess(assessment()), Err(refusal));
}

#[test]
fn an_assessment_names_all_that_it_lacks() {
    let partial = Assess {
        severity: None,
        impact: None,
        ..assess(assessment())
    };
    let refusal = Refusal::AssessmentIncomplete {
        missing: vec!["severity", "impact"],
    };
    assert_eq!(refusal.to_string(), "the assessment lacks severity, impact");
    check(&acknowledged(), partial, Err(refusal));
}

#[test]
fn the_same_assessment_again_does_nothing() {
    check(&assessed(), assess(assessment()), Ok(vec![]));
    check(&communicated(), assess(assessment()), Ok(vec![]));
}

#[test]
fn a_changed_assessment_is_recorded_and_moves_nothing() {
    let worse = Assessment {
        severity: Severity::Critical,
        ..assessment()
    };
    for given in [assessed(), communicated(), imported_reopened()] {
        let before = fold(&given).status();
        let worse = Assess {
            because: Some(Revision::NewFacts),
            ..assess(worse.clone())
        };
        let events = super::decided(&given, &worse.into()).unwrap();
        let after = fold(&[given, events].concat());
        assert_eq!(after.severity(), Some(Severity::Critical));
        assert_eq!(after.status(), before);
    }
}

/// Given an assessment, when it is made again and another one, then it says whether it was wrong or more is
/// known now; the first one has nothing to correct.
#[test]
fn who_assesses_again_says_why() {
    let worse = Assessment {
        severity: Severity::Critical,
        ..assessment()
    };
    let field = "because";
    let unsaid = Refusal::FieldEmpty { field };
    check(&assessed(), assess(worse.clone()), Err(unsaid));
    let because = |word: &str| Assess {
        because: Some(word.into()),
        ..assess(worse.clone())
    };
    let unknown = Refusal::FieldUnknownValue { field };
    check(&assessed(), because("mood"), Err(unknown));
    for word in Revision::WORDS {
        let events = super::decided(&assessed(), &because(word).into()).unwrap();
        let [Event::Assessed(e)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(e.because.as_ref().map(Revision::as_str), Some(*word));
    }
    let first = Assess {
        because: Some(Revision::Corrected),
        ..assess(assessment())
    };
    check(&acknowledged(), first, Ok(vec![was_assessed()]));
}
