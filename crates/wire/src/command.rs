//! What every command on an existing resource has in common.

use crate::workflow::v1 as workflow;

/// The four fields that stand first in every command on a complaint or an improvement.
pub trait CommandRequest {
    /// The id of what the command is about.
    fn target(&self) -> &str;
    /// Empty: whatever it is now.
    fn etag(&self) -> &str;
    /// Empty: the server makes one.
    fn request_id(&self) -> &str;
    fn occurred_at(&self) -> Option<prost_types::Timestamp>;
    /// Sets them all, for clients.
    fn set(
        &mut self,
        target: String,
        etag: String,
        request_id: String,
        occurred_at: Option<prost_types::Timestamp>,
    );
}

macro_rules! commands {
    ($target:ident: $($request:ident),* $(,)?) => {$(
        impl CommandRequest for workflow::$request {
            fn target(&self) -> &str {
                &self.$target
            }
            fn etag(&self) -> &str {
                &self.etag
            }
            fn request_id(&self) -> &str {
                &self.request_id
            }
            fn occurred_at(&self) -> Option<prost_types::Timestamp> {
                self.occurred_at
            }
            fn set(
                &mut self,
                target: String,
                etag: String,
                request_id: String,
                occurred_at: Option<prost_types::Timestamp>,
            ) {
                self.$target = target;
                self.etag = etag;
                self.request_id = request_id;
                self.occurred_at = occurred_at;
            }
        }
    )*};
}

commands!(complaint_id:
    AcknowledgeComplaintRequest,
    AssignComplaintRequest,
    AssessComplaintRequest,
    StartInvestigationRequest,
    RecordInvestigationNotRequiredRequest,
    ProposeResponseRequest,
    FulfilRemedyRequest,
    CommunicateDecisionRequest,
    RecordAcceptanceRequest,
    DisputeDecisionRequest,
    CloseComplaintRequest,
    ReopenComplaintRequest,
    WithdrawComplaintRequest,
    AwaitComplainantRequest,
    AwaitThirdPartyRequest,
    ResumeComplaintRequest,
    HoldComplaintRequest,
    ReleaseComplaintRequest,
    EscalateComplaintRequest,
    DeEscalateComplaintRequest,
    DeclareConflictRequest,
    ClearConflictRequest,
    RecordEvidenceRequest,
    RecordFindingRequest,
    ReclassifyComplaintRequest,
    NameComplainedOfRequest,
    ClearComplainedOfRequest,
    ApproveResponseRequest,
    ExtendClockRequest,
    SetDueDateRequest,
    ClearDueDateRequest,
    OfferRemedyRequest,
    AcceptRemedyRequest,
    DeclineRemedyRequest,
    ApproveRemedyRequest,
    ReferExternallyRequest,
    RecordExternalNoticeRequest,
    StateExternalPositionRequest,
    BeginExternalResolutionRequest,
    SettleExternallyRequest,
    RecordDeterminationRequest,
    ImplementExternalResultRequest,
    CloseExternalFileRequest,
    FollowUpComplaintRequest,
    RecordSatisfactionRequest,
    MergeComplaintRequest,
    UnmergeComplaintRequest,
    AddNoteRequest,
    IssueStatusTokenRequest,
    RevokeStatusTokensRequest,
    SendMessageRequest,
    RecordDeliveryRequest,
    RecordBounceRequest,
    RecordReplyRequest,
);

commands!(handler:
    RegisterHandlerRequest,
    RetireHandlerRequest,
    JoinQueueRequest,
    LeaveQueueRequest,
    LimitLoadRequest,
    GrantSkillRequest,
    RevokeSkillRequest,
    AnnounceAbsenceRequest,
    EndAbsenceRequest,
);

commands!(improvement_id:
    AcceptImprovementRequest,
    DismissImprovementRequest,
    PlanImprovementRequest,
    MarkImplementedRequest,
    CloseImprovementRequest,
);
