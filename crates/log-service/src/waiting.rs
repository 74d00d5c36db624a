//! Waiting until an answer includes what the caller has seen.

use std::time::Duration;

use redress_envelope::Token;
use redress_event_log::{Consumption, Log};
use redress_service::{Kind, Problem};
use redress_view::{View, WaitError};

use crate::moment::{another_life, declared_lost, not_ours, token_field};

const WAIT: Duration = Duration::from_secs(5);
/// How often a service is asked whether it has begun to follow.
const NOT_YET: Duration = Duration::from_millis(20);

/// Waits until a log covers the field `wait_for`: what the token says of the log itself, and what its
/// owner makes of the logs that it follows. Answers how much of the log that is.
pub async fn wait_for_log(
    log: &Log,
    consumed: &[Consumption],
    wait_for: &str,
) -> Result<Token, Problem> {
    let token = token_field("wait_for", wait_for)?.unwrap_or_default();
    tokio::time::timeout(WAIT, covered(log, consumed, &token))
        .await
        .map_err(|_| timed_out())?
}

async fn covered(log: &Log, consumed: &[Consumption], token: &Token) -> Result<Token, Problem> {
    let mut needed = own_part(log, token)?;
    if let Some((_, size)) = needed.get(&log.identity().service, log.identity().partition) {
        let mut head = log.watch_head();
        head.wait_for(|head| head.size >= size)
            .await
            .map_err(|_| Problem::unavailable("LOG_STOPPED", "the log is closed"))?;
    }
    if catch_up(consumed, token, "wait_for").await? {
        needed.merge(&log.token(log.head().size));
    }
    Ok(needed)
}

/// How far the logs are consumed that a service follows, once it has begun to follow those that a token
/// speaks of: where these are in other processes, that can be a while after its start.
pub async fn followed(
    follows: &[&str],
    consumed: impl Fn() -> Vec<Consumption>,
    wait_for: &str,
) -> Result<Vec<Consumption>, Problem> {
    let token = token_field("wait_for", wait_for)?.unwrap_or_default();
    let begun = begun(follows, consumed, &token);
    tokio::time::timeout(WAIT, begun)
        .await
        .map_err(|_| timed_out())
}

/// As [`followed`], for as long as it takes.
pub(crate) async fn begun(
    follows: &[&str],
    consumed: impl Fn() -> Vec<Consumption>,
    token: &Token,
) -> Vec<Consumption> {
    loop {
        let consumed = consumed();
        let is_followed = |service: &str, partition: u16| {
            let place = format!("{service}/{partition}");
            consumed.iter().any(|it| it.place() == place)
        };
        let mut asked = token
            .iter()
            .filter(|(service, ..)| follows.contains(service));
        if asked.all(|(service, partition, ..)| is_followed(service, partition)) {
            return consumed;
        }
        tokio::time::sleep(NOT_YET).await;
    }
}

/// Waits until a log's owner has consumed as much of the logs that it follows as a token covers.
/// Says whether the token speaks of any of them.
pub(crate) async fn catch_up(
    consumed: &[Consumption],
    token: &Token,
    field: &'static str,
) -> Result<bool, Problem> {
    let mut speaks_of_one = false;
    for consumption in consumed {
        let place = consumption.place().to_owned();
        let asked = token.iter().find(|(service, partition, ..)| {
            place.split_once('/') == Some((*service, partition.to_string().as_str()))
        });
        let Some((_, _, id, count)) = asked else {
            continue;
        };
        let kept = consumption.keeps(id, count).await;
        kept.map_err(|why| not_ours(field, why))?;
        if !consumption.clone().reaches(count).await {
            let why = format!("the follower of {place} has stopped");
            return Err(Problem::unavailable("FOLLOWER_STOPPED", why).with_remedy(
                "`redress view status` says why and how far it came; do what the reason says, and \
                     restart the service",
            ));
        }
        speaks_of_one = true;
    }
    Ok(speaks_of_one)
}

/// What a token says of this log.
pub fn own_part(log: &Log, token: &Token) -> Result<Token, Problem> {
    let identity = log.identity();
    match token.get(&identity.service, identity.partition) {
        None => Ok(Token::new()),
        Some((id, size)) => match identity.lives().keeps(id, size) {
            Ok(()) => Ok(log.token(size)),
            Err(why) => Err(not_ours("wait_for", why)),
        },
    }
}

/// As [`wait_for_log`], until a view of that log includes it too, and has rows to read.
pub async fn wait_for_view(
    view: &View,
    log: &Log,
    consumed: &[Consumption],
    wait_for: &str,
) -> Result<(), Problem> {
    let needed = wait_for_log(log, consumed, wait_for).await?;
    view_covers(view, &needed).await
}

/// Waits until a view covers a token of the logs that it follows, and has rows to read.
pub async fn view_covers(view: &View, needed: &Token) -> Result<(), Problem> {
    view.wait_for(needed, WAIT)
        .await
        .map_err(|error| match error {
            WaitError::Timeout { .. } => timed_out(),
            WaitError::OtherLife { .. } => another_life("wait_for"),
            WaitError::DeclaredLost { kept, .. } => declared_lost("wait_for", kept),
            WaitError::UnknownLog { .. } | WaitError::Stopped(_) | WaitError::Closed => {
                view_unavailable(&error.to_string())
            }
        })
}

pub fn view_unavailable(why: &str) -> Problem {
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
