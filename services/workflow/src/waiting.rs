//! Waiting until an answer includes what the caller has seen.

use std::time::Duration;

use redress_envelope::Token;
use redress_event_log::Log;
use redress_log_service::token_field;
use redress_service::{Kind, Problem};
use redress_view::{View, WaitError};

use crate::workflow::Inner;

const WAIT: Duration = Duration::from_secs(5);

/// Waits until workflow's log covers the token: what it says of workflow itself, and what workflow
/// makes of the logs that it follows. Answers how much of its own log that is.
pub(crate) async fn for_log(inner: &Inner, wait_for: &str) -> Result<Token, Problem> {
    let token = token_field("wait_for", wait_for)?.unwrap_or_default();
    tokio::time::timeout(WAIT, covered(inner, &token))
        .await
        .map_err(|_| timed_out())?
}

async fn covered(inner: &Inner, token: &Token) -> Result<Token, Problem> {
    let log = &inner.log;
    let mut needed = own_part(log, token)?;
    if let Some((_, size)) = needed.get(&log.identity().service, log.identity().partition) {
        let mut head = log.watch_head();
        head.wait_for(|head| head.size >= size)
            .await
            .map_err(|_| closed())?;
    }
    for consumption in inner.consumed() {
        let place = consumption.place().to_owned();
        let asked = token.iter().find(|(service, partition, ..)| {
            place.split_once('/') == Some((*service, partition.to_string().as_str()))
        });
        let Some((_, _, id, count)) = asked else {
            continue;
        };
        if id != consumption.log() {
            return Err(other_life());
        }
        if !consumption.clone().reaches(count).await {
            let why = format!("the follower of {place} has stopped");
            return Err(Problem::unavailable("FOLLOWER_STOPPED", why));
        }
        needed.merge(&log.token(log.head().size));
    }
    Ok(needed)
}

/// What a token says of this log.
pub(crate) fn own_part(log: &Log, token: &Token) -> Result<Token, Problem> {
    let identity = log.identity();
    match token.get(&identity.service, identity.partition) {
        None => Ok(Token::new()),
        Some((id, _)) if id != identity.log => Err(other_life()),
        Some((_, size)) => Ok(log.token(size)),
    }
}

/// As [`for_log`], until a view includes it too.
pub(crate) async fn for_view(inner: &Inner, view: &View, wait_for: &str) -> Result<(), Problem> {
    let needed = for_log(inner, wait_for).await?;
    view_covers(view, &needed).await
}

/// Waits until a view covers a token of workflow's own log, and has rows to read.
pub(crate) async fn view_covers(view: &View, needed: &Token) -> Result<(), Problem> {
    view.wait_for(needed, WAIT)
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

fn closed() -> Problem {
    Problem::unavailable("LOG_STOPPED", "the log is closed")
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
