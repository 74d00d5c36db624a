//! A data directory made by the program itself, by importing generated rows.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use redress_wire::log::v1::log_service_client::LogServiceClient;
use redress_wire::log::v1::{CatchUpRequest, GetHeadRequest, LogName};
use tonic::Code;
use tonic::transport::Channel;

use super::cfpb_rows;
use super::program;
use super::rounds::per_second;
use super::site::SERVICES;

const INTAKE: usize = 0;
const WORKFLOW: usize = 1;
const REPORTING: usize = 2;

/// Rows a second that `redress import` took.
pub(crate) fn import(folder: &Path, data: &Path, rows: u64) -> Result<f64> {
    let path = folder.join("rows.jsonl");
    let mut file = BufWriter::new(File::create(&path)?);
    for number in 0..rows {
        writeln!(file, "{}", cfpb_rows::line(number)?)?;
    }
    file.flush()?;
    let begun = Instant::now();
    let output = program::command()?
        .args(["import", "--output", "json", "--format", "cfpb", "--data"])
        .arg(data)
        .arg(&path)
        .current_dir(folder)
        .output()?;
    ensure!(
        output.status.success(),
        "`redress import` ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::remove_file(path)?;
    Ok(per_second(rows, begun.elapsed()))
}

/// Waits until each service has dealt with what the others recorded; answers how many records each of
/// the three logs has then. `doors`: where intake, workflow and reporting answer.
pub(crate) async fn settle(doors: &[Channel; 3]) -> Result<[u64; 3]> {
    let mut logs = doors.clone().map(LogServiceClient::new);
    for (of, by) in [
        (INTAKE, WORKFLOW),
        (WORKFLOW, REPORTING),
        (INTAKE, REPORTING),
        (REPORTING, WORKFLOW),
        (WORKFLOW, REPORTING),
    ] {
        let token = head(&mut logs[of], SERVICES[of]).await?.1;
        catch_up(&mut logs[by], SERVICES[by], token).await?;
    }
    let mut records = [0; 3];
    for (of, log) in logs.iter_mut().enumerate() {
        records[of] = head(log, SERVICES[of]).await?.0;
    }
    Ok(records)
}

async fn catch_up(log: &mut LogServiceClient<Channel>, service: &str, token: String) -> Result<()> {
    let request = CatchUpRequest {
        log: Some(name(service)),
        token,
        timeout_millis: 10_000,
    };
    loop {
        match log.catch_up(request.clone()).await {
            Ok(_) => return Ok(()),
            Err(status) if status.code() == Code::DeadlineExceeded => {}
            Err(status) => bail!("{service} does not catch up: {status}"),
        }
    }
}

/// Records in a log, and a token that includes them.
async fn head(log: &mut LogServiceClient<Channel>, service: &str) -> Result<(u64, String)> {
    let request = GetHeadRequest {
        log: Some(name(service)),
    };
    let head = log.get_head(request).await?.into_inner();
    Ok((head.head, head.token))
}

fn name(service: &str) -> LogName {
    LogName {
        service: service.to_owned(),
        ..LogName::default()
    }
}
