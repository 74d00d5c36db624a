//! Workflow as a process of its own. It learns of intake and reporting only by following their logs.

use std::process::ExitCode;
use std::sync::Arc;

use redress_log_service::{Around, Elsewhere, Opened, PARTITION, Task, standalone};
use redress_service::Config;
use redress_service::config::Role;
use redress_service::lifecycle::TaskError;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_workflow::{AddressOf, Workflow, address_in, address_question};
use tonic::transport::Endpoint;

#[tokio::main]
async fn main() -> ExitCode {
    let about = "Redress' workflow: complaints, from receipt to closing, and improvements";
    standalone::run(Role::Workflow, about, open).await
}

async fn open(config: &Config, around: &Around) -> Result<Opened, TaskError> {
    let elsewhere = Elsewhere::of(config, around, "workflow")?;
    // Reading what is on the disk may take a while.
    let workflow =
        tokio::task::block_in_place(|| Workflow::of(config, PARTITION, &around.streams))?;
    send_mail(config, &workflow)?;
    let following = workflow.clone().follow(elsewhere, around.shutdown.clone());
    Ok(Opened::one(workflow).with(Task::new("following the others", following)))
}

/// Intake is asked for addresses over gRPC, where mail is sent at all.
fn send_mail(config: &Config, workflow: &Workflow) -> Result<(), TaskError> {
    if !config.mail.is_configured() {
        return Ok(());
    }
    let intake = Endpoint::from_shared(config.client.intake.clone())?.connect_lazy();
    let intake = IntakeServiceClient::new(intake);
    let addresses: AddressOf = Arc::new(move |feedback| {
        let mut intake = intake.clone();
        Box::pin(async move {
            let answer = intake.get_feedback(address_question(feedback)).await;
            let answer = answer.map_err(|status| format!("{:?}", status.code()))?;
            Ok(address_in(answer.into_inner()))
        })
    });
    Ok(workflow.send_mail(&config.mail, addresses)?)
}
