//! Imports that were started, or opened again, and not completed: no month is judged before they are.

use std::collections::BTreeSet;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use redress_log_service::Around;
use redress_service::lifecycle::TaskError;
use redress_service::{Problem, clock};
use redress_view::{ReadError, View};
use redress_wire::intake::v1 as wire;
use redress_wire::time_to_wire;
use tokio::runtime::Handle;

use crate::intake::{Inner, Intake};
use crate::list::{OpenImport, open_imports, unread};

/// More are never shown: somebody has work enough.
const MOST: usize = 100;
const LOOK: Duration = Duration::from_secs(5);
/// Nobody imports for so long without a row.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(30);
const SAY_AGAIN: Duration = Duration::from_hours(24);

/// `ListOpenImports`
pub(crate) async fn list_open(intake: &Inner) -> Result<wire::ListOpenImportsResponse, Problem> {
    let open = open(&intake.list).await.map_err(|error| unread(&error))?;
    let imports = open.into_iter().map(|import| wire::OpenImport {
        import_id: import.id,
        format: import.format,
        source: import.source,
        label: import.label.unwrap_or_default(),
        started_at: Some(time_to_wire(import.started_at)),
        position: import.position,
    });
    Ok(wire::ListOpenImportsResponse {
        imports: imports.collect(),
    })
}

async fn open(list: &View) -> Result<Vec<OpenImport>, ReadError> {
    list.query(|rows| open_imports(rows, MOST)).await
}

/// Tells health, metrics and the log of imports that nobody goes on with, by their ids.
pub(crate) async fn remind(intake: Intake, around: Around) -> Result<(), TaskError> {
    let gauge = Gauge::<i64>::default();
    around.metrics.register(
        "imports_open",
        "Imports that were started and not completed: no month is judged before they are",
        gauge.clone(),
    );
    let (list, runtime) = (intake.list_view().clone(), Handle::current());
    let (mut told, mut said_at) = (BTreeSet::new(), clock::now());
    loop {
        // The future is bound to its thread, so it is waited for on one of its own.
        let (view, runtime) = (list.clone(), runtime.clone());
        let read = tokio::task::spawn_blocking(move || runtime.block_on(open(&view))).await?;
        // While the view is not readable health says so itself.
        if let Ok(open) = read {
            gauge.set(i64::try_from(open.len()).unwrap_or(i64::MAX));
            let now = clock::now();
            if now.duration_since(said_at).unsigned_abs() > SAY_AGAIN {
                told.clear();
                said_at = now;
            }
            let forgotten = open.iter().filter(|it| {
                let age = now.duration_since(it.started_at).unsigned_abs();
                age > FORGOTTEN_AFTER && !intake.goes_on_with(&it.id, FORGOTTEN_AFTER)
            });
            let warnings: Vec<String> = forgotten.map(|it| say(it, &mut told)).collect();
            around.readiness.warn("intake.imports", warnings);
        }
        tokio::select! {
            () = around.shutdown.soft() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn say(import: &OpenImport, told: &mut BTreeSet<String>) -> String {
    let OpenImport { id, started_at, .. } = import;
    if told.insert(id.clone()) {
        tracing::warn!(
            import = %id,
            %started_at,
            "an import was started and not completed: no month is judged; run it again, or close it \
             with `redress import --close`"
        );
    }
    format!(
        "the import {id}, started {started_at}, is not completed: no month is judged; run it again, or \
         close it with `redress import --close {id}`"
    )
}
