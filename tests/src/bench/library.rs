//! The large log that several benches read; filled once, when the first of them asks.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use redress_event_log::LogConfig;

use super::Extent;
use super::lives::{self, EVENTS};
use super::logs::{self, IN_FLIGHT};
use super::place::Place;
use super::rounds::per_second;
use super::table::{Row, Table};

pub(crate) const SERVICE: &str = "workflow";

#[derive(Debug)]
pub(crate) struct Library {
    folder: PathBuf,
    extent: Extent,
    filled: bool,
}

impl Library {
    pub(crate) fn new(place: &Place, extent: Extent) -> Self {
        Self {
            folder: place.path("library/log"),
            extent,
            filled: false,
        }
    }

    /// Records in a segment: few enough that most of a short log is sealed too.
    pub(crate) fn segment_records(records: u64) -> u64 {
        let sixteenth = (records / 16).next_multiple_of(256);
        sixteenth.min(LogConfig::DEFAULT_SEGMENT_RECORDS)
    }

    /// The folder of a log of complaints; nobody has it open.
    pub(crate) async fn log(&mut self, table: &mut Table) -> Result<PathBuf> {
        if !self.filled {
            self.fill(table).await?;
            self.filled = true;
        }
        Ok(self.folder.clone())
    }

    pub(crate) fn records(&self) -> u64 {
        self.extent.records
    }

    async fn fill(&mut self, table: &mut Table) -> Result<()> {
        let segment_records = Self::segment_records(self.extent.records);
        let log = logs::open(&self.folder, SERVICE, segment_records)?;
        let complaints = self.extent.records.div_ceil(EVENTS);
        eprintln!("filling a log with {} records ..", complaints * EVENTS);
        let begun = Instant::now();
        let streams = (0..complaints).map(lives::complaint).map(logs::stream_of);
        logs::fill::<logs::Complaints>(&log, streams, IN_FLIGHT).await?;
        let rate = per_second(log.head().size, begun.elapsed());
        table.add(Row::new(
            "records appended while the large log was filled",
            rate,
            "/s",
        ));
        let (size, sealable) = (log.head().size, log.head().size / segment_records);
        while log.sealed() < sealable * segment_records {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        table.note(format!(
            "the large log: {size} records of {complaints} complaints, {} of them in {sealable} \
             sealed segments, {} in the tail",
            log.sealed(),
            size - log.sealed()
        ));
        Ok(log.close().await?)
    }
}
