//! Workflow as a process of its own. It learns of intake and reporting only by following their logs.

use std::process::ExitCode;

use redress_log_service::{Around, Elsewhere, Opened, PARTITION, Task, standalone};
use redress_service::Config;
use redress_service::config::Role;
use redress_service::lifecycle::TaskError;
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
    let following = workflow.clone().follow(elsewhere, around.shutdown.clone());
    Ok(Opened::one(workflow).with(Task::new("following the others", following)))
}
