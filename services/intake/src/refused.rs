//! All that is wrong with a request, told at once.

use std::fmt;

use redress_feedback::{Refusal, Rule};
use redress_service::Problem;
use tonic::Status;
use tonic_types::{FieldViolation, StatusExt};

/// One problem or several. As a gRPC status the first is the reason, and every one that blames a
/// field is a violation of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    first: Box<Problem>,
    others: Vec<Problem>,
}

/// Violations travel in a header; clients cap those, some at 8 KiB.
const MAX_OTHERS: usize = 15;

impl Refused {
    /// Says yes if nothing is wrong.
    pub(crate) fn unless_none(problems: Vec<Problem>) -> Result<(), Self> {
        let mut problems = problems.into_iter();
        match problems.next() {
            Some(first) => Err(Self {
                first: Box::new(first),
                others: problems.collect(),
            }),
            None => Ok(()),
        }
    }

    /// The reason, and what else is wrong.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        std::iter::once(self.first()).chain(&self.others)
    }

    pub fn first(&self) -> &Problem {
        &self.first
    }
}

impl From<Problem> for Refused {
    fn from(first: Problem) -> Self {
        Self {
            first: Box::new(first),
            others: Vec::new(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.others
            .iter()
            .try_for_each(|other| write!(f, "; {other}"))
    }
}

impl std::error::Error for Refused {}

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        let reason = refused.first.code.to_string();
        let status = Self::from(*refused.first);
        let others = refused.others.iter().filter(|other| other.field.is_some());
        let others: Vec<_> = others.take(MAX_OTHERS).map(violation).collect();
        if others.is_empty() {
            return status;
        }
        let mut details = status.get_error_details();
        let mut violations = details
            .bad_request()
            .map(|it| it.field_violations.clone())
            .unwrap_or_default();
        for violation in &mut violations {
            violation.reason.clone_from(&reason);
        }
        violations.extend(others);
        details.set_bad_request(violations);
        Self::with_error_details(status.code(), status.message(), details)
    }
}

fn violation(problem: &Problem) -> FieldViolation {
    FieldViolation {
        reason: problem.code.to_string(),
        ..FieldViolation::new(
            problem.field.as_deref().unwrap_or_default(),
            &*problem.message,
        )
    }
}

/// A rule of the domain as a problem; `path` says where the domain's field is in the request.
pub(crate) fn problem_of(refusal: &Refusal, path: impl Fn(Option<&str>) -> String) -> Problem {
    let (code, message) = (refusal.code(), refusal.to_string());
    let problem = match refusal.rule() {
        Rule::AlreadyReceived | Rule::ImportNotStarted | Rule::ImportStartedOtherwise => {
            Problem::refused(code, message)
        }
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
