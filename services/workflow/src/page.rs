//! Pages of a list: the order of its keys, where a page goes on, and how far a page looks.

use std::fmt::Write;
use std::ops::ControlFlow;

use jiff::Timestamp;
use redress_event_log::Log;
use redress_service::Problem;
use redress_view::{ReadError, ViewRows};

use crate::waiting::view_unavailable;

const MAX_PAGE: u32 = 500;
const DEFAULT_PAGE: u32 = 50;
/// Rows that one page looks at before it answers with what it has.
const LOOKED_AT: usize = 5_000;
/// Rows that it looks at before it answers with nothing.
const MAX_LOOKED_AT: usize = 50_000;

/// A problem inside a view's query.
#[derive(Debug)]
pub(crate) struct Unread(pub(crate) Problem);

impl From<ReadError> for Unread {
    fn from(error: ReadError) -> Self {
        Self(view_unavailable(&error.to_string()))
    }
}

/// A key that sorts by time, then by id; `newest_first` turns the time around.
pub(crate) fn key(prefix: u8, time: Timestamp, newest_first: bool, id: &str) -> Vec<u8> {
    let mut key = start(prefix, time, newest_first);
    key.extend_from_slice(id.as_bytes());
    key
}

/// What the keys of a time begin with.
pub(crate) fn start(prefix: u8, time: Timestamp, newest_first: bool) -> Vec<u8> {
    let forward = u64::from_be_bytes(sortable(time));
    let sorting = if newest_first { !forward } else { forward };
    let mut key = vec![prefix];
    key.extend_from_slice(&sorting.to_be_bytes());
    key
}

/// A time to the microsecond, as all stored times are, in bytes that sort as it does.
pub(crate) fn sortable(time: Timestamp) -> [u8; 8] {
    // With the sign bit turned over, negative numbers sort before the others.
    (time.as_microsecond().cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// The id at the end of a key.
pub(crate) fn id_of(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(9..)?).ok()
}

/// How many rows a page has.
pub(crate) fn size(asked: u32, default: Option<u32>) -> Result<usize, Problem> {
    match asked {
        0 => Ok(default.unwrap_or(DEFAULT_PAGE) as usize),
        size if size <= MAX_PAGE => Ok(size as usize),
        _ => Err(Problem::invalid(
            "PAGE_SIZE_INVALID",
            "page_size",
            format!("a page has at most {MAX_PAGE} entries"),
        )
        .with_remedy(format!("ask for 1 to {MAX_PAGE}, or 0 for the usual size"))),
    }
}

/// Writes where the next page begins. `question` is a digest of what was asked.
pub(crate) fn write_token(question: &str, after: &[u8]) -> String {
    let mut token = format!("{question}.");
    for byte in after {
        // Writing to a text cannot fail.
        let _written = write!(token, "{byte:02x}");
    }
    token
}

/// Reads a page token of the same question; an empty one is the first page.
pub(crate) fn read_token(question: &str, token: &str) -> Result<Option<Vec<u8>>, Problem> {
    if token.is_empty() {
        return Ok(None);
    }
    let key = token
        .split_once('.')
        .filter(|(asked, _)| *asked == question);
    let key = key.and_then(|(_, hex)| unhex(hex));
    key.map(Some).ok_or_else(token_invalid)
}

pub(crate) fn token_invalid() -> Problem {
    Problem::invalid(
        "PAGE_TOKEN_INVALID",
        "page_token",
        "the page token is not one that this question got",
    )
    .with_remedy("send `next_page_token` unchanged, with the same filter and order")
}

fn unhex(hex: &str) -> Option<Vec<u8>> {
    let good = hex.len() <= 512 && hex.len().is_multiple_of(2);
    let good = good
        && hex
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let bytes = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok());
    good.then(|| bytes.collect()).flatten()
}

/// The keys that a list is read from, in its order.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    pub(crate) from: Vec<u8>,
    pub(crate) to: Vec<u8>,
}

impl Range {
    pub(crate) fn all(prefix: u8) -> Self {
        Self {
            from: vec![prefix],
            to: vec![prefix + 1],
        }
    }

    /// From behind a key on.
    pub(crate) fn after(mut self, key: Option<Vec<u8>>) -> Self {
        if let Some(mut key) = key {
            key.push(0);
            self.from = self.from.max(key);
        }
        self
    }
}

/// What a page found, and behind which key the next one goes on.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) items: Vec<T>,
    pub(crate) more_after: Option<Vec<u8>>,
}

/// Takes items in the order of the range until the page is full, nothing is left, or enough was
/// looked at. `item` answers nothing for what the filter holds back.
pub(crate) fn fill<T>(
    rows: &ViewRows,
    range: &Range,
    size: usize,
    mut item: impl FnMut(&str) -> Result<Option<T>, Unread>,
) -> Result<Found<T>, Unread> {
    let mut found = Found {
        items: Vec::new(),
        more_after: None,
    };
    let (mut looked_at, mut last, mut failed) = (0, Vec::new(), None);
    if range.from >= range.to {
        return Ok(found);
    }
    rows.for_each(&range.from, Some(&range.to), |key, _| {
        let is_enough = looked_at >= LOOKED_AT && !found.items.is_empty();
        if is_enough || looked_at == MAX_LOOKED_AT {
            found.more_after = Some(std::mem::take(&mut last));
            return ControlFlow::Break(());
        }
        looked_at += 1;
        match id_of(key).map_or(Ok(None), &mut item) {
            Ok(Some(_)) if found.items.len() == size => {
                found.more_after = Some(std::mem::take(&mut last));
                return ControlFlow::Break(());
            }
            Ok(Some(taken)) => found.items.push(taken),
            Ok(None) => {}
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        key.clone_into(&mut last);
        ControlFlow::Continue(())
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// Everything before the first record that a view passed over; empty if there is none.
pub(crate) fn incomplete_from(log: &Log, rows: &ViewRows) -> String {
    let first = rows.incomplete().get(&log.identity().place());
    first.map_or_else(String::new, |first| log.token(first.position).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_time_in_both_orders() {
        let times = [-62_135_596_800_000_000, -1, 0, 1, 1_700_000_000_000_000];
        let keys = |newest_first| {
            let time = |micros: &i64| Timestamp::from_microsecond(*micros).unwrap();
            times
                .iter()
                .map(|it| key(b'x', time(it), newest_first, "0-a"))
                .collect::<Vec<_>>()
        };
        assert!(keys(false).is_sorted());
        assert!(keys(true).into_iter().rev().collect::<Vec<_>>().is_sorted());
        assert_eq!(id_of(&keys(true)[0]), Some("0-a"));
    }

    #[test]
    fn a_page_token_belongs_to_its_question() {
        let token = write_token("q1", &[b'd', 0, 255]);
        assert_eq!(read_token("q1", &token).unwrap(), Some(vec![b'd', 0, 255]));
        assert_eq!(read_token("q1", "").unwrap(), None);
        for (question, token) in [
            ("q2", &*token),
            ("q1", "q1"),
            ("q1", "q1.0"),
            ("q1", "q1.0g"),
            ("q1", "q1.\u{e4}"),
        ] {
            assert_eq!(
                read_token(question, token).unwrap_err().code,
                "PAGE_TOKEN_INVALID"
            );
        }
    }
}
