//! `/views` beside `/metrics`: how far the views have come, and folding one again.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use redress_view::{SourceStatus, ViewStatus};
use serde_json::{Value, json};

use crate::assemble::Services;

pub(crate) const PATH: &str = "/views";

pub(super) fn router(services: Services) -> Router {
    Router::new()
        .route(PATH, get(status))
        .route("/views/{service}/{view}/rebuild", post(rebuild))
        .with_state(services)
}

async fn status(State(services): State<Services>) -> Response {
    let statuses = services.view_statuses().await;
    let views: Vec<Value> = statuses
        .iter()
        .map(|(of, status)| as_json(of, status))
        .collect();
    answer(StatusCode::OK, &json!({ "views": views }))
}

/// Answers when the new rows are served; the old ones are until then.
async fn rebuild(
    State(services): State<Services>,
    Path((service, name)): Path<(String, String)>,
) -> Response {
    let mut views = services.views().into_iter();
    let Some((_, view)) = views.find(|(of, view)| **of == service && view.name() == name) else {
        return answer(StatusCode::NOT_FOUND, &json!({ "code": "VIEW_UNKNOWN" }));
    };
    match view.rebuild().await {
        Ok(()) => answer(StatusCode::OK, &as_json(&service, &view.status().await)),
        Err(error) => {
            let why = json!({ "code": "REBUILD_FAILED", "message": error.to_string() });
            answer(StatusCode::CONFLICT, &why)
        }
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

fn as_json(service: &str, status: &ViewStatus) -> Value {
    json!({
        "service": service,
        "view": status.name,
        "version": status.version,
        "served": status.served,
        "stopped": status.stopped.as_ref().map(ToString::to_string),
        "rebuilding": status.rebuilding.as_ref().map(|building| {
            json!({ "done": building.done(), "total": building.total() })
        }),
        "bytes": status.bytes,
        "lag": status.lag(),
        "logs": status.sources.iter().map(source).collect::<Vec<_>>(),
    })
}

fn source(source: &SourceStatus) -> Value {
    json!({
        "log": source.place,
        "position": source.position,
        "head": source.head,
        "waiting_for": source.waiting_for.map(|cause| cause.to_string()),
        "incomplete_from": source.incomplete_from.as_ref().map(|it| {
            json!({ "position": it.position, "type": it.kind })
        }),
    })
}
