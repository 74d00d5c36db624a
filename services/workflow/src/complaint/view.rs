//! The rows that complaints are listed from.
//!
//! | Key | Row |
//! |---|---|
//! | `c<id>` | the complaint as it is answered |
//! | `h<id>/<version>` | one of its events, to fold on from |
//! | `a<facet><value><received><id>` | nothing: the complaints with a value, oldest first ([`list_rows`]) |
//! | `b<facet><value><due><id>` | nothing: those that are to be done, soonest due first |
//! | `k<facet><value>` | how many of the open ones have it |
//! | `n<reference>` | its id |
//! | `o<hash>` | the id of the complaint that the status token with this hash opens |
//! | `m<channel>/<recorded><number><id>` | nothing: a message that nobody has dealt with |
//! | `t<due><id>` | nothing: when something is to be told of its clocks, soonest first |
//! | `r<failed><id>` | a reaction that failed and was not done since, oldest first |
//! | `s<id>` | the key of that row |
//! | `M<id>/<id>` | nothing: a merging of which only one complaint knows, see [`merging`](crate::merging) |

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;
use redress_envelope::Record;
use redress_view::{Fold, FoldError, ReadError, Row, Rows, View, ViewRows};
use redress_wire::Message;
use redress_wire::workflow::v1::Complaint;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::case::Case;
use super::list_rows::{self, Places};
use super::{due_rows, message_rows, reply, token_rows};
use crate::clocked;
use crate::merging;
use crate::page::{self, Unread};
use crate::reaction::{self, Failed};
use crate::waiting::view_unavailable;

pub(super) const FAILED_REACTIONS: u8 = b'r';

/// The fold behind `ListComplaints` and `GetComplaint`.
#[derive(Debug, Clone, Copy)]
pub struct ComplaintList;

impl Fold for ComplaintList {
    const NAME: &'static str = "complaints";
    const VERSION: u32 = 7;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        match record.subject.kind() {
            "complaint" => complaint(record, rows),
            "reaction" => failed_reaction(record, rows),
            _ => Ok(()),
        }
    }
}

/// A complaint's row while it changes: it is written as the answer, which nobody folds on from.
#[derive(Debug)]
struct Listed {
    id: String,
    case: Case,
    places: Arc<Places>,
}

impl Row for Listed {
    fn to_bytes(&self) -> Vec<u8> {
        reply::complaint(&self.id, &self.case).encode_to_vec()
    }

    fn held_bytes(&self) -> usize {
        // A case with a response and an assessment; what it is about is most of the rest.
        let places = self.places.held_bytes();
        2 * size_of::<Self>() + size_of::<redress_complaint::Slices>() + places
    }
}

fn complaint(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let id = record.subject.id();
    let (mut case, places) = case_before(record, rows)?;
    let was = Was {
        due: due_rows::due_at(&case),
        places,
    };
    let (tokens, queued) = (token_rows::keys(&case), message_rows::keys(id, &case));
    let event = apply(&mut case, &record.kind, &record.data, record.time)?;
    merging::keep_row(rows, id, &event);
    token_rows::write(rows, id, &tokens, &token_rows::keys(&case));
    message_rows::write(rows, &queued, &message_rows::keys(id, &case));
    case.version = record.version + 1;
    let past = Past {
        kind: &record.kind,
        time: record.time,
        data: &record.data,
    };
    rows.put(&past_key(id, record.version), past.to_bytes());
    write(rows, id, case, &was)
}

