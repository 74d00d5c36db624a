//! Workflow as a process of its own. It learns of intake and reporting only by following their logs.

use std::process::ExitCode;

use redress_log_service::{Around, Elsewhere, Opened, PARTITION, Task, standalone};
use redress_service::config::Role;
use redress_service::lifecycle::TaskError;
use redress_service::{Config, Shutdown};
use redress_workflow::Workflow;

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
    let following = follow(workflow.clone(), elsewhere, around.shutdown.clone());
    Ok(Opened::one(workflow).with(Task::new("following the others", following)))
}

/// Answers are given meanwhile: the others may come up later, or wait for this one.
async fn follow(
    workflow: Workflow,
    elsewhere: Elsewhere,
    shutdown: Shutdown,
) -> Result<(), TaskError> {
    let begin = async {
        let (intake, reporting) = tokio::try_join!(
            elsewhere.log_of("intake", workflow.log()),
            elsewhere.log_of("reporting", workflow.log()),
        )?;
        workflow.run(intake, reporting)?;
        std::future::pending().await
    };
    tokio::select! {
        ended = begin => ended,
        () = shutdown.soft() => Ok(()),
    }
}
