//! Whatever is read as a token is written and read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redress_envelope::{Cause, ItemId, Subject, Token};

fuzz_target!(|text: &str| {
    if let Ok(token) = text.parse::<Token>() {
        assert_eq!(token.to_string().parse::<Token>(), Ok(token));
    }
    if let Ok(subject) = text.parse::<Subject>() {
        assert_eq!(subject.to_string(), text);
    }
    if let Ok(item) = text.parse::<ItemId>() {
        assert_eq!(item.to_string(), text);
    }
    let _may_be_a_cause = text.parse::<Cause>();
});
