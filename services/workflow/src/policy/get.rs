use redress_event_log::Life as _;
use redress_log_service::{load_problem, read_problem};
use redress_policy::Policies as _;
use redress_policy::register::{Applied, Event, Register};
use redress_service::Problem;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{GetPolicyRequest, GetPolicyResponse, PolicyFile, PolicyVersion};
use tonic::Request;

use super::list::readable;
use crate::policies::{self, RegisterLife};
use crate::workflow::Inner;

pub(super) async fn get(
    inner: &Inner,
    request: Request<GetPolicyRequest>,
) -> Result<GetPolicyResponse, Problem> {
    let asked = request.into_inner().version;
    drop(inner.policies.in_force().await?);
    let size = inner.log.head().size;
    let records = inner.log.read_stream(policies::subject(), size).await;
    let records = records.map_err(|error| read_problem(&error))?;
    let (mut register, mut all) = (Register::default(), Vec::new());
    for record in &records {
        let event = RegisterLife::decode(record).map_err(|error| load_problem(error.into()))?;
        register.evolve(&event);
        if let Event::Applied(applied) = event {
            all.push(applied);
        }
    }
    let version = register.book().version_of(&asked).unwrap_or(&asked);
    // The last time that it was put in force.
    let found = all.into_iter().rfind(|applied| applied.version == version);
    let applied = found.ok_or_else(|| {
        Problem::not_found("POLICY_NOT_FOUND", format!("there is no policy `{asked}`"))
            .with_field("version")
            .with_remedy("send a version of ListPolicies, or the name of one that is in force")
    })?;
    Ok(GetPolicyResponse {
        policy: Some(told(&register, &applied)),
        token: inner.log.token(size).to_string(),
        occurred_at: Some(time_to_wire(applied.occurred_at)),
        document: applied.document,
        files: applied
            .files
            .into_iter()
            .map(|file| PolicyFile {
                name: file.name,
                text: file.text,
            })
            .collect(),
    })
}

fn told(register: &Register, applied: &Applied) -> PolicyVersion {
    let policy = register.book().version(&applied.version);
    policy.map_or_else(
        || PolicyVersion {
            policy: applied.policy.clone(),
            version: applied.version.clone(),
            unreadable: register
                .unreadable()
                .get(&applied.version)
                .cloned()
                .unwrap_or_default(),
            ..PolicyVersion::default()
        },
        |policy| readable(register, policy),
    )
}
