//! Lines that hold anything are restored or refused with an error.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use redress_envelope::{LogId, derived_uuid};
use redress_event_log::{LogConfig, restore};

fuzz_target!(|bytes: &[u8]| {
    let dir = tempfile::tempdir().expect("a folder for the log");
    let config = LogConfig {
        folder: dir.path().join("log"),
        tenant: "acme".to_owned(),
        service: "intake".to_owned(),
        partition: 0,
        new_log_id: LogId(derived_uuid("log", &["fuzzed"])),
        segment_records: 256,
        queue: 1,
        state_cache_bytes: 1024,
    };
    let _restored = restore(&config, &mut Cursor::new(bytes), None, &mut |_| ());
});
