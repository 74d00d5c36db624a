//! A process of its own to kill, stop and trace: this test binary, started again with a role. What
//! it says goes to a file, so that whatever it said is there the moment it is stopped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redress_envelope::{LogId, Record, derived_uuid};
use redress_event_log::{Consumed, Log, LogConfig, TransactError, verify};
use redress_evidence::leaf_hash;
use redress_store::{SledOptions, SledStore};

use crate::tally::{Added, add, all_records, config, noise, request};

const ROLE: &str = "REDRESS_LOG_CHILD_ROLE";
const DIR: &str = "REDRESS_LOG_CHILD_DIR";
const RUN: &str = "REDRESS_LOG_CHILD_RUN";
const COMMANDS: &str = "REDRESS_LOG_CHILD_COMMANDS";
const PAUSE_US: &str = "REDRESS_LOG_CHILD_PAUSE_US";

const WORKERS: u64 = 4;
/// The log whose records the first worker consumes.
const FOLLOWED: &str = "other/0";

pub(crate) fn skip(why: &str) {
    assert!(
        std::env::var_os("REDRESS_FORBID_SKIP").is_none(),
        "skipping is forbidden: {why}"
    );
    println!("SKIPPED: {why}");
}

pub(crate) fn number(name: &str, default: u64) -> u64 {
    let asked = std::env::var(name).ok();
    asked
        .and_then(|asked| asked.parse().ok())
        .unwrap_or(default)
}

/// How often a test tries: as it is told by its own name, or in proportion to the kills.
pub(crate) fn rounds(name: &str, default: u64, for_50_kills: u64) -> u64 {
    let kills = number("REDRESS_CRASH_ROUNDS", 0);
    let proportional = if kills == 0 {
        default
    } else {
        (kills * for_50_kills).div_ceil(50)
    };
    number(name, proportional)
}

/// Space for a small disk: nothing of the defaults would fit.
pub(crate) fn small_options() -> SledOptions {
    let mut options = SledOptions::default();
    options.reserve_bytes = 0;
    options.ballast_bytes = 64 * 1024;
    options
}

/// What a child is to do.
#[derive(Debug, Clone)]
pub(crate) struct Role<'a> {
    pub(crate) name: &'a str,
    pub(crate) dir: PathBuf,
    /// Distinguishes the requests of one start from those of the others.
    pub(crate) run: u64,
    /// For each worker.
    pub(crate) commands: u64,
    pub(crate) pause_us: u64,
    /// Goes before it: strace and its arguments.
    pub(crate) wrap: &'a [&'a str],
}

impl<'a> Role<'a> {
    pub(crate) fn new(name: &'a str, dir: &Path) -> Self {
        Self {
            name,
            dir: dir.to_owned(),
            run: 0,
            commands: u64::MAX,
            pause_us: 0,
            wrap: &[],
        }
    }

