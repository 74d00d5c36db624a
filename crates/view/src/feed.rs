//! Reading ahead of the fold, by a bounded amount.

use std::sync::Arc;

use redress_event_log::{Cursor, Source, Stored};
use redress_evidence::leaf_hash;
use tokio::sync::mpsc;

use crate::stop::Stop;

pub(crate) type Chunk = Result<Vec<Stored>, Stop>;

/// Hands on the records of a log from a cursor, until it cannot or nobody wants them.
pub(crate) async fn feed(
    source: Arc<dyn Source>,
    cursor: Option<Cursor>,
    read_records: usize,
    chunks: mpsc::Sender<Chunk>,
) {
    let mut from = cursor.map_or(0, |cursor| cursor.next);
    if let Err(stop) = check(source.as_ref(), cursor).await {
        let _nobody_wants_it = chunks.send(Err(stop)).await;
        return;
    }
    loop {
        let chunk = match source.next(from, read_records).await {
            Ok(chunk) => chunk,
            Err(error) => {
                let stop = unreadable(source.as_ref(), from, &error);
                let _nobody_wants_it = chunks.send(Err(stop)).await;
                return;
            }
        };
        from += chunk.len() as u64;
        if chunks.send(Ok(chunk)).await.is_err() {
            return;
        }
    }
}

/// The log must still hold the last record that was folded.
async fn check(source: &dyn Source, cursor: Option<Cursor>) -> Result<(), Stop> {
    let Some(Cursor {
        log: folded,
        next,
        hash,
    }) = cursor.filter(|cursor| cursor.next > 0)
    else {
        return Ok(());
    };
    let place = source.place();
    if folded != source.log() {
        return Err(Stop::OtherLog {
            place,
            position: next,
            found: source.log(),
            folded,
        });
    }
    let size = source
        .size()
        .await
        .map_err(|error| unreadable(source, next, &error))?;
    if size < next {
        return Err(Stop::SourceShorter {
            place,
            position: next,
            size,
        });
    }
    let position = next - 1;
    let last = source
        .next(position, 1)
        .await
        .map_err(|error| unreadable(source, position, &error))?;
    let same = |stored: &Stored| stored.position == position && leaf_hash(&stored.bytes) == hash;
    if last.first().is_some_and(same) {
        Ok(())
    } else {
        Err(Stop::SourceChanged { place, position })
    }
}

fn unreadable(source: &dyn Source, position: u64, why: &dyn std::fmt::Display) -> Stop {
    Stop::Source {
        place: source.place(),
        position,
        why: why.to_string(),
    }
}
