//! `StartImport`: opens an import, or finds the one of the same file again.

use redress_envelope::Subject;
use redress_event_log::Command;
use redress_feedback::import::{Command as ImportCommand, State, decide};
use redress_feedback::{ImportStarted, Refusal};
use redress_log_service::{prepare, recorded, transact_problem};
use redress_service::{Problem, Refused};
use redress_wire::intake::v1::{StartImportRequest, StartImportResponse};
use tonic::Request;

use crate::import::{IMPORT, import_problem};
use crate::intake::Inner;
use crate::life::ImportLife;

const METHOD: &str = "redress.intake.v1.IntakeService/StartImport";

pub(crate) async fn start(
    intake: &Inner,
    request: Request<StartImportRequest>,
) -> Result<StartImportResponse, Refused> {
    let (metadata, _, request) = request.into_parts();
    let given_id = request.request_id.clone();
    let prepared = prepare(
        &metadata,
        &given_id,
        &request,
        METHOD,
        intake.ids.as_ref(),
        |digest| intake.names.request(digest),
    )?;
    let StartImportRequest {
        format,
        source,
        rules,
        file_digest,
        label,
        ..
    } = request;
    let import = if file_digest.is_empty() {
        intake.names.import_of_request(&prepared.request_id)
    } else if is_digest(&file_digest) {
        intake
            .names
            .import_of_file(&format, &source, &rules, &file_digest)
    } else {
        return Err(digest_malformed("file_digest").into());
    };
    let command = Command::new(Subject::item(IMPORT, import), prepared.context);
    let start = ImportCommand::Start(ImportStarted {
        format,
        source,
        rules,
        label: Some(label).filter(|text| !text.is_empty()),
    });
    let decide = move |state: &State, _| decide(state, &start);
    let done = intake
        .log
        .transact::<ImportLife, Refusal>(command, decide)
        .await;
    let done = done.map_err(|error| transact_problem(error, |it| import_problem(&it)))?;
    Ok(StartImportResponse {
        recorded: Some(recorded(&intake.log, &done, prepared.request_id)),
        import_id: import.to_string(),
    })
}

pub(super) fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

pub(super) fn digest_malformed(field: &str) -> Problem {
    Problem::invalid(
        "FIELD_MALFORMED",
        field,
        format!("`{field}` is not 64 lower-case hex digits"),
    )
    .with_remedy("write it as 64 lower-case hex digits")
}
