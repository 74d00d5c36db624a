//! Intake, workflow and reporting in one process, following each other's logs directly.

use std::sync::Arc;

use redress_event_log::{Log, Source};
use redress_intake::Intake;
use redress_log_service::{Around, PARTITION, Parts};
use redress_reporting::Reporting;
use redress_service::config::Config;
use redress_workflow::Workflow;

use crate::failure::Failure;

/// Opens all three on one data directory, and lets them follow each other.
pub(crate) async fn open(config: &Config, around: &Around) -> Result<Parts, Failure> {
    // Reading what is on the disk may take a while.
    let (intake, workflow, reporting) = tokio::task::block_in_place(|| {
        let intake = Intake::of(config, PARTITION).map_err(|e| Failure::unopened(&e))?;
        let workflow =
            Workflow::of(config, PARTITION, &around.streams).map_err(|e| Failure::unopened(&e))?;
        let reporting = Reporting::of(config, PARTITION).map_err(|e| Failure::unopened(&e))?;
        Ok::<_, Failure>((intake, workflow, reporting))
    })?;
    let source = |log: &Log| Arc::new(log.clone()) as Arc<dyn Source>;
    workflow
        .run(source(intake.log()), source(reporting.log()))
        .map_err(|e| Failure::unopened(&e))?;
    reporting
        .run(source(intake.log()), source(workflow.log()))
        .await
        .map_err(|e| Failure::unopened(&e))?;
    Ok(vec![
        Box::new(intake),
        Box::new(workflow),
        Box::new(reporting),
    ])
}
