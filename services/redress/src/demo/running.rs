//! The demo in services that run already, one process or three.

use std::process::ExitCode;
use std::time::Instant;

use redress_service::Kind;
use redress_wire::log::v1::ReadEventsRequest;
use serde_json::Value;

use super::mark::Mark;
use super::tell::tell;
use super::{ACTOR, load};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::log::Service;

pub(super) async fn run(global: &Global, mark: &Mark) -> Result<ExitCode, Failure> {
    let client = Client::new(&global.load(Vec::new())?, Some(ACTOR))?;
    holds_nothing_else(&client, mark).await?;
    let began = Instant::now();
    let counts = load::load(&client, mark).await?;
    tell(
        global.output,
        &client,
        mark,
        Some((counts, began.elapsed())),
    )
    .await?;
    Ok(ExitCode::SUCCESS)
}

/// What somebody really said must not stand among what nobody did.
async fn holds_nothing_else(client: &Client, mark: &Mark) -> Result<(), Failure> {
    let request = ReadEventsRequest {
        log: Some(Service::Intake.log_name()),
        limit: 1,
        ..ReadEventsRequest::default()
    };
    let mut log = client.log(Service::Intake.name()).await?;
    let page = log.read_events(request).await?.into_inner();
    let Some(first) = page.records.first() else {
        return Ok(());
    };
    if begins(&first.record, mark) {
        return Ok(());
    }
    let message = format!(
        "intake holds something else than the demo of {}",
        mark.label()
    );
    Err(
        Failure::new(Kind::FailedPrecondition, "DEMO_NOT_ALONE", message).with_remedy(
            "name services that hold nothing, or the same --seed, --years, --until and --policy as before",
        ),
    )
}

/// Whether a record is the first of this demo.
fn begins(record: &[u8], mark: &Mark) -> bool {
    let record: Value = serde_json::from_slice(record).unwrap_or_default();
    let data = &record["data"];
    record["type"] == "redress.feedback_import.started.v1"
        && data["source"] == load::SOURCE
        && data["label"] == mark.label()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_beginning_of_the_same_demo_is_gone_on_with() {
        let mark = Mark {
            seed: 1,
            years: 2,
            end: date(2026, 5, 17),
            policy: super::super::Regime::default(),
            loaded: false,
        };
        let first = |kind: &str, label: String| {
            let data = json!({ "source": "demo", "label": label });
            json!({ "type": kind, "data": data }).to_string()
        };
        let started = "redress.feedback_import.started.v1";
        assert!(begins(first(started, mark.label()).as_bytes(), &mark));
        let other = Mark { seed: 2, ..mark };
        assert!(!begins(first(started, other.label()).as_bytes(), &mark));
        let received = "redress.feedback.received.v1";
        assert!(!begins(first(received, mark.label()).as_bytes(), &mark));
        assert!(!begins(b"", &mark));
    }
}
