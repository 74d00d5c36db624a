//! The real sample, where it is: all of it new, then nothing.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use redress_envelope::Actor;
use redress_feedback::cfpb;
use redress_intake::{ImportRow, Intake, RowOutcome};
use redress_service::Caller;

use crate::import::start;
use crate::running::running;

fn rows(folder: &str) -> Vec<ImportRow> {
    let path = PathBuf::from(folder).join("cfpb-sample.jsonl.gz");
    let file =
        std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    lines
        .map(|line| {
            let row: cfpb::Row = serde_json::from_str(&line.unwrap()).unwrap();
            let item = cfpb::submission(&row).unwrap();
            ImportRow {
                source: cfpb::SOURCE.into(),
                id: item.complaint_id,
                row_digest: item.row_digest,
                submission: item.submission,
                files: Vec::new(),
            }
        })
        .collect()
}

async fn import(intake: &Intake, import: &str, rows: &[ImportRow]) -> (usize, usize, Duration) {
    let caller = Caller {
        actor: Actor::Service("import".into()),
        on_behalf_of: None,
        authenticated: false,
        correlation: None,
        traceparent: None,
    };
    let begun = Instant::now();
    let (mut new, mut repeated) = (0, 0);
    for chunk in rows.chunks(256) {
        let answers = intake
            .import_rows(import.parse().unwrap(), &caller, chunk.to_vec())
            .await;
        for answer in answers.unwrap() {
            match answer.unwrap().outcome {
                RowOutcome::New => new += 1,
                RowOutcome::Repeated => repeated += 1,
                RowOutcome::Updated => panic!("no id of the sample comes twice"),
            }
        }
    }
    (new, repeated, begun.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_sample_is_imported_once_and_a_second_run_records_nothing() {
    let Ok(folder) = std::env::var("REDRESS_REAL_DATA") else {
        println!("SKIPPED: REDRESS_REAL_DATA names no folder with the real sample");
        return;
    };
    let rows = rows(&folder);
    assert_eq!(rows.len(), 1802);
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "sample").await;
    let (new, repeated, took) = import(&running.intake, &run, &rows).await;
    assert_eq!((new, repeated), (1802, 0));
    let head = running.intake.log().head();
    assert_eq!(head.size, 1803);
    let (new, repeated, took_again) = import(&running.intake, &run, &rows).await;
    assert_eq!((new, repeated), (0, 1802));
    assert_eq!(
        running.intake.log().head(),
        head,
        "no record, and the same Merkle root"
    );
    println!("{} rows in {took:?}, again in {took_again:?}", rows.len());
    running.stop().await;
}
