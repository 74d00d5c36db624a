//! Reporting as a process of its own. It learns of intake and workflow only by following their logs.

use std::process::ExitCode;

use redress_log_service::{Around, Elsewhere, Opened, PARTITION, Task, standalone};
use redress_reporting::Reporting;
use redress_service::Config;
use redress_service::config::Role;
use redress_service::lifecycle::TaskError;

#[tokio::main]
async fn main() -> ExitCode {
    let about = "Redress' reporting: indicators, charts, and signals where a month is out";
    standalone::run(Role::Reporting, about, open).await
}

async fn open(config: &Config, around: &Around) -> Result<Opened, TaskError> {
    let elsewhere = Elsewhere::of(config, around, "reporting")?;
    // Reading what is on the disk may take a while.
    let reporting = tokio::task::block_in_place(|| Reporting::of(config, PARTITION))?;
    let following = reporting.clone().follow(elsewhere, around.shutdown.clone());
    Ok(Opened::one(reporting).with(Task::new("following the others", following)))
}
