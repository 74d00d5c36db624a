//! The domain's rules as problems of a request.

use redress_feedback::{Refusal, Rule};
use redress_service::Problem;

/// A rule of the domain as a problem; `path` says where the domain's field is in the request.
pub(crate) fn problem_of(refusal: &Refusal, path: impl Fn(Option<&str>) -> String) -> Problem {
    let (code, message) = (refusal.code(), refusal.to_string());
    let problem = match refusal.rule() {
        Rule::AlreadyReceived
        | Rule::ImportNotStarted
        | Rule::ImportStartedOtherwise
        | Rule::InputAccepted => Problem::refused(code, message),
        Rule::InputNotRejected => Problem::not_found(code, message),
        Rule::Required
        | Rule::TooLong { .. }
        | Rule::TooMany { .. }
        | Rule::TooLarge { .. }
        | Rule::ControlCharacter
        | Rule::UnknownWord { .. }
        | Rule::Malformed { .. }
        | Rule::OutOfRange { .. }
        | Rule::BeforeTheEarliest { .. }
        | Rule::InTheFuture { .. }
        | Rule::BeforeItHappened
        | Rule::BeforeItWasReceived
        | Rule::SurveyWithoutScore
        | Rule::NothingSaid
        | Rule::ImportCountsDisagree
        | Rule::ImportDaysDisagree => Problem::invalid(code, path(refusal.field()), message),
    };
    problem.with_remedy(refusal.remedy())
}
