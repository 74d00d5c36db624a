//! Whatever is read as a record reads the same again after it was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redress_envelope::Record;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = Record::decode(bytes) {
        let written = record.encode().expect("what was read can be written");
        let again = Record::decode(&written).expect("what was written can be read");
        assert_eq!(again.encode().expect("and written again"), written);
    }
});
