//! A row of the public complaint format is a submission or a list of what is wrong with it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redress_feedback::cfpb::{Row, submission};

fuzz_target!(|text: &str| {
    if let Ok(row) = serde_json::from_str::<Row>(text)
        && let Err(errors) = submission(&row)
    {
        assert!(!errors.is_empty());
    }
});
