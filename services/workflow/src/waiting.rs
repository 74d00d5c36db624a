//! Waiting until an answer includes what the caller has seen, of workflow and of what it follows.

use redress_envelope::Token;
use redress_log_service::{followed, wait_for_log, wait_for_view};
use redress_service::Problem;
use redress_view::View;

use crate::workflow::Inner;

pub(crate) use redress_log_service::{own_part, view_covers, view_unavailable};

/// The services whose logs it follows.
pub(crate) const FOLLOWS: &[&str] = &["intake", "reporting"];

/// Answers how much of workflow's own log includes the token.
pub(crate) async fn for_log(inner: &Inner, wait_for: &str) -> Result<Token, Problem> {
    let consumed = followed(FOLLOWS, || inner.consumed(), wait_for).await?;
    wait_for_log(&inner.log, &consumed, wait_for).await
}

pub(crate) async fn for_view(inner: &Inner, view: &View, wait_for: &str) -> Result<(), Problem> {
    let consumed = followed(FOLLOWS, || inner.consumed(), wait_for).await?;
    wait_for_view(view, &inner.log, &consumed, wait_for).await
}
