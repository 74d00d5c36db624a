//! Reporting as a process of its own. It learns of intake and workflow only by following their logs.

use std::process::ExitCode;

use redress_log_service::{Around, Elsewhere, Opened, PARTITION, Task, standalone};
use redress_reporting::Reporting;
use redress_service::config::Role;
use redress_service::lifecycle::TaskError;
use redress_service::{Config, Shutdown};

#[tokio::main]
async fn main() -> ExitCode {
    let about = "Redress' reporting: indicators, charts, and signals where a month is out";
    standalone::run(Role::Reporting, about, open).await
}

async fn open(config: &Config, around: &Around) -> Result<Opened, TaskError> {
    let elsewhere = Elsewhere::of(config, around, "reporting")?;
    // Reading what is on the disk may take a while.
    let reporting = tokio::task::block_in_place(|| Reporting::of(config, PARTITION))?;
    let following = follow(reporting.clone(), elsewhere, around.shutdown.clone());
    Ok(Opened::one(reporting).with(Task::new("following the others", following)))
}

/// Answers are given meanwhile: the others may come up later, or wait for this one.
async fn follow(
    reporting: Reporting,
    elsewhere: Elsewhere,
    shutdown: Shutdown,
) -> Result<(), TaskError> {
    let begin = async {
        let (intake, workflow) = tokio::try_join!(
            elsewhere.log_of("intake", reporting.log()),
            elsewhere.log_of("workflow", reporting.log()),
        )?;
        reporting.run(intake, workflow).await?;
        std::future::pending().await
    };
    tokio::select! {
        ended = begin => ended,
        () = shutdown.soft() => Ok(()),
    }
}
