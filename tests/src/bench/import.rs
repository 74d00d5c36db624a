//! Rows of a file on their way into the log, words sealed, beside a bare file of the same bytes.

use std::sync::Arc;

use anyhow::{Result, anyhow, bail, ensure};
use bytes::Bytes;
use redress_envelope::{Actor, ItemId};
use redress_feedback::cfpb;
use redress_intake::{ImportRow, Intake, RowOutcome};
use redress_service::Caller;
use redress_wire::intake::v1::StartImportRequest;
use redress_wire::intake::v1::intake_service_server::IntakeService;
use tokio::task::JoinSet;
use tonic::Request;

use super::Extent;
use super::bare_file;
use super::cfpb_rows;
use super::child::{self, Said};
use super::intake;
use super::memory::MIB;
use super::place::{Place, bytes_in};
use super::rounds::{alternate, rate};
use super::table::{Row, Table, Target};

/// Rows handed in together, and how many such batches are under way.
const BATCH: usize = 256;
const UNDER_WAY: usize = 4;

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let count = extent.pick(4_096, 65_536_u64);
    let lines = (0..count).map(|number| Ok(Bytes::from(cfpb_rows::line(number)?)));
    let lines: Vec<Bytes> = lines.collect::<Result<_>>()?;
    let compared = alternate(
        extent.rounds,
        async || imported(place, &lines).await,
        async || bare_file::grouped(&place.path("bare"), &lines),
    )
    .await?;
    let beside = format!(
        "a bare file, groups of {}, zstd 1, fdatasync",
        bare_file::GROUP
    );
    let row = Row::compared("rows imported", "/s", beside, &compared);
    table.add(row.target(Target::RatioAtLeast(0.3)));
    let mean = lines.iter().map(Bytes::len).sum::<usize>() / lines.len();
    table.note(format!(
        "a row of the import has {mean} bytes of JSON in the mean"
    ));
    what_is_left(place, count, table).await
}

/// What the rows of the last round cost from now on: on the disk, in memory and at each start.
async fn what_is_left(place: &Place, rows: u64, table: &mut Table) -> Result<()> {
    let folder = place.path("import/default/intake");
    for (what, below) in [("the log", "0/log"), ("the vault", "vault")] {
        let bytes = bytes_in(&folder.join(below))? as f64 / rows as f64;
        table.add(Row::new(
            format!("bytes on disk of {what} per imported row"),
            bytes,
            "bytes",
        ));
    }
    let resident = |said: &Said| said.resident_bytes as f64 / MIB;
    let memory = alternate(
        1,
        async || Ok(resident(&child::start("intake", &place.path(""))?.0)),
        async || Ok(resident(&child::start("nothing", &place.path(""))?.0)),
    );
    let what = format!("memory of an intake opened with {rows} rows");
    let nothing = "a process that does nothing";
    table.add(Row::compared(what, "MiB", nothing, &memory.await?));
    let opened = child::start("intake", &place.path(""))?.0.open_seconds;
    table.add(Row::new(
        format!("opening an intake with {rows} rows"),
        opened,
        "s",
    ));
    place.remove("import")
}

async fn imported(place: &Place, lines: &[Bytes]) -> Result<f64> {
    let intake = intake::open(&place.fresh("import")?)?;
    let import = start(&intake).await?;
    let rate = rate(lines.len() as u64, import_all(&intake, import, lines)).await?;
    let size = intake.log().head().size;
    ensure!(
        size == lines.len() as u64 + 1,
        "{size} records of {} rows",
        lines.len()
    );
    intake.close().await?;
    Ok(rate)
}

async fn start(intake: &Intake) -> Result<ItemId> {
    let request = StartImportRequest {
        format: "cfpb".to_owned(),
        source: "bench".to_owned(),
        rules: cfpb::RULES.to_owned(),
        ..StartImportRequest::default()
    };
    let started = intake
        .endpoints()
        .start_import(Request::new(request))
        .await?;
    Ok(started.into_inner().import_id.parse()?)
}

async fn import_all(intake: &Intake, import: ItemId, lines: &[Bytes]) -> Result<()> {
    let caller = Arc::new(Caller {
        actor: Actor::Service("import".to_owned()),
        on_behalf_of: None,
        authenticated: false,
        correlation: None,
        traceparent: None,
    });
    let mut under_way: JoinSet<Result<()>> = JoinSet::new();
    for batch in lines.chunks(BATCH) {
        if under_way.len() >= UNDER_WAY
            && let Some(done) = under_way.join_next().await
        {
            done??;
        }
        let (intake, caller, batch) = (intake.clone(), Arc::clone(&caller), batch.to_vec());
        under_way.spawn(async move {
            let rows = batch
                .iter()
                .map(|line| row(line))
                .collect::<Result<Vec<_>>>()?;
            let results = intake.import_rows(import, &caller, rows).await;
            for result in results.map_err(|refused| anyhow!("{refused:?}"))? {
                match result {
                    Ok(imported) if imported.outcome == RowOutcome::New => {}
                    Ok(imported) => bail!("a row was {}", imported.outcome.as_str()),
                    Err(refused) => bail!("a row was refused: {refused:?}"),
                }
            }
            Ok(())
        });
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    Ok(())
}

/// A line as the importer reads it.
fn row(line: &[u8]) -> Result<ImportRow> {
    let row: cfpb::Row = serde_json::from_slice(line)?;
    let item = cfpb::submission(&row).map_err(|errors| anyhow!("a bad row: {errors:?}"))?;
    Ok(ImportRow {
        source: cfpb::SOURCE.to_owned(),
        id: item.complaint_id,
        row_digest: item.row_digest,
        submission: item.submission,
        files: Vec::new(),
    })
}
