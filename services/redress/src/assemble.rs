//! Intake, workflow and reporting in one process, following each other's logs directly.

use std::sync::Arc;

use redress_event_log::{Log, Source};
use redress_intake::Intake;
use redress_log_service::{Around, PARTITION, Parts};
use redress_reporting::Reporting;
use redress_service::config::Config;
use redress_wire::intake::v1::intake_service_server::IntakeService as _;
use redress_workflow::{AddressOf, Workflow, address_in, address_question};
use tonic::Request;

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
    send_mail(config, &intake, &workflow)?;
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

/// Intake is asked for addresses where mail is sent at all.
fn send_mail(config: &Config, intake: &Intake, workflow: &Workflow) -> Result<(), Failure> {
    if !config.mail.is_configured() {
        return Ok(());
    }
    let intake = intake.endpoints();
    let addresses: AddressOf = Arc::new(move |feedback| {
        let intake = intake.clone();
        Box::pin(async move {
            let answer = intake.get_feedback(Request::new(address_question(feedback)));
            let answer = answer
                .await
                .map_err(|status| format!("{:?}", status.code()))?;
            Ok(address_in(answer.into_inner()))
        })
    });
    let sent = workflow.send_mail(&config.mail, addresses);
    sent.map_err(|error| Failure::unopened(&error))
}
