//! `ImportFeedbackBatch`, and the same for callers in this process: many rows under way together,
//! so that they share their way to the disk.

use std::sync::Arc;

use redress_envelope::ItemId;
use redress_feedback::import::State;
use redress_service::{Caller, Kind, Problem};
use redress_wire::intake::v1 as wire;
use tokio::task::JoinSet;
use tonic::Request;

use crate::import::import_id;
use crate::import::row::{self, ImportRow, Imported, Run};
use crate::intake::{Inner, Intake};
use crate::names::required;
use crate::refused::Refused;
use crate::submission;

/// Rows in one call.
const MAX_ROWS: usize = 256;

pub(crate) async fn batch(
    intake: &Arc<Inner>,
    request: Request<wire::ImportFeedbackBatchRequest>,
) -> Result<wire::ImportFeedbackBatchResponse, Refused> {
    let caller = Caller::from_metadata(request.metadata())?;
    let wire::ImportFeedbackBatchRequest {
        import_id: import,
        rows,
    } = request.into_inner();
    let import = import_id(&import)?;
    if rows.len() > MAX_ROWS {
        return Err(
            Problem::invalid("FIELD_TOO_MANY", "rows", "too many rows in one call")
                .with_remedy(format!("send at most {MAX_ROWS} rows"))
                .into(),
        );
    }
    let rows = rows.into_iter().map(|row| {
        let mut problems = Vec::new();
        read(row, &mut problems)
            .map(|row| (row, problems))
            .map_err(Refused::from)
    });
    let results = import_all(intake, import, caller, rows.collect()).await?;
    // What it repeats was recorded before, so this covers everything.
    let size = results
        .iter()
        .flatten()
        .map(|it| it.size)
        .max()
        .unwrap_or(0);
    Ok(wire::ImportFeedbackBatchResponse {
        results: results.into_iter().map(result).collect(),
        token: intake.log.token(size).to_string(),
    })
}

impl Intake {
    /// Takes rows in, all under way together; the answers are in their order. A row that is refused
    /// does not keep the others out; an error of the whole (the log or the vault has stopped, the
    /// import was not started) can leave some of them recorded, and a repeat is safe.
    ///
    /// Rows reach the log in any order.
    pub async fn import_rows(
        &self,
        import: ItemId,
        caller: &Caller,
        rows: Vec<ImportRow>,
    ) -> Result<Vec<Result<Imported, Refused>>, Refused> {
        let rows = rows.into_iter().map(|row| Ok((row, Vec::new()))).collect();
        import_all(&self.inner, import, caller.clone(), rows).await
    }
}

type Read = Result<(ImportRow, Vec<Problem>), Refused>;

async fn import_all(
    intake: &Arc<Inner>,
    import: ItemId,
    caller: Caller,
    rows: Vec<Read>,
) -> Result<Vec<Result<Imported, Refused>>, Refused> {
    let gate = intake.gates.of(&intake.log, import).await?;
    let state = gate.read().await;
    let run = Arc::new(run(import, caller, &state));
    let mut results: Vec<Option<Result<Imported, Refused>>> = Vec::new();
    let mut under_way = JoinSet::new();
    for (index, row) in rows.into_iter().enumerate() {
        match row {
            Err(refused) => results.push(Some(Err(refused))),
            Ok((row, problems)) => {
                results.push(None);
                let setting_out = Arc::clone(&intake.rows).acquire_owned().await;
                let (intake, run) = (Arc::clone(intake), Arc::clone(&run));
                under_way.spawn(async move {
                    let _until_it_is_done = setting_out;
                    (index, row::import(&intake, &run, row, problems).await)
                });
            }
        }
    }
    while let Some(done) = under_way.join_next().await {
        let (index, result) = done.map_err(|_| Problem::internal("a row's task was ended"))?;
        if let Some(refused) = result.as_ref().err().filter(|it| !blames_the_row(it)) {
            return Err(refused.clone());
        }
        results[index] = Some(result);
    }
    Ok(results.into_iter().flatten().collect())
}

/// Whether it is the row that is wrong, and not the server.
fn blames_the_row(refused: &Refused) -> bool {
    match refused.first().kind {
        Kind::InvalidArgument
        | Kind::FailedPrecondition
        | Kind::AlreadyExists
        | Kind::ResourceExhausted => true,
        Kind::NotFound
        | Kind::Aborted
        | Kind::OutOfRange
        | Kind::DeadlineExceeded
        | Kind::Unavailable
        | Kind::PermissionDenied
        | Kind::Unauthenticated
        | Kind::Unimplemented
        | Kind::DataLoss
        | Kind::Cancelled
        | Kind::Internal => false,
    }
}

pub(super) fn run(import: ItemId, caller: Caller, state: &State) -> Run {
    Run {
        import,
        caller,
        is_open: matches!(state, State::Open(_)),
    }
}

/// Reads a row of a request; what cannot be read in its submission is among `problems`.
pub(super) fn read(
    row: wire::ImportRow,
    problems: &mut Vec<Problem>,
) -> Result<ImportRow, Problem> {
    let wire::ImportRow {
        inbound_key,
        row_digest,
        submission,
    } = row;
    let key = inbound_key.ok_or_else(|| required("inbound_key"))?;
    let handed = submission::read(submission, problems)?;
    Ok(ImportRow {
        source: key.source,
        id: key.id,
        row_digest,
        submission: handed.submission,
        files: handed.files,
    })
}

fn result(result: Result<Imported, Refused>) -> wire::ImportRowResult {
    match result {
        Ok(imported) => wire::ImportRowResult {
            result: imported.outcome.as_str().to_owned(),
            feedback_id: imported.feedback_id.to_string(),
            reference: imported
                .reference
                .map(|it| it.to_string())
                .unwrap_or_default(),
            refusals: Vec::new(),
        },
        Err(refused) => wire::ImportRowResult {
            result: "refused".to_owned(),
            refusals: refused.problems().map(refusal).collect(),
            ..wire::ImportRowResult::default()
        },
    }
}

fn refusal(problem: &Problem) -> wire::ImportRowRefusal {
    wire::ImportRowRefusal {
        reason: problem.code.to_string(),
        field: problem.field.as_deref().unwrap_or_default().to_owned(),
        message: problem.message.to_string(),
        remedy: problem.remedy.as_deref().unwrap_or_default().to_owned(),
        try_again: problem.kind == Kind::ResourceExhausted,
    }
}
