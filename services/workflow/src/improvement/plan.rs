use redress_improvement::{ActionDraft, Command};
use redress_service::Problem;
use redress_wire::workflow::v1::{
    ImprovementAction, PlanImprovementRequest, PlanImprovementResponse,
};
use tonic::Request;

use super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn plan(
    inner: &Inner,
    request: Request<PlanImprovementRequest>,
) -> Result<PlanImprovementResponse, Problem> {
    let order = order(inner, &request, "PlanImprovement")?;
    let actions = request.into_inner().actions.into_iter().enumerate();
    let actions = actions.map(|(index, action)| draft(index, action));
    let command = Command::Plan {
        actions: actions.collect::<Result<_, _>>()?,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(PlanImprovementResponse {
        recorded: Some(ran.recorded),
    })
}

fn draft(index: usize, action: ImprovementAction) -> Result<ActionDraft, Problem> {
    Ok(ActionDraft {
        owner: field::actor(format!("actions[{index}].owner"), &action.owner)?,
        due: field::day(format!("actions[{index}].due"), &action.due)?,
        kind: action.kind,
        description: action.description,
    })
}
