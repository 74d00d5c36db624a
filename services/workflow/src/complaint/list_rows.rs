//! The rows that work lists are read from: for each value that complaints are chosen by, those that
//! have it, in both orders.
//!
//! A key is the order, the facet, the value with its length before it, the time by which it is sorted,
//! and the complaint's id. Behind the value the keys of one order are alike whatever the facet, so several
//! values are read as one list, and a page goes on behind the same place. To choose by another field of
//! its own is another [`Facet`] here and a field of the filter in `list/filter.rs`.

use std::num::NonZeroU64;

use jiff::Timestamp;
use redress_policy::Clock;
use redress_policy::clock::Status as ClockStatus;
use redress_store::RowError;
use redress_view::{FoldError, ReadError, Rows, ViewRows};
use redress_wire::time_from_wire;
use redress_wire::workflow::v1::Complaint;

use super::case::Case;
use crate::page::sortable;

const COUNTS: u8 = b'k';

/// What a value says of a complaint. A complaint has at most one value of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    /// Every complaint, with the empty value.
    All,
    /// Those that are neither closed nor withdrawn nor merged into another, with the empty value.
    Open,
    /// Those of which a promise that still stands is late: `yes`.
    Late,
    Status,
    Severity,
    /// Of an open one without a handler it is empty; of a closed one there is none.
    Handler,
    Queue,
    Product,
    Site,
    Supplier,
}

impl Facet {
    /// Those that are counted by their values, in the order in which they are named.
    pub(super) const COUNTED: [Self; 8] = [
        Self::Status,
        Self::Severity,
        Self::Handler,
        Self::Queue,
        Self::Product,
        Self::Site,
        Self::Supplier,
        Self::Late,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Late => "late",
            Self::Status => "status",
            Self::Severity => "severity",
            Self::Handler => "handler",
            Self::Queue => "queue",
            Self::Product => "product",
            Self::Site => "site",
            Self::Supplier => "supplier",
        }
    }

    /// In a key; never another one, or the version of the view goes up.
    const fn byte(self) -> u8 {
        match self {
            Self::All => b'a',
            Self::Open => b'o',
            Self::Late => b'l',
            Self::Status => b's',
            Self::Severity => b'v',
            Self::Handler => b'h',
            Self::Queue => b'q',
            Self::Product => b'p',
            Self::Site => b'i',
            Self::Supplier => b'u',
        }
    }

    /// The value of a complaint as it is answered; empty if it has none.
    pub(super) fn of(self, row: &Complaint) -> &str {
        let about = row.about.as_ref();
        match self {
            Self::All | Self::Open => "",
            Self::Late => {
                if row.late {
                    LATE
                } else {
                    ""
                }
            }
            Self::Status => &row.status,
            Self::Severity => row.assessment.as_ref().map_or("", |it| &it.severity),
            Self::Handler => &row.handler,
            Self::Queue => &row.queue,
            Self::Product => about.map_or("", |it| &it.product),
            Self::Site => about.map_or("", |it| &it.site),
            Self::Supplier => about.map_or("", |it| &it.supplier),
        }
    }
}

/// The value of [`Facet::Late`].
pub(super) const LATE: &str = "yes";

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sorted {
    /// When it was received: that never changes.
    Received,
    /// When it is due; last of all what is open and has no due time. What is over and has none is not in
    /// this order.
    Due,
}

impl Sorted {
    const fn byte(self) -> u8 {
        match self {
            Self::Received => b'a',
            Self::Due => b'b',
        }
    }

    /// Where a complaint as it is answered stands; nothing, if it is not in this order.
    pub(super) fn place_of(self, row: &Complaint, is_open: bool) -> Option<Vec<u8>> {
        let time = |time: Option<_>| time.and_then(|it| time_from_wire(it).ok());
        let at = match self {
            Self::Received => time(row.received_at),
            Self::Due => time(row.due_at).or(is_open.then_some(Timestamp::MAX)),
        };
        at.map(|at| place(at, &row.complaint_id))
    }
}