    pub(crate) fn command(&self, said: &Path) -> (Command, Said) {
        let this = std::env::current_exe().unwrap();
        let mut command = match self.wrap.split_first() {
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
            .env(ROLE, self.name)
            .env(DIR, &self.dir)
            .env(RUN, self.run.to_string())
            .env(COMMANDS, self.commands.to_string())
            .env(PAUSE_US, self.pause_us.to_string())
            .stdout(File::create(said).unwrap())
            .stderr(Stdio::null());
        (command, Said(said.to_owned()))
    }
}

/// What a child said.
#[derive(Debug)]
pub(crate) struct Said(PathBuf);

impl Said {
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.0).unwrap();
        // The last piece has no line end yet, or is empty.
        let mut lines: Vec<_> = text.split('\n').map(str::to_owned).collect();
        lines.pop();
        lines
    }

    pub(crate) fn says(&self, word: &str) -> bool {
        self.lines().iter().any(|line| line.starts_with(word))
    }

    pub(crate) fn wait_for(&self, word: &str) {
        for _ in 0..20_000 {
            if self.says(word) {
                return;
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        panic!("the child never said {word}: {:?}", self.lines());
    }

    pub(crate) fn wait_for_answers(&self, count: usize) {
        for _ in 0..10_000 {
            let lines = self.lines();
            if lines.iter().filter(|line| line.starts_with("ACK")).count() >= count {
                return;
            }
            std::thread::sleep(Duration::from_millis(3));
        }
        panic!("the child never gave {count} answers: {:?}", self.lines());
    }

    pub(crate) fn acknowledged(&self) -> Acknowledged {
        let mut acknowledged = Acknowledged::new();
        for line in self.lines() {
            if let Some(rest) = line.strip_prefix("ACK ") {
                let (id, position) = rest.split_once(' ').unwrap();
                acknowledged.insert(id.to_owned(), position.parse().unwrap());
            }
        }
        acknowledged
    }
}

/// Request ids, and the position of the first record that was answered.
pub(crate) type Acknowledged = BTreeMap<String, u64>;

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
    let options = match role.as_str() {
        "append without sync" => small_options().without_sync_to_show_that_tests_notice(),
        _ => small_options(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    match role.as_str() {
        "append and seal" => append(&runtime, config(&dir), options, WORKERS),
        "append one at a time and seal" => append(&runtime, config(&dir), options, 1),
        "append" | "append without sync" => {
            append(&runtime, never_sealing(config(&dir)), options, 1);
        }
        "inspect" => crate::damage::inspect(&runtime, &dir),
        other => panic!("no such role: {other}"),
    }
    std::io::stdout().flush().unwrap();
    // Not by returning: how a log ends in an orderly way is not what is tested here.
    std::process::exit(0);
}

fn never_sealing(mut config: LogConfig) -> LogConfig {
    config.segment_records = 1 << 20;
    config
}

fn append(
    runtime: &tokio::runtime::Runtime,
    config: LogConfig,
    options: SledOptions,
    workers: u64,
) {
    let log = match open(config, options) {
        Ok(log) => log,
        Err(error) => return println!("REFUSED {error}"),
    };
    println!("OPENED");
    let run = number(RUN, 0);
    let commands = number(COMMANDS, u64::MAX);
    let workers: Vec<_> = (0..workers)
        .map(|worker| runtime.spawn(work(log.clone(), worker, run, commands)))
        .collect();
    runtime.block_on(async {
        for worker in workers {
            worker.await.unwrap();
        }
    });
}

pub(crate) fn open(config: LogConfig, options: SledOptions) -> Result<Log, String> {
    let tail = config.folder.join("tail");
    let (store, _) =
        SledStore::open_with(&tail, options).map_err(|error| format!("{error} ({error:?})"))?;
    // Every process begins at the same time: recorded time must not go back all the same.
    Log::open_with(config, Arc::new(store), crate::tally::clock())
        .map_err(|error| error.to_string())
}

/// One client: a request after the other, each answered before the next. The first worker also
/// consumes another log, and goes on where its position says.
async fn work(log: Log, worker: u64, run: u64, commands: u64) {
    let pause = Duration::from_micros(number(PAUSE_US, 0));
    let mut next = if worker == 0 {
        consumed(&log)
    } else {
        run * 1_000_000
    };
    // A retry of what the run before may or may not have had answered: never a second record.
    if worker != 0 && run > 0 {
        for earlier in 0..3 {
            answer(&log, &id(worker, (run - 1) * 1_000_000 + earlier), None).await;
        }
    }
    for _ in 0..commands {
        let id = id(worker, next);
        let consumed = (worker == 0).then(|| followed(next));
        if !answer(&log, &id, consumed).await {
            let again = answer(&log, &id, None).await;
            return println!("AFTERWARDS {again}");
        }
        next += 1;
        std::thread::sleep(pause);
    }
    println!("DONE");
}

async fn answer(log: &Log, id: &str, consumed: Option<Consumed>) -> bool {
    let mut command = request(stream_of(id), id, id);
    command.consumed = consumed;
    match add(log, command, events_of(id)).await {
        Ok(done) => println!("ACK {id} {}", done.records[0].position),
        Err(TransactError::Full(why)) => println!("FULL {why}"),
        Err(TransactError::Stopped(why)) => {
            println!("STOPPED {why}");
            return false;
        }
        Err(error) => panic!("{error}"),
    }
    true
}

fn id(worker: u64, number: u64) -> String {
    format!("w{worker}-{number}")
}

fn consumed(log: &Log) -> u64 {
    log.cursors().get(FOLLOWED).map_or(0, |cursor| cursor.next)
}

fn followed(position: u64) -> Consumed {
    Consumed {
        source: FOLLOWED.to_owned(),
        log: LogId(derived_uuid("log", &["the other"])),
        from: position,
        position,
        hash: leaf_hash(&position.to_be_bytes()),
    }
}

fn stream_of(id: &str) -> u64 {
    u64::from(id.bytes().last().unwrap() % 5)
}

/// Everything about a request follows from its id, so that a crashed log can be judged.
fn events_of(id: &str) -> Vec<Added> {
    let seed = id.bytes().fold(7, |seed: u64, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    let mut random = fastrand::Rng::with_seed(seed);
    let event = |random: &mut fastrand::Rng| {
        let bytes = match random.u8(0..16) {
            // Enough for sled's file to grow within a moment.
            1..=12 if id.starts_with("w0-") => random.usize(2_000..12_000),
            0 => random.usize(8_000..30_000),
            1..=3 => random.usize(0..3000),
            _ => random.usize(0..100),
        };
        let noise = noise(random, bytes);
        Added {
            amount: random.u64(0..10),
            noise,
        }
    };
    (0..random.u64(1..=3)).map(|_| event(&mut random)).collect()
}

/// What a judged log had.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) records: u64,
    pub(crate) segments: usize,
}

/// Checks a log that was cut off: whole, in order, everything acknowledged at its place, nothing
/// twice, and nothing that nobody asked for.
pub(crate) fn judge(dir: &Path, acknowledged: &Acknowledged) -> Result<Judged, String> {
    let folder = dir.join("log");
    if acknowledged.is_empty() && !folder.join("identity.json").exists() {
        return Ok(Judged {
            records: 0,
            segments: 0,
        });
    }
    let config = config(dir);
    let log = open(config, small_options())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (records, consumed) = runtime.block_on(async {
        let records = all_records(&log).await;
        let consumed = consumed(&log);
        log.close().await.unwrap();
        (records, consumed)
    });
    judge_records(&records, consumed, acknowledged)?;
    let verified = verify(&folder, &mut |_| ()).map_err(|error| error.to_string())?;
    if let Some(problem) = verified.problem {
        return Err(format!("verify: {problem:?}"));
    }
    if verified.records != records.len() as u64 {
        return Err(format!(
            "{} verified of {}",
            verified.records,
            records.len()
        ));
    }
    for entry in std::fs::read_dir(folder.join("tail")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.starts_with("quarantined") || name.starts_with("set-aside") {
            return Err(format!("there is {name}"));
        }
    }
    Ok(Judged {
        records: verified.records,
        segments: verified.segments,
    })
}

fn judge_records(
    records: &[Record],
    consumed: u64,
    acknowledged: &Acknowledged,
) -> Result<(), String> {
    let mut commands = Acknowledged::new();
    let mut versions = BTreeMap::new();
    let mut rest = records;
    while let Some(first) = rest.first() {
        let id = first
            .context
            .request_id
            .clone()
            .ok_or("a record without a request")?;
        let (events, expected) = (rest.iter().position(|r| r.command_end), events_of(&id));
        let count = events.ok_or("the last command is cut off")? + 1;
        let (command, after) = rest.split_at(count);
        for (position, record) in (first.position..).zip(command) {
            let version = versions.entry(record.subject.clone()).or_insert(0);
            if record.position != position || record.version != *version {
                return Err(format!("{id} at {position}: {record:?}"));
            }
            *version += 1;
        }
        let found: Vec<Added> = command
            .iter()
            .map(|r| serde_json::from_str(r.data.get()).unwrap())
            .collect();
        if found != expected {
            return Err(format!("{id} has other events than were asked for"));
        }
        if commands.insert(id.clone(), first.position).is_some() {
            return Err(format!("{id} is there twice"));
        }
        rest = after;
    }
    let missing = |(id, position): &(&String, &u64)| commands.get(*id) != Some(position);
    if let Some(missing) = acknowledged.iter().find(missing) {
        return Err(format!(
            "acknowledged and not there: {missing:?} of {}",
            commands.len()
        ));
    }
    let effects = commands.keys().filter(|id| id.starts_with("w0-")).count() as u64;
    if effects != consumed {
        return Err(format!("{consumed} consumed with {effects} effects"));
    }
    Ok(())
}
