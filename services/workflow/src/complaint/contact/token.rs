//! Tokens that show where a complaint stands: given out once, and revoked.

use std::fmt::Write;

use redress_complaint::contact::command::{IssueStatusToken, RevokeStatusTokens};
use redress_service::Problem;
use redress_wire::workflow::v1::{
    IssueStatusTokenRequest, IssueStatusTokenResponse, RevokeStatusTokensRequest,
    RevokeStatusTokensResponse,
};
use sha2::{Digest, Sha256};
use tonic::Request;

use super::command::{run, sealed};
use crate::complaint::command::order;
use crate::field;
use crate::workflow::Inner;

/// By which a token that lies somewhere is recognised.
const PREFIX: &str = "rst-";
const RANDOM_BYTES: usize = 32;

pub(super) async fn issue(
    inner: &Inner,
    request: Request<IssueStatusTokenRequest>,
) -> Result<IssueStatusTokenResponse, Problem> {
    let order = order(inner, &request, "IssueStatusToken")?;
    let occurred_at = order.occurred_at;
    let token = new(inner)?;
    let token_hash = hash(&token);
    let command = |bound_to| IssueStatusToken {
        token_hash: token_hash.clone(),
        bound_to,
        occurred_at,
    };
    // What is sealed is the hash: the entry is there to become unreadable with the complainant's others.
    let bound_to = sealed(inner, &order, "token", &token_hash, command).await?;
    let bound_to = bound_to.ok_or_else(|| Problem::internal("a hash is never empty"))?;
    let ran = run(inner, order, command(bound_to)).await?;
    // Of a repeat the state is that of the first time, in which there is another token.
    let is_given = ran.state.contact.token(&token_hash).is_some();
    Ok(IssueStatusTokenResponse {
        recorded: Some(ran.recorded),
        token: if is_given { token } else { String::new() },
        token_number: ran.state.contact.tokens_numbered(),
    })
}

pub(super) async fn revoke(
    inner: &Inner,
    request: Request<RevokeStatusTokensRequest>,
) -> Result<RevokeStatusTokensResponse, Problem> {
    let order = order(inner, &request, "RevokeStatusTokens")?;
    let request = request.into_inner();
    let command = RevokeStatusTokens {
        token: (request.token_number != 0).then_some(request.token_number),
        reason: field::optional(&request.reason),
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(RevokeStatusTokensResponse {
        recorded: Some(ran.recorded),
    })
}

/// As it is stored and looked up. What is no token has a hash like any other.
pub(super) fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn new(inner: &Inner) -> Result<String, Problem> {
    let mut random = [0; RANDOM_BYTES];
    let unique = inner.ids.next();
    let context: [&[u8]; 2] = [b"status token", unique.as_bytes()];
    inner
        .entropy
        .fill(&context, &mut random)
        .map_err(|error| Problem::unavailable("NO_RANDOM_BYTES", error.to_string()))?;
    Ok(format!("{PREFIX}{}", hex(&random)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
