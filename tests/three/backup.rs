//! A folder that is kept, and put back when there is more in its log than it has.

use std::path::{Path, PathBuf};

use redress_service::config::Role;
use redress_wire::intake::v1::{Submission, SubmitFeedbackRequest};
use tonic::Status;

use crate::folder::copy;
use crate::three::nats::Nats;
use crate::three::site::{Site, name};

pub(super) fn folder_of(site: &Site, role: Role) -> PathBuf {
    site.data().join("acme").join(name(role))
}

/// As an operator who restores a backup of a folder.
pub(super) fn put_back(copied: &Path, folder: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
    copy(copied, folder);
}

/// The complaint of that number; the same one again is a repeat.
pub(super) async fn submit(site: &Site, number: usize) -> Result<(), Status> {
    let request = SubmitFeedbackRequest {
        submission: Some(Submission {
            kind: "complaint".to_owned(),
            channel: "web".to_owned(),
            description: format!("number {number}"),
            ..Submission::default()
        }),
        request_id: format!("submission-{number}"),
        inbound_key: None,
    };
    let answer = site.intake().await.submit_feedback(request).await;
    answer.map(drop)
}

/// A site of eight complaints, and a copy of a service's folder from when there were four.
pub(super) async fn with_an_older_copy(nats: &Nats, role: Role) -> (Site, tempfile::TempDir) {
    let mut site = Site::in_three(nats).await;
    for number in 0..4 {
        submit(&site, number).await.unwrap();
    }
    site.settle().await;
    site.stop(role).await;
    let old = tempfile::tempdir().unwrap();
    copy(&folder_of(&site, role), old.path());
    site.start(role).await;
    for number in 4..8 {
        submit(&site, number).await.unwrap();
    }
    site.settle().await;
    (site, old)
}
