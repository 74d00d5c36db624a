//! What has moved behind a page while the pages before it were read.
//!
//! A due time moves: a clock goes on, or somebody puts a date. Who reads page by page has passed the
//! place to which a complaint moved that is due sooner now, and would never be shown it. So where the records
//! since the page before moved some to where the pages have been, the next page is of those.

use std::collections::BTreeSet;

use redress_envelope::Record;
use redress_event_log::Log;
use redress_log_service::read_problem;
use redress_policy::clock;
use redress_service::{Kind, Problem};
use redress_wire::workflow::v1::Complaint;

use super::super::list_rows::Sorted;
use super::super::view;
use super::GoesOn;
use super::filter::{Asked, is_open};
use crate::page::Unread;
use crate::workflow::Inner;

/// Records that one page looks at; what is left is for the next.
const RECORDS: usize = 5_000;
const BYTES: usize = 8 << 20;

/// Of what is merged into another complaint nothing is due, and then it is again, with no word of a clock.
const UNMERGED: &str = "redress.complaint.unmerged.v1";

#[derive(Debug)]
pub(super) struct Moved {
    pub(super) complaints: Vec<Complaint>,
    /// So many records were looked at.
    pub(super) seen_to: u64,
}

pub(super) async fn behind(
    inner: &Inner,
    asked: &Asked,
    goes_on: &GoesOn,
    position: u64,
    size: usize,
) -> Result<Moved, Problem> {
    let (ids, seen_to) = moved(&inner.log, goes_on.seen_to, position, size).await?;
    if ids.is_empty() {
        return Ok(Moved {
            complaints: Vec::new(),
            seen_to,
        });
    }
    let (asked, after) = (asked.clone(), goes_on.after.clone());
    let found = inner.complaints.query(move |rows| {
        let mut found = Vec::new();
        for id in ids {
            let row = view::row(rows, &id)?.filter(|row| asked.lets_through(row));
            let Some(row) = row else { continue };
            let place = Sorted::Due.place_of(&row, is_open(&row));
            if let Some(place) = place.filter(|place| *place <= after) {
                found.push((place, row));
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found.into_iter().map(|(_, row)| row).collect())
    });
    let complaints = found.await.map_err(|error: Unread| error.0)?;
    Ok(Moved {
        complaints,
        seen_to,
    })
}

/// The complaints of which a clock may be due sooner, at most so many, and how far that was looked at.
async fn moved(
    log: &Log,
    from: u64,
    to: u64,
    size: usize,
) -> Result<(BTreeSet<String>, u64), Problem> {
    let (mut ids, mut next) = (BTreeSet::new(), from);
    let most = usize::try_from(to.saturating_sub(from)).map_or(RECORDS, |it| it.min(RECORDS));
    if most == 0 {
        return Ok((ids, from.max(to)));
    }
    let records = log.read(from, most, BYTES).await;
    for stored in records.map_err(|error| read_problem(&error))? {
        if ids.len() == size {
            break;
        }
        next = stored.position + 1;
        let record = Record::decode(&stored.bytes)
            .map_err(|_| Problem::new(Kind::DataLoss, "RECORD_DAMAGED", "it is no record"))?;
        let is_unmerged = record.kind == UNMERGED;
        if is_unmerged
            || clock::Event::decode(&record.kind, &record.data).is_ok_and(|it| may_be_sooner(&it))
        {
            ids.insert(record.subject.id().to_owned());
        }
    }
    Ok((ids, next))
}

/// Whether something may be due sooner because of it.
fn may_be_sooner(event: &clock::Event) -> bool {
    use clock::Event;
    match event {
        Event::Started(_)
        | Event::Resumed(_)
        | Event::Retargeted(_)
        | Event::DueDateSet(_)
        | Event::DueDateCleared(_)
        | Event::Continued(_) => true,
        Event::Paused(_) | Event::Warned(_) | Event::Breached(_) | Event::Stopped(_) => false,
    }
}
