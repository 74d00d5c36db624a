//! Intake as a process of its own.

use std::process::ExitCode;

use redress_intake::Intake;
use redress_log_service::{Around, Opened, PARTITION, standalone};
use redress_service::Config;
use redress_service::config::Role;
use redress_service::lifecycle::TaskError;

#[tokio::main]
async fn main() -> ExitCode {
    let about = "Redress' intake: takes in what customers say";
    standalone::run(Role::Intake, about, open).await
}

/// It follows nobody.
async fn open(config: &Config, _around: &Around) -> Result<Opened, TaskError> {
    // Reading what is on the disk may take a while.
    let intake = tokio::task::block_in_place(|| Intake::of(config, PARTITION))?;
    Ok(Opened::one(intake))
}
