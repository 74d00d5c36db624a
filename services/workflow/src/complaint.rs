//! `redress.workflow.v1.WorkflowService`: one file per endpoint, and what they share.

mod accept_remedy;
mod acknowledge;
mod add_note;
mod approve_remedy;
mod approve_response;
mod assess;
mod assign;
mod await_complainant;
mod await_third_party;
mod case;
mod clear_conflict;
mod clock_summary;
mod clocks;
mod close;
mod command;
mod communicate_decision;
mod complained_of;
mod contact;
mod contact_summary;
mod de_escalate;
mod declare_conflict;
mod decline_remedy;
mod dispute;
mod due_date;
pub(crate) mod due_rows;
mod duty;
mod duty_summary;
mod escalate;
mod explain;
mod explain_duty;
mod explain_rules;
mod extend_clock;
mod external;
mod failed_reactions;
mod follow_up;
mod fulfil_remedy;
mod get;
mod history;
mod hold;
mod inquiry;
mod investigation_not_required;
mod later_summary;
mod list;
mod list_rows;
mod merge;
mod message_rows;
mod offer_remedy;
mod propose_response;
mod reclassify;
mod record_acceptance;
mod record_evidence;
mod record_finding;
mod record_satisfaction;
mod refused;
mod release;
mod reopen;
mod reply;
mod resume;
mod separation;
mod start_investigation;
mod summary;
mod token_rows;
mod unmerge;
mod view;
mod watch;
mod withdraw;
mod words;

use std::sync::Arc;

use redress_wire::workflow::v1 as wire;
use redress_wire::workflow::v1::workflow_service_server::WorkflowService;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

pub(crate) use case::happened_at;
pub(crate) use contact::Sender;
pub use contact::{MessageEndpoints, StatusEndpoints};
pub use view::ComplaintList;
pub(crate) use view::failed_reactions;

use crate::workflow::Inner;

/// The endpoints about complaints.
#[derive(Debug, Clone)]
pub struct Complaints {
    pub(crate) inner: Arc<Inner>,
}

macro_rules! endpoints {
    ($($name:ident($request:ident) -> $response:ident = $work:path;)+) => {
        #[tonic::async_trait]
        impl WorkflowService for Complaints {
            $(async fn $name(
                &self,
                request: Request<wire::$request>,
            ) -> Result<Response<wire::$response>, Status> {
                Ok(Response::new($work(&self.inner, request).await?))
            })+

            type WatchComplaintsStream =
                ReceiverStream<Result<wire::WatchComplaintsResponse, Status>>;

            async fn watch_complaints(
                &self,
                request: Request<wire::WatchComplaintsRequest>,
            ) -> Result<Response<Self::WatchComplaintsStream>, Status> {
                Ok(Response::new(watch::watch(&self.inner, request.into_inner())?))
            }
        }
    };
}

