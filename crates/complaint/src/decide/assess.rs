use jiff::Timestamp;

use super::{field, in_hand, occurred, ruled, too_early};
use crate::command::Assess;
use crate::event::Assessed;
use crate::{Assessment, Event, ImmediateAction, Refusal, Rules, Stage, State};

pub(super) fn assess(
    complaint: &State,
    command: &Assess,
    rules: &Rules,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    if *stage == Stage::Received {
        return Err(too_early(file, stage));
    }
    let assessment = complete(command, rules)?;
    if stage.assessment() == Some(&assessment) {
        return Ok(Vec::new());
    }
    ruled::severity_has_a_reason(command, &assessment.severity, rules)?;
    let because = match stage.assessment() {
        None => None,
        Some(_) => Some(field::revision(command.because.as_ref())?),
    };
    Ok(vec![Event::Assessed(Assessed {
        assessment,
        proposed_severity: rules.proposed_severity.clone(),
        severity_reason: command.reason.clone(),
        because,
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

fn complete(command: &Assess, rules: &Rules) -> Result<Assessment, Refusal> {
    let severity = ruled::severity(command, rules);
    let Assess {
        severity: _,
        safety_implication,
        complexity,
        impact,
        immediate_action,
        reason: _,
        because: _,
        occurred_at: _,
    } = command;
    if let (
        Some(severity),
        Some(safety_implication),
        Some(complexity),
        Some(impact),
        Some(immediate_action),
    ) = (
        &severity,
        safety_implication,
        complexity,
        impact,
        immediate_action,
    ) {
        return known(Assessment {
            severity: severity.clone(),
            safety_implication: safety_implication.clone(),
            complexity: complexity.clone(),
            impact: impact.clone(),
            immediate_action: immediate_action.clone(),
        });
    }
    let missing = [
        ("severity", severity.is_none()),
        ("safety_implication", safety_implication.is_none()),
        ("complexity", complexity.is_none()),
        ("impact", impact.is_none()),
        ("immediate_action", immediate_action.is_none()),
    ];
    let missing = missing.iter().filter(|(_, absent)| *absent);
    let missing = missing.map(|(field, _)| *field).collect();
    Err(Refusal::AssessmentIncomplete { missing })
}

fn known(assessment: Assessment) -> Result<Assessment, Refusal> {
    let Assessment {
        severity,
        safety_implication,
        complexity,
        impact,
        immediate_action,
    } = &assessment;
    field::known("severity", severity.is_known())?;
    field::known("safety_implication", safety_implication.is_known())?;
    field::known("complexity", complexity.is_known())?;
    field::known("impact", impact.is_known())?;
    let is_other = matches!(immediate_action, ImmediateAction::Other { .. });
    field::known("immediate_action", !is_other)?;
    Ok(assessment)
}
