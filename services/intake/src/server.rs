//! The endpoints; each is in a file of its own.

use std::sync::Arc;

use redress_wire::intake::v1 as wire;
use redress_wire::intake::v1::intake_service_server::IntakeService;
use tonic::{Request, Response, Status};

use crate::intake::Inner;
use crate::{attachment, get, import, list, rejected, submit};

/// `redress.intake.v1.IntakeService`.
#[derive(Debug, Clone)]
pub struct Endpoints {
    intake: Arc<Inner>,
}

impl Endpoints {
    pub(crate) fn new(intake: Arc<Inner>) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl IntakeService for Endpoints {
    async fn submit_feedback(
        &self,
        request: Request<wire::SubmitFeedbackRequest>,
    ) -> Result<Response<wire::SubmitFeedbackResponse>, Status> {
        Ok(Response::new(submit::submit(&self.intake, request).await?))
    }

    async fn get_feedback(
        &self,
        request: Request<wire::GetFeedbackRequest>,
    ) -> Result<Response<wire::GetFeedbackResponse>, Status> {
        Ok(Response::new(
            get::get(&self.intake, request.into_inner()).await?,
        ))
    }

    async fn get_attachment(
        &self,
        request: Request<wire::GetAttachmentRequest>,
    ) -> Result<Response<wire::GetAttachmentResponse>, Status> {
        Ok(Response::new(
            attachment::attachment(&self.intake, request.into_inner()).await?,
        ))
    }

    async fn list_feedback(
        &self,
        request: Request<wire::ListFeedbackRequest>,
    ) -> Result<Response<wire::ListFeedbackResponse>, Status> {
        Ok(Response::new(
            list::list(&self.intake, request.into_inner()).await?,
        ))
    }

    async fn start_import(
        &self,
        request: Request<wire::StartImportRequest>,
    ) -> Result<Response<wire::StartImportResponse>, Status> {
        Ok(Response::new(import::start(&self.intake, request).await?))
    }

    async fn import_feedback(
        &self,
        request: Request<wire::ImportFeedbackRequest>,
    ) -> Result<Response<wire::ImportFeedbackResponse>, Status> {
        Ok(Response::new(
            import::feedback(&self.intake, request).await?,
        ))
    }

    async fn import_feedback_batch(
        &self,
        request: Request<wire::ImportFeedbackBatchRequest>,
    ) -> Result<Response<wire::ImportFeedbackBatchResponse>, Status> {
        Ok(Response::new(import::batch(&self.intake, request).await?))
    }

    async fn list_open_imports(
        &self,
        _request: Request<wire::ListOpenImportsRequest>,
    ) -> Result<Response<wire::ListOpenImportsResponse>, Status> {
        Ok(Response::new(import::list_open(&self.intake).await?))
    }

    async fn complete_import(
        &self,
        request: Request<wire::CompleteImportRequest>,
    ) -> Result<Response<wire::CompleteImportResponse>, Status> {
        Ok(Response::new(
            import::complete(&self.intake, request).await?,
        ))
    }

    async fn list_rejected(
        &self,
        request: Request<wire::ListRejectedRequest>,
    ) -> Result<Response<wire::ListRejectedResponse>, Status> {
        Ok(Response::new(
            rejected::list(&self.intake, request.into_inner()).await?,
        ))
    }

    async fn get_rejected(
        &self,
        request: Request<wire::GetRejectedRequest>,
    ) -> Result<Response<wire::GetRejectedResponse>, Status> {
        Ok(Response::new(
            rejected::get(&self.intake, request.into_inner()).await?,
        ))
    }

    async fn retry_rejected(
        &self,
        request: Request<wire::RetryRejectedRequest>,
    ) -> Result<Response<wire::RetryRejectedResponse>, Status> {
        Ok(Response::new(rejected::retry(&self.intake, request).await?))
    }

    async fn discard_rejected(
        &self,
        request: Request<wire::DiscardRejectedRequest>,
    ) -> Result<Response<wire::DiscardRejectedResponse>, Status> {
        Ok(Response::new(
            rejected::discard(&self.intake, request).await?,
        ))
    }
}
