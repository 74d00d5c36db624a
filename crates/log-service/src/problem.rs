//! What went wrong in a log, as clients are told.

use redress_event_log::{LoadError, ReadError, TransactError};
use redress_service::{Kind, Problem};

/// Says what a command came to instead. `refused` puts the domain's refusal into words.
pub fn transact_problem<R>(error: TransactError<R>, refused: impl FnOnce(R) -> Problem) -> Problem {
    match error {
        TransactError::Refused(refusal) => refused(refusal),
        TransactError::Stale { actual, .. } => Problem::stale_etag(crate::etag::etag(actual)),
        TransactError::KeyReused { key: "request_id" } => Problem::request_id_reused(),
        TransactError::KeyReused { .. } => Problem::new(
            Kind::AlreadyExists,
            "INBOUND_KEY_REUSED",
            "this inbound key was used for a message with another body",
        )
        .with_field("inbound_key")
        .with_remedy("send the message unchanged, or another message under an id of its own"),
        TransactError::TooLarge(what) => Problem::invalid(
            "RECORD_TOO_LARGE",
            "",
            format!("the record is too large: {what}"),
        )
        .with_remedy("send shorter texts or fewer entries"),
        TransactError::Unwritable(what) => Problem::invalid(
            "RECORD_UNWRITABLE",
            "",
            format!("the record cannot be kept: {what}"),
        ),
        // What it says may hold anything: it stays in the process's own output.
        TransactError::Panicked(_) => Problem::internal("the decision failed"),
        TransactError::Busy { waiting } => {
            Problem::overloaded(format!("{waiting} commands are waiting"))
        }
        TransactError::Full(why) => Problem::unavailable("DISK_FULL", why)
            .with_remedy("free some space on the server's disk; nothing was recorded"),
        TransactError::Held(why) => Problem::unavailable("LOG_BEHIND_STREAM", why).with_remedy(
            "stop the service and take the missing records back from the stream: `redress log \
             take-back`; or bring a newer copy of the log back; or declare them lost: `redress log \
             declare-lost`; nothing was recorded",
        ),
        TransactError::Stopped(why) => {
            Problem::unavailable("LOG_STOPPED", format!("the log has stopped: {why}"))
                .with_remedy("start the service again; repeat the command with its request_id")
        }
        TransactError::AlreadyConsumed { .. } => Problem::internal("consumed twice"),
        TransactError::Read(error) => read_problem(&error),
        TransactError::Unreadable(error) => {
            Problem::new(Kind::DataLoss, "EVENT_UNREADABLE", error.to_string())
                .with_fact("position", error.position.to_string())
                .with_remedy("run a version of the service that knows this type of event")
        }
    }
}

pub fn read_problem(error: &ReadError) -> Problem {
    tracing::error!(%error, "a log cannot be read");
    let problem = Problem::new(
        Kind::DataLoss,
        "RECORD_DAMAGED",
        "the log cannot be read here",
    )
    .with_remedy("run `redress log verify`, and restore the log from a copy");
    match error.position() {
        Some(position) => problem.with_fact("position", position.to_string()),
        None => problem,
    }
}

pub fn load_problem(error: LoadError) -> Problem {
    match error {
        LoadError::Read(error) => read_problem(&error),
        LoadError::Unreadable(error) => transact_problem::<std::convert::Infallible>(
            TransactError::Unreadable(error),
            |never| match never {},
        ),
    }
}
