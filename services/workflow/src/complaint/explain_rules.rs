//! Why a severity was proposed, and why a complaint may be closed or not.

use jiff::Timestamp;
use redress_complaint::event::Assessed;
use redress_complaint::{CloseBasis, missing_for_close};
use redress_envelope::Record;
use redress_policy::document::{Facts, Found, SEVERITIES};
use redress_policy::{Book, Policies as _, Policy};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{ClosingBasis, ClosingObstacle, ProposedSeverity};

use super::case::Case;
use crate::clocked::facts;
use crate::ruling;
use crate::workflow::Inner;

/// Each basis on which the complaint could be closed now. Nothing before a decision was told, or once it is over.
pub(super) fn closing(
    inner: &Inner,
    case: &Case,
    book: &Book,
    now: Timestamp,
) -> Vec<ClosingBasis> {
    let state = &case.state;
    let Some(decision) = state.decision().filter(|_| state.is_open()) else {
        return Vec::new();
    };
    let facts = case.about.as_deref().map(facts).unwrap_or_default();
    let rules = ruling::closing(state, &facts, book, &inner.rules);
    let bases = CloseBasis::ALL.iter().map(|basis| {
        let missing = missing_for_close(state, basis, &rules, now);
        let silence = (*basis == CloseBasis::Silent).then(|| decision.silence_ends_at(&rules));
        let obstacles = missing.iter().map(|refusal| ClosingObstacle {
            code: refusal.code().to_owned(),
            message: refusal.to_string(),
            remedy: refusal.remedy().to_owned(),
        });
        ClosingBasis {
            basis: basis.to_string(),
            allowed: missing.is_empty(),
            obstacles: obstacles.collect(),
            allowed_from: silence.flatten().map(time_to_wire),
        }
    });
    bases.collect()
}

/// The row that proposed the severity of an assessment, under the policies that its record cites.
pub(super) fn proposed(
    record: &Record,
    e: &Assessed,
    facts: &Facts,
    book: &Book,
) -> Option<ProposedSeverity> {
    let proposed = e.proposed_severity.as_ref()?;
    let found = Found {
        safety_implication: e.assessment.safety_implication.as_str(),
        impact: e.assessment.impact.as_str(),
        complexity: e.assessment.complexity.as_str(),
    };
    let cited = record.context.policy_version.as_deref().unwrap_or_default();
    let policies = cited.split(',').filter_map(|version| book.version(version));
    let policies = policies.filter(|it| it.applies_to().includes(facts));
    let row = |policy: &Policy| {
        let (number, row) = policy.severities().row(found)?;
        Some(ProposedSeverity {
            severity: row.severity.to_owned(),
            policy_version: policy.version().to_owned(),
            row: u32::try_from(number).unwrap_or(u32::MAX),
            asks_for: row.asks_for(),
        })
    };
    let rows = policies.filter_map(row);
    let worst = rows.min_by_key(|it| SEVERITIES.iter().position(|word| *word == it.severity));
    worst.filter(|it| it.severity == proposed.as_str())
}
