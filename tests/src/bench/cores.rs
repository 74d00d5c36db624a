//! Which cores a program may use, so that a load takes none from what it is a load for.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The cores of this machine in two halves.
#[derive(Debug)]
pub(crate) struct Halves {
    pub(crate) service: Vec<usize>,
    pub(crate) load: Vec<usize>,
}

impl Halves {
    /// An error where there is only one.
    pub(crate) fn of_this_machine() -> Result<Self> {
        let mut service = allowed()?;
        ensure!(service.len() > 1, "there is only one core");
        let load = service.split_off(service.len() / 2);
        Ok(Self { service, load })
    }

    pub(crate) fn all(&self) -> Vec<usize> {
        [&self.service[..], &self.load].concat()
    }
}

/// Confines a process, with all threads that it has.
pub(crate) fn confine(process: u32, cores: &[usize]) -> Result<()> {
    let list: Vec<String> = cores.iter().map(usize::to_string).collect();
    let said = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", &list.join(",")])
        .arg(process.to_string())
        .output()
        .context("`taskset` of util-linux is needed")?;
    let why = String::from_utf8_lossy(&said.stderr);
    ensure!(said.status.success(), "taskset: {why}");
    Ok(())
}

/// Seconds that this process has had a core, over all its threads.
pub(crate) fn seconds_used() -> Result<f64> {
    /// `USER_HZ`, which is the same on every Linux.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').context("no /proc/self/stat")?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let of = |field: usize| -> Result<f64> {
        Ok(fields
            .get(field)
            .context("no time in /proc/self/stat")?
            .parse()?)
    };
    Ok((of(11)? + of(12)?) / TICKS)
}

fn allowed() -> Result<Vec<usize>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let mut lines = status.lines();
    let list = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    numbers(list.context("no cores in /proc/self/status")?.trim())
}

/// `0-2,5`
fn numbers(list: &str) -> Result<Vec<usize>> {
    let mut numbers = Vec::new();
    for part in list.split(',') {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        numbers.extend(low.parse()?..=high.parse::<usize>()?);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cores_is_read() {
        assert_eq!(numbers("0-2,5").unwrap(), [0, 1, 2, 5]);
        assert_eq!(numbers("7").unwrap(), [7]);
        assert!(numbers("a").is_err());
    }

    #[test]
    fn time_that_was_used_is_told() {
        let before = seconds_used().unwrap();
        assert!(before >= 0.0 && seconds_used().unwrap() >= before);
    }
}
