//! A process of its own to kill, stop and trace: this test binary, started again with a role.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redress_store::{SledOptions, SledStore, Store};

use crate::workload;

const ROLE: &str = "REDRESS_STORE_CHILD_ROLE";
const DIR: &str = "REDRESS_STORE_CHILD_DIR";
const PAUSE_US: &str = "REDRESS_STORE_CHILD_PAUSE_US";
const APPLIES: &str = "REDRESS_STORE_CHILD_APPLIES";

/// Space for a small disk: nothing of the defaults would fit.
pub(crate) fn small_options() -> SledOptions {
    let mut options = SledOptions::default();
    options.reserve_bytes = 0;
    options.ballast_bytes = 64 * 1024;
    options
}

pub(crate) fn skip(why: &str) {
    assert!(
        std::env::var_os("REDRESS_FORBID_SKIP").is_none(),
        "skipping is forbidden: {why}"
    );
    println!("SKIPPED: {why}");
}

pub(crate) fn rounds(default: u64) -> u64 {
    let asked = std::env::var("REDRESS_CRASH_ROUNDS").ok();
    asked
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(default)
}

/// The command that runs this binary as a child; `wrap` goes before it (strace and its arguments).
pub(crate) fn command(role: &str, dir: &Path, wrap: &[&str]) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut command = match wrap.split_first() {
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).arg(this);
            command
        }
        None => Command::new(this),
    };
    command
        .args(["--exact", "child::plays_its_role_when_it_is_a_child"])
        .args(["--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env(DIR, dir)
        .stderr(Stdio::null());
    command
}

pub(crate) fn paused(mut command: Command, pause_us: u64) -> Command {
    command.env(PAUSE_US, pause_us.to_string());
    command
}

pub(crate) fn limited(mut command: Command, applies: u64) -> Command {
    command.env(APPLIES, applies.to_string());
    command
}

/// What a child says goes to a file, so that whatever it said is there the moment it is stopped.
#[derive(Debug)]
pub(crate) struct Said(PathBuf);

impl Said {
    pub(crate) fn by(command: &mut Command, file: PathBuf) -> Self {
        command.stdout(File::create(&file).unwrap());
        Self(file)
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.0).unwrap();
        // The last piece has no line end yet, or is empty.
        let mut lines: Vec<_> = text.split('\n').map(str::to_owned).collect();
        lines.pop();
        lines
    }

    pub(crate) fn acknowledged(&self) -> Option<u64> {
        last_acknowledged(&self.lines())
    }

    pub(crate) fn applies(&self) -> usize {
        self.lines()
            .iter()
            .filter(|line| line.starts_with("ACK "))
            .count()
    }

    pub(crate) fn says(&self, word: &str) -> bool {
        self.lines().iter().any(|line| line.starts_with(word))
    }
}

pub(crate) fn last_acknowledged(lines: &[String]) -> Option<u64> {
    lines
        .iter()
        .rev()
        .find_map(|line| line.strip_prefix("ACK ")?.parse().ok())
}

/// Waits for the end; a child that hangs is killed and fails the test.
pub(crate) fn wait(mut child: Child, patience: Duration) {
    let end = Instant::now() + patience;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the child still ran after {patience:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn plays_its_role_when_it_is_a_child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let dir = PathBuf::from(std::env::var_os(DIR).unwrap());
    // libtest leaves its own line unfinished.
    println!("\nOPENING");
    match role.as_str() {
        "write" => write(&dir, small_options()),
        "write without sync" => {
            write(
                &dir,
                small_options().without_sync_to_show_that_tests_notice(),
            );
        }
        "read" => read(&dir),
        other => panic!("no such role: {other}"),
    }
    std::io::stdout().flush().unwrap();
    // Not by returning: dropping a failed store is not what is tested here.
    std::process::exit(0);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Goes on with the workload where the store ends, in groups of different sizes.
fn write(dir: &Path, options: SledOptions) {
    let (store, report) = match SledStore::open_with(dir, options) {
        Ok(opened) => opened,
        Err(error) => return println!("REFUSED {error:?}"),
    };
    let mut next = workload::head(&store).map_or(0, |head| head + 1);
    println!("OPENED {report:?}");
    let pause = Duration::from_micros(number(PAUSE_US).unwrap_or(0));
    for _ in 0..number(APPLIES).unwrap_or(u64::MAX) {
        let end = next + fastrand::Rng::with_seed(next).u64(1..=6);
        if let Err(error) = store.apply((next..end).map(workload::batch).collect()) {
            println!("FAILED {error}");
            let again = store.apply(vec![workload::batch(end)]);
            return println!(
                "AFTERWARDS {} {}",
                again.is_err(),
                store.get(b"head").is_err()
            );
        }
        println!("ACK {}", end - 1);
        next = end;
        std::thread::sleep(pause);
    }
}

fn read(dir: &Path) {
    match SledStore::open_with(dir, small_options()) {
        Ok((store, report)) => {
            println!("OPENED {report:?}");
            println!(
                "READ {:?}",
                store.scan(b"", None, usize::MAX).map(|pairs| pairs.len())
            );
            println!("APPLIED {:?}", store.apply(vec![workload::batch(1)]));
        }
        Err(error) => println!("REFUSED {error:?}"),
    }
}
