use std::path::Path;

use jiff::Timestamp;
use redress_envelope::{Actor, Commitment, Context, Draft, LogId, Subject, VaultRef, derived_uuid};
use redress_event_log::{Command, CountingClock, Life, LogConfig, UnreadableEvent};
use redress_service::{Lifecycle, Readiness};
use redress_store::{Batch, MemoryStore, Store};
use redress_vault::{Class, NewEntry, Read, SeededEntropy, VaultDirs};
use serde_json::json;
use serde_json::value::to_raw_value;

use super::*;

/// Events that are nothing but a reference.
struct Referring;

impl Life for Referring {
    type State = ();
    type Event = VaultRef;

    fn decode(record: &Record) -> Result<VaultRef, UnreadableEvent> {
        serde_json::from_str(record.data.get()).map_err(|error| UnreadableEvent {
            kind: record.kind.clone(),
            position: record.position,
            why: error.to_string(),
        })
    }

    fn encode(event: &VaultRef) -> Draft {
        Draft {
            kind: "redress.test.referred.v1",
            data: to_raw_value(&json!({ "deep": [{ "down": event }] })).unwrap(),
        }
    }

    fn evolve((): &mut (), _: &VaultRef) {}
}

fn vault(store: &Arc<dyn Store>, keys: &Path) -> Arc<Vault> {
    let dirs = VaultDirs {
        store: Arc::clone(store),
        keys_dir: keys.to_owned(),
    };
    Arc::new(Vault::open(dirs, Arc::new(SeededEntropy(1))).unwrap())
}

/// As a service opens both.
fn beside(vault: Arc<Vault>, log: &Log) -> Arc<Vault> {
    let head = log.watch_head();
    vault
        .beside_log(log.id(), move || head.borrow().size)
        .unwrap();
    vault
}

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// The same rows in a store of their own, as a backup has them.
fn copy(store: &Arc<dyn Store>) -> Arc<dyn Store> {
    let copy = MemoryStore::new();
    for (key, value) in store.scan(b"", None, usize::MAX).unwrap() {
        let mut batch = Batch::new();
        batch.put(key, value).unwrap();
        copy.apply(vec![batch]).unwrap();
    }
    Arc::new(copy)
}

/// A log whose blocks are in `store`.
fn log(folder: &Path, store: &Arc<dyn Store>) -> Log {
    let config = LogConfig {
        folder: folder.join("log"),
        tenant: "acme".to_owned(),
        service: "intake".to_owned(),
        partition: 0,
        new_log_id: LogId(derived_uuid("log", &[])),
        segment_records: 256,
        queue: 16,
        state_cache_bytes: 1 << 16,
    };
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let clock = Arc::new(CountingClock::from(now));
    Log::open_with(config, Arc::clone(store), clock).unwrap()
}

async fn seal(vault: &Vault, item: &str) -> VaultRef {
    let entry = NewEntry {
        subject: vault.subject_of_item(item),
        class: Class::of("words"),
        content: item.as_bytes().to_vec(),
    };
    vault.seal(vec![entry]).await.unwrap().remove(0)
}

async fn refer(log: &Log, reference: &VaultRef) {
    let subject = Subject::new("test", "1").unwrap();
    let command = Command::new(subject, Context::by(Actor::System));
    let event = reference.clone();
    let decide = move |(): &(), _| Ok::<_, ()>(vec![event]);
    log.transact::<Referring, ()>(command, decide)
        .await
        .unwrap();
}

fn is_there(vault: &Vault, reference: &VaultRef) -> bool {
    let read = vault.read_committed(reference).unwrap();
    matches!(read, Read::Content(_))
}

fn found(entries: u64, orphans: u64) -> Found {
    Found {
        entries,
        orphans,
        damaged: 0,
    }
}

