//! Imports: new, repeated, updated, in any order, one by one and many at once.

use redress_envelope::Record;
use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{
    CompleteImportRequest, FeedbackFilter, ImportCounts, ImportFeedbackBatchRequest,
    ImportFeedbackRequest, ImportRow, ListFeedbackRequest, ListOpenImportsRequest, ReportedHistory,
    StartImportRequest, Submission,
};
use tokio::task::JoinSet;

use crate::running::{Client, Running, complaint, key, open, reason, running};
use crate::submit::get;

/// Starts the import of a file of this name.
pub(crate) async fn start(client: &mut Client, file: &str) -> String {
    let answer = client
        .start_import(start_request(file))
        .await
        .unwrap()
        .into_inner();
    answer.import_id
}

pub(crate) fn start_request(file: &str) -> StartImportRequest {
    StartImportRequest {
        request_id: String::new(),
        format: "cfpb".into(),
        source: "cfpb".into(),
        rules: "cfpb/1".into(),
        file_digest: format!("{:064x}", file.bytes().map(u32::from).sum::<u32>()),
        label: file.to_owned(),
    }
}

pub(crate) fn row_digest(number: usize) -> String {
    format!("{number:064x}")
}

/// The `number`-th row of the file, about the complaint `id`.
pub(crate) fn import_row(
    import: &str,
    id: &str,
    number: usize,
    class: &str,
) -> ImportFeedbackRequest {
    let ImportRow {
        inbound_key,
        row_digest,
        submission,
    } = row(id, number, class);
    ImportFeedbackRequest {
        import_id: import.to_owned(),
        inbound_key,
        row_digest,
        submission,
    }
}

pub(crate) fn row(id: &str, number: usize, class: &str) -> ImportRow {
    let reported = ReportedHistory {
        source: "cfpb".into(),
        digest: row_digest(number),
        response_class: class.to_owned(),
        ..ReportedHistory::default()
    };
    ImportRow {
        inbound_key: Some(key("cfpb", id)),
        row_digest: String::new(),
        submission: Some(Submission {
            description: format!("words of row {number}"),
            reported: Some(reported),
            ..complaint()
        }),
    }
}

async fn import(running: &mut Running, row: ImportFeedbackRequest) -> (String, String, String) {
    let answer = running
        .client
        .import_feedback(row)
        .await
        .unwrap()
        .into_inner();
    (answer.result, answer.feedback_id, answer.reference)
}

#[tokio::test]
async fn a_row_is_new_then_repeated_and_another_one_an_update() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let (result, id, reference) =
        import(&mut running, import_row(&run, "7", 1, "in_progress")).await;
    assert_eq!(
        (result.as_str(), reference.as_str()),
        ("new", "RD-2026-000002-5")
    );
    let again = import(&mut running, import_row(&run, "7", 1, "in_progress")).await;
    assert_eq!(again, ("repeated".into(), id.clone(), reference.clone()));
    let update = import(&mut running, import_row(&run, "7", 2, "closed")).await;
    assert_eq!(update, ("updated".into(), id.clone(), reference.clone()));
    let older = import(&mut running, import_row(&run, "7", 3, "")).await;
    assert_eq!(older.0, "updated");
    assert_eq!(running.intake.log().head().size, 4);

    for question in [
        get(Key::InboundKey(key("cfpb", "7"))),
        get(Key::Reference(reference)),
    ] {
        let found = running
            .client
            .get_feedback(question)
            .await
            .unwrap()
            .into_inner();
        let found = found.feedback.unwrap();
        assert_eq!(
            (found.feedback_id.as_str(), found.updates),
            (id.as_str(), 2)
        );
        assert_eq!(found.source, "cfpb");
        let submission = found.submission.unwrap();
        assert_eq!(
            submission.description, "words of row 2",
            "the words of the report that counts"
        );
        let reported = submission.reported.unwrap();
        assert_eq!(reported.response_class, "closed");
        assert_ne!(
            reported.digest,
            row_digest(2),
            "a plain digest could be guessed back"
        );
    }
    let question = ListFeedbackRequest {
        filter: Some(FeedbackFilter {
            imported: Some(true),
            ..FeedbackFilter::default()
        }),
        wait_for: running.intake.log().token(4).to_string(),
        ..ListFeedbackRequest::default()
    };
    let page = running
        .client
        .list_feedback(question)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.feedback.len(), 1);
    assert_eq!((page.feedback[0].updates, page.feedback[0].version), (2, 3));
    running.stop().await;
}

