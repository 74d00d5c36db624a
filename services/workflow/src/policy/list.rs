use redress_log_service::etag;
use redress_policy::register::Register;
use redress_policy::{Policies as _, Policy};
use redress_service::Problem;
use redress_wire::workflow::v1::{ListPoliciesRequest, ListPoliciesResponse, PolicyVersion};
use tonic::Request;

use crate::policies::{self, RegisterLife};
use crate::workflow::Inner;

pub(super) async fn list(
    inner: &Inner,
    _request: Request<ListPoliciesRequest>,
) -> Result<ListPoliciesResponse, Problem> {
    drop(inner.policies.in_force().await?);
    let size = inner.log.head().size;
    let loaded = inner.log.load::<RegisterLife>(policies::subject(), size);
    let (register, version) = loaded.await.map_err(redress_log_service::load_problem)?;
    let mut versions: Vec<PolicyVersion> = register
        .book()
        .versions()
        .filter_map(|version| Some(readable(&register, register.book().version(version)?)))
        .collect();
    let unreadable = register.unreadable().iter();
    versions.extend(unreadable.map(|(version, why)| PolicyVersion {
        policy: version.split('@').next().unwrap_or_default().to_owned(),
        version: version.clone(),
        unreadable: why.clone(),
        ..PolicyVersion::default()
    }));
    versions.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(ListPoliciesResponse {
        policies: versions,
        etag: etag(version),
        token: inner.log.token(size).to_string(),
    })
}

pub(super) fn readable(register: &Register, policy: &Policy) -> PolicyVersion {
    PolicyVersion {
        policy: policy.name().to_owned(),
        version: policy.version().to_owned(),
        in_force: register.book().version_of(policy.name()) == Some(policy.version()),
        about: policy.about().unwrap_or_default().to_owned(),
        clocks: policy.clocks().keys().cloned().collect(),
        unreadable: String::new(),
    }
}