#[tokio::test]
async fn words_without_a_record_are_dropped_in_the_next_run_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, blocks) = (store(), store());
    let shutdown = Lifecycle::new().shutdown();
    let (known, orphan) = {
        let log = log(folder.path(), &blocks);
        let vault = beside(vault(&rows, folder.path()), &log);
        let sealed = (seal(&vault, "known").await, seal(&vault, "orphan").await);
        refer(&log, &sealed.0).await;
        // What this run sealed may be on its way to the log.
        let swept = sweep(&vault, &log, 9, &shutdown).await.unwrap();
        assert_eq!(swept, Some(Found::default()));
        // Here the process is killed.
        log.close().await.unwrap();
        sealed
    };
    let log = log(folder.path(), &blocks);
    let vault = beside(vault(&rows, folder.path()), &log);
    let late = seal(&vault, "late").await;
    let swept = sweep(&vault, &log, 9, &shutdown).await.unwrap();
    assert_eq!(swept, Some(found(2, 1)));
    for (reference, stays) in [(&known, true), (&orphan, false), (&late, true)] {
        assert_eq!(is_there(&vault, reference), stays);
    }
    let again = sweep(&vault, &log, 9, &shutdown).await.unwrap();
    assert_eq!(again, Some(Found::default()));
}

#[tokio::test]
async fn beside_a_log_that_was_taken_back_from_an_older_copy_nothing_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, blocks) = (store(), store());
    let shutdown = Lifecycle::new().shutdown();
    let (sealed, older) = {
        let log = log(folder.path(), &blocks);
        let vault = beside(vault(&rows, folder.path()), &log);
        let (mut sealed, mut older) = (Vec::new(), None);
        for item in ["one", "two", "three"] {
            let reference = seal(&vault, item).await;
            refer(&log, &reference).await;
            sealed.push(reference);
            older.get_or_insert_with(|| copy(&blocks));
        }
        log.close().await.unwrap();
        (sealed, older.unwrap())
    };
    // As where the log's whole folder was taken back: else the log itself would not open.
    let taken_back = tempfile::tempdir().unwrap();
    let log = log(taken_back.path(), &older);
    assert_eq!(log.head().size, 1);
    let vault = beside(vault(&rows, folder.path()), &log);
    let Err(refused) = sweep(&vault, &log, 9, &shutdown).await else {
        panic!("nothing may be looked at");
    };
    let why = VaultError::Unswept(Unswept::ShorterLog { size: 1, seen: 2 });
    assert_eq!(refused.downcast_ref(), Some(&why));
    assert!(sealed.iter().all(|reference| is_there(&vault, reference)));
}

#[tokio::test]
async fn health_and_metrics_say_why_nothing_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = Metrics::new();
    let lifecycle = Lifecycle::new();
    let sweeps = Sweeps::register(&metrics);
    let vault = vault(&store(), folder.path());
    let log = log(folder.path(), &store());
    let told = Told {
        service: "intake",
        readiness: Readiness::new(),
        shutdown: lifecycle.shutdown(),
        sweeps,
    };
    let swept = sweep(&vault, &log, 9, &told.shutdown).await;
    told.of(swept);
    let report = told.readiness.report();
    assert!(report.ready);
    assert_eq!(report.warnings[0].component, "intake.vault");
    let why = "orphans are not removed: the vault was not told which log refers to it";
    assert_eq!(report.warnings[0].why, why);
    let refused =
        |count: u8| format!("redress_vault_sweep_refused{{service=\"intake\"}} {count}\n");
    assert!(metrics.encode().unwrap().contains(&refused(1)));

    let swept = sweep(&beside(vault, &log), &log, 9, &told.shutdown).await;
    told.of(swept);
    assert_eq!(told.readiness.report().warnings, []);
    assert!(metrics.encode().unwrap().contains(&refused(0)));
}

#[test]
fn every_text_of_an_event_is_looked_at() {
    let reference = |entry: &str| VaultRef {
        entry: entry.to_owned(),
        commitment: Commitment([7; 32]),
    };
    let event = json!({
        "content": reference("one"),
        "attachments": [{ "file": reference("two") }, { "bytes": 3 }],
        "entry": "three",
    });
    let mut found = Vec::new();
    each_text(&event, &mut |text| found.push(text.to_owned()));
    found.retain(|text| text.len() < 10);
    found.sort_unstable();
    assert_eq!(found, ["one", "three", "two"]);
}
