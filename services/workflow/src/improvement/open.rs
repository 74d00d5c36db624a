use redress_envelope::{ItemId, Subject};
use redress_improvement::{CandidateOpened, Command, Source, SourceKind};
use redress_log_service::{Prepared, prepare, read_problem};
use redress_service::Problem;
use redress_wire::optional_time;
use redress_wire::workflow::v1::{
    ImprovementSource, OpenImprovementRequest, OpenImprovementResponse,
};
use tonic::Request;

use super::command::run;
use crate::field;
use crate::order::Order;
use crate::workflow::Inner;

pub(super) async fn open(
    inner: &Inner,
    request: Request<OpenImprovementRequest>,
) -> Result<OpenImprovementResponse, Problem> {
    let (metadata, body) = (request.metadata(), request.get_ref());
    let prepared = prepare(
        metadata,
        &body.request_id,
        body,
        "OpenImprovement",
        inner.ids.as_ref(),
        |digest| inner.vault.keyed_hash("request body", &[digest]),
    )?;
    let Prepared {
        context,
        request_id,
    } = prepared;
    let occurred_at = field::time("occurred_at", optional_time(body.occurred_at))?;
    let source = source(inner, body.source.as_ref()).await?;
    let parts = [&*inner.log.identity().tenant, &request_id];
    let id = ItemId::derived(inner.partition, "improvement from request", &parts);
    let command = Command::OpenCandidate(CandidateOpened {
        source,
        title: Some(body.title.clone()),
        finding: None,
        occurred_at,
    });
    let order = Order {
        id,
        subject: Subject::item("improvement", id),
        context,
        request_id,
        expected: None,
        occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(OpenImprovementResponse {
        recorded: Some(ran.recorded),
        improvement_id: id.to_string(),
    })
}

async fn source(inner: &Inner, asked: Option<&ImprovementSource>) -> Result<Source, Problem> {
    let (kind, id) = asked.map_or(("", ""), |asked| (&asked.kind, &asked.id));
    let kind = match kind {
        "" => SourceKind::Person,
        word => SourceKind::known(word).unwrap_or_else(|| SourceKind::Other(word.to_owned())),
    };
    if kind == SourceKind::Complaint {
        let complaint = field::item("source.id", "COMPLAINT_ID_INVALID", id)?;
        let subject = Subject::item("complaint", complaint);
        let records = inner.log.read_stream(subject, inner.log.head().size).await;
        if records.map_err(|error| read_problem(&error))?.is_empty() {
            return Err(
                Problem::not_found("COMPLAINT_NOT_FOUND", "there is no such complaint")
                    .with_field("source.id")
                    .with_remedy("check the id"),
            );
        }
    }
    Ok(Source {
        kind,
        id: field::optional(id),
    })
}
