//! `redress.workflow.v1.ImprovementService`: one file per endpoint, and what they share.

mod accept;
mod case;
mod close;
mod command;
mod dismiss;
mod get;
mod implement;
mod list;
mod open;
mod plan;
mod view;

use std::sync::Arc;

use redress_wire::workflow::v1 as wire;
use redress_wire::workflow::v1::improvement_service_server::ImprovementService;
use tonic::{Request, Response, Status};

pub(crate) use view::ImprovementList;

use crate::workflow::Inner;

/// The endpoints about improvements.
#[derive(Debug, Clone)]
pub struct Improvements {
    pub(crate) inner: Arc<Inner>,
}

macro_rules! endpoints {
    ($($name:ident($request:ident) -> $response:ident = $work:path;)+) => {
        #[tonic::async_trait]
        impl ImprovementService for Improvements {
            $(async fn $name(
                &self,
                request: Request<wire::$request>,
            ) -> Result<Response<wire::$response>, Status> {
                Ok(Response::new($work(&self.inner, request).await?))
            })+
        }
    };
}

endpoints! {
    open_improvement(OpenImprovementRequest) -> OpenImprovementResponse = open::open;
    get_improvement(GetImprovementRequest) -> GetImprovementResponse = get::get;
    list_improvements(ListImprovementsRequest) -> ListImprovementsResponse = list::list;
    accept_improvement(AcceptImprovementRequest) -> AcceptImprovementResponse = accept::accept;
    dismiss_improvement(DismissImprovementRequest) -> DismissImprovementResponse
        = dismiss::dismiss;
    plan_improvement(PlanImprovementRequest) -> PlanImprovementResponse = plan::plan;
    mark_implemented(MarkImplementedRequest) -> MarkImplementedResponse = implement::implement;
    close_improvement(CloseImprovementRequest) -> CloseImprovementResponse = close::close;
}
