//! `ImportFeedbackBatch`, and the same for callers in this process.

use redress_envelope::ItemId;
use redress_service::{Caller, Kind, Problem, Refused};
use redress_wire::intake::v1 as wire;
use tonic::Request;

use crate::import::import_id;
use crate::import::row::{ImportRow, Imported, Run};
use crate::import::together::{Read, Taken, take_in};
use crate::intake::{Inner, Intake};
use crate::names::required;
use crate::submission;

/// Rows in one call.
const MAX_ROWS: usize = 256;

pub(crate) async fn batch(
    intake: &Inner,
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
    /// Takes rows in together; the answers are in their order, and so are their records. A row that
    /// is refused does not keep the others out; an error of the whole (the log or the vault has
    /// stopped, the import was not started) can leave some of them recorded, and a repeat is safe.
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

async fn import_all(
    intake: &Inner,
    import: ItemId,
    caller: Caller,
    rows: Vec<Read>,
) -> Result<Vec<Taken>, Refused> {
    let held = intake.gates.hold(&intake.log, import).await?;
    take_in(intake, &mut Run::new(import, caller, held), rows).await
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
