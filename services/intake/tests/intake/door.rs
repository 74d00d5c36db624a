//! What the inbox takes and refuses is what the schema of submissions says (`proto/events`): both are held
//! against the same table, the schema by a validator that is not ours (`tests/schemas.rs`).

use redress_event_bus::Answer;
use serde_json::Value;

use crate::inbox::{received, take};
use crate::running::open;

#[tokio::test]
async fn every_line_of_the_table_is_taken_or_refused_as_it_says() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let door = intake.door();
    let mut wrong = Vec::new();
    let table = include_str!("../../../../tests/schemas/submissions.jsonl");
    for (number, line) in (1..).zip(table.lines()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let body = case["record"].to_string();
        let answer = take(&door, received(number, &[], body)).await;
        let taken = matches!(answer, Answer::Accepted { .. });
        if taken != case["taken"] {
            wrong.push(format!("{}: {answer:?}", case["what"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
