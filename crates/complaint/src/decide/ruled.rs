//! What the policies in force ask for, beyond what holds under each.

use redress_envelope::Money;

use super::field;
use crate::command::Assess;
use crate::rules::{ExternalRecourse, RequiredRecord};
use crate::{
    Approval, CloseBasis, Decision, Inquiry, Outcome, Refusal, Remedy, RemedyOffer, Response,
    Rules, Severity, State,
};

/// The severity of an assessment: what is said, or else what is proposed.
pub(super) fn severity(command: &Assess, rules: &Rules) -> Option<Severity> {
    command
        .severity
        .clone()
        .or_else(|| rules.proposed_severity.clone())
}

/// Who sees it otherwise than the matrix says why.
pub(super) fn severity_has_a_reason(
    command: &Assess,
    severity: &Severity,
    rules: &Rules,
) -> Result<(), Refusal> {
    if let Some(reason) = &command.reason {
        return field::code("reason", reason);
    }
    match &rules.proposed_severity {
        Some(proposed) if proposed != severity => Err(Refusal::SeverityReasonMissing {
            proposed: proposed.clone(),
        }),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn are_allowed(offers: &[RemedyOffer], rules: &Rules) -> Result<(), Refusal> {
    if rules.approval_limits.is_some() {
        let has_no_limit = |it: &&RemedyOffer| it.kind.is_money() && it.amount.is_none();
        if let Some(offer) = offers.iter().find(has_no_limit) {
            let kind = offer.kind.clone();
            return Err(Refusal::AmountMissing { kind });
        }
    }
    let Some(allowed) = &rules.remedy_kinds else {
        return Ok(());
    };
    let refused = offers.iter().find(|it| !allowed.contains(it.kind.as_str()));
    match refused {
        None => Ok(()),
        Some(offer) => Err(Refusal::RemedyNotAllowed {
            kind: offer.kind.clone(),
            allowed: allowed.iter().cloned().collect(),
        }),
    }
}

/// The limit that an offer is above, together with what else is offered in its currency: else many small
/// ones would be a large one that nobody approved.
pub(super) fn limit_exceeded<'a>(
    offer: &RemedyOffer,
    beside: impl Iterator<Item = &'a RemedyOffer>,
    rules: &Rules,
) -> Option<Money> {
    let (limits, amount) = (rules.approval_limits.as_ref()?, offer.amount.as_ref()?);
    let beside = beside.filter_map(|it| it.amount.as_ref());
    let same = beside.filter(|it| it.currency == amount.currency);
    let others: i64 = same.map(|it| it.minor_units).sum();
    let limit = limits.get(&amount.currency).copied().unwrap_or(0);
    (amount.minor_units.saturating_add(others) > limit).then(|| Money {
        minor_units: limit,
        currency: amount.currency.clone(),
    })
}

/// The remedies that wait for another person's approval, and the first one's limit.
pub(super) fn not_approved(response: &Response) -> Option<Refusal> {
    let pending = |remedy: &Remedy| match &remedy.approval {
        Approval::Pending { limit, .. } if remedy.is_open() => Some(limit.clone()),
        Approval::Pending { .. } | Approval::NotNeeded | Approval::Given { .. } => None,
    };
    let waiting = response.remedies.iter();
    let waiting = waiting.filter_map(|(number, remedy)| Some((*number, pending(remedy)?)));
    let (remedies, limits): (Vec<u32>, Vec<Money>) = waiting.unzip();
    let limit = limits.into_iter().next()?;
    Some(Refusal::RemedyNotApproved { remedies, limit })
}

/// What the policies ask for before closing and is not there.
pub(super) fn missing_for_close(
    complaint: &State,
    decision: &Decision,
    basis: &CloseBasis,
    rules: &Rules,
) -> Vec<Refusal> {
    let mut missing = Vec::new();
    if let Some(allowed) = rules.close_bases.as_ref().filter(|it| !it.contains(basis)) {
        missing.push(Refusal::CloseBasisNotAllowed {
            basis: basis.clone(),
            allowed: allowed.clone(),
        });
    }
    if asks_for_external_recourse(rules, decision) && decision.external_recourse.is_none() {
        missing.push(Refusal::ExternalRecourseNotNamed);
    }
    let records = missing_records(complaint, Some(decision), rules);
    if !records.is_empty() {
        missing.push(Refusal::RecordsMissing { records });
    }
    missing
}

fn asks_for_external_recourse(rules: &Rules, decision: &Decision) -> bool {
    match rules.external_recourse {
        ExternalRecourse::NotAskedFor => false,
        ExternalRecourse::UnlessUpheld => decision.outcome != Outcome::Upheld,
        ExternalRecourse::Always => true,
    }
}

/// What is found out is recorded while somebody investigates: a response ends that, and so waits for it.
pub(super) fn nothing_is_left_to_find(complaint: &State, rules: &Rules) -> Result<(), Refusal> {
    let records = missing_records(complaint, None, rules);
    if records.is_empty() {
        Ok(())
    } else {
        Err(Refusal::RecordsMissing { records })
    }
}

/// Without a decision of what is found out alone: the other steps may come yet.
fn missing_records(complaint: &State, decision: Option<&Decision>, rules: &Rules) -> Vec<String> {
    let may_come = decision.is_none();
    let file = complaint.file();
    let evidence = |kind: &&String| {
        file.is_some_and(|it| it.evidence_kinds.values().any(|found| found == *kind))
    };
    let inquiry = complaint.inquiry();
    let is_investigated = matches!(inquiry, Some(Inquiry::Started { .. }));
    let is_there = |record: &&RequiredRecord| match record {
        RequiredRecord::Acknowledgement => may_come || complaint.acknowledgement().is_some(),
        RequiredRecord::Assessment => may_come || complaint.assessment().is_some(),
        RequiredRecord::Investigation => may_come || inquiry.is_some(),
        RequiredRecord::Finding => {
            !is_investigated || file.is_some_and(|it| it.findings_numbered > 0)
        }
        RequiredRecord::Response => may_come || complaint.response().is_some(),
        RequiredRecord::Decision => true,
        RequiredRecord::Recourse => {
            may_come || decision.is_some_and(|it| it.recourse_explained_at.is_some())
        }
    };
    let steps = rules.records.iter().filter(|it| !is_there(it));
    let steps = steps.map(|it| it.as_str().to_owned());
    let facts = rules.unknown_facts.iter().filter(|it| !evidence(it));
    let asked = rules.evidence.iter().filter(|_| is_investigated);
    let kinds = asked.filter(|it| !evidence(it));
    let kinds = kinds.map(|kind| format!("evidence of the kind {kind}"));
    steps.chain(facts.cloned()).chain(kinds).collect()
}
