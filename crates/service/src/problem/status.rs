//! A problem as a gRPC status with google.rpc details, and back.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::{Kind, Problem};

/// The domain of all reasons, as in google.rpc.ErrorInfo.
pub(super) const DOMAIN: &str = "redress";
const REMEDY: &str = "remedy";
/// What is waiting by then was answered long ago.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Details travel in a header; clients cap those, some at 8 KiB.
const MAX_CHARS: usize = 1000;

impl Kind {
    fn code(self) -> Code {
        match self {
            Self::InvalidArgument => Code::InvalidArgument,
            Self::NotFound => Code::NotFound,
            Self::FailedPrecondition => Code::FailedPrecondition,
            Self::Aborted => Code::Aborted,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::OutOfRange => Code::OutOfRange,
            Self::ResourceExhausted => Code::ResourceExhausted,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::Unavailable => Code::Unavailable,
            Self::PermissionDenied => Code::PermissionDenied,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Unimplemented => Code::Unimplemented,
            Self::DataLoss => Code::DataLoss,
            Self::Cancelled => Code::Cancelled,
            Self::Internal => Code::Internal,
        }
    }

    fn from_code(code: Code) -> Self {
        match code {
            Code::InvalidArgument => Self::InvalidArgument,
            Code::NotFound => Self::NotFound,
            Code::FailedPrecondition => Self::FailedPrecondition,
            Code::Aborted => Self::Aborted,
            Code::AlreadyExists => Self::AlreadyExists,
            Code::OutOfRange => Self::OutOfRange,
            Code::ResourceExhausted => Self::ResourceExhausted,
            Code::DeadlineExceeded => Self::DeadlineExceeded,
            Code::Unavailable => Self::Unavailable,
            Code::PermissionDenied => Self::PermissionDenied,
            Code::Unauthenticated => Self::Unauthenticated,
            Code::Unimplemented => Self::Unimplemented,
            Code::DataLoss => Self::DataLoss,
            Code::Cancelled => Self::Cancelled,
            Code::Ok | Code::Unknown | Code::Internal => Self::Internal,
        }
    }
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        let message = cut(&problem.message);
        let mut details = ErrorDetails::new();
        let mut facts: HashMap<String, String> = HashMap::new();
        facts.extend(
            problem
                .facts
                .iter()
                .map(|(name, value)| (name.clone(), cut(value))),
        );
        facts.extend(
            problem
                .remedy
                .iter()
                .map(|text| (REMEDY.to_owned(), cut(text))),
        );
        details.set_error_info(problem.code, DOMAIN, facts);
        if problem.kind == Kind::ResourceExhausted {
            details.set_retry_info(Some(RETRY_AFTER));
        }
        if let Some(field) = &problem.field {
            details.add_bad_request_violation(cut(field), message.clone());
        }
        Self::with_error_details(problem.kind.code(), message, details)
    }
}

impl Problem {
    /// Reads what a server answered. A status of another making gets the reason that fits best.
    pub fn from_status(status: &Status) -> Self {
        let details = status.get_error_details();
        let Some(info) = details.error_info().filter(|info| info.domain == DOMAIN) else {
            return Self::of_another_making(status);
        };
        let mut facts: BTreeMap<String, String> = info.metadata.clone().into_iter().collect();
        let remedy = facts.remove(REMEDY).map(String::into_boxed_str);
        let violation = details
            .bad_request()
            .and_then(|it| it.field_violations.first());
        Self {
            kind: Kind::from_code(status.code()),
            code: info.reason.clone().into(),
            message: status.message().into(),
            field: violation.map(|it| it.field.as_str().into()),
            remedy,
            facts,
        }
    }

