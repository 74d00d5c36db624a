//! Commands on an improvement, decided by the domain.

use redress_complaint::FUTURE_TOLERANCE;
use redress_event_log::Moment;
use redress_improvement::{Command, Refusal, Rule, State, decide};
use redress_service::Problem;
use redress_wire::CommandRequest;
use redress_wire::Message;
use tonic::Request;

use crate::life::ImprovementLife;
use crate::order::{Order, Ran, Target};
use crate::workflow::Inner;

const IMPROVEMENT: Target = Target {
    kind: "improvement",
    id_field: "improvement_id",
    id_invalid: "IMPROVEMENT_ID_INVALID",
};

pub(super) fn order<R: CommandRequest + Message>(
    inner: &Inner,
    request: &Request<R>,
    method: &str,
) -> Result<Order, Problem> {
    let mut order = Order::read(inner, request, method, IMPROVEMENT)?;
    // No rule of the policy decides about improvements yet.
    order.context.policy_version = None;
    Ok(order)
}

/// Why a command is not done.
#[derive(Debug)]
enum No {
    Rule(Refusal),
    /// What is recorded has happened.
    InFuture,
}

pub(super) async fn run(
    inner: &Inner,
    order: Order,
    command: Command,
) -> Result<Ran<State>, Problem> {
    let occurred_at = order.occurred_at;
    let decide = move |state: &State, moment: Moment| {
        let events = decide(state, &command, moment.time).map_err(No::Rule)?;
        let ahead = occurred_at.map(|time| time.duration_since(moment.time));
        if !events.is_empty() && ahead.is_some_and(|ahead| ahead > FUTURE_TOLERANCE) {
            return Err(No::InFuture);
        }
        Ok(events)
    };
    order
        .transact::<ImprovementLife, _>(inner, decide, problem)
        .await
}

fn problem(no: No) -> Problem {
    match no {
        No::Rule(refusal) => refused(&refusal),
        No::InFuture => Problem::invalid(
            "OCCURRED_IN_FUTURE",
            "occurred_at",
            "`occurred_at` is in the future",
        )
        .with_remedy("correct `occurred_at`, or leave it out if it happens now"),
    }
}

pub(super) fn not_found() -> Problem {
    Problem::not_found("IMPROVEMENT_NOT_FOUND", "there is no such improvement")
        .with_remedy("name an improvement that was opened")
}

fn refused(refusal: &Refusal) -> Problem {
    let (code, message) = (refusal.code(), refusal.to_string());
    let problem = match refusal.rule() {
        Rule::NotFound => return not_found(),
        Rule::OtherSource
        | Rule::NotACandidate { .. }
        | Rule::NotAccepted { .. }
        | Rule::NotPlanned { .. }
        | Rule::NotImplemented { .. }
        | Rule::Over { .. } => Problem::refused(code, message),
        Rule::PlanWithoutAction
        | Rule::Required
        | Rule::TooLong { .. }
        | Rule::TooMany { .. }
        | Rule::ControlCharacter
        | Rule::UnknownWord { .. }
        | Rule::Address
        | Rule::SignalWithoutFinding
        | Rule::DueInThePast
        | Rule::Malformed { .. } => {
            Problem::invalid(code, refusal.field().unwrap_or_default(), message)
        }
    };
    problem.with_remedy(refusal.remedy())
}
