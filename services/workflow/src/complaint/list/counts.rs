//! How many complaints a filter lets through, and how many of them have which value.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use redress_service::Problem;
use redress_view::ViewRows;
use redress_wire::workflow::v1::{Complaint, ComplaintCount, ComplaintCounts, FacetCounts};

use super::super::list_rows::{self, Facet};
use super::filter::Asked;
use super::walk::{Order, Walk, found, named_rows};
use crate::page::Unread;
use crate::workflow::Inner;

/// Complaints that are looked at for counts.
const COUNTED: usize = 10_000;
/// Values of a facet that are told one by one.
const TOLD: usize = 100;

/// The facets that a request names; `None` if it names none, and asks for no counts.
pub(super) fn read(names: &[String]) -> Result<Option<Vec<Facet>>, Problem> {
    let known = Facet::COUNTED;
    let mut facets = Vec::new();
    for name in names {
        let facet = known.iter().find(|it| it.name() == name);
        let facet = *facet.ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|it| it.name()).collect();
            Problem::invalid("FIELD_UNKNOWN_VALUE", "facets", "there is no such facet")
                .with_remedy(format!("send one of {}", names.join(", ")))
        })?;
        if !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    Ok((!facets.is_empty()).then_some(facets))
}

/// Of the whole result, whatever page was asked for.
pub(super) async fn count(
    inner: &Inner,
    asked: Asked,
    order: Order,
    facets: Vec<Facet>,
) -> Result<ComplaintCounts, Problem> {
    let counted = inner.complaints.query(move |rows| {
        if asked.is_all_open() {
            all_open(rows, &facets)
        } else {
            counted(rows, &asked, order, &facets)
        }
    });
    counted.await.map_err(|error: Unread| error.0)
}

/// These are kept, and so exact however many there are.
fn all_open(rows: &ViewRows, facets: &[Facet]) -> Result<ComplaintCounts, Unread> {
    let total = list_rows::count_of(rows, Facet::Open, "")?;
    let mut told = Vec::new();
    for facet in facets {
        let mut counts: BTreeMap<String, u64> =
            list_rows::counts(rows, *facet)?.into_iter().collect();
        let having: u64 = counts.values().sum();
        if total > having {
            *counts.entry(String::new()).or_default() += total - having;
        }
        told.push(told_of(*facet, counts));
    }
    Ok(ComplaintCounts {
        total,
        capped: false,
        facets: told,
    })
}

/// Counted one by one, up to so many.
fn counted(
    rows: &ViewRows,
    asked: &Asked,
    order: Order,
    facets: &[Facet],
) -> Result<ComplaintCounts, Unread> {
    let mut counts = vec![BTreeMap::new(); facets.len()];
    let (mut total, mut capped) = (0, false);
    let mut add = |row: &Complaint| {
        total += 1;
        for (facet, counts) in facets.iter().zip(&mut counts) {
            let value = facet.of(row);
            if let Some(count) = counts.get_mut(value) {
                *count += 1;
            } else {
                counts.insert(value.to_owned(), 1);
            }
        }
    };
    if let Some(named) = asked.named() {
        let mut named = named_rows(rows, named)?;
        named.sort_by(|one, other| one.complaint_id.cmp(&other.complaint_id));
        named.dedup_by(|one, other| one.complaint_id == other.complaint_id);
        named
            .iter()
            .filter(|it| asked.lets_through(it))
            .for_each(add);
    } else {
        let mut walk = Walk::new(rows, asked, order, None)?;
        let mut looked_at = 0;
        while let Some(place) = walk.next(rows)? {
            if looked_at == COUNTED {
                capped = true;
                break;
            }
            looked_at += 1;
            if let Some(row) = found(rows, asked, &place)? {
                add(&row);
            }
        }
    }
    let told = facets.iter().zip(counts);
    Ok(ComplaintCounts {
        total,
        capped,
        facets: told
            .map(|(facet, counts)| told_of(*facet, counts))
            .collect(),
    })
}

/// The largest first, then by value.
fn told_of(facet: Facet, counts: BTreeMap<String, u64>) -> FacetCounts {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let others = counts.split_off(counts.len().min(TOLD));
    let count = |(value, count)| ComplaintCount { value, count };
    FacetCounts {
        facet: facet.name().to_owned(),
        counts: counts.into_iter().map(count).collect(),
        other: others.iter().map(|(_, count)| count).sum(),
    }
}
