//! The view's rows of rejected inputs, beside those of feedback.
//!
//! | Key | Value |
//! |---|---|
//! | `r`, position backwards | the input as JSON |
//! | `k`, id | its position |

use redress_envelope::Record;
use redress_feedback::Event;
use redress_view::{FoldError, Rows};

use super::kept::Kept;

pub(super) const ALL: &[u8] = b"r";
/// Behind all of them.
pub(super) const END: &[u8] = b"s";

/// Where the rows begin that stand behind that of a position.
pub(super) fn behind(position: u64) -> Vec<u8> {
    [at(position), vec![0]].concat()
}

pub(super) fn at(position: u64) -> Vec<u8> {
    [ALL, &(!position).to_be_bytes()].concat()
}

fn place(id: &str) -> Vec<u8> {
    [b"k", id.as_bytes()].concat()
}

/// An event of a stream `rejected/<id>`.
pub(crate) fn fold(record: &Record, event: Event, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let place = place(record.subject.id());
    let known = rows.get(&place)?.and_then(|it| it.try_into().ok());
    let before: Option<Kept> = match known.map(u64::from_be_bytes) {
        Some(position) => rows.get_json(&at(position))?,
        None => None,
    };
    let Some(after) = Kept::after(before, record, event) else {
        return Ok(());
    };
    rows.put(&place, after.position.to_be_bytes().to_vec());
    rows.put_json(&at(after.position), &after)
}
