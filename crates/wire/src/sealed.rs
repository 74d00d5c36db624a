//! `Debug` for messages that carry personal data: their name, and nothing of what is in them.
//!
//! The build script derives none for a message with the mark SEALED in its comments, so that one
//! that is missing here does not compile.

use std::fmt;

use crate::{intake, workflow};

macro_rules! says_only_its_name {
    ($($message:ty),* $(,)?) => {$(
        impl fmt::Debug for $message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let path = stringify!($message);
                let name = path.rsplit_once(' ').map_or(path, |(_, name)| name);
                f.debug_struct(name.rsplit("::").next().unwrap_or(name)).finish_non_exhaustive()
            }
        }
    )*};
}

says_only_its_name!(
    intake::v1::Attachment,
    intake::v1::Customer,
    intake::v1::ExternalReference,
    intake::v1::FeedbackFilter,
    intake::v1::InboundKey,
    intake::v1::RejectedMessage,
    intake::v1::RetryRejectedRequest,
    intake::v1::Submission,
    workflow::v1::AddNoteRequest,
    workflow::v1::AssessComplaintRequest,
    workflow::v1::AwaitComplainantRequest,
    workflow::v1::AwaitThirdPartyRequest,
    workflow::v1::ClearConflictRequest,
    workflow::v1::CloseExternalFileRequest,
    workflow::v1::ComplaintMessage,
    workflow::v1::ComplaintReply,
    workflow::v1::DeclareConflictRequest,
    workflow::v1::DeclineRemedyRequest,
    workflow::v1::DisputeDecisionRequest,
    workflow::v1::EscalateComplaintRequest,
    workflow::v1::FollowUpComplaintRequest,
    workflow::v1::GetStatusRequest,
    workflow::v1::HoldComplaintRequest,
    workflow::v1::IssueStatusTokenResponse,
    workflow::v1::MergeComplaintRequest,
    workflow::v1::MessageToSend,
    workflow::v1::Note,
    workflow::v1::ProposeResponseRequest,
    workflow::v1::ReclassifyComplaintRequest,
    workflow::v1::RecordBounceRequest,
    workflow::v1::RecordDeliveryRequest,
    workflow::v1::RecordDeterminationRequest,
    workflow::v1::RecordEvidenceRequest,
    workflow::v1::RecordExternalNoticeRequest,
    workflow::v1::RecordFindingRequest,
    workflow::v1::RecordInvestigationNotRequiredRequest,
    workflow::v1::RecordSatisfactionRequest,
    workflow::v1::ReferExternallyRequest,
    workflow::v1::RecordReplyRequest,
    workflow::v1::RegisterHandlerRequest,
    workflow::v1::ReopenComplaintRequest,
    workflow::v1::Said,
    workflow::v1::SettleExternallyRequest,
    workflow::v1::StateExternalPositionRequest,
    workflow::v1::UnmergeComplaintRequest,
    workflow::v1::WithdrawComplaintRequest,
);

#[cfg(test)]
mod tests {
    use crate::intake::v1::{Submission, SubmitFeedbackRequest};

    #[test]
    fn the_customers_words_cannot_be_printed() {
        let request = SubmitFeedbackRequest {
            submission: Some(Submission {
                description: "my secret".to_owned(),
                ..Submission::default()
            }),
            request_id: "r1".to_owned(),
            inbound_key: None,
        };
        let printed = format!("{request:?}");
        assert!(printed.contains("Submission { .. }"), "{printed}");
        assert!(printed.contains("r1"), "{printed}");
        assert!(!printed.contains("secret"), "{printed}");
    }
}
