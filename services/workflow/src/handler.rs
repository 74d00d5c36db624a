//! `redress.workflow.v1.HandlerService`: the register of those who handle complaints.

mod absence;
mod command;
mod get;
mod list;
mod load;
mod person;
mod queue;
mod register;
mod skill;
mod view;

use std::sync::Arc;

use redress_wire::workflow::v1 as wire;
use redress_wire::workflow::v1::handler_service_server::HandlerService;
use tonic::{Request, Response, Status};

pub(crate) use view::{HandlerList, candidates};

use crate::workflow::Inner;

/// The endpoints about handlers.
#[derive(Debug, Clone)]
pub struct Handlers {
    pub(crate) inner: Arc<Inner>,
}

macro_rules! endpoints {
    ($($name:ident($request:ident) -> $response:ident = $work:path;)+) => {
        #[tonic::async_trait]
        impl HandlerService for Handlers {
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
    register_handler(RegisterHandlerRequest) -> RegisterHandlerResponse = register::register;
    retire_handler(RetireHandlerRequest) -> RetireHandlerResponse = register::retire;
    join_queue(JoinQueueRequest) -> JoinQueueResponse = queue::join;
    leave_queue(LeaveQueueRequest) -> LeaveQueueResponse = queue::leave;
    limit_load(LimitLoadRequest) -> LimitLoadResponse = queue::limit_load;
    grant_skill(GrantSkillRequest) -> GrantSkillResponse = skill::grant;
    revoke_skill(RevokeSkillRequest) -> RevokeSkillResponse = skill::revoke;
    announce_absence(AnnounceAbsenceRequest) -> AnnounceAbsenceResponse = absence::announce;
    end_absence(EndAbsenceRequest) -> EndAbsenceResponse = absence::end;
    get_handler(GetHandlerRequest) -> GetHandlerResponse = get::get;
    list_handlers(ListHandlersRequest) -> ListHandlersResponse = list::list;
}