/// The soonest due time of the clocks that have not stopped.
pub(super) fn soonest_due(case: &Case) -> Option<Timestamp> {
    standing(case).filter_map(Clock::due_at).min()
}

/// Whether it was told of one of them that it is late.
pub(super) fn is_late(case: &Case) -> bool {
    standing(case).any(Clock::is_told_late)
}

/// Of a complaint that is merged into another nothing is due but there.
fn standing(case: &Case) -> impl Iterator<Item = &Clock> {
    let of_its_own = case.state.merging().is_none();
    let stands =
        move |it: &&Clock| of_its_own && !matches!(it.status(), ClockStatus::Stopped { .. });
    case.clocks.iter().filter(stands)
}

/// Where lists find a complaint.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Places {
    received: Timestamp,
    due: Option<Timestamp>,
    is_open: bool,
    values: Vec<(Facet, String)>,
}

impl Places {
    /// Nothing, before it was opened.
    pub(super) fn of(case: &Case) -> Option<Self> {
        let (state, about) = (&case.state, case.about.as_deref()?);
        let status = state.status()?;
        let is_open = state.is_open();
        let assignment = state.assignment();
        let handler = assignment.and_then(|it| it.handler.as_ref());
        let nobody = is_open.then(String::new);
        let values = [
            (Facet::All, Some(String::new())),
            (Facet::Open, is_open.then(String::new)),
            (Facet::Late, is_late(case).then(|| LATE.to_owned())),
            (Facet::Status, Some(status.as_str().to_owned())),
            (
                Facet::Severity,
                state.assessment().map(|it| it.severity.to_string()),
            ),
            (Facet::Handler, handler.map(ToString::to_string).or(nobody)),
            (Facet::Queue, assignment.and_then(|it| it.queue.clone())),
            (Facet::Product, about.product.clone()),
            (Facet::Site, about.site.clone()),
            (Facet::Supplier, about.supplier.clone()),
        ];
        let values = values.into_iter();
        Some(Self {
            received: about.received_at,
            due: soonest_due(case).or(is_open.then_some(Timestamp::MAX)),
            is_open,
            values: values
                .filter_map(|(facet, value)| Some((facet, value?)))
                .collect(),
        })
    }

    /// About how much memory it takes.
    pub(super) fn held_bytes(&self) -> usize {
        let values = self.values.iter();
        let values = values.map(|(_, value)| size_of::<(Facet, String)>() + value.capacity());
        size_of::<Self>() + values.sum::<usize>()
    }

    fn counted(&self) -> &[(Facet, String)] {
        if self.is_open { &self.values } else { &[] }
    }

    fn of_due(&self) -> &[(Facet, String)] {
        if self.due.is_some() {
            &self.values
        } else {
            &[]
        }
    }
}

/// Moves a complaint from where it was to where it is.
pub(super) fn write(
    rows: &mut Rows<'_>,
    id: &str,
    was: Option<&Places>,
    is: &Places,
) -> Result<(), FoldError> {
    if was == Some(is) {
        return Ok(());
    }
    let received = place(is.received, id);
    let before = was.map_or(&[][..], |it| it.values.as_slice());
    for (facet, value) in gone(before, &is.values) {
        rows.delete(&[prefix(Sorted::Received, *facet, value), received.clone()].concat());
    }
    for (facet, value) in gone(&is.values, before) {
        let key = [prefix(Sorted::Received, *facet, value), received.clone()].concat();
        rows.put(&key, Vec::new());
    }
    write_due(rows, id, was, is);
    let before = was.map_or(&[][..], Places::counted);
    for (facet, value) in gone(before, is.counted()) {
        count(rows, *facet, value, |count| count.saturating_sub(1))?;
    }
    for (facet, value) in gone(is.counted(), before) {
        count(rows, *facet, value, |count| count.saturating_add(1))?;
    }
    Ok(())
}

