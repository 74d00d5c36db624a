use std::collections::BTreeMap;

use redress_policy::document::Flaw;
use redress_policy::register::Written;
use redress_service::Problem;
use redress_wire::optional_time;
use redress_wire::workflow::v1::{ApplyPolicyRequest, ApplyPolicyResponse};
use tonic::Request;

use super::command::{Asked, change};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn apply(
    inner: &Inner,
    request: Request<ApplyPolicyRequest>,
) -> Result<ApplyPolicyResponse, Problem> {
    let body = request.get_ref();
    let written = read(body)?;
    let version = written.policy.version().to_owned();
    let reason = field::code("reason", &body.reason)?;
    let asked = Asked {
        method: "ApplyPolicy",
        etag: &body.etag,
        request_id: &body.request_id,
        occurred_at: field::time("occurred_at", optional_time(body.occurred_at))?,
    };
    let recorded = change(inner, &request, asked, move |register, at| {
        register.apply(&written, reason, at)
    });
    Ok(ApplyPolicyResponse {
        recorded: Some(recorded.await?),
        version,
    })
}

fn read(body: &ApplyPolicyRequest) -> Result<Written, Problem> {
    let files: BTreeMap<&str, &str> = body
        .files
        .iter()
        .map(|file| (&*file.name, &*file.text))
        .collect();
    let mut beside = |name: &str| {
        let text = files.get(name).copied();
        text.map(str::to_owned)
            .ok_or_else(|| "it did not come with the document".to_owned())
    };
    let written = Written::read("document", body.document.clone(), &mut beside);
    let written = written.map_err(|flaws| invalid(&flaws))?;
    let read = |name: &str| written.files.iter().any(|file| file.name == name);
    match files.keys().find(|name| !read(name)) {
        None => Ok(written),
        Some(name) => {
            let message = format!("the document does not name the file `{name}`");
            Err(Problem::invalid("POLICY_FILE_UNUSED", "files", message)
                .with_remedy("name it in `holiday_files` of a calendar, or leave it out"))
        }
    }
}

fn invalid(flaws: &[Flaw]) -> Problem {
    let first = flaws.first().map_or(String::new(), ToString::to_string);
    let message = match flaws.len() {
        1 => first,
        count => format!("{first}; and {} more", count - 1),
    };
    Problem::invalid("POLICY_INVALID", "document", message)
        .with_remedy("`redress policy check` tells everything that is wrong, with its place")
}
