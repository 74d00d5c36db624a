//! Disputes before other bodies: a command each, and what is answered of them.

pub(super) mod close_file;
pub(super) mod determine;
pub(super) mod implement;
pub(super) mod notice;
pub(super) mod position;
pub(super) mod refer;
pub(super) mod resolve;
pub(super) mod settle;

use jiff::Timestamp;
use redress_complaint::{Event, ExternalResult, ExternalStep, State};
use redress_envelope::Money;
use redress_service::Problem;
use redress_wire::value::v1::Money as WireMoney;
use redress_wire::workflow::v1 as wire;
use redress_wire::{money_from_wire, money_to_wire, time_to_wire};

fn award(award: Option<&WireMoney>) -> Result<Option<Money>, Problem> {
    award.map(money_from_wire).transpose().map_err(|error| {
        Problem::invalid("AMOUNT_INVALID", "award", error.to_string())
            .with_remedy("give minor units from 0 and an ISO 4217 currency such as EUR")
    })
}

/// A dispute before another body as people read it.
#[derive(Debug, Clone)]
pub(super) struct Elsewhere {
    body: String,
    referred_by: String,
    method: String,
    result: Option<ExternalResult>,
    closing_reason: String,
    steps: Vec<(&'static str, Timestamp)>,
}

/// Folds a step into the disputes, `after` it.
pub(super) fn apply(disputes: &mut Vec<Elsewhere>, event: &Event, after: &State) {
    let Some(external) = after.external() else {
        return;
    };
    if let Event::ReferredExternally(e) = event {
        disputes.push(Elsewhere {
            body: e.body.clone(),
            referred_by: e.referred_by.to_string(),
            method: String::new(),
            result: None,
            closing_reason: String::new(),
            steps: Vec::new(),
        });
    }
    let Some(dispute) = disputes.last_mut() else {
        return;
    };
    dispute.steps.push((external.step.as_str(), external.since));
    dispute.result = external.result().cloned();
    match &external.step {
        ExternalStep::Resolving { method } => dispute.method = method.to_string(),
        ExternalStep::FileClosed { reason, .. } => {
            dispute.closing_reason = reason.clone().unwrap_or_default();
        }
        ExternalStep::Referred
        | ExternalStep::NoticeReceived
        | ExternalStep::PositionStated
        | ExternalStep::Ended(_)
        | ExternalStep::Implemented(_) => {}
    }
}

pub(super) fn reply(dispute: &Elsewhere) -> wire::ExternalDispute {
    let result = dispute.result.as_ref();
    let last = dispute.steps.last().map(|(step, _)| *step);
    let step = |(step, at): &(&str, Timestamp)| wire::ExternalStep {
        step: (*step).to_owned(),
        occurred_at: Some(time_to_wire(*at)),
        words: None,
    };
    wire::ExternalDispute {
        body: dispute.body.clone(),
        referred_by: dispute.referred_by.clone(),
        step: last.unwrap_or_default().to_owned(),
        method: dispute.method.clone(),
        result: result.map_or("", ExternalResult::as_str).to_owned(),
        award: result.and_then(ExternalResult::award).map(money_to_wire),
        closing_reason: dispute.closing_reason.clone(),
        steps: dispute.steps.iter().map(step).collect(),
    }
}