endpoints! {
    acknowledge_complaint(AcknowledgeComplaintRequest) -> AcknowledgeComplaintResponse
        = acknowledge::acknowledge;
    assign_complaint(AssignComplaintRequest) -> AssignComplaintResponse = assign::assign;
    assess_complaint(AssessComplaintRequest) -> AssessComplaintResponse = assess::assess;
    start_investigation(StartInvestigationRequest) -> StartInvestigationResponse
        = start_investigation::start;
    record_investigation_not_required(RecordInvestigationNotRequiredRequest)
        -> RecordInvestigationNotRequiredResponse = investigation_not_required::record;
    propose_response(ProposeResponseRequest) -> ProposeResponseResponse
        = propose_response::propose;
    fulfil_remedy(FulfilRemedyRequest) -> FulfilRemedyResponse = fulfil_remedy::fulfil;
    communicate_decision(CommunicateDecisionRequest) -> CommunicateDecisionResponse
        = communicate_decision::communicate;
    record_acceptance(RecordAcceptanceRequest) -> RecordAcceptanceResponse
        = record_acceptance::accept;
    dispute_decision(DisputeDecisionRequest) -> DisputeDecisionResponse = dispute::dispute;
    close_complaint(CloseComplaintRequest) -> CloseComplaintResponse = close::close;
    reopen_complaint(ReopenComplaintRequest) -> ReopenComplaintResponse = reopen::reopen;
    withdraw_complaint(WithdrawComplaintRequest) -> WithdrawComplaintResponse
        = withdraw::withdraw;
    await_complainant(AwaitComplainantRequest) -> AwaitComplainantResponse = await_complainant::wait;
    await_third_party(AwaitThirdPartyRequest) -> AwaitThirdPartyResponse = await_third_party::wait;
    resume_complaint(ResumeComplaintRequest) -> ResumeComplaintResponse = resume::resume;
    hold_complaint(HoldComplaintRequest) -> HoldComplaintResponse = hold::hold;
    release_complaint(ReleaseComplaintRequest) -> ReleaseComplaintResponse = release::release;
    escalate_complaint(EscalateComplaintRequest) -> EscalateComplaintResponse = escalate::escalate;
    de_escalate_complaint(DeEscalateComplaintRequest) -> DeEscalateComplaintResponse = de_escalate::de_escalate;
    declare_conflict(DeclareConflictRequest) -> DeclareConflictResponse = declare_conflict::declare;
    clear_conflict(ClearConflictRequest) -> ClearConflictResponse = clear_conflict::clear;
    record_evidence(RecordEvidenceRequest) -> RecordEvidenceResponse = record_evidence::record;
    record_finding(RecordFindingRequest) -> RecordFindingResponse = record_finding::record;
    name_complained_of(NameComplainedOfRequest) -> NameComplainedOfResponse = complained_of::name;
    clear_complained_of(ClearComplainedOfRequest) -> ClearComplainedOfResponse = complained_of::clear;
    approve_response(ApproveResponseRequest) -> ApproveResponseResponse = approve_response::approve;
    explain_complaint(ExplainComplaintRequest) -> ExplainComplaintResponse = explain::explain;
    extend_clock(ExtendClockRequest) -> ExtendClockResponse = extend_clock::extend;
    set_due_date(SetDueDateRequest) -> SetDueDateResponse = due_date::set;
    clear_due_date(ClearDueDateRequest) -> ClearDueDateResponse = due_date::clear;
    reclassify_complaint(ReclassifyComplaintRequest) -> ReclassifyComplaintResponse = reclassify::reclassify;
    offer_remedy(OfferRemedyRequest) -> OfferRemedyResponse = offer_remedy::offer;
    accept_remedy(AcceptRemedyRequest) -> AcceptRemedyResponse = accept_remedy::accept;
    decline_remedy(DeclineRemedyRequest) -> DeclineRemedyResponse = decline_remedy::decline;
    approve_remedy(ApproveRemedyRequest) -> ApproveRemedyResponse = approve_remedy::approve;
    refer_externally(ReferExternallyRequest) -> ReferExternallyResponse = external::refer::refer;
    record_external_notice(RecordExternalNoticeRequest) -> RecordExternalNoticeResponse
        = external::notice::notice;
    state_external_position(StateExternalPositionRequest) -> StateExternalPositionResponse
        = external::position::state;
    begin_external_resolution(BeginExternalResolutionRequest) -> BeginExternalResolutionResponse
        = external::resolve::begin;
    settle_externally(SettleExternallyRequest) -> SettleExternallyResponse
        = external::settle::settle;
    record_determination(RecordDeterminationRequest) -> RecordDeterminationResponse
        = external::determine::determine;
    implement_external_result(ImplementExternalResultRequest) -> ImplementExternalResultResponse
        = external::implement::implement;
    close_external_file(CloseExternalFileRequest) -> CloseExternalFileResponse
        = external::close_file::close;
    follow_up_complaint(FollowUpComplaintRequest) -> FollowUpComplaintResponse
        = follow_up::follow_up;
    record_satisfaction(RecordSatisfactionRequest) -> RecordSatisfactionResponse
        = record_satisfaction::record;
    merge_complaint(MergeComplaintRequest) -> MergeComplaintResponse = merge::merge;
    unmerge_complaint(UnmergeComplaintRequest) -> UnmergeComplaintResponse = unmerge::unmerge;
    add_note(AddNoteRequest) -> AddNoteResponse = add_note::add;
    get_complaint(GetComplaintRequest) -> GetComplaintResponse = get::get;
    list_complaints(ListComplaintsRequest) -> ListComplaintsResponse = list::list;
    get_complaint_history(GetComplaintHistoryRequest) -> GetComplaintHistoryResponse
        = history::history;
    list_failed_reactions(ListFailedReactionsRequest) -> ListFailedReactionsResponse
        = failed_reactions::list;
    retry_reaction(RetryReactionRequest) -> RetryReactionResponse = crate::retry::retry;
}