#[tokio::test]
async fn every_order_of_arrival_ends_at_the_same_report() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let reports = [(1, "in_progress"), (2, "closed_with_explanation"), (3, "")];
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for (number, order) in orders.into_iter().enumerate() {
        let id = format!("c-{number}");
        for report in order {
            let (row, class) = reports[report];
            import(&mut running, import_row(&run, &id, row, class)).await;
        }
        let question = get(Key::InboundKey(key("cfpb", &id)));
        let found = running
            .client
            .get_feedback(question)
            .await
            .unwrap()
            .into_inner();
        let submission = found.feedback.unwrap().submission.unwrap();
        assert_eq!(
            submission.reported.unwrap().response_class,
            "closed_with_explanation"
        );
        assert_eq!(submission.description, "words of row 2");
    }
    running.stop().await;
}

#[tokio::test]
async fn one_file_is_one_import_and_ends_once() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let first = running
        .client
        .start_import(start_request("f"))
        .await
        .unwrap()
        .into_inner();
    let run = first.import_id.clone();
    assert!(!first.recorded.unwrap().already_done);
    let again = running
        .client
        .start_import(start_request("f"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again.import_id, run);
    assert!(again.recorded.unwrap().already_done);
    assert_ne!(start(&mut running.client, "g").await, run);

    import(&mut running, import_row(&run, "7", 1, "closed")).await;
    let complete = |rows, new| CompleteImportRequest {
        import_id: run.clone(),
        counts: Some(ImportCounts {
            rows,
            new_rows: new,
            ..ImportCounts::default()
        }),
        received_from: "2026-05-20".into(),
        received_to: "2026-05-20".into(),
        ..CompleteImportRequest::default()
    };
    let wrong = CompleteImportRequest {
        received_to: "2026-05-19".into(),
        ..complete(1, 1)
    };
    let day = CompleteImportRequest {
        received_to: "20.5.2026".into(),
        ..complete(1, 1)
    };
    let other = CompleteImportRequest {
        import_id: "x".into(),
        ..complete(1, 1)
    };
    let unknown = "0-00000000000080008000000000000000";
    let unknown = CompleteImportRequest {
        import_id: unknown.into(),
        ..complete(1, 1)
    };
    let uncounted = CompleteImportRequest {
        counts: None,
        ..complete(1, 1)
    };
    for (request, code, field) in [
        (complete(2, 1), "IMPORT_COUNTS_DISAGREE", "counts.rows"),
        (wrong, "IMPORT_DAYS_DISAGREE", "received_from"),
        (day, "FIELD_MALFORMED", "received_to"),
        (other, "FIELD_MALFORMED", "import_id"),
        (
            CompleteImportRequest::default(),
            "FIELD_REQUIRED",
            "import_id",
        ),
        (unknown, "IMPORT_NOT_STARTED", "import_id"),
        (uncounted, "FIELD_REQUIRED", "counts"),
    ] {
        let status = running.client.complete_import(request).await.unwrap_err();
        assert_eq!(reason(&status), (code.to_owned(), Some(field.to_owned())));
    }
    // What is refused ends nothing.
    let (result, ..) = import(&mut running, import_row(&run, "9", 9, "closed")).await;
    assert_eq!(result, "new");
    let done = running
        .client
        .complete_import(complete(2, 2))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(done.recorded.unwrap().version, 2);
    let size = running.intake.log().head().size;
    let again = running
        .client
        .complete_import(complete(0, 0))
        .await
        .unwrap()
        .into_inner();
    assert!(again.recorded.unwrap().already_done);

    let (result, ..) = import(&mut running, import_row(&run, "7", 1, "closed")).await;
    assert_eq!(result, "repeated");
    assert_eq!(running.intake.log().head().size, size);
    running.stop().await;
}

