//! The two ends of a merging: the complaint that stays says which it received, the other one into which it
//! went. A log writes one stream at a time, so the one that stays is told first, and is told again where
//! nothing came of it: at once, or after a crash by whoever finds the row of it in the view.
//!
//! `M<that stays>/<the other one>` is a row as long as the first says that it received the second, and the
//! second does not say that it went there.

use std::ops::ControlFlow;

use redress_complaint::command::EndMerge;
use redress_complaint::{Event as Step, Refusal, decide};
use redress_envelope::{Actor, Context, ItemId, Subject};
use redress_event_log::{Command, Log, Moment, TransactError};
use redress_view::{ReadError, Rows, View, ViewRows};
use tokio::sync::Mutex;

use crate::clocked::{Clocked, Event};
use crate::life::ComplaintLife;
use crate::page::Range;

const HALF: u8 = b'M';

/// Rows that are looked at in one look.
const AT_ONCE: usize = 100;

/// Keeps the row of a half of a merging, from what a complaint's stream says.
pub(crate) fn keep_row(rows: &mut Rows<'_>, id: &str, event: &Event) {
    let Event::Complaint(event) = event else {
        return;
    };
    if let Step::MergeReceived(e) = event {
        rows.put(&row(id, &e.from.to_string()), Vec::new());
    } else if let Step::MergeEnded(e) = event {
        rows.delete(&row(id, &e.from.to_string()));
    } else if let Step::MergedInto(e) = event {
        rows.delete(&row(&e.into.to_string(), id));
    } else if let Step::Unmerged(e) = event {
        rows.put(&row(&e.from.to_string(), id), Vec::new());
    }
}

fn row(stays: &str, other: &str) -> Vec<u8> {
    let mut row = vec![HALF];
    row.extend_from_slice(format!("{stays}/{other}").as_bytes());
    row
}

/// The two complaints of a row.
fn complaints(row: &[u8]) -> Option<(ItemId, ItemId)> {
    let text = str::from_utf8(row.get(1..)?).ok()?;
    let (stays, other) = text.split_once('/')?;
    Some((stays.parse().ok()?, other.parse().ok()?))
}

fn halves(rows: &ViewRows) -> Result<Vec<(ItemId, ItemId)>, ReadError> {
    let (mut found, range) = (Vec::new(), Range::all(HALF));
    rows.for_each(&range.from, Some(&range.to), |row, _| {
        found.extend(complaints(row));
        if found.len() < AT_ONCE {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok(found)
}

/// Sees to what a crash has left half done. What cannot be done now is done the next time.
pub(crate) async fn tidy(log: &Log, complaints: &View, one_at_a_time: &Mutex<()>) {
    let halves = match complaints.query(halves).await {
        Ok(halves) => halves,
        Err(error) => {
            tracing::debug!(%error, "half done mergings cannot be read");
            return;
        }
    };
    for (stays, other) in halves {
        let _one = one_at_a_time.lock().await;
        let context = Context::by(Actor::System);
        if let Err(error) = let_go(log, context, stays, other).await {
            tracing::debug!(%stays, %other, %error, "a merging stays half done for now");
        }
    }
}

/// Tells a complaint that another one is not merged into it, unless it is. Nobody else may merge or unmerge
/// meanwhile.
pub(crate) async fn let_go(
    log: &Log,
    context: Context,
    stays: ItemId,
    other: ItemId,
) -> Result<(), TransactError<Refusal>> {
    if merged_into(log, other).await? == Some(stays) {
        return Ok(());
    }
    let command = EndMerge {
        from: other,
        occurred_at: None,
    }
    .into();
    let decide = move |case: &Clocked, moment: Moment| {
        let rules = redress_complaint::Rules::default();
        let events = decide(&case.complaint, &command, &rules, moment.time)?;
        Ok(events.into_iter().map(Event::Complaint).collect())
    };
    let context = Context {
        request_id: None,
        request_digest: None,
        ..context
    };
    let command = Command::new(Subject::item("complaint", stays), context);
    let done = log.transact::<ComplaintLife, Refusal>(command, decide);
    done.await?;
    Ok(())
}

/// Into which complaint another one is merged now.
pub(crate) async fn merged_into(
    log: &Log,
    id: ItemId,
) -> Result<Option<ItemId>, redress_event_log::LoadError> {
    let subject = Subject::item("complaint", id);
    let loaded = log.load::<ComplaintLife>(subject, log.head().size).await?;
    Ok(loaded.0.complaint.merging().map(|merging| merging.into))
}
