//! The moment that a question is about, as a number of records.

use redress_envelope::Token;
use redress_event_log::{Log, NotOurs};
use redress_service::{Kind, Problem};
use redress_wire::log::v1::AsOf;
use redress_wire::{ConvertError, Moment, token_from_wire};

use crate::problem::read_problem;

/// What a question may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Now,
    /// Everything recorded at or before this time.
    Time(jiff::Timestamp),
    /// Exactly what the token covers.
    Token(Token),
}

impl Scope {
    /// Reads the field `as_of`; absent means now.
    pub fn from_wire(as_of: Option<&AsOf>) -> Result<Self, Problem> {
        match redress_wire::moment(as_of) {
            Ok(None) => Ok(Self::Now),
            Ok(Some(Moment::Time(time))) => Ok(Self::Time(time)),
            Ok(Some(Moment::Token(token))) => Ok(Self::Token(token)),
            Err(error) => Err(as_of_invalid(&error)),
        }
    }

    /// How many records of `log` the question may see.
    pub async fn size(&self, log: &Log) -> Result<u64, Problem> {
        let head = log.head().size;
        match self {
            Self::Now => Ok(head),
            Self::Time(time) => log
                .size_at(*time)
                .await
                .map_err(|error| read_problem(&error)),
            Self::Token(token) => {
                let identity = log.identity();
                let asked = token.get(&identity.service, identity.partition);
                if let Some((id, size)) = asked {
                    let kept = identity.lives().keeps(id, size);
                    kept.map_err(|why| not_ours("as_of", why))?;
                }
                match asked {
                    None => Err(incomplete("as_of", &identity.service)),
                    Some((_, size)) if size > head => Err(Problem::new(
                        Kind::OutOfRange,
                        "TOKEN_BEYOND_HEAD",
                        format!("the log has {head} records and the token covers {size}"),
                    )
                    .with_field("as_of")
                    .with_remedy("send a token that this system gave")),
                    Some((_, size)) => Ok(size),
                }
            }
        }
    }
}

/// How many records of `log` a question with this `as_of` may see.
pub async fn as_of(log: &Log, as_of: Option<&AsOf>) -> Result<u64, Problem> {
    Scope::from_wire(as_of)?.size(log).await
}

/// Reads a token field; an empty one is no token.
pub fn token_field(field: &'static str, text: &str) -> Result<Option<Token>, Problem> {
    token_from_wire(text).map_err(|error| {
        Problem::invalid("TOKEN_MALFORMED", field, error.to_string())
            .with_remedy("send a token of an earlier answer unchanged, or none at all")
    })
}

fn as_of_invalid(error: &ConvertError) -> Problem {
    let code = match error {
        ConvertError::Token(_) => "TOKEN_MALFORMED",
        ConvertError::Time => "TIME_OUT_OF_RANGE",
        ConvertError::Moment | ConvertError::Money(_) => "AS_OF_INVALID",
    };
    Problem::invalid(code, "as_of", error.to_string())
        .with_remedy("send a time, or a token of an earlier answer, or leave as_of out")
}

/// A token that says nothing of a log that the answer is made of: taken as it is, it would say that there
/// was nothing.
pub fn incomplete(field: &'static str, service: &str) -> Problem {
    let why =
        format!("the token says nothing of the log of {service}, which the answer is made of");
    Problem::invalid("TOKEN_INCOMPLETE", field, why)
        .with_remedy("send a token that this service answered with, or a time")
}

/// A token of another log, or of what this one lost.
pub fn not_ours(field: &'static str, why: NotOurs) -> Problem {
    match why {
        NotOurs::OtherLog => another_life(field),
        NotOurs::Lost { kept } => declared_lost(field, kept),
    }
}

/// The log kept so many records of what the token covers.
pub fn declared_lost(field: &'static str, kept: u64) -> Problem {
    let why = format!(
        "the token covers records that were declared lost: {kept} were kept of the log that it speaks of"
    );
    Problem::refused("TOKEN_OF_LOST_RECORDS", why)
        .with_field(field)
        .with_fact("kept", kept.to_string())
        .with_remedy("read again without the token; what it covered may have to be sent again")
}

pub fn another_life(field: &'static str) -> Problem {
    Problem::refused(
        "TOKEN_OF_ANOTHER_LIFE",
        "the token speaks of another log: of another installation, or of a log that began anew",
    )
    .with_field(field)
    .with_remedy("read again without the token; what it covered may be lost")
}
