//! The rows of status tokens: `o<hash>` for each that opens something, with the complaint's id.

use redress_view::{Rows, ViewRows};

use super::case::Case;
use super::view::key;
use crate::page::Unread;
use crate::waiting::view_unavailable;

const TOKEN: u8 = b'o';

/// The keys of a complaint's tokens.
pub(super) fn keys(case: &Case) -> Vec<Vec<u8>> {
    let tokens = case.contact.tokens().values();
    tokens.map(|token| key(TOKEN, &token.hash)).collect()
}

pub(super) fn write(rows: &mut Rows<'_>, id: &str, before: &[Vec<u8>], after: &[Vec<u8>]) {
    for gone in before.iter().filter(|key| !after.contains(key)) {
        rows.delete(gone);
    }
    for new in after.iter().filter(|key| !before.contains(key)) {
        rows.put(new, id.as_bytes());
    }
}

/// The id of the complaint that a token with that hash opens.
pub(super) fn id_of(rows: &ViewRows, hash: &str) -> Result<Option<String>, Unread> {
    let id = rows.get(&key(TOKEN, hash))?.map(String::from_utf8);
    id.transpose()
        .map_err(|error| Unread(view_unavailable(&error.to_string())))
}
