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
        | Rule::InputAccepted
        | Rule::InputDiscarded => Problem::refused(code, message),
        Rule::InputNotRejected => Problem::not_found(code, message),
        Rule::Required
        | Rule::TooLong { .. }
        | Rule::TooMany { .. }
        | Rule::TooLarge { .. }
        | Rule::ControlCharacter
        | Rule::Repeated
        | Rule::UnknownWord { .. }
        | Rule::Malformed { .. }
        | Rule::OutOfRange { .. }
        | Rule::BeforeTheEarliest { .. }
        | Rule::InTheFuture { .. }
        | Rule::BeforeItHappened
        | Rule::BeforeItWasReceived
        | Rule::NotOnThatDay
        | Rule::TimeAndDay
        | Rule::SurveyWithoutScore
        | Rule::NothingSaid
        | Rule::ImportCountsDisagree
        | Rule::ImportDaysDisagree => Problem::invalid(code, path(refusal.field()), message),
    };
    let problem = problem.with_remedy(refusal.remedy());
    let values = refusal.values().into_iter();
    values.fold(problem, |problem, (name, value)| {
        problem.with_fact(name, value)
    })
}
