//! Erasures that a crash kept from following their discards. That an input was discarded is recorded
//! first, and then its key is dropped; what lies between leaves a key that opens what came. After each
//! start, and again each day, the keys of all that was discarded are dropped: where they are gone
//! already, nothing is written.

use std::ops::ControlFlow;
use std::time::Duration;

use redress_envelope::ItemId;
use redress_log_service::{Around, view_covers};
use redress_service::lifecycle::TaskError;
use redress_service::{Problem, Shutdown};
use redress_vault::{Erasure, SubjectId};
use redress_view::{ReadError, ViewRows};

use super::kept::{Kept, Standing};
use super::row;
use crate::intake::{Inner, Intake};
use crate::list::unread;
use crate::sealing::vault_problem;

const EACH: Duration = Duration::from_hours(24);
/// Where the list cannot be read yet.
const AGAIN: Duration = Duration::from_secs(5);
/// Keys that are dropped together: nothing is sealed meanwhile.
const TOGETHER: usize = 64;
/// Rows that are looked at in one go.
const ROWS: usize = 1024;

/// Until the process stops.
pub(crate) async fn complete(intake: Intake, around: Around) -> Result<(), TaskError> {
    loop {
        let pause = match erase_discarded(&intake.inner, &around.shutdown).await {
            Ok(0) => EACH,
            Ok(erased) => {
                tracing::info!(erased, "completed the erasure of what was discarded");
                EACH
            }
            // What has stopped says so where it is needed.
            Err(problem) => {
                tracing::debug!(%problem, "what was discarded was not looked at");
                AGAIN
            }
        };
        tokio::select! {
            () = around.shutdown.soft() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Drops the keys of all that is discarded now, and says how many there were.
pub(crate) async fn erase_discarded(intake: &Inner, shutdown: &Shutdown) -> Result<usize, Problem> {
    let head = intake.log.token(intake.log.head().size);
    view_covers(&intake.list, &head).await?;
    let (mut erased, mut after) = (0, None);
    loop {
        let read = intake.list.query(move |rows| discarded(rows, after)).await;
        let page = read.map_err(|error| unread(&error))?;
        for ids in page.ids.chunks(TOGETHER) {
            if shutdown.is_stopping() {
                return Ok(erased);
            }
            erased += erase(intake, ids).await?;
        }
        after = page.last;
        if after.is_none() {
            return Ok(erased);
        }
    }
}

async fn erase(intake: &Inner, ids: &[ItemId]) -> Result<usize, Problem> {
    let keys: Vec<SubjectId> = ids
        .iter()
        .map(|id| intake.names.subject(*id, None))
        .collect();
    let erased = intake.vault.erase_subjects(keys).await;
    let erased = erased.map_err(|error| vault_problem(intake, &error))?;
    Ok(erased.iter().filter(|it| **it == Erasure::Erased).count())
}

/// What is discarded of some rows, and where the next begin, if there are more.
struct Page {
    ids: Vec<ItemId>,
    last: Option<u64>,
}

fn discarded(rows: &ViewRows, after: Option<u64>) -> Result<Page, ReadError> {
    let from = after.map_or_else(|| row::ALL.to_vec(), row::behind);
    let (mut page, mut looked_at, mut last) = (
        Page {
            ids: Vec::new(),
            last: None,
        },
        0,
        None,
    );
    let mut failed = None;
    rows.for_each(&from, Some(row::END), |_, value| {
        if looked_at == ROWS {
            page.last = last;
            return ControlFlow::Break(());
        }
        looked_at += 1;
        match serde_json::from_slice::<Kept>(value) {
            Ok(kept) => {
                last = Some(kept.position);
                if let (Standing::Discarded { .. }, Ok(id)) = (&kept.standing, kept.id.parse()) {
                    page.ids.push(id);
                }
                ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(page),
    }
}
