//! How fast a log gets into its stream: `redress-intake` with records that NATS has not got, beside
//! bare publishes of the same records into a stream that is kept in the same way.

use std::time::{Duration, Instant};

use anyhow::Result;
use redress_envelope::{LogId, Record};
use redress_event_bus::{Bus, Place as LogPlace};
use redress_event_log::{Lives, LogConfig};

use super::Extent;
use super::bare_nats::{Outgoing, publish_all};
use super::logs;
use super::place::Place;
use super::rounds::{alternate, per_second};
use super::serve_rows;
use super::site::{Service, Site, TENANT};
use super::table::{Row, Table, Target};

/// Publishes that wait for their acknowledgement: as many as the relay has.
const ON_THEIR_WAY: usize = 512;
const CLOUD_EVENT: &str = "Content-Type: application/cloudevents+json\r\n";
const BARE: &str = "bare";
const LOOK: Duration = Duration::from_millis(5);

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let folder = place.fresh("relay")?;
    let rows = extent.pick(5_000, 100_000);
    serve_rows::import(&folder, &folder.join("data"), rows)?;
    let mut site = Site::new(&folder).await?;
    let of = LogPlace::new(Service::Intake.name(), 0);
    let (id, messages) = published(&site, &of).await?;
    let count = messages.len() as u64;
    let (bus, bare) = (site.nats().bus(TENANT).await?, site.nats().bus(BARE).await?);
    // Views are folded the first time, and not again.
    relayed(&mut site, &bus, &of, count).await?;
    let nats = site.nats().address();
    let relays = tokio::sync::Mutex::new(&mut site);
    let compared = alternate(
        extent.rounds,
        async || relayed(*relays.lock().await, &bus, &of, count).await,
        async || {
            bare.event_stream(&of, &Lives::only(id), 0).await?;
            let rate = publish_all(nats, ON_THEIR_WAY, &messages).await?;
            let site = relays.lock().await;
            site.nats().delete_stream(&of.stream(BARE)).await?;
            Ok(rate)
        },
    )
    .await?;
    let what = format!("{count} records relayed by `redress-intake` from its log into its stream");
    let beside = format!(
        "bare publishes of them, expected sequence, {ON_THEIR_WAY} acks under way, same settings"
    );
    let row = Row::compared(what, "/s", beside, &compared);
    table.add(row.target(Target::RatioAtLeast(0.7)));
    let bytes: usize = messages.iter().map(|message| message.payload.len()).sum();
    table.note(format!(
        "a relayed record has {} bytes in the mean",
        bytes as u64 / count
    ));
    drop(site);
    place.remove("relay")
}

/// The records of intake's log, as its relay publishes them.
async fn published(site: &Site, of: &LogPlace) -> Result<(LogId, Vec<Outgoing>)> {
    let folder = site.data_of(Service::Intake).join("0/log");
    let segment_records = LogConfig::DEFAULT_SEGMENT_RECORDS;
    let log = logs::open(&folder, Service::Intake.name(), segment_records)?;
    let records = logs::all_bytes(&log).await?;
    let messages = (0..).zip(records).map(|(position, payload)| {
        let kind = Record::decode(&payload)?.kind;
        Ok(Outgoing {
            subject: of.subject(BARE, &kind),
            headers: format!("{CLOUD_EVENT}Nats-Expected-Last-Sequence: {position}\r\n"),
            payload,
        })
    });
    let messages = messages.collect::<Result<_>>()?;
    let id = log.id();
    log.close().await?;
    Ok((id, messages))
}

/// Records a second, from the first that is seen in the stream to the last.
async fn relayed(site: &mut Site, bus: &Bus, of: &LogPlace, count: u64) -> Result<f64> {
    site.begin(Service::Intake)?;
    let mut first = None;
    let rate = loop {
        let last = bus.event_span(of).await?.map_or(0, |span| span.last);
        let now = Instant::now();
        match first {
            None if last > 0 => first = Some((now, last)),
            Some((begun, from)) if last >= count => break per_second(last - from, now - begun),
            None | Some(_) => {}
        }
        site.server(Service::Intake)?.runs()?;
        tokio::time::sleep(LOOK).await;
    };
    site.server(Service::Intake)?.ready()?;
    site.stop()?;
    site.nats().delete_stream(&of.stream(TENANT)).await?;
    Ok(rate)
}
