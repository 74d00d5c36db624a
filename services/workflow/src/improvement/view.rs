//! The rows that improvements are listed from.
//!
//! | Key | Row |
//! |---|---|
//! | `c<id>` | the improvement as it is answered |
//! | `h<id>` | its events, to fold on from |
//! | `d<opened><id>`, `a<opened><id>` | nothing: newest first and oldest first |

use jiff::Timestamp;
use redress_envelope::Record;
use redress_view::{Fold, FoldError, Rows, ViewRows};
use redress_wire::Message;
use redress_wire::workflow::v1::Improvement;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::case::Case;
use crate::page::{self, Unread};
use crate::waiting::view_unavailable;

pub(super) const NEWEST_FIRST: u8 = b'd';
pub(super) const OLDEST_FIRST: u8 = b'a';

#[derive(Debug)]
pub(crate) struct ImprovementList;

impl Fold for ImprovementList {
    const NAME: &'static str = "improvements";
    const VERSION: u32 = 3;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        if record.subject.kind() == "improvement" {
            improvement(record, rows)
        } else {
            Ok(())
        }
    }
}

/// An event that was folded, as the next fold needs it.
#[derive(Debug, Serialize, Deserialize)]
struct Past {
    kind: String,
    time: Timestamp,
    data: Box<RawValue>,
}

fn improvement(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let id = record.subject.id();
    let past_key = key(b'h', id);
    let mut past: Vec<Past> = rows.get_json(&past_key)?.unwrap_or_default();
    let mut case = Case::default();
    for event in &past {
        apply(&mut case, &event.kind, &event.data, event.time)?;
    }
    let was_opened = case.is_opened();
    apply(&mut case, &record.kind, &record.data, record.time)?;
    case.see(record);
    past.push(Past {
        kind: record.kind.clone(),
        time: record.time,
        data: record.data.clone(),
    });
    rows.put_json(&past_key, &past)?;
    if !case.is_opened() {
        // Its beginning was of an unknown type.
        return Ok(());
    }
    if !was_opened {
        rows.put(&page::key(NEWEST_FIRST, record.time, true, id), Vec::new());
        rows.put(&page::key(OLDEST_FIRST, record.time, false, id), Vec::new());
    }
    rows.put(&key(b'c', id), case.into_answer().encode_to_vec());
    Ok(())
}

fn apply(case: &mut Case, kind: &str, data: &RawValue, time: Timestamp) -> Result<(), FoldError> {
    match redress_improvement::decode(kind, data) {
        Ok(event) => {
            case.apply(&event, time);
            Ok(())
        }
        Err(error) => Err(match error.unknown() {
            Some(what) => FoldError::UnknownType(what),
            None => FoldError::broken(error),
        }),
    }
}

fn key(prefix: u8, id: &str) -> Vec<u8> {
    let mut key = vec![prefix];
    key.extend_from_slice(id.as_bytes());
    key
}

pub(super) fn row(rows: &ViewRows, id: &str) -> Result<Option<Improvement>, Unread> {
    let Some(bytes) = rows.get(&key(b'c', id))? else {
        return Ok(None);
    };
    let row = Improvement::decode(bytes.as_slice());
    row.map(Some)
        .map_err(|error| Unread(view_unavailable(&error.to_string())))
}