async fn complete(running: &mut Running, run: &str, new: u64) -> bool {
    let request = CompleteImportRequest {
        import_id: run.to_owned(),
        counts: Some(ImportCounts {
            rows: new,
            new_rows: new,
            ..ImportCounts::default()
        }),
        ..CompleteImportRequest::default()
    };
    let done = running.client.complete_import(request).await.unwrap();
    !done.into_inner().recorded.unwrap().already_done
}

async fn open_imports(running: &mut Running) -> Vec<(String, String, u64)> {
    let token = running.intake.log().token(running.intake.log().head().size);
    let seen = ListFeedbackRequest {
        wait_for: token.to_string(),
        ..ListFeedbackRequest::default()
    };
    running.client.list_feedback(seen).await.unwrap();
    let open = running
        .client
        .list_open_imports(ListOpenImportsRequest {})
        .await
        .unwrap();
    let open = open.into_inner().imports.into_iter();
    open.map(|it| (it.import_id, it.label, it.position))
        .collect()
}

#[tokio::test]
async fn a_row_that_was_not_there_opens_an_import_again_that_ended() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let opened_at = |position| vec![(run.clone(), "f".to_owned(), position)];
    assert_eq!(open_imports(&mut running).await, opened_at(0));
    import(&mut running, import_row(&run, "7", 1, "closed")).await;
    assert!(complete(&mut running, &run, 1).await);
    assert_eq!(open_imports(&mut running).await, []);

    for (restarted, row, size) in [(false, 2, 3), (true, 3, 6)] {
        if restarted {
            running.stop().await;
            running = Running::start(open(data.path(), 2)).await;
        }
        // Neither a repeat nor a row that cannot be taken is a reason to open it again.
        assert_eq!(start(&mut running.client, "f").await, run);
        let (result, ..) = import(&mut running, import_row(&run, "7", 1, "closed")).await;
        assert_eq!(result, "repeated");
        let mut wrong = import_row(&run, "8", row, "closed");
        wrong.submission.as_mut().unwrap().product = "x".repeat(201);
        let status = running.client.import_feedback(wrong).await.unwrap_err();
        assert_eq!(reason(&status).0, "FIELD_TOO_LONG");
        assert!(!complete(&mut running, &run, 0).await);
        assert_eq!(running.intake.log().head().size, size);

        let (result, ..) = import(&mut running, import_row(&run, "8", row, "closed")).await;
        assert_eq!(result, if restarted { "updated" } else { "new" });
        assert_eq!(open_imports(&mut running).await, opened_at(size));
        assert!(complete(&mut running, &run, 1).await);
        assert_eq!(open_imports(&mut running).await, []);
        assert_eq!(running.intake.log().head().size, size + 3);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_row_that_its_item_refuses_does_not_open_an_import_again() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let plain = |id: &str, number| ImportFeedbackRequest {
        import_id: run.clone(),
        inbound_key: Some(key("shop", id)),
        row_digest: row_digest(number),
        submission: Some(complaint()),
    };
    import(&mut running, plain("1", 1)).await;
    assert!(complete(&mut running, &run, 1).await);
    let status = running
        .client
        .import_feedback(plain("1", 2))
        .await
        .unwrap_err();
    assert_eq!(reason(&status).0, "FEEDBACK_ALREADY_RECEIVED");
    assert_eq!(running.intake.log().head().size, 3);
    assert_eq!(import(&mut running, plain("2", 3)).await.0, "new");
    assert_eq!(running.intake.log().head().size, 5);
    running.stop().await;
}

