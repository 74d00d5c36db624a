//! One page, and the token of the next.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use redress_log_service::digest;
use redress_service::Problem;
use redress_view::{ReadError, ViewRows};
use redress_wire::intake::v1::FeedbackFilter;

use crate::item::Item;
use crate::list::filter::Filter;
use crate::list::row::{self, PLACE_BYTES, Place};
use crate::names::Names;

pub(super) struct Wanted {
    pub(super) filter: Filter,
    pub(super) ascending: bool,
    pub(super) after: Option<Place>,
    pub(super) limit: usize,
    /// Rows to look at before it answers with what it has.
    pub(super) look_at: usize,
}

pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// The last place that was looked at, if there are more behind it.
    pub(super) next: Option<Place>,
}

/// Reads a page. It ends early where many rows were looked at and few let through.
pub(super) fn read(rows: &ViewRows, wanted: &Wanted) -> Result<Page<Item>, ReadError> {
    match (wanted.filter.hashes.first(), wanted.ascending) {
        (Some(hash), _) => by_places(rows, wanted, &places_of(rows, hash, wanted)?),
        (None, true) => by_places(rows, wanted, &ascending(rows, wanted)?),
        (None, false) => descending(rows, wanted),
    }
}

/// Newest first: the rows themselves are in this order.
fn descending(rows: &ViewRows, wanted: &Wanted) -> Result<Page<Item>, ReadError> {
    let filter = &wanted.filter;
    // Behind the place of the page before; else behind the last moment before `to`.
    let from = match (wanted.after, filter.to) {
        (Some(after), _) => [row::item(after), vec![0]].concat(),
        (None, Some(to)) => [row::item(Place::at(to)), vec![0]].concat(),
        (None, None) => b"d".to_vec(),
    };
    let to = match filter.from {
        Some(from) => [row::item(Place::at(from)), vec![0]].concat(),
        None => b"e".to_vec(),
    };
    let (mut items, mut looked_at, mut last, mut failed) = (Vec::new(), 0, None, None);
    let mut more = false;
    rows.for_each(&from, Some(&to), |key, value| {
        if items.len() == wanted.limit || looked_at == wanted.look_at {
            more = true;
            return ControlFlow::Break(());
        }
        looked_at += 1;
        last = Place::from_backwards(&key[1..]);
        match serde_json::from_slice::<Item>(value) {
            Ok(item) if filter.lets_through(&item) => items.push(item),
            Ok(_) => {}
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(Page {
            items,
            next: last.filter(|_| more),
        }),
    }
}

/// The next places in ascending order, one more than are looked at.
fn ascending(rows: &ViewRows, wanted: &Wanted) -> Result<Vec<Place>, ReadError> {
    let filter = &wanted.filter;
    let from = match (wanted.after, filter.from) {
        (Some(after), _) => [row::ascending(after), vec![0]].concat(),
        (None, Some(from)) => row::ascending(Place::at(from)),
        (None, None) => b"a".to_vec(),
    };
    let to = filter
        .to
        .map_or_else(|| b"b".to_vec(), |to| row::ascending(Place::at(to)));
    let found = rows.scan(&from, Some(&to), wanted.look_at + 1)?;
    Ok(found
        .iter()
        .filter_map(|(key, _)| Place::from_bytes(&key[1..]))
        .collect())
}

/// The next places of items with a keyed hash, one more than are looked at. The rows are newest
/// first, so the other order keeps the last of those before the page's end.
fn places_of(rows: &ViewRows, hash: &str, wanted: &Wanted) -> Result<Vec<Place>, ReadError> {
    let prefix = row::hash_prefix(hash);
    let mut places = VecDeque::new();
    rows.for_each(
        &prefix,
        Some(&[prefix.as_slice(), &[u8::MAX; 17]].concat()),
        |key, _| {
            let Some(place) = Place::from_backwards(&key[prefix.len()..]) else {
                return ControlFlow::Continue(());
            };
            match (wanted.ascending, wanted.after) {
                (false, Some(after)) if place >= after => return ControlFlow::Continue(()),
                (true, Some(after)) if place <= after => return ControlFlow::Break(()),
                (false | true, _) => places.push_back(place),
            }
            if wanted.ascending && places.len() > wanted.look_at + 1 {
                places.pop_front();
            }
            if !wanted.ascending && places.len() > wanted.look_at {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        },
    )?;
    let mut places: Vec<_> = places.into();
    if wanted.ascending {
        places.reverse();
    }
    Ok(places)
}

/// The items at some places, as far as the page goes.
fn by_places(rows: &ViewRows, wanted: &Wanted, places: &[Place]) -> Result<Page<Item>, ReadError> {
    let mut items = Vec::new();
    let mut last = None;
    for (looked_at, place) in places.iter().enumerate() {
        if items.len() == wanted.limit || looked_at == wanted.look_at {
            return Ok(Page { items, next: last });
        }
        last = Some(*place);
        let item: Option<Item> = rows.get_json(&row::item(*place))?;
        items.extend(item.filter(|item| wanted.filter.lets_through(item)));
    }
    Ok(Page { items, next: None })
}

/// What ties a page token to its filter and order.
pub(super) fn question(filter: &FeedbackFilter, ascending: bool, names: &Names) -> String {
    let order = if ascending {
        "ListFeedback ascending"
    } else {
        "ListFeedback descending"
    };
    names.question(&digest(order, filter))
}

pub(super) fn token(question: &str, place: Place) -> String {
    let bytes = place.bytes();
    format!("{question}{:032x}", u128::from_be_bytes(bytes))
}

/// The place behind which a page begins.
pub(super) fn after(token: &str, question: &str) -> Result<Option<Place>, Problem> {
    if token.is_empty() {
        return Ok(None);
    }
    let place = token.strip_prefix(question).and_then(|hex| {
        let is_hex = hex.bytes().all(|b| b.is_ascii_hexdigit());
        let bytes = u128::from_str_radix(hex, 16).ok()?.to_be_bytes();
        Place::from_bytes(&bytes).filter(|_| is_hex && hex.len() == 2 * PLACE_BYTES)
    });
    place.map(Some).ok_or_else(|| {
        let why = "the page token belongs to another question, or to none";
        Problem::invalid("PAGE_TOKEN_INVALID", "page_token", why).with_remedy(
            "send `next_page_token` of the page before unchanged, with the same filter and order",
        )
    })
}
