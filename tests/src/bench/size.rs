//! Bytes: of a record, of the envelope around its data, and on the disk once it is sealed.

use std::path::Path;

use anyhow::Result;
use redress_envelope::Record;
use redress_event_log::Log;

use super::feedback;
use super::library::{Library, SERVICE};
use super::logs::{self, FeedbackItems, IN_FLIGHT};
use super::place::{Place, bytes_in};
use super::table::{Row, Table, Target};

pub(crate) async fn measure(place: &Place, library: &mut Library, table: &mut Table) -> Result<()> {
    let records = library.records();
    let folder = library.log(table).await?;
    let log = logs::open(&folder, SERVICE, Library::segment_records(records))?;
    add_rows("complaint", &log, &folder, table).await?;
    log.close().await?;

    let folder = place.fresh("feedback")?.join("log");
    let records = records.min(131_072);
    let segment_records = Library::segment_records(records);
    let log = logs::open(&folder, "intake", segment_records)?;
    let streams = (0..records).map(feedback::imported);
    let streams = streams.map(|(subject, context, event)| (subject, vec![(context, event)]));
    logs::fill::<FeedbackItems>(&log, streams, IN_FLIGHT).await?;
    while log.sealed() < log.head().size / segment_records * segment_records {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    add_rows("feedback", &log, &folder, table).await?;
    log.close().await?;
    place.remove("feedback")
}

async fn add_rows(kind: &str, log: &Log, folder: &Path, table: &mut Table) -> Result<()> {
    let mut sizes = Sizes::default();
    let mut position = 0;
    while position < log.sealed() {
        let batch = log.read(position, 10_000, 16 << 20).await?;
        for stored in batch.iter().filter(|stored| stored.position < log.sealed()) {
            let record = Record::decode(&stored.bytes)?;
            sizes.record.push(stored.bytes.len());
            sizes
                .envelope
                .push(stored.bytes.len() - record.data.get().len());
        }
        position += batch.len() as u64;
    }
    let on_disk = bytes_in(&folder.join("segments"))?;
    let in_records: usize = sizes.record.iter().sum();
    let what = format!("bytes on disk per byte of a sealed {kind} record");
    let row = Row::new(what, on_disk as f64 / in_records as f64, "");
    table.add(row.target(Target::AtMost(0.5)));
    for (what, sizes) in [
        ("record", &mut sizes.record),
        ("envelope", &mut sizes.envelope),
    ] {
        sizes.sort_unstable();
        let at = |percent: usize| sizes[(sizes.len() - 1) * percent / 100] as f64;
        let mean = sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
        for (which, bytes) in [("mean", mean), ("p50", at(50)), ("p99", at(99))] {
            table.add(Row::new(
                format!("a {kind} {what}, {which}"),
                bytes,
                "bytes",
            ));
        }
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Sizes {
    record: Vec<usize>,
    /// The record without its `data`.
    envelope: Vec<usize>,
}
