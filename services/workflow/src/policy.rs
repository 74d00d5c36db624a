//! `redress.workflow.v1.PolicyService`: one file per endpoint, and what they share.

mod apply;
mod command;
mod get;
mod list;
mod retire;

use std::sync::Arc;

use redress_wire::workflow::v1 as wire;
use redress_wire::workflow::v1::policy_service_server::PolicyService;
use tonic::{Request, Response, Status};

use crate::workflow::Inner;

/// The endpoints about policies.
#[derive(Debug, Clone)]
pub struct PolicyEndpoints {
    pub(crate) inner: Arc<Inner>,
}

macro_rules! endpoints {
    ($($name:ident($request:ident) -> $response:ident = $work:path;)+) => {
        #[tonic::async_trait]
        impl PolicyService for PolicyEndpoints {
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
    apply_policy(ApplyPolicyRequest) -> ApplyPolicyResponse = apply::apply;
    retire_policy(RetirePolicyRequest) -> RetirePolicyResponse = retire::retire;
    list_policies(ListPoliciesRequest) -> ListPoliciesResponse = list::list;
    get_policy(GetPolicyRequest) -> GetPolicyResponse = get::get;
}