    /// What the gRPC library itself says of a request that never reached a method, or of a server
    /// that cannot be reached.
    fn of_another_making(status: &Status) -> Self {
        let text = cut(status.message());
        let unreadable = [
            "failed to decode Protobuf",
            "Unexpected EOF decoding stream",
            "Missing request message",
            "protocol error: received message",
        ];
        if text.contains("decoded message length too large") {
            return Self::new(Kind::InvalidArgument, "MESSAGE_TOO_LARGE", text)
                .with_remedy("send less at once; attachments count");
        }
        if unreadable.iter().any(|start| text.contains(start)) {
            return Self::new(Kind::InvalidArgument, "MESSAGE_MALFORMED", text)
                .with_remedy("encode the request by the published proto files");
        }
        let kind = Kind::from_code(status.code());
        let (code, remedy) = match kind {
            Kind::Unimplemented => ("METHOD_UNKNOWN", Some("ask by reflection what is served")),
            Kind::Unavailable => (
                "UNREACHABLE",
                Some("check the address and that it is running"),
            ),
            Kind::DeadlineExceeded => ("DEADLINE_EXCEEDED", None),
            Kind::Cancelled => ("CANCELLED", None),
            Kind::InvalidArgument => ("INVALID_ARGUMENT", None),
            Kind::NotFound => ("NOT_FOUND", None),
            Kind::FailedPrecondition => ("FAILED_PRECONDITION", None),
            Kind::Aborted => ("ABORTED", None),
            Kind::AlreadyExists => ("ALREADY_EXISTS", None),
            Kind::OutOfRange => ("OUT_OF_RANGE", None),
            Kind::ResourceExhausted => ("RESOURCE_EXHAUSTED", None),
            Kind::PermissionDenied => ("PERMISSION_DENIED", None),
            Kind::Unauthenticated => ("UNAUTHENTICATED", None),
            Kind::DataLoss => ("DATA_LOSS", None),
            Kind::Internal => ("INTERNAL", Some("the log of the service may say more")),
        };
        let text = if text.is_empty() {
            status.code().description().to_owned()
        } else {
            text
        };
        Self {
            remedy: remedy.map(Into::into),
            ..Self::new(kind, code, text)
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [Kind; 15] = [
        Kind::InvalidArgument,
        Kind::NotFound,
        Kind::FailedPrecondition,
        Kind::Aborted,
        Kind::AlreadyExists,
        Kind::OutOfRange,
        Kind::ResourceExhausted,
        Kind::DeadlineExceeded,
        Kind::Unavailable,
        Kind::PermissionDenied,
        Kind::Unauthenticated,
        Kind::Unimplemented,
        Kind::DataLoss,
        Kind::Cancelled,
        Kind::Internal,
    ];

    proptest! {
        #[test]
        fn a_client_reads_the_problem_that_the_server_meant(
            kind in prop::sample::select(KINDS.to_vec()),
            message in "[ -~äß]{1,80}",
            field in prop::option::of("[a-z_.]{1,20}"),
            remedy in prop::option::of("[ -~]{1,80}"),
            etag in "[0-9]{1,9}",
        ) {
            let mut problem = Problem::new(kind, "SOME_CODE", message).with_fact("etag", etag);
            problem.field = field.map(Into::into);
            problem.remedy = remedy.map(Into::into);
            let status = Status::from(problem.clone());
            prop_assert_eq!(Problem::from_status(&status), problem);
        }
    }

    #[test]
    fn exit_codes_say_what_went_wrong() {
        let code = |problem: Problem| problem.exit_code();
        assert_eq!(
            code(Problem::invalid(
                "FIELD_REQUIRED",
                "kind",
                "a kind is missing"
            )),
            2
        );
        assert_eq!(
            code(Problem::refused("COMPLAINT_CLOSED", "it is closed")),
            3
        );
        assert_eq!(code(Problem::stale_etag("4")), 3);
        assert_eq!(code(Problem::request_id_reused()), 3);
        assert_eq!(
            code(Problem::not_found("COMPLAINT_NOT_FOUND", "there is none")),
            1
        );
        assert_eq!(
            code(Problem::from_status(&Status::unavailable("refused"))),
            4
        );
    }

    #[test]
    fn what_the_library_answers_gets_a_reason() {
        let check = |status: Status, reason: &str| {
            assert_eq!(Problem::from_status(&status).code, reason);
        };
        check(Status::unimplemented(""), "METHOD_UNKNOWN");
        check(
            Status::internal("failed to decode Protobuf message: x"),
            "MESSAGE_MALFORMED",
        );
        check(Status::unknown("h2 protocol error"), "INTERNAL");
    }

    #[test]
    fn a_long_message_is_cut_so_that_it_arrives() {
        let status = Status::from(Problem::internal("x".repeat(5000)));
        assert_eq!(status.message().len(), MAX_CHARS);
    }
}
