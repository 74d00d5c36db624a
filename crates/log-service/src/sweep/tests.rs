use std::path::Path;

use jiff::Timestamp;
use redress_envelope::{Actor, Commitment, Context, Draft, LogId, Subject, VaultRef, derived_uuid};
use redress_event_log::{Command, CountingClock, Life, LogConfig, UnreadableEvent};
use redress_service::Lifecycle;
use redress_store::{MemoryStore, Store};
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

fn log(folder: &Path) -> Log {
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
    Log::open_with(config, Arc::new(MemoryStore::new()), clock).unwrap()
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

#[tokio::test]
async fn words_without_a_record_are_dropped_in_the_next_run_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let log = log(folder.path());
    let shutdown = Lifecycle::new().shutdown();
    let first = vault(&store, folder.path());
    let (known, orphan) = (seal(&first, "known").await, seal(&first, "orphan").await);
    refer(&log, &known).await;
    // What this run sealed may be on its way to the log.
    let found = sweep(&first, &log, 0, &shutdown).await.unwrap();
    assert_eq!(found, Found::default());
    drop(first);

    let second = vault(&store, folder.path());
    let until = log.head().size;
    let late = seal(&second, "late").await;
    let found = sweep(&second, &log, until, &shutdown).await.unwrap();
    assert_eq!((found.looked_at, found.removed, found.damaged), (2, 1, 0));
    for (reference, is_there) in [(&known, true), (&orphan, false), (&late, true)] {
        let read = second.read_committed(reference).unwrap();
        assert_eq!(matches!(read, Read::Content(_)), is_there, "{read:?}");
    }
    let again = sweep(&second, &log, until, &shutdown).await.unwrap();
    assert_eq!(again, Found::default());
}

#[test]
fn a_reference_is_found_wherever_it_stands_in_an_event() {
    let reference = |entry: &str| VaultRef {
        entry: entry.to_owned(),
        commitment: Commitment([7; 32]),
    };
    let event = json!({
        "content": reference("one"),
        "attachments": [{ "file": reference("two") }, { "bytes": 3 }],
        "entry": "no reference",
    });
    let mut found = Vec::new();
    references(&event, &mut found);
    found.sort_unstable();
    assert_eq!(found, ["one", "two"]);
}