#[tokio::test]
async fn a_row_without_a_report_is_imported_once_and_never_updated() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let plain = |number| ImportFeedbackRequest {
        import_id: run.clone(),
        inbound_key: Some(key("shop", "1")),
        row_digest: row_digest(number),
        submission: Some(complaint()),
    };
    let (result, id, _) = import(&mut running, plain(1)).await;
    assert_eq!(result, "new");
    assert_eq!(import(&mut running, plain(1)).await.0, "repeated");
    let status = running.client.import_feedback(plain(2)).await.unwrap_err();
    assert_eq!(reason(&status), ("FEEDBACK_ALREADY_RECEIVED".into(), None));
    let found = running
        .client
        .get_feedback(get(Key::FeedbackId(id)))
        .await
        .unwrap()
        .into_inner();
    assert!(
        found
            .feedback
            .unwrap()
            .submission
            .unwrap()
            .reported
            .is_none()
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rows_from_several_connections_are_recorded_once() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let classes = ["in_progress", "closed", "", "closed_with_relief"];
    // Five complaints with four reports each; every connection sends all, each in its own order.
    let rows: Vec<_> = (0..20)
        .map(|n| (format!("c-{}", n % 5), n, classes[n / 5]))
        .collect();
    let mut connections = JoinSet::new();
    for connection in 0..4 {
        let (mut client, run) = (running.client.clone(), run.clone());
        let mut rows = rows.clone();
        rows.rotate_left(connection * 5);
        if connection % 2 == 1 {
            rows.reverse();
        }
        connections.spawn(async move {
            let rows = rows
                .iter()
                .map(|(id, number, class)| row(id, *number, class))
                .collect();
            let batch = ImportFeedbackBatchRequest {
                import_id: run,
                rows,
            };
            client
                .import_feedback_batch(batch)
                .await
                .unwrap()
                .into_inner()
                .results
        });
    }
    let results: Vec<_> = connections.join_all().await.into_iter().flatten().collect();
    let count = |word| results.iter().filter(|it| it.result == word).count();
    assert_eq!(
        (count("new"), count("updated"), count("repeated")),
        (5, 15, 60)
    );
    assert_eq!(running.intake.log().head().size, 21);
    for id in 0..5 {
        let question = get(Key::InboundKey(key("cfpb", &format!("c-{id}"))));
        let found = running
            .client
            .get_feedback(question)
            .await
            .unwrap()
            .into_inner();
        let found = found.feedback.unwrap();
        assert_eq!(found.updates, 3);
        // Both are closed; the greater keyed digest decides, and it is the same in every order.
        let class = found.submission.unwrap().reported.unwrap().response_class;
        assert!(class.starts_with("closed"), "{class}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_recorded_while_its_import_is_open() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let mut sending = JoinSet::new();
    for connection in 0..4 {
        let (mut client, run) = (running.client.clone(), run.clone());
        sending.spawn(async move {
            for number in 0..50 {
                let row = import_row(&run, &format!("{connection}-{number}"), number, "closed");
                client.import_feedback(row).await.unwrap();
            }
        });
    }
    let mut ended = 0;
    while !sending.is_empty() {
        ended += u32::from(complete(&mut running, &run, 0).await);
        while let Some(done) = sending.try_join_next() {
            done.unwrap();
        }
    }
    ended += u32::from(complete(&mut running, &run, 0).await);
    let size = running.intake.log().head().size;
    let records = running.intake.log().read(0, 1_000, usize::MAX).await;
    let (mut is_open, mut rows, mut ends) = (false, 0, 0);
    for stored in records.unwrap() {
        let record = Record::decode(&stored.bytes).unwrap();
        match record.kind.as_str() {
            "redress.feedback_import.started.v1" | "redress.feedback_import.reopened.v1" => {
                assert!(!is_open);
                is_open = true;
            }
            "redress.feedback_import.completed.v1" => {
                assert!(is_open);
                (is_open, ends) = (false, ends + 1);
            }
            _ => {
                assert!(is_open, "a row behind the end of its import");
                rows += 1;
            }
        }
    }
    assert_eq!((rows, ends, is_open), (200, ended, false));
    assert_eq!(size, u64::from(200 + 2 * ends));
    running.stop().await;
}
