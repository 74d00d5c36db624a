//! A step of a story as a command of the workflow service.

use redress_service::caller::ACTOR;
use redress_wire::value::v1::Money;
use redress_wire::workflow::v1 as wire;
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use redress_wire::{CommandRequest, time_to_wire};
use tonic::{Request, Status};

use super::item::{Action, Remedy, Step};
use crate::client::Door;
use crate::failure::Failure;

/// Where a step belongs.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) complaint_id: String,
    pub(super) request_id: String,
    /// The complaint whose investigation covers this one, by id.
    pub(super) relies_on: String,
}

/// Sends a request to the method of its name.
macro_rules! send {
    ($client:expr, $step:expr, $place:expr, $method:ident, $request:expr) => {{
        let request = addressed($request, $step, $place)?;
        $client.$method(request).await.map(|_| ())
    }};
}

#[expect(clippy::too_many_lines, reason = "a flat match, one arm per command")]
pub(super) async fn send(
    client: &mut WorkflowServiceClient<Door>,
    step: &Step,
    place: &Place,
) -> Result<(), Status> {
    match &step.action {
        Action::Acknowledge { channel } => {
            let request = wire::AcknowledgeComplaintRequest {
                channel: text(channel),
                ..d()
            };
            send!(client, step, place, acknowledge_complaint, request)
        }
        Action::Assign { handler, queue } => {
            let (handler, queue) = (user(handler), text(queue));
            let request = wire::AssignComplaintRequest {
                handler,
                queue,
                ..d()
            };
            send!(client, step, place, assign_complaint, request)
        }
        Action::Assess {
            severity,
            safety_implication,
            complexity,
            impact,
            immediate_action,
        } => {
            let needed = if immediate_action.is_some() {
                "needed"
            } else {
                "not_needed"
            };
            let request = wire::AssessComplaintRequest {
                severity: text(severity),
                safety_implication: text(safety_implication),
                complexity: text(complexity),
                impact: text(impact),
                immediate_action: text(needed),
                immediate_action_what: text(immediate_action.unwrap_or_default()),
                ..d()
            };
            send!(client, step, place, assess_complaint, request)
        }
        Action::StartInvestigation { investigator } => {
            let (investigator, declaration) = (user(investigator), text("no_conflict"));
            let request = wire::StartInvestigationRequest {
                investigator,
                declaration,
                ..d()
            };
            send!(client, step, place, start_investigation, request)
        }
        Action::RecordInvestigationNotRequired {
            reason,
            explanation,
            decided_by,
            ..
        } => {
            let request = wire::RecordInvestigationNotRequiredRequest {
                reason: text(reason),
                explanation: text(explanation),
                decided_by: user(decided_by),
                relies_on: place.relies_on.clone(),
                ..d()
            };
            send!(
                client,
                step,
                place,
                record_investigation_not_required,
                request
            )
        }
        Action::ProposeResponse {
            remedies,
            refusal,
            cause,
        } => {
            let refused = refusal.as_ref().map(|it| (it.reason, it.explanation));
            let (reason, explanation) = refused.unwrap_or_default();
            let request = wire::ProposeResponseRequest {
                remedies: remedies.iter().map(remedy).collect(),
                refusal_reason: text(reason),
                refusal_explanation: text(explanation),
                cause_code: text(cause.unwrap_or_default()),
                no_cause_established: cause.is_none(),
                ..d()
            };
            send!(client, step, place, propose_response, request)
        }
        Action::FulfilRemedy { remedy } => {
            let request = wire::FulfilRemedyRequest {
                remedy_number: *remedy,
                ..d()
            };
            send!(client, step, place, fulfil_remedy, request)
        }
        Action::CommunicateDecision {
            outcome,
            channel,
            recourse_explained,
        } => {
            let (outcome, channel) = (text(outcome), text(channel));
            let recourse_explained = *recourse_explained;
            let request = wire::CommunicateDecisionRequest {
                outcome,
                channel,
                recourse_explained,
                // Some of the policies that it can run under ask for it.
                external_recourse: "consumer_ombudsman".to_owned(),
                ..d()
            };
            send!(client, step, place, communicate_decision, request)
        }
        Action::RecordAcceptance => {
            let request = wire::RecordAcceptanceRequest::default();
            send!(client, step, place, record_acceptance, request)
        }
        Action::Dispute {
            reason,
            explanation,
        } => {
            let (reason, explanation) = (text(reason), text(explanation));
            let request = wire::DisputeDecisionRequest {
                reason,
                explanation,
                ..d()
            };
            send!(client, step, place, dispute_decision, request)
        }
        Action::Close { basis } => {
            let request = wire::CloseComplaintRequest {
                basis: text(basis),
                ..d()
            };
            send!(client, step, place, close_complaint, request)
        }
        Action::Reopen {
            reason,
            explanation,
        } => {
            let (reason, explanation) = (text(reason), text(explanation));
            let request = wire::ReopenComplaintRequest {
                reason,
                explanation,
                ..d()
            };
            send!(client, step, place, reopen_complaint, request)
        }
        Action::Withdraw { reason } => {
            let request = wire::WithdrawComplaintRequest {
                reason: text(reason),
                ..d()
            };
            send!(client, step, place, withdraw_complaint, request)
        }
        Action::AddNote { text: note } => {
            let request = wire::AddNoteRequest {
                text: text(note),
                ..d()
            };
            send!(client, step, place, add_note, request)
        }
    }
}

/// Says whom it is about, when it happened and who did it.
fn addressed<R: CommandRequest>(
    mut request: R,
    step: &Step,
    place: &Place,
) -> Result<Request<R>, Status> {
    let at = Some(time_to_wire(step.occurred_at));
    request.set(
        place.complaint_id.clone(),
        String::new(),
        place.request_id.clone(),
        at,
    );
    let mut request = Request::new(request);
    let actor = user(step.actor)
        .parse()
        .map_err(|_| Status::internal("no actor"))?;
    request.metadata_mut().insert(ACTOR, actor);
    Ok(request)
}

pub(super) fn failed(status: Status, item: u32, step: usize) -> Failure {
    Failure::from(status)
        .with_fact("demo_item", item)
        .with_fact("demo_step", step)
}

fn remedy(it: &Remedy) -> wire::ProposedRemedy {
    wire::ProposedRemedy {
        kind: text(it.kind),
        amount: it.amount.map(|it| Money {
            minor_units: it.minor_units,
            currency: text(it.currency),
        }),
        promised_by: it
            .promised_by
            .map(|day| day.to_string())
            .unwrap_or_default(),
    }
}

fn user(name: &str) -> String {
    format!("user:{name}")
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn d<T: Default>() -> T {
    T::default()
}
