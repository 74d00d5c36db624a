//! Input that could not be accepted: listed, read, tried again, discarded.

mod completed;
mod discard;
mod get;
mod kept;
mod life;
mod list;
mod reply;
mod retry;
mod row;

pub(crate) use completed::{complete, erase_discarded};
pub(crate) use discard::discard;
pub(crate) use get::{get, load};
pub(crate) use kept::Standing;
pub(crate) use life::RejectedLife;
pub(crate) use list::list;
pub(crate) use retry::retry;
pub(crate) use row::fold;

use redress_envelope::ItemId;
use redress_service::Problem;

use crate::names::required;

/// The kind of subject of a rejected input's stream.
pub(crate) const REJECTED: &str = "rejected";

fn rejected_id(text: &str) -> Result<ItemId, Problem> {
    if text.is_empty() {
        return Err(required("rejected_id"));
    }
    text.parse().map_err(|_| {
        let why = "this is no id of a rejected input";
        Problem::invalid("FIELD_MALFORMED", "rejected_id", why)
            .with_remedy("send the id as it was given: a number, a hyphen and 32 hex digits")
    })
}

fn not_found() -> Problem {
    Problem::not_found("REJECTED_NOT_FOUND", "no such input was rejected")
        .with_remedy("check the id: `ListRejected` gives it")
}