fn write_due(rows: &mut Rows<'_>, id: &str, was: Option<&Places>, is: &Places) {
    let key = |facet, value: &str, at| [prefix(Sorted::Due, facet, value), place(at, id)].concat();
    let has_moved = was.is_none_or(|was| was.due != is.due);
    let before = was.map_or(&[][..], Places::of_due);
    if let Some(at) = was.and_then(|was| was.due) {
        let stays = if has_moved { &[][..] } else { is.of_due() };
        for (facet, value) in gone(before, stays) {
            rows.delete(&key(*facet, value, at));
        }
    }
    if let Some(at) = is.due {
        let stood = if has_moved { &[][..] } else { before };
        for (facet, value) in gone(is.of_due(), stood) {
            rows.put(&key(*facet, value, at), Vec::new());
        }
    }
}

/// What is in one list and not in the other.
fn gone<'a>(
    from: &'a [(Facet, String)],
    to: &'a [(Facet, String)],
) -> impl Iterator<Item = &'a (Facet, String)> {
    from.iter().filter(|it| !to.contains(it))
}

fn count(
    rows: &mut Rows<'_>,
    facet: Facet,
    value: &str,
    change: impl Fn(u64) -> u64,
) -> Result<(), RowError> {
    let key = headed(COUNTS, facet, value);
    let count = rows.get(&key)?.as_deref().and_then(read_count).unwrap_or(0);
    match NonZeroU64::new(change(count)) {
        Some(count) => rows.put(&key, count.get().to_be_bytes()),
        None => rows.delete(&key),
    }
    Ok(())
}

fn read_count(row: &[u8]) -> Option<u64> {
    row.try_into().ok().map(u64::from_be_bytes)
}

/// How many of the open complaints have a value.
pub(super) fn count_of(rows: &ViewRows, facet: Facet, value: &str) -> Result<u64, ReadError> {
    let row = rows.get(&headed(COUNTS, facet, value))?;
    Ok(row.as_deref().and_then(read_count).unwrap_or(0))
}

/// How many of the open complaints have each value.
pub(super) fn counts(rows: &ViewRows, facet: Facet) -> Result<Vec<(String, u64)>, ReadError> {
    let mut counts = Vec::new();
    rows.for_each_with_prefix(&[COUNTS, facet.byte()], |key, row| {
        // Behind the order, the facet and the length.
        let value = key.get(4..).and_then(|it| std::str::from_utf8(it).ok());
        if let (Some(value), Some(count)) = (value, read_count(row)) {
            counts.push((value.to_owned(), count));
        }
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(counts)
}

/// What the keys of one value begin with.
pub(super) fn prefix(sorted: Sorted, facet: Facet, value: &str) -> Vec<u8> {
    headed(sorted.byte(), facet, value)
}

fn headed(order: u8, facet: Facet, value: &str) -> Vec<u8> {
    // No record has more bytes.
    let length = value.len() as u16;
    let mut key = vec![order, facet.byte()];
    key.extend_from_slice(&length.to_be_bytes());
    key.extend_from_slice(value.as_bytes());
    key
}

/// What is behind the prefix: the time and the id.
pub(super) fn place(at: Timestamp, id: &str) -> Vec<u8> {
    [&sortable(at)[..], id.as_bytes()].concat()
}

/// The id at the end of a place.
pub(super) fn id_of(place: &[u8]) -> Option<&str> {
    std::str::from_utf8(place.get(8..)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_value_are_those_of_no_other() {
        let at = Timestamp::UNIX_EPOCH;
        let key = |facet, value| [prefix(Sorted::Due, facet, value), place(at, "0-a")].concat();
        let mut keys = vec![key(Facet::All, ""), key(Facet::Queue, "")];
        for value in ["a", "aa", "ab", "b", "\u{e4}"] {
            keys.extend([key(Facet::Queue, value), key(Facet::Site, value)]);
        }
        for value in ["a", "aa", "ab"] {
            let own = prefix(Sorted::Due, Facet::Queue, value);
            assert_eq!(keys.iter().filter(|key| key.starts_with(&own)).count(), 1);
        }
        assert_eq!(id_of(&place(at, "0-a")), Some("0-a"));
    }
}
