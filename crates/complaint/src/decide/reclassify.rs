//! What was assessed is seen otherwise: why is asked for, and the event keeps what was before.

use jiff::Timestamp;

use super::{field, in_hand, occurred, too_early};
use crate::command::Reclassify;
use crate::event::Reclassified;
use crate::{Classification, Event, Level, Refusal, SafetyImplication, Severity, State};

pub(super) fn reclassify(
    complaint: &State,
    command: &Reclassify,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let earlier = match stage.assessment() {
        Some(assessment) => assessment.classification(),
        None => return Err(too_early(file, stage)),
    };
    let classification = known(command, &earlier)?;
    if classification == earlier {
        return Ok(Vec::new());
    }
    let because = Some(field::revision(command.because.as_ref())?);
    field::code("reason", &command.reason)?;
    Ok(vec![Event::Reclassified(Reclassified {
        classification,
        earlier,
        because,
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// What is not said stays as it was.
fn known(command: &Reclassify, earlier: &Classification) -> Result<Classification, Refusal> {
    let Reclassify {
        severity,
        safety_implication,
        complexity,
        impact,
        because: _,
        reason: _,
        explanation: _,
        occurred_at: _,
    } = command;
    let safety = safety_implication.as_ref();
    field::known("severity", severity.as_ref().is_none_or(Severity::is_known))?;
    field::known(
        "safety_implication",
        safety.is_none_or(SafetyImplication::is_known),
    )?;
    field::known(
        "complexity",
        complexity.as_ref().is_none_or(Level::is_known),
    )?;
    field::known("impact", impact.as_ref().is_none_or(Level::is_known))?;
    let earlier = earlier.clone();
    Ok(Classification {
        severity: severity.clone().unwrap_or(earlier.severity),
        safety_implication: safety.cloned().unwrap_or(earlier.safety_implication),
        complexity: complexity.clone().unwrap_or(earlier.complexity),
        impact: impact.clone().unwrap_or(earlier.impact),
    })
}
