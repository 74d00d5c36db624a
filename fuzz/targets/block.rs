//! A tail that holds anything is opened or refused with an error.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use redress_envelope::{LogId, derived_uuid};
use redress_event_log::{CountingClock, Log, LogConfig};
use redress_store::{Batch, MAX_VALUE_BYTES, MemoryStore, Store};

static DIR: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a folder for the log"));

fuzz_target!(|bytes: &[u8]| {
    let store = Arc::new(MemoryStore::new());
    let mut batch = Batch::new();
    for (chunk, value) in (0..).zip(bytes.chunks(MAX_VALUE_BYTES).take(4)) {
        let put = batch.put([b'b', 0, 0, 0, 0, 0, 0, 0, 0, chunk], value);
        put.expect("a chunk fits");
    }
    store.apply(vec![batch]).expect("memory takes it");
    let config = LogConfig {
        folder: DIR.path().join("log"),
        tenant: "acme".to_owned(),
        service: "intake".to_owned(),
        partition: 0,
        new_log_id: LogId(derived_uuid("log", &["fuzzed"])),
        segment_records: 256,
        queue: 1,
        state_cache_bytes: 1024,
    };
    let clock = CountingClock::from(std::time::SystemTime::UNIX_EPOCH.try_into().expect("a time"));
    if Log::open_with(config, store, Arc::new(clock)).is_ok() {
        assert!(bytes.is_empty(), "a block cannot be guessed");
    }
});
