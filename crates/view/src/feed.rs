//! Reading and decoding ahead of the fold, by a bounded amount.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use redress_envelope::{LogId, Record};
use redress_event_log::{Cursor, Lives, NotOurs, Source, Stored};
use redress_evidence::leaf_hash;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::progress::Followed;
use crate::stop::Stop;

/// A record that has arrived, decoded where that is possible.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) record: Result<Box<Record>, String>,
    pub(crate) bytes: Bytes,
}

pub(crate) type Chunk = Result<Vec<Arrival>, Stop>;

/// Fewer are decoded on the spot: another thread would take longer to begin.
const FEW_RECORDS: usize = 32;

/// Where a log's records come out.
#[derive(Debug)]
pub(crate) struct Inlet {
    pub(crate) chunks: mpsc::Receiver<Chunk>,
    folded: mpsc::Sender<Vec<Arrival>>,
    busy: Arc<AtomicBool>,
}

impl Inlet {
    /// Whether a chunk is there or under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire) || !self.chunks.is_empty()
    }

    /// Hands back what is folded: whoever decoded it has the time to free it, and finds it faster.
    pub(crate) fn give_back(&self, folded: Vec<Arrival>) {
        let _freed_here_if_not_there = self.folded.try_send(folded);
    }
}

/// Where decoded records go, and come back from.
struct Outlet {
    chunks: mpsc::Sender<Chunk>,
    folded: mpsc::Receiver<Vec<Arrival>>,
    busy: Arc<AtomicBool>,
}

/// A feed, to be run, and where its chunks come out: one waits there, the next is being read.
pub(crate) fn feed(
    source: Arc<dyn Source>,
    followed: Followed,
    cursor: Option<Cursor>,
    read_records: usize,
) -> (Inlet, impl Future<Output = ()> + Send + 'static) {
    let (sender, chunks) = mpsc::channel(1);
    let (folded, returned) = mpsc::channel(1);
    let busy = Arc::new(AtomicBool::new(false));
    let inlet = Inlet {
        chunks,
        folded,
        busy: Arc::clone(&busy),
    };
    let mut outlet = Outlet {
        chunks: sender,
        folded: returned,
        busy,
    };
    let feed = async move {
        if let Err(stop) = run(source, &followed, cursor, read_records, &mut outlet).await {
            let _nobody_wants_it = outlet.chunks.send(Err(stop)).await;
        }
    };
    (inlet, feed)
}

/// Hands on the records of a log from a cursor, until it cannot or nobody wants them.
async fn run(
    source: Arc<dyn Source>,
    followed: &Followed,
    cursor: Option<Cursor>,
    read_records: usize,
    outlet: &mut Outlet,
) -> Result<(), Stop> {
    loop {
        let life = source.log();
        match check(source.as_ref(), cursor).await {
            // It turned out meanwhile to be in another life: that is looked at.
            Err(_) if source.log() != life => {}
            checked => break checked?,
        }
    }
    let mut from = cursor.map_or(0, |cursor| cursor.next);
    let mut lives = source.lives();
    followed.set_lives(lives.clone());
    loop {
        let chunk = source.next(from, read_records).await;
        let told = source.lives();
        if told != lives {
            let is_another = told.log != lives.log;
            must_be_kept(source.as_ref(), &told, lives.log, from)?;
            followed.set_lives(told.clone());
            lives = told;
            if is_another {
                // It is read again, as it is now.
                continue;
            }
        }
        let chunk = chunk.map_err(|error| unreadable(source.as_ref(), from, &error))?;
        outlet.busy.store(true, Ordering::Release);
        let folded = outlet.folded.try_recv().ok();
        from += chunk.len() as u64;
        let chunk = if chunk.len() <= FEW_RECORDS {
            decoded(chunk)
        } else {
            let ended = |_| unreadable(source.as_ref(), from, &"the decoding thread has ended");
            let decoded = move || {
                drop(folded);
                decoded(chunk)
            };
            spawn_blocking(decoded).await.map_err(ended)?
        };
        let sent = outlet.chunks.send(Ok(chunk)).await;
        outlet.busy.store(false, Ordering::Release);
        if sent.is_err() {
            return Ok(());
        }
    }
}

fn decoded(chunk: Vec<Stored>) -> Vec<Arrival> {
    let arrival = |Stored { bytes, .. }: Stored| Arrival {
        record: Record::decode(&bytes)
            .map(Box::new)
            .map_err(|error| error.to_string()),
        bytes,
    };
    chunk.into_iter().map(arrival).collect()
}

/// The log can be in another life than that of which `handed_on` records were handed on: then it must have
/// kept them.
fn must_be_kept(
    source: &dyn Source,
    lives: &Lives,
    life: LogId,
    handed_on: u64,
) -> Result<(), Stop> {
    let kept = lives.keeps(life, handed_on);
    kept.map_err(|why| not_ours(source, life, handed_on, why))
}

fn not_ours(source: &dyn Source, folded: LogId, position: u64, why: NotOurs) -> Stop {
    let (place, found) = (source.place(), source.log());
    match why {
        NotOurs::Lost { kept } => Stop::DeclaredLost {
            place,
            position,
            kept,
            found,
        },
        NotOurs::OtherLog => Stop::OtherLog {
            place,
            position,
            found,
            folded,
        },
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
    source.had(folded, next);
    // Whoever is asked how long it is learns which life it is in, too.
    let size = source
        .size()
        .await
        .map_err(|error| unreadable(source, next, &error))?;
    if let Err(why) = source.lives().keeps(folded, next) {
        return Err(not_ours(source, folded, next, why));
    }
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
