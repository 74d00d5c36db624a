//! What is measured in a process of its own, so that nothing measured before is in its memory.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::fold::ComplaintList;
use super::intake;
use super::library::SERVICE;
use super::logs;
use super::replay;

/// What a child says of itself at its end.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Said {
    /// Records in the log that it opened.
    pub(crate) records: u64,
    /// Now (`VmRSS`), when it has done its work.
    pub(crate) resident_bytes: u64,
    /// The most there ever was (`VmHWM`).
    pub(crate) peak_bytes: u64,
    /// From the beginning of `main` until all was open.
    pub(crate) open_seconds: f64,
}

/// Starts this program again for one piece of work; answers also how long it lived.
pub(crate) fn start(work: &str, folder: &Path) -> Result<(Said, Duration)> {
    let begun = Instant::now();
    let output = Command::new(std::env::current_exe()?)
        .args(["--child", work])
        .arg(folder)
        .stderr(Stdio::inherit())
        .output()?;
    let lived = begun.elapsed();
    ensure!(
        output.status.success(),
        "the process for `{work}` ended with {}",
        output.status
    );
    let said = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("the process for `{work}` said something else"))?;
    Ok((said, lived))
}

pub(crate) async fn run(work: &str, folder: &Path) -> Result<()> {
    let begun = Instant::now();
    let (mut log, mut opened_intake) = (None, None);
    match work {
        "nothing" => {}
        "intake" => opened_intake = Some(intake::open(&folder.join("import"))?),
        _ => {
            let segment_records = redress_event_log::LogConfig::DEFAULT_SEGMENT_RECORDS;
            log = Some(logs::open(
                &folder.join("library/log"),
                SERVICE,
                segment_records,
            )?);
        }
    }
    let open_seconds = begun.elapsed().as_secs_f64();
    // Both are still open while the memory is read.
    let _view = match (work, &log) {
        ("nothing" | "open" | "intake", _) => None,
        ("replay", Some(log)) => {
            Some(replay::replay(log, &folder.join("child-views"), ComplaintList).await?)
        }
        _ => bail!("there is no work called `{work}`"),
    };
    let memory = memory_of("/proc/self/status")?;
    let said = Said {
        records: log.as_ref().map_or(0, |log| log.head().size),
        resident_bytes: memory.resident_bytes,
        peak_bytes: memory.peak_bytes,
        open_seconds,
    };
    println!("{}", serde_json::to_string(&said)?);
    drop(opened_intake);
    Ok(())
}

/// What a process has in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Now (`VmRSS`).
    pub(crate) resident_bytes: u64,
    /// The most there ever was (`VmHWM`).
    pub(crate) peak_bytes: u64,
}

/// As `/proc/<pid>/status` has it.
pub(crate) fn memory_of(path: &str) -> Result<Memory> {
    let status = std::fs::read_to_string(path).with_context(|| path.to_owned())?;
    Ok(Memory {
        resident_bytes: bytes(&status, "VmRSS")?,
        peak_bytes: bytes(&status, "VmHWM")?,
    })
}

fn bytes(status: &str, name: &str) -> Result<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: u64 = kib
        .with_context(|| format!("no {name} in the status of a process"))?
        .parse()?;
    Ok(kib * 1_024)
}
