//! `redress.workflow.v1.MessageService` and `StatusService`: one file per endpoint or pair, and what they
//! share.

mod command;
mod list;
mod outcome;
mod post;
mod promise;
mod reply;
mod saying;
mod send;
mod status;
mod token;

use std::sync::Arc;

use redress_wire::workflow::v1 as wire;
use redress_wire::workflow::v1::message_service_server::MessageService;
use redress_wire::workflow::v1::status_service_server::StatusService;
use tonic::{Request, Response, Status};

pub(crate) use post::Sender;
pub(super) use saying::{Saying, say};

use crate::workflow::Inner;

/// The endpoints about messages and tokens.
#[derive(Debug, Clone)]
pub struct MessageEndpoints {
    pub(crate) inner: Arc<Inner>,
}

/// The endpoint for who complained.
#[derive(Debug, Clone)]
pub struct StatusEndpoints {
    pub(crate) inner: Arc<Inner>,
}

macro_rules! endpoints {
    ($($name:ident($request:ident) -> $response:ident = $work:path;)+) => {
        #[tonic::async_trait]
        impl MessageService for MessageEndpoints {
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
    issue_status_token(IssueStatusTokenRequest) -> IssueStatusTokenResponse = token::issue;
    revoke_status_tokens(RevokeStatusTokensRequest) -> RevokeStatusTokensResponse = token::revoke;
    send_message(SendMessageRequest) -> SendMessageResponse = send::send;
    record_delivery(RecordDeliveryRequest) -> RecordDeliveryResponse = outcome::delivered;
    record_bounce(RecordBounceRequest) -> RecordBounceResponse = outcome::bounced;
    record_reply(RecordReplyRequest) -> RecordReplyResponse = reply::replied;
    list_messages(ListMessagesRequest) -> ListMessagesResponse = list::list;
}

#[tonic::async_trait]
impl StatusService for StatusEndpoints {
    async fn get_status(
        &self,
        request: Request<wire::GetStatusRequest>,
    ) -> Result<Response<wire::GetStatusResponse>, Status> {
        let answer = status::get(&self.inner, request.into_inner()).await?;
        Ok(Response::new(answer))
    }
}
