//! The same commands with seeded ids and a counting clock give the same log, byte for byte.

use std::path::Path;

use redress_wire::intake::v1::{CompleteImportRequest, ImportCounts, SubmitFeedbackRequest};

use crate::import::{import_row, start};
use crate::running::{complaint, key, records, request, running};

async fn a_day_at_the_office(data: &Path) -> (Vec<Vec<u8>>, String) {
    let mut running = running(data).await;
    for step in 0..8 {
        let submit = SubmitFeedbackRequest {
            inbound_key: (step % 3 == 0).then(|| key("crm", &step.to_string())),
            ..request(complaint(), if step % 2 == 0 { "" } else { "r" })
        };
        // The odd ones are repeats after the first, or reuse its id.
        let _ = running.client.submit_feedback(submit).await;
    }
    let import_id = start(&mut running.client, "f").await;
    for number in 0..6 {
        let row = import_row(&import_id, &(number % 4).to_string(), number, "closed");
        running.client.import_feedback(row).await.unwrap();
    }
    let counts = ImportCounts {
        rows: 6,
        new_rows: 4,
        updated_rows: 2,
        ..ImportCounts::default()
    };
    let complete = CompleteImportRequest {
        import_id,
        counts: Some(counts),
        ..CompleteImportRequest::default()
    };
    running.client.complete_import(complete).await.unwrap();
    let records = records(&running.intake).await;
    let root = format!("{:?}", running.intake.log().head().root);
    running.stop().await;
    (records, root)
}

#[tokio::test]
async fn the_same_commands_give_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = a_day_at_the_office(one.path()).await;
    assert!(first.0.len() > 12);
    assert_eq!(first, a_day_at_the_office(two.path()).await);
}
