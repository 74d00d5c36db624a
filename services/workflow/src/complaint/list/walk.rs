//! A page of a list: which rows it is read from, and how far it looks.
//!
//! Every filter that names values of a facet has rows of its own, already in the list's order; the fewest
//! are read, and the rest of the filter is held against each complaint. So a page costs about as many
//! looks as it has complaints where one filter decides, and at most [`LOOKED_AT`] where the filters that
//! were named have much each and little in common.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use redress_view::{ReadError, ViewRows};
use redress_wire::workflow::v1::Complaint;

use super::super::list_rows::{self, Facet, Sorted};
use super::super::view;
use super::filter::{Asked, Between, Named, is_open};
use crate::page::{Unread, sortable};

/// Complaints that a page looks at before it answers with what it has, also with nothing.
const LOOKED_AT: usize = 5_000;
/// How many more a full page looks at to see whether there is another one.
const BEHIND: usize = 100;
/// Keys that are read of a value at a time.
const READ: usize = 64;
/// Keys that are counted to see which filter has the fewest.
const PROBED: usize = 512;
/// Values of one filter that are read as one list; a filter with more is held against each complaint.
const MERGED: usize = 64;

/// What a list is sorted by, and from which end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) sorted: Sorted,
    pub(super) is_back: bool,
}

/// Complaints, and where the next ones are.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) items: Vec<Complaint>,
    pub(super) more_after: Option<Vec<u8>>,
    /// The place of the last one that was looked at.
    pub(super) last: Option<Vec<u8>>,
}

pub(super) fn page(
    rows: &ViewRows,
    asked: &Asked,
    order: Order,
    after: Option<&[u8]>,
    size: usize,
) -> Result<Page, Unread> {
    if let Some(named) = asked.named() {
        return of_named(rows, asked, named, order, after, size);
    }
    let mut walk = Walk::new(rows, asked, order, after)?;
    let mut page = Page::default();
    let (mut looked_at, mut enough) = (0, LOOKED_AT);
    while let Some(place) = walk.next(rows)? {
        if looked_at == enough {
            page.more_after = page.last.clone();
            break;
        }
        looked_at += 1;
        if let Some(row) = found(rows, asked, &place)? {
            if page.items.len() == size {
                page.more_after = page.last.clone();
                break;
            }
            page.items.push(row);
            if page.items.len() == size {
                enough = enough.min(looked_at + BEHIND);
            }
        }
        page.last = Some(place);
    }
    Ok(page)
}

/// The complaint at a place, if the filter lets it through.
pub(super) fn found(
    rows: &ViewRows,
    asked: &Asked,
    place: &[u8],
) -> Result<Option<Complaint>, Unread> {
    let row = match list_rows::id_of(place) {
        Some(id) => view::row(rows, id)?,
        None => None,
    };
    Ok(row.filter(|row| asked.lets_through(row)))
}

