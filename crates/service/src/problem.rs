//! An error as a client sees it: a stable reason, the field, and what would make it right.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

mod refused;
mod setting;
mod status;
mod told;

pub use refused::Refused;

/// What kind of failure it is: decides the gRPC code and the exit code of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request cannot be right, whatever the state.
    InvalidArgument,
    NotFound,
    /// A rule of the domain refuses it in the present state.
    FailedPrecondition,
    /// The etag is stale: somebody else was faster.
    Aborted,
    /// The same request id or inbound key with another body.
    AlreadyExists,
    /// A position or a page beyond the end.
    OutOfRange,
    /// Too much at once; again later.
    ResourceExhausted,
    DeadlineExceeded,
    /// Not now: starting, stopping, or behind.
    Unavailable,
    PermissionDenied,
    Unauthenticated,
    Unimplemented,
    /// Stored data is damaged.
    DataLoss,
    /// The client went away.
    Cancelled,
    /// A fault of the program.
    Internal,
}

/// An error as a client sees it. It never holds personal data: a value is named, not quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: Kind,
    /// The stable reason, in `SCREAMING_SNAKE_CASE`.
    pub code: Cow<'static, str>,
    /// One sentence or less, without a full stop.
    pub message: Box<str>,
    /// The path of the field that is to blame.
    pub field: Option<Box<str>>,
    /// What would make it right.
    pub remedy: Option<Box<str>>,
    /// Facts that a program may want: a position, an etag.
    pub facts: BTreeMap<String, String>,
}

/// Said to whoever asks a question too.
const AGAIN: &str = "try again in a moment; repeat a command with the same request_id";

impl Problem {
    pub fn new(kind: Kind, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into().into_boxed_str());
        Self {
            kind,
            code,
            message,
            field: None,
            remedy: None,
            facts: BTreeMap::new(),
        }
    }

    /// A field that cannot be right.
    pub fn invalid(
        code: impl Into<Cow<'static, str>>,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Kind::InvalidArgument, code, message).with_field(field)
    }

    pub fn not_found(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, code, message)
    }

    /// A rule of the domain says no.
    pub fn refused(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Kind::FailedPrecondition, code, message)
    }

    pub fn stale_etag(current: impl Into<String>) -> Self {
        Self::new(Kind::Aborted, "ETAG_STALE", "somebody else was faster")
            .with_field("etag")
            .with_fact("etag", current)
            .with_remedy("read it again, decide again, and send the new etag")
    }

    pub fn request_id_reused() -> Self {
        Self::new(
            Kind::AlreadyExists,
            "REQUEST_ID_REUSED",
            "this request id was used for another request",
        )
        .with_field("request_id")
        .with_remedy("take a new request id for a new request; repeat a request unchanged")
    }

    pub fn overloaded(message: impl Into<String>) -> Self {
        Self::new(Kind::ResourceExhausted, "OVERLOADED", message).with_remedy(AGAIN)
    }

    pub fn unavailable(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, code, message).with_remedy(AGAIN)
    }

    /// A fault of the program. What happened goes to the server's own log; the client only hears
    /// that it did.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "INTERNAL", message)
            .with_remedy("the log of the service says what happened")
    }

    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into().into_boxed_str());
        self
    }

    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into().into_boxed_str());
        self
    }

    #[must_use]
    pub fn with_fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }

    /// The exit code of a command line that meets it: 1 failed, 2 usage, 3 refused by a rule,
    /// 4 unreachable.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::InvalidArgument | Kind::OutOfRange => 2,
            Kind::FailedPrecondition
            | Kind::Aborted
            | Kind::AlreadyExists
            | Kind::PermissionDenied
            | Kind::Unauthenticated => 3,
            Kind::Unavailable => 4,
            Kind::NotFound
            | Kind::ResourceExhausted
            | Kind::DeadlineExceeded
            | Kind::Unimplemented
            | Kind::DataLoss
            | Kind::Cancelled
            | Kind::Internal => 1,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.message, self.code)?;
        if let Some(field) = &self.field {
            write!(f, ", field {field}")?;
        }
        f.write_str(")")?;
        match &self.remedy {
            Some(remedy) => write!(f, ": {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
