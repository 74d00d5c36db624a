//! Intake, workflow and reporting in one process, following each other's logs directly.

use std::sync::Arc;

use redress_event_log::{Log, Source};
use redress_intake::Intake;
use redress_log_service::Parts;
use redress_reporting::Reporting;
use redress_service::config::Config;
use redress_service::{Kind, StreamLimit};
use redress_workflow::Workflow;

use crate::failure::Failure;

/// The only one so far; a partition is chosen when a feedback item is born.
const PARTITION: u16 = 0;

/// Opens all three on one data directory, and lets them follow each other.
pub(crate) async fn open(config: &Config, streams: &StreamLimit) -> Result<Parts, Failure> {
    // Reading what is on the disk may take a while.
    let (intake, workflow, reporting) = tokio::task::block_in_place(|| {
        let intake = Intake::of(config, PARTITION).map_err(|e| unopened(&e))?;
        let workflow = Workflow::of(config, PARTITION, streams).map_err(|e| unopened(&e))?;
        let reporting = Reporting::of(config, PARTITION).map_err(|e| unopened(&e))?;
        Ok::<_, Failure>((intake, workflow, reporting))
    })?;
    let source = |log: &Log| Arc::new(log.clone()) as Arc<dyn Source>;
    workflow
        .run(source(intake.log()), source(reporting.log()))
        .map_err(|e| unopened(&e))?;
    reporting
        .run(source(intake.log()), source(workflow.log()))
        .await
        .map_err(|e| unopened(&e))?;
    Ok(vec![
        Box::new(intake),
        Box::new(workflow),
        Box::new(reporting),
    ])
}

fn unopened(error: &dyn std::error::Error) -> Failure {
    Failure::new(Kind::Internal, "OPEN_FAILED", error.to_string()).with_remedy(
        "where it is in use, stop the other process; where it is damaged, run `redress log verify \
         --data ..`",
    )
}
