//! Rows of an import, many in a message.

use redress_service::Problem;
use redress_wire::intake::v1::{ImportFeedbackBatchRequest, ImportRow};

use crate::import::{row, row_digest, start};
use crate::running::{complaint, reason, running};

#[tokio::test]
async fn each_row_of_a_batch_has_its_own_answer() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let mut wrong = row("2", 2, "closed");
    wrong.submission.as_mut().unwrap().product = "x".repeat(201);
    wrong
        .submission
        .as_mut()
        .unwrap()
        .reported
        .as_mut()
        .unwrap()
        .timely = "maybe".into();
    let unnamed = ImportRow {
        inbound_key: None,
        ..row("3", 3, "closed")
    };
    let undigested = ImportRow {
        submission: Some(complaint()),
        ..row("4", 4, "closed")
    };
    let odd = ImportRow {
        row_digest: row_digest(9),
        ..row("5", 5, "closed")
    };
    let rows = vec![
        row("1", 1, "closed"),
        wrong,
        unnamed,
        undigested,
        odd,
        row("6", 6, ""),
    ];
    let batch = ImportFeedbackBatchRequest {
        import_id: run.clone(),
        rows,
    };
    let answer = running
        .client
        .import_feedback_batch(batch.clone())
        .await
        .unwrap()
        .into_inner();
    let results: Vec<_> = answer.results.iter().map(|it| it.result.as_str()).collect();
    assert_eq!(
        results,
        ["new", "refused", "refused", "refused", "refused", "new"]
    );
    assert_eq!(answer.token, running.intake.log().token(3).to_string());
    let told: Vec<_> = answer.results.iter().flat_map(|it| &it.refusals).collect();
    let told: Vec<_> = told
        .iter()
        .map(|it| (it.reason.as_str(), it.field.as_str()))
        .collect();
    let expected = [
        ("FIELD_UNKNOWN_VALUE", "submission.reported.timely"),
        ("FIELD_TOO_LONG", "submission.product"),
        ("FIELD_REQUIRED", "inbound_key"),
        ("FIELD_REQUIRED", "row_digest"),
        ("FIELD_MALFORMED", "row_digest"),
    ];
    assert_eq!(told, expected);
    let again = running
        .client
        .import_feedback_batch(batch)
        .await
        .unwrap()
        .into_inner();
    let results: Vec<_> = again.results.iter().map(|it| it.result.as_str()).collect();
    assert_eq!(
        results,
        [
            "repeated", "refused", "refused", "refused", "refused", "repeated"
        ]
    );

    running.stop().await;
}

#[tokio::test]
async fn a_batch_that_is_wrong_as_a_whole_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let rows = (0..257).map(|number| row("1", number, "")).collect();
    let large = ImportFeedbackBatchRequest {
        import_id: run,
        rows,
    };
    let status = running
        .client
        .import_feedback_batch(large)
        .await
        .unwrap_err();
    let code = Problem::from_status(&status).code;
    assert!(
        ["FIELD_TOO_MANY", "MESSAGE_TOO_LARGE"].contains(&&*code),
        "{code}"
    );
    let unknown = ImportFeedbackBatchRequest {
        import_id: "0-00000000000080008000000000000000".into(),
        rows: vec![row("1", 1, "")],
    };
    let status = running
        .client
        .import_feedback_batch(unknown)
        .await
        .unwrap_err();
    assert_eq!(
        reason(&status),
        ("IMPORT_NOT_STARTED".into(), Some("import_id".into()))
    );
    running.stop().await;
}
