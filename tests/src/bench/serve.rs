//! The whole of Redress in one process, as an operator runs it: how long until it is ready, and how
//! much memory it has by then.

use anyhow::{Result, ensure};
use tonic::transport::Endpoint;

use super::Extent;
use super::child;
use super::memory::MIB;
use super::place::{Place, bytes_in, forget_files};
use super::program::{self, Server};
use super::rounds::alternate;
use super::serve_rows;
use super::table::{Row, Table};

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let folder = place.fresh("serve")?;
    let data = folder.join("data");
    let rows = extent.served_rows;
    let imported = serve_rows::import(&folder, &data, rows)?;

    // Complaints are opened, months judged and views folded for the first time.
    let first = Server::start(&data, &folder)?;
    let door = Endpoint::from_shared(first.ready()?)?.connect().await?;
    let doors = [door.clone(), door.clone(), door];
    let records: u64 = serve_rows::settle(&doors).await?.into_iter().sum();
    drop(doors);
    let busy = first.memory()?;
    first.stop()?;
    ensure!(records >= rows, "{records} records of {rows} rows");

    let (mut resident, mut peak) = (Vec::new(), Vec::new());
    let started = alternate(
        extent.rounds,
        async || {
            forget_files(&data)?;
            let server = Server::start(&data, &folder)?;
            server.ready()?;
            let taken = server.lived().as_secs_f64();
            let memory = server.memory()?;
            resident.push(memory.resident_bytes as f64 / MIB);
            peak.push(memory.peak_bytes as f64 / MIB);
            server.stop()?;
            Ok(taken)
        },
        async || Ok(child::start("nothing", &folder)?.1.as_secs_f64()),
    )
    .await?;
    let what = format!("`redress serve` ready, {rows} complaints, from a cold disk");
    table.add(Row::compared(
        what,
        "s",
        "start and end of a process",
        &started,
    ));
    for (what, mebibytes) in [
        ("memory of `redress serve` when it is ready", resident),
        ("the most memory until then", peak),
    ] {
        let nothing = alternate(
            1,
            async || Ok(super::rounds::median(mebibytes.clone())),
            async || Ok(child::start("nothing", &folder)?.0.resident_bytes as f64 / MIB),
        );
        let beside = "a process that does nothing";
        table.add(Row::compared(what, "MiB", beside, &nothing.await?));
    }
    let what = "the most memory while it opened the complaints and judged the months";
    table.add(Row::new(what, busy.peak_bytes as f64 / MIB, "MiB"));
    let what = format!("`redress import` of {rows} rows into a data directory");
    table.add(Row::new(what, imported, "/s"));
    table.note(format!(
        "the served data directory: {rows} imported complaints, {records} records in three logs, {} \
         MiB; {}",
        bytes_in(&data)? / 1_048_576,
        program::version()?
    ));
    place.remove("serve")
}
