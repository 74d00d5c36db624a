//! A stored Merkle frontier has one form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redress_evidence::Frontier;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frontier) = Frontier::decode(bytes) {
        assert_eq!(frontier.encode(), bytes);
        let _root = frontier.root();
    }
});
