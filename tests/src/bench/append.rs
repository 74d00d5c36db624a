//! Records appended to a log by `transact`, durable when it answers, beside the bare disk.

use anyhow::Result;
use bytes::Bytes;
use redress_event_log::LogConfig;

use super::Extent;
use super::bare_file;
use super::library::SERVICE;
use super::lives::{self, EVENTS};
use super::logs::{self, Complaints, IN_FLIGHT, Stream};
use super::place::Place;
use super::rounds::{alternate, rate};
use super::table::{Row, Table};

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let many = extent.pick(1_000, 10_000);
    table.add(many_in_flight(extent, place, many).await?);
    let few = extent.pick(50, 250);
    table.add(one_in_flight(extent, place, few).await?);
    Ok(())
}

async fn many_in_flight(extent: Extent, place: &Place, complaints: u64) -> Result<Row> {
    let bytes = appended(place, streams(complaints), IN_FLIGHT).await?.0;
    let compared = alternate(
        extent.rounds,
        async || Ok(appended(place, streams(complaints), IN_FLIGHT).await?.1),
        async || bare_file::grouped(&place.path("bare"), &bytes),
    )
    .await?;
    let what = format!("records appended to a log, {IN_FLIGHT} in flight");
    let beside = format!(
        "a bare file, groups of {}, zstd 1, fdatasync",
        bare_file::GROUP
    );
    Ok(Row::compared(what, "/s", beside, &compared))
}

async fn one_in_flight(extent: Extent, place: &Place, complaints: u64) -> Result<Row> {
    let bytes = appended(place, streams(complaints), 1).await?.0;
    let compared = alternate(
        extent.rounds,
        async || Ok(appended(place, streams(complaints), 1).await?.1),
        async || bare_file::one_by_one(&place.path("bare"), &bytes),
    )
    .await?;
    let beside = "a bare file, one write and fdatasync each";
    Ok(Row::compared(
        "records appended to a log, 1 in flight",
        "/s",
        beside,
        &compared,
    ))
}

fn streams(complaints: u64) -> Vec<Stream<Complaints>> {
    (0..complaints)
        .map(lives::complaint)
        .map(logs::stream_of)
        .collect()
}

/// The stored records and how many a second went into a new log.
async fn appended(
    place: &Place,
    streams: Vec<Stream<Complaints>>,
    in_flight: usize,
) -> Result<(Vec<Bytes>, f64)> {
    let folder = place.fresh("append")?;
    let log = logs::open(
        &folder.join("log"),
        SERVICE,
        LogConfig::DEFAULT_SEGMENT_RECORDS,
    )?;
    let records = streams.len() as u64 * EVENTS;
    let work = logs::fill::<Complaints>(&log, streams.into_iter(), in_flight);
    let rate = rate(records, work).await?;
    let bytes = logs::all_bytes(&log).await?;
    log.close().await?;
    place.remove("append")?;
    Ok((bytes, rate))
}
