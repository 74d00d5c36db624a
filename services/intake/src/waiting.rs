//! Waiting until an answer includes what the caller has seen.

use std::time::Duration;

use redress_envelope::Token;
use redress_event_log::Log;
use redress_log_service::token_field;
use redress_service::{Kind, Problem};
use redress_view::{View, WaitError};

const WAIT: Duration = Duration::from_secs(5);

/// Waits until the log itself covers the token.
pub(crate) async fn for_log(log: &Log, wait_for: &str) -> Result<(), Problem> {
    let identity = log.identity();
    let token = token_field("wait_for", wait_for)?.unwrap_or_default();
    match token.get(&identity.service, identity.partition) {
        None => Ok(()),
        Some((id, _)) if id != identity.log => Err(other_life()),
        Some((_, size)) => {
            let mut head = log.watch_head();
            let reached = tokio::time::timeout(WAIT, head.wait_for(|head| head.size >= size));
            match reached.await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(_)) => Err(Problem::unavailable("LOG_STOPPED", "the log is closed")),
                Err(_) => Err(timed_out()),
            }
        }
    }
}

/// Waits until a view covers the token, and has rows to read.
pub(crate) async fn for_view(view: &View, wait_for: &str) -> Result<(), Problem> {
    let token = token_field("wait_for", wait_for)?.unwrap_or_else(Token::new);
    let token = view.part_of(&token);
    view.wait_for(&token, WAIT)
        .await
        .map_err(|error| match error {
            WaitError::Timeout { .. } => timed_out(),
            WaitError::OtherLife { .. } => other_life(),
            WaitError::UnknownLog { .. } | WaitError::Stopped(_) | WaitError::Closed => {
                view_unavailable(&error.to_string())
            }
        })
}

pub(crate) fn view_unavailable(why: &str) -> Problem {
    Problem::unavailable(
        "VIEW_UNAVAILABLE",
        format!("the list cannot be read: {why}"),
    )
    .with_remedy("try again in a moment; `redress view status` says how far it is")
}

fn timed_out() -> Problem {
    let why = "the answer does not include the token yet";
    Problem::new(Kind::DeadlineExceeded, "WAIT_TIMED_OUT", why)
        .with_field("wait_for")
        .with_remedy("ask again, or without the token")
}

fn other_life() -> Problem {
    let why = "the token speaks of another life of the log: it was restored without its tail";
    Problem::refused("TOKEN_OF_ANOTHER_LIFE", why)
        .with_field("wait_for")
        .with_remedy("read again without the token; what it covered may be lost")
}