/// The case before a record of it, and where lists had it: as it was left, where that is remembered, or
/// folded again from its past.
fn case_before(record: &Record, rows: &Rows<'_>) -> Result<(Case, Option<Arc<Places>>), FoldError> {
    let mut case = Case::default();
    if record.version == 0 {
        return Ok((case, None));
    }
    let id = record.subject.id();
    let known = rows.recent::<Listed>(&key(b'c', id));
    if let Some(known) = known.filter(|known| known.case.version == record.version) {
        return Ok((known.case.clone(), Some(Arc::clone(&known.places))));
    }
    let (from, to) = (past_key(id, 0), past_key(id, record.version));
    let mut failed = None;
    rows.for_each(&from, Some(&to), |_, value| {
        let read = Past::read(value).ok_or_else(|| FoldError::broken("a row is no event"));
        let read = read.and_then(|past| apply(&mut case, past.kind, past.data, past.time));
        match read {
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let places = Places::of(&case).map(Arc::new);
    Ok((case, places))
}

/// An event that was folded, as the next fold needs it: its time in nanoseconds, the length of its
/// type, the type, and what is left is the data. There is one for each record.
struct Past<'a> {
    kind: &'a str,
    time: Timestamp,
    data: &'a RawValue,
}

impl<'a> Past<'a> {
    fn to_bytes(&self) -> Vec<u8> {
        let (kind, data) = (self.kind.as_bytes(), self.data.get().as_bytes());
        // No record has more bytes.
        let length = kind.len() as u16;
        let time = self.time.as_nanosecond().to_be_bytes();
        [&time[..], &length.to_be_bytes(), kind, data].concat()
    }

    fn read(row: &'a [u8]) -> Option<Self> {
        let (time, row) = row.split_first_chunk()?;
        let (length, row) = row.split_first_chunk()?;
        let (kind, data) = row.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        Some(Self {
            kind: str::from_utf8(kind).ok()?,
            time: Timestamp::from_nanosecond(i128::from_be_bytes(*time)).ok()?,
            data: serde_json::from_slice(data).ok()?,
        })
    }
}

/// A case before a record, as far as rows hang on it.
#[derive(Debug)]
struct Was {
    due: Option<Timestamp>,
    places: Option<Arc<Places>>,
}

/// Writes what can be seen of a case.
fn write(rows: &mut Rows<'_>, id: &str, case: Case, was: &Was) -> Result<(), FoldError> {
    let (Some(places), Some(reference)) = (Places::of(&case), case.state.reference()) else {
        // Its beginning was of an unknown type.
        return Ok(());
    };
    if was.places.is_none() {
        rows.put(&key(b'n', &reference.to_string()), id.as_bytes());
    }
    list_rows::write(rows, id, was.places.as_deref(), &places)?;
    let due = due_rows::due_at(&case);
    if was.due != due {
        if let Some(at) = was.due {
            rows.delete(&due_rows::key(at, id));
        }
        if let Some(at) = due {
            rows.put(&due_rows::key(at, id), Vec::new());
        }
    }
    let row_key = key(b'c', id);
    let id = id.to_owned();
    let places = Arc::new(places);
    rows.put_row(&row_key, Arc::new(Listed { id, case, places }));
    Ok(())
}

fn apply(
    case: &mut Case,
    kind: &str,
    data: &RawValue,
    time: Timestamp,
) -> Result<clocked::Event, FoldError> {
    match clocked::decode(kind, data) {
        Ok(event) => {
            case.apply(&event, time);
            Ok(event)
        }
        Err(error) => Err(match error.unknown() {
            Some(what) => FoldError::UnknownType(what),
            None => FoldError::broken(error),
        }),
    }
}

/// A row of a reaction that failed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FailedRow {
    pub(super) at: Timestamp,
    pub(super) failed: Failed,
}

fn failed_reaction(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let event = reaction::decode(&record.kind, &record.data).map_err(|error| match error {
        reaction::CodecError::UnknownType { kind } => FoldError::UnknownType(kind),
        reaction::CodecError::Data { .. } => FoldError::broken(error),
    })?;
    let place = key(b's', record.subject.id());
    if let Some(before) = rows.get(&place)? {
        rows.delete(&before);
        rows.delete(&place);
    }
    match event {
        reaction::Event::Failed(failed) => {
            let (id, at) = (record.subject.id(), record.time);
            let row = page::key(FAILED_REACTIONS, at, false, id);
            rows.put(&place, row.clone());
            let failed = *failed;
            rows.put_json(&row, &FailedRow { at, failed })
        }
        reaction::Event::Retried(_) => Ok(()),
    }
}

/// The row of a reaction that failed, by its id.
pub(super) fn failed_row(rows: &ViewRows, id: &str) -> Result<Option<FailedRow>, Unread> {
    let Some(row) = rows.get(&key(b's', id))? else {
        return Ok(None);
    };
    Ok(rows.get_json(&row)?)
}

fn past_key(id: &str, version: u64) -> Vec<u8> {
    let mut key = key(b'h', id);
    key.push(b'/');
    key.extend_from_slice(&version.to_be_bytes());
    key
}

pub(super) fn key(prefix: u8, rest: &str) -> Vec<u8> {
    let mut key = vec![prefix];
    key.extend_from_slice(rest.as_bytes());
    key
}

/// A complaint's row.
pub(super) fn row(rows: &ViewRows, id: &str) -> Result<Option<Complaint>, Unread> {
    let Some(bytes) = rows.get(&key(b'c', id))? else {
        return Ok(None);
    };
    let row = Complaint::decode(bytes.as_slice());
    row.map(Some)
        .map_err(|error| Unread(view_unavailable(&error.to_string())))
}

/// The id of the complaint with a reference.
pub(super) fn id_of(rows: &ViewRows, reference: &str) -> Result<Option<String>, Unread> {
    let id = rows
        .get(&key(b'n', reference))?
        .map(String::from_utf8)
        .transpose();
    id.map_err(|error| Unread(view_unavailable(&error.to_string())))
}

/// How many reactions failed and were not done since, if the view can be read.
pub(crate) async fn failed_reactions(view: &View) -> Option<u64> {
    let count = view
        .query(|rows| {
            let (mut count, range) = (0, page::Range::all(FAILED_REACTIONS));
            rows.for_each(&range.from, Some(&range.to), |_, _| {
                count += 1;
                ControlFlow::Continue(())
            })?;
            Ok(count)
        })
        .await;
    count
        .map_err(|error: ReadError| tracing::debug!(%error, "no count of failed reactions"))
        .ok()
}
