//! Each service as a process of its own on a large log: how long until it is ready, how fast its rows
//! are folded again, and how much memory it takes for both.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use redress_event_log::LogConfig;
use redress_wire::log::v1::view_service_client::ViewServiceClient;
use redress_wire::log::v1::{ListViewsRequest, RebuildViewRequest};
use tonic::transport::Channel;

use super::Extent;
use super::child;
use super::logs;
use super::memory::MIB;
use super::place::{Place, forget_files};
use super::replay::read;
use super::rounds::{alternate_each, per_second};
use super::serve_rows;
use super::site::{Service, Site};
use super::table::{Row, Table, Target};

/// At five million records a service.
const READY_SECONDS: f64 = 2.0;
const REBUILT: f64 = 500_000.0;
const MEMORY_MIB: f64 = 300.0;

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let folder = place.fresh("services")?;
    let rows = extent.service_records;
    eprintln!("importing {rows} rows ..");
    let imported = serve_rows::import(&folder, &folder.join("data"), rows)?;
    let mut site = Site::new(&folder).await?;
    let begun = Instant::now();
    site.start(&Service::ALL)?;
    let records = serve_rows::settle(&doors(&site).await?).await?;
    let settled = begun.elapsed();
    let mut views = Vec::new();
    for service in Service::ALL {
        views.push(largest_view(site.door(service).await?, service).await?);
    }
    site.stop()?;

    let shared = tokio::sync::Mutex::new(&mut site);
    // One large folding takes as long as the next.
    let rounds = extent.rounds.min(3);
    let compared = alternate_each(
        rounds,
        async || figures(*shared.lock().await, &views).await,
        async || limits(*shared.lock().await, &folder).await,
    )
    .await?;
    for (((service, records), view), of) in Service::ALL
        .into_iter()
        .zip(records)
        .zip(&views)
        .zip(compared.chunks_exact(4))
    {
        let [ready, rebuilt, resident, peak] = of else {
            continue;
        };
        let name = format!("`{}`, {records} records,", service.program());
        let beside = "start and end of a process";
        let what = format!("{name} ready, from a cold disk");
        table.add(Row::compared(what, "s", beside, ready).target(Target::AtMost(READY_SECONDS)));
        let what = format!(
            "{name} rebuilds `{}` from {} records while it answers",
            view.name, view.records
        );
        let beside = "reading and decoding those logs alone";
        let row = Row::compared(what, "/s", beside, rebuilt);
        table.add(row.target(Target::AtLeast(REBUILT)));
        let nothing = "a process that does nothing";
        let what = format!("{name} memory when it is ready");
        let row = Row::compared(what, "MiB", nothing, resident);
        table.add(row.target(Target::AtMost(MEMORY_MIB)));
        let what = format!("{name} the most memory until that is rebuilt");
        let row = Row::compared(what, "MiB", nothing, peak);
        table.add(row.target(Target::AtMost(MEMORY_MIB)));
    }
    table.note(format!(
        "services: {rows} rows imported at {imported:.0}/s, and {:.1} s until three processes had \
         caught up with each other over NATS for the first time; the targets are for 5,000,000 \
         records (`services --records 5000000`)",
        settled.as_secs_f64()
    ));
    drop(site);
    place.remove("services")
}

async fn doors(site: &Site) -> Result<[Channel; 3]> {
    Ok([
        site.door(Service::Intake).await?,
        site.door(Service::Workflow).await?,
        site.door(Service::Reporting).await?,
    ])
}

/// A view, and how many records are folded into it.
#[derive(Debug)]
struct Folded {
    name: String,
    records: u64,
}

async fn largest_view(door: Channel, service: Service) -> Result<Folded> {
    let mut views = ViewServiceClient::new(door);
    let listed = views.list_views(ListViewsRequest {}).await?.into_inner();
    let largest = listed.views.into_iter().max_by_key(|view| view.bytes);
    let view = largest.with_context(|| format!("{} has no view", service.program()))?;
    Ok(Folded {
        records: view.logs.iter().map(|log| log.position).sum(),
        name: view.view,
    })
}

/// Of each service: seconds until it is ready, records folded again a second, and MiB when it is ready
/// and at most.
async fn figures(site: &mut Site, views: &[Folded]) -> Result<[f64; 12]> {
    let mut figures = [0.0; 12];
    for (service, of) in Service::ALL.into_iter().zip(figures.chunks_exact_mut(4)) {
        forget_files(&site.data_of(service))?;
        site.start(&[service])?;
        let server = site.server(service)?;
        of[0] = server.lived().as_secs_f64();
        of[2] = server.memory()?.resident_bytes as f64 / MIB;
    }
    for ((service, view), of) in Service::ALL
        .into_iter()
        .zip(views)
        .zip(figures.chunks_exact_mut(4))
    {
        of[1] = rebuild(site.door(service).await?, service, view).await?;
        of[3] = site.server(service)?.memory()?.peak_bytes as f64 / MIB;
    }
    site.stop()?;
    Ok(figures)
}

async fn rebuild(door: Channel, service: Service, view: &Folded) -> Result<f64> {
    let begun = Instant::now();
    let request = RebuildViewRequest {
        service: service.name().to_owned(),
        view: view.name.clone(),
    };
    let rebuilding = ViewServiceClient::new(door).rebuild_view(request).await?;
    let mut told = rebuilding.into_inner();
    while told.message().await?.is_some() {}
    Ok(per_second(view.records, begun.elapsed()))
}

/// What stands beside each of the figures.
async fn limits(site: &Site, folder: &Path) -> Result<[f64; 12]> {
    let (said, lived) = child::start("nothing", folder)?;
    let nothing = said.resident_bytes as f64 / MIB;
    let (mut seconds, mut records) = ([0.0; 3], [0.0; 3]);
    for service in [Service::Intake, Service::Workflow] {
        let log = logs::open(
            &site.data_of(service).join("0/log"),
            service.name(),
            LogConfig::DEFAULT_SEGMENT_RECORDS,
        )?;
        let count = log.head().size as f64;
        records[service as usize] = count;
        seconds[service as usize] = count / read(&log, true).await?;
        log.close().await?;
    }
    let reporting = Service::Reporting as usize;
    records[reporting] = records.iter().sum();
    seconds[reporting] = seconds.iter().sum();
    let mut limits = [0.0; 12];
    for ((of, records), seconds) in limits.chunks_exact_mut(4).zip(records).zip(seconds) {
        of.copy_from_slice(&[lived.as_secs_f64(), records / seconds, nothing, nothing]);
    }
    Ok(limits)
}