/// The complaints that are named one by one, in the list's order.
fn of_named(
    rows: &ViewRows,
    asked: &Asked,
    named: Named<'_>,
    order: Order,
    after: Option<&[u8]>,
    size: usize,
) -> Result<Page, Unread> {
    let mut all = Vec::new();
    for row in named_rows(rows, named)? {
        let place = order.sorted.place_of(&row, is_open(&row));
        if let Some(place) = place.filter(|_| asked.lets_through(&row)) {
            all.push((place, row));
        }
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    // A complaint that is named twice is one.
    all.dedup_by(|(one, _), (other, _)| one == other);
    if order.is_back {
        all.reverse();
    }
    let is_behind = |place: &[u8]| {
        after.is_none_or(|after| {
            if order.is_back {
                place < after
            } else {
                place > after
            }
        })
    };
    all.retain(|(place, _)| is_behind(place));
    let has_more = all.len() > size;
    all.truncate(size);
    let last = all.last().map(|(place, _)| place.clone());
    Ok(Page {
        more_after: last.clone().filter(|_| has_more),
        last,
        items: all.into_iter().map(|(_, row)| row).collect(),
    })
}

pub(super) fn named_rows(rows: &ViewRows, named: Named<'_>) -> Result<Vec<Complaint>, Unread> {
    let row = |id: &str| view::row(rows, id);
    match named {
        Named::Reference(reference) => {
            let id = view::id_of(rows, reference)?;
            let found = id.map_or(Ok(None), |id| row(&id))?;
            Ok(found.into_iter().collect())
        }
        Named::Ids(ids) => {
            let found = ids.iter().map(|id| row(id));
            let found: Result<Vec<Option<Complaint>>, Unread> = found.collect();
            Ok(found?.into_iter().flatten().collect())
        }
    }
}

/// The places of the complaints of some values, in the list's order.
pub(super) struct Walk {
    cursors: Vec<Cursor>,
    is_back: bool,
}

impl Walk {
    /// Over the rows of the filter that has the fewest.
    pub(super) fn new(
        rows: &ViewRows,
        asked: &Asked,
        order: Order,
        after: Option<&[u8]>,
    ) -> Result<Self, ReadError> {
        let between = match order.sorted {
            Sorted::Received => asked.received,
            Sorted::Due => asked.due,
        };
        let mut facets = asked.facets();
        facets.retain(|(_, values)| values.len() <= MERGED);
        let mut walks: Vec<Self> = facets
            .iter()
            .map(|(facet, values)| Self::over(*facet, values, order, between, after))
            .collect();
        if walks.len() < 2 {
            let all = || Self::over(Facet::All, &[String::new()], order, between, after);
            return Ok(walks.pop().unwrap_or_else(all));
        }
        let (mut fewest, mut chosen) = (usize::MAX, 0);
        for (index, walk) in walks.iter().enumerate() {
            let count = walk.count(rows, PROBED.min(fewest))?;
            if count < fewest {
                (fewest, chosen) = (count, index);
            }
        }
        Ok(walks.swap_remove(chosen))
    }

    fn over(
        facet: Facet,
        values: &[String],
        order: Order,
        between: Between,
        after: Option<&[u8]>,
    ) -> Self {
        let time = |time: Option<jiff::Timestamp>| time.map(|it| sortable(it).to_vec());
        let mut from = time(between.from).unwrap_or_default();
        // No time has such bytes.
        let mut to = time(between.to).unwrap_or_else(|| vec![u8::MAX; 8]);
        match after {
            Some(after) if order.is_back => to = to.min(after.to_vec()),
            Some(after) => from = from.max([after, &[0]].concat()),
            None => {}
        }
        let cursors = values.iter().map(|value| Cursor {
            prefix: list_rows::prefix(order.sorted, facet, value),
            from: from.clone(),
            to: to.clone(),
            read: VecDeque::new(),
            is_over: false,
        });
        Self {
            cursors: cursors.collect(),
            is_back: order.is_back,
        }
    }

    /// How many places there are, up to so many.
    fn count(&self, rows: &ViewRows, most: usize) -> Result<usize, ReadError> {
        let mut count = 0;
        for cursor in &self.cursors {
            if count < most {
                cursor.see(rows, self.is_back, &mut |_| {
                    count += 1;
                    count < most
                })?;
            }
        }
        Ok(count)
    }

    pub(super) fn next(&mut self, rows: &ViewRows) -> Result<Option<Vec<u8>>, ReadError> {
        let mut next: Option<(usize, &[u8])> = None;
        for cursor in &mut self.cursors {
            cursor.load(rows, self.is_back)?;
        }
        for (index, cursor) in self.cursors.iter().enumerate() {
            let Some(place) = cursor.read.front() else {
                continue;
            };
            let is_first = next.is_none_or(|(_, first)| (place.as_slice() < first) != self.is_back);
            if is_first {
                next = Some((index, place));
            }
        }
        let index = next.map(|(index, _)| index);
        Ok(index.and_then(|index| self.cursors[index].read.pop_front()))
    }
}

/// The places of one value.
#[derive(Debug)]
struct Cursor {
    prefix: Vec<u8>,
    from: Vec<u8>,
    to: Vec<u8>,
    /// What was read and not yet handed out.
    read: VecDeque<Vec<u8>>,
    is_over: bool,
}

impl Cursor {
    fn load(&mut self, rows: &ViewRows, is_back: bool) -> Result<(), ReadError> {
        if self.is_over || !self.read.is_empty() {
            return Ok(());
        }
        let mut read = VecDeque::new();
        self.see(rows, is_back, &mut |place| {
            read.push_back(place.to_vec());
            read.len() < READ
        })?;
        self.is_over = read.len() < READ;
        if let Some(last) = read.back() {
            if is_back {
                self.to.clone_from(last);
            } else {
                self.from = [last.as_slice(), &[0]].concat();
            }
        }
        self.read = read;
        Ok(())
    }

    /// Shows the places that are left until `see` says no.
    fn see(
        &self,
        rows: &ViewRows,
        is_back: bool,
        see: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), ReadError> {
        if self.from >= self.to {
            return Ok(());
        }
        let from = [self.prefix.as_slice(), &self.from].concat();
        let to = [self.prefix.as_slice(), &self.to].concat();
        let behind = self.prefix.len();
        let see = |key: &[u8], _: &[u8]| {
            if see(&key[behind..]) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        if is_back {
            rows.for_each_back(&from, Some(&to), see)
        } else {
            rows.for_each(&from, Some(&to), see)
        }
    }
}
