//! A whole log folded into a view, beside reading and decoding it and nothing else.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use redress_envelope::Record;
use redress_event_log::{Log, Source};
use redress_view::{Fold, View, ViewOptions};

use super::Extent;
use super::fold::ComplaintList;
use super::library::{Library, SERVICE};
use super::logs;
use super::place::Place;
use super::rounds::{alternate, per_second};
use super::table::{Row, Table, Target};

/// As many as a view reads at a time.
const READ_RECORDS: usize = 1_000;

pub(crate) async fn measure(
    extent: Extent,
    place: &Place,
    library: &mut Library,
    table: &mut Table,
) -> Result<()> {
    let folder = library.log(table).await?;
    let log = logs::open(
        &folder,
        SERVICE,
        Library::segment_records(library.records()),
    )?;
    let own = row("a list view", extent, place, &log, || ComplaintList).await?;
    table.add(own.target(Target::RatioAtLeast(0.5)));
    let workflow = || redress_workflow::ComplaintList;
    let workflow = row(
        "workflow's list of complaints",
        extent,
        place,
        &log,
        workflow,
    )
    .await?;
    table.add(workflow.target(Target::RatioAtLeast(0.5)));
    let facts = || redress_reporting::Facts;
    table.add(row("reporting's facts", extent, place, &log, facts).await?);
    let rate = read(&log, false).await?;
    table.add(Row::new(
        "the same records read and not decoded",
        rate,
        "/s",
    ));
    log.close().await?;
    place.remove("views")
}

async fn row<F: Fold>(
    what: &str,
    extent: Extent,
    place: &Place,
    log: &Log,
    fold: impl Fn() -> F,
) -> Result<Row> {
    let size = log.head().size;
    let compared = alternate(
        extent.rounds,
        async || {
            let (view, taken) = replay(log, &place.fresh("views")?, fold()).await?;
            view.close().await;
            Ok(per_second(size, taken))
        },
        async || read(log, true).await,
    );
    let what = format!("{size} records folded into {what}");
    let beside = "reading and decoding alone";
    Ok(Row::compared(what, "/s", beside, &compared.await?))
}

/// A new view that has all records, and how long that took.
pub(crate) async fn replay<F: Fold>(log: &Log, views: &Path, fold: F) -> Result<(View, Duration)> {
    let begun = Instant::now();
    let source: Arc<dyn Source> = Arc::new(log.clone());
    let view = View::start(views, fold, vec![source], ViewOptions::default())?;
    let all = log.token(log.head().size);
    view.wait_for(&all, Duration::from_hours(1)).await?;
    let taken = begun.elapsed();
    let incomplete = view
        .status()
        .await
        .sources
        .into_iter()
        .find_map(|it| it.incomplete_from);
    match incomplete {
        Some(from) => Err(anyhow!("the view could not fold {from:?}")),
        None => Ok((view, taken)),
    }
}

/// Records a second through the path that a view reads by.
pub(crate) async fn read(log: &Log, decode: bool) -> Result<f64> {
    let (begun, size) = (Instant::now(), log.head().size);
    let mut position = 0;
    while position < size {
        let batch = Source::next(log, position, READ_RECORDS).await?;
        for stored in batch.iter().filter(|_| decode) {
            std::hint::black_box(Record::decode(&stored.bytes)?);
        }
        position += batch.len() as u64;
    }
    Ok(per_second(size, begun.elapsed()))
}
