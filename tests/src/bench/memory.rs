//! Memory after a whole replay, and how long it takes until a log is open.

use anyhow::Result;

use super::Extent;
use super::child::{self, Said};
use super::library::Library;
use super::place::{Place, forget_files};
use super::rounds::{Compared, alternate};
use super::table::{Row, Table, Target};

pub(crate) const MIB: f64 = 1_048_576.0;

pub(crate) async fn measure(
    extent: Extent,
    place: &Place,
    library: &mut Library,
    table: &mut Table,
) -> Result<()> {
    let log = library.log(table).await?;
    let records = library.records();

    let started = alternate(
        extent.rounds,
        async || {
            forget_files(&log)?;
            Ok(child::start("open", &place.path(""))?.1.as_secs_f64())
        },
        async || Ok(child::start("nothing", &place.path(""))?.1.as_secs_f64()),
    )
    .await?;
    let what = format!("start, open a log of {records} records from a cold disk, end");
    let row = Row::compared(what, "s", "start and end", &started);
    table.add(row.target(Target::AtMost(1.0)));

    let opened = memory_of("open", extent, place, |said| said.resident_bytes).await?;
    let nothing = "a process that does nothing";
    table.add(Row::compared(
        "memory with the log open",
        "MiB",
        nothing,
        &opened,
    ));
    let target = Target::AtMost(200.0);
    let replayed = memory_of("replay", extent, place, |said| said.resident_bytes).await?;
    let what = "memory after a replay into a view";
    table.add(Row::compared(what, "MiB", nothing, &replayed).target(target));
    let peak = memory_of("replay", extent, place, |said| said.peak_bytes).await?;
    let what = "the most memory during the replay";
    table.add(Row::compared(what, "MiB", nothing, &peak).target(target));
    Ok(())
}

async fn memory_of(
    work: &str,
    extent: Extent,
    place: &Place,
    of: fn(&Said) -> u64,
) -> Result<Compared> {
    // One replay takes as much memory as the next, and it takes a while.
    let rounds = extent.rounds.min(3);
    alternate(
        rounds,
        async || {
            place.remove("child-views")?;
            Ok(of(&child::start(work, &place.path(""))?.0) as f64 / MIB)
        },
        async || Ok(of(&child::start("nothing", &place.path(""))?.0) as f64 / MIB),
    )
    .await
}
