//! The rows of messages that nobody has dealt with: `m<channel>/<recorded><number><id>` for each, with
//! nothing.

use std::ops::ControlFlow;

use jiff::Timestamp;
use redress_complaint::contact::Course;
use redress_envelope::ItemId;
use redress_view::{ReadError, Rows, ViewRows};

use super::case::Case;
use crate::page;

const QUEUED: u8 = b'm';
/// Of an instant, and of a number.
const TIME_BYTES: usize = 8;
const NUMBER_BYTES: usize = 4;

/// A message that nobody has dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Queued {
    pub(super) recorded_at: Timestamp,
    pub(super) complaint: ItemId,
    pub(super) message: u32,
}

/// The keys of a complaint's messages.
pub(super) fn keys(id: &str, case: &Case) -> Vec<Vec<u8>> {
    let messages = case.contact.messages().iter();
    let queued = messages.filter(|(_, message)| message.course == Course::Requested);
    let keys = queued.filter_map(|(number, message)| {
        let recorded_at = case.messages_recorded.get(number)?;
        let mut key = start(&message.channel, *recorded_at);
        key.extend_from_slice(&number.to_be_bytes());
        key.extend_from_slice(id.as_bytes());
        Some(key)
    });
    keys.collect()
}

pub(super) fn write(rows: &mut Rows<'_>, before: &[Vec<u8>], after: &[Vec<u8>]) {
    for gone in before.iter().filter(|key| !after.contains(key)) {
        rows.delete(gone);
    }
    for new in after.iter().filter(|key| !before.contains(key)) {
        rows.put(new, Vec::new());
    }
}

/// The first messages of a channel that were asked for since then, oldest first.
pub(super) fn since(
    rows: &ViewRows,
    channel: &str,
    from: Timestamp,
    at_most: usize,
) -> Result<Vec<Queued>, ReadError> {
    let (from, to) = (start(channel, from), start(channel, Timestamp::MAX));
    let prefix = to.len() - TIME_BYTES;
    let mut queued = Vec::new();
    rows.for_each(&from, Some(&to), |key, _| {
        queued.extend(read(key.get(prefix..).unwrap_or_default()));
        if queued.len() < at_most {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok(queued)
}

fn start(channel: &str, at: Timestamp) -> Vec<u8> {
    let mut key = vec![QUEUED];
    key.extend_from_slice(channel.as_bytes());
    key.push(b'/');
    // The time alone, without the prefix that other rows have.
    key.extend_from_slice(&page::start(0, at, false)[1..]);
    key
}

fn read(rest: &[u8]) -> Option<Queued> {
    let (time, rest) = rest.split_at_checked(TIME_BYTES)?;
    let (number, id) = rest.split_at_checked(NUMBER_BYTES)?;
    let sorting = u64::from_be_bytes(time.try_into().ok()?);
    let microsecond = (sorting ^ (1 << 63)).cast_signed();
    Some(Queued {
        recorded_at: Timestamp::from_microsecond(microsecond).ok()?,
        complaint: std::str::from_utf8(id).ok()?.parse().ok()?,
        message: u32::from_be_bytes(number.try_into().ok()?),
    })
}
