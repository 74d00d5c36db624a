//! A vault that is gone is missed; and where it is lost for good, its words are told as lost.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use redress_intake::{Intake, IntakeConfig, IntakeDeps, OpenError};
use redress_log_service::VaultOpenError;
use redress_vault::SeededEntropy;
use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{
    Attachment, DiscardRejectedRequest, Feedback, GetAttachmentRequest, GetRejectedRequest,
    RetryRejectedRequest, Submission,
};

use crate::inbox::{said, with_rejected};
use crate::running::{Running, complaint, config, deps, key, reason, request, running};
use crate::submit::get;

fn with_a_file() -> Submission {
    let photo = Attachment {
        name: "photo.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        content: b"a photo".to_vec().into(),
        ..Attachment::default()
    };
    Submission {
        attachments: vec![photo],
        ..complaint()
    }
}

/// A place where one piece of feedback was handed in; its id.
async fn handed_in(data: &Path) -> String {
    let mut running = running(data).await;
    let mut submit = request(with_a_file(), "r-1");
    submit.inbound_key = Some(key("crm-eu", "T-1"));
    let submitted = running.client.submit_feedback(submit).await.unwrap();
    running.stop().await;
    submitted.into_inner().feedback_id
}

/// Opens it, as soon as nobody has the place any more.
async fn open(config: IntakeConfig) -> Result<Intake, OpenError> {
    for _ in 0..500 {
        // By chance of its own, as every start has.
        let deps = IntakeDeps {
            entropy: Arc::new(SeededEntropy(9)),
            ..deps(2)
        };
        match Intake::open(config.clone(), deps) {
            Err(OpenError::Log(_)) => {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            opened => return opened,
        }
    }
    panic!("the log stays locked");
}

async fn why_not(config: &IntakeConfig) -> String {
    match open(config.clone()).await {
        Err(OpenError::Vault(gone @ VaultOpenError::Gone(_))) => gone.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn found(running: &mut Running, id: &str) -> Feedback {
    let question = get(Key::FeedbackId(id.to_owned()));
    let found = running.client.get_feedback(question).await.unwrap();
    found.into_inner().feedback.unwrap()
}

/// Given a vault whose folder is gone, with its keys or without, when intake is started, then it refuses,
/// says what is missing and what to do, and leaves nothing in its place; and when the folder is put back,
/// then everything is there.
#[tokio::test]
async fn no_empty_vault_takes_the_place_of_one_that_is_gone() {
    let data = tempfile::tempdir().unwrap();
    let id = handed_in(data.path()).await;
    let config = config(data.path());
    let (vault, keys) = (&config.folders.vault, &config.folders.keys);
    let away = |folder: &Path| folder.with_extension("away");

    fs::rename(vault, away(vault)).unwrap();
    let why = why_not(&config).await;
    let begins = format!(
        "intake's vault in {} is gone, although its log has a record",
        vault.display()
    );
    assert!(why.starts_with(&begins), "{why}");
    for part in [
        "its keys are there",
        "put it back",
        "`--set vault.begin_empty=intake:1`",
    ] {
        assert!(why.contains(part), "{why}");
    }
    fs::rename(keys, away(keys)).unwrap();
    let why = why_not(&config).await;
    assert!(
        why.starts_with(&begins) && !why.contains("its keys are there"),
        "{why}"
    );
    fs::create_dir(vault).unwrap();
    assert_eq!(why_not(&config).await, why, "an empty folder is no vault");
    assert!(fs::read_dir(vault).unwrap().next().is_none() && !keys.exists());

    fs::remove_dir(vault).unwrap();
    for folder in [vault, keys] {
        fs::rename(away(folder), folder).unwrap();
    }
    let mut running = Running::start(open(config).await.unwrap()).await;
    let feedback = found(&mut running, &id).await;
    assert!(!feedback.missing);
    let description = feedback.submission.unwrap().description;
    assert_eq!(description, complaint().description);
    running.stop().await;
}

/// Given a vault that was emptied inside its folder, when intake is started, then it refuses all the same.
#[tokio::test]
async fn a_vault_that_lost_its_database_is_missed() {
    let data = tempfile::tempdir().unwrap();
    handed_in(data.path()).await;
    let mut config = config(data.path());
    fs::remove_dir_all(config.folders.vault.join("sled")).unwrap();
    let why = why_not(&config).await;
    assert!(why.contains("is gone, although there was one"), "{why}");
    assert!(why.contains("`--set vault.begin_empty=intake:1`"), "{why}");
    config.vault_lost_at = Some(1);
    open(config).await.unwrap().close().await.unwrap();
}

/// Given a vault that is lost for good, when that is said with the number of records that its log has, then
/// intake goes on with an empty one: what was sealed is told as lost, and everything else is there; and when
/// it is lost again later, then what was said before does not count.
#[tokio::test]
async fn the_words_of_a_vault_that_is_said_to_be_lost_are_told_as_lost() {
    let data = tempfile::tempdir().unwrap();
    let id = handed_in(data.path()).await;
    let mut config = config(data.path());
    fs::remove_dir_all(&config.folders.vault).unwrap();
    config.vault_lost_at = Some(7);
    why_not(&config).await;
    config.vault_lost_at = Some(1);

    let mut running = Running::start(open(config.clone()).await.unwrap()).await;
    let feedback = found(&mut running, &id).await;
    assert!(feedback.missing && !feedback.erased);
    let submission = feedback.submission.unwrap();
    assert_eq!(
        (&*submission.product, &*submission.description),
        ("Kettle", "")
    );
    let file = GetAttachmentRequest {
        feedback_id: id.clone(),
        index: 0,
    };
    let lost = running.client.get_attachment(file).await.unwrap_err();
    assert_eq!(reason(&lost).0, "CONTENT_LOST");
    // The keys are left, so the same feedback is still known by its name elsewhere.
    let mut again = request(with_a_file(), "r-2");
    again.inbound_key = Some(key("crm-eu", "T-1"));
    let again = running
        .client
        .submit_feedback(again)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again.feedback_id, id);
    let new = request(complaint(), "r-3");
    let new = running
        .client
        .submit_feedback(new)
        .await
        .unwrap()
        .into_inner();
    running.stop().await;

    let mut running = Running::start(open(config.clone()).await.unwrap()).await;
    assert!(found(&mut running, &id).await.missing);
    let words = found(&mut running, &new.feedback_id)
        .await
        .submission
        .unwrap();
    assert_eq!(words.description, complaint().description);
    running.stop().await;

    fs::remove_dir_all(&config.folders.vault).unwrap();
    let why = why_not(&config).await;
    assert!(why.contains("its log has 2 records"), "{why}");
}

/// Given a message that was rejected, and whose vault is lost for good, when it is shown, then what is known
/// of it is there, and that the rest is lost; a retry says so by its code, and it can be discarded.
#[tokio::test]
async fn of_a_rejected_message_that_is_lost_the_rest_is_shown() {
    let data = tempfile::tempdir().unwrap();
    let mut wrong = said();
    wrong["kind"] = "rant".into();
    let (running, ids) = with_rejected(data.path(), &[wrong]).await;
    running.stop().await;
    let mut config = config(data.path());
    fs::remove_dir_all(&config.folders.vault).unwrap();
    config.vault_lost_at = Some(1);

    let mut running = Running::start(open(config).await.unwrap()).await;
    let question = GetRejectedRequest {
        rejected_id: ids[0].clone(),
        ..GetRejectedRequest::default()
    };
    let shown = running.client.get_rejected(question).await.unwrap();
    let shown = shown.into_inner();
    assert!(shown.missing && shown.message.is_none());
    let rejected = shown.rejected.unwrap();
    assert_eq!(rejected.reasons[0].code, "FIELD_UNKNOWN_VALUE");
    assert_eq!(rejected.source, "crm");
    let again = RetryRejectedRequest {
        rejected_id: ids[0].clone(),
        ..RetryRejectedRequest::default()
    };
    let lost = running.client.retry_rejected(again).await.unwrap_err();
    assert_eq!(reason(&lost).0, "CONTENT_LOST");
    let discard = DiscardRejectedRequest {
        rejected_id: ids[0].clone(),
        reason: "lost".to_owned(),
        ..DiscardRejectedRequest::default()
    };
    running.client.discard_rejected(discard).await.unwrap();
    running.stop().await;
}
