//! Any text is a policy whose deadlines can be told, or a list of what is wrong with it and where.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use redress_policy::document::Source;
use redress_policy::{Pauses, Policy, due};

fuzz_target!(|text: &str| {
    // A file of holidays beside it is the same text.
    let mut beside = |_: &str| Ok(text.to_owned());
    let source = Source { file: "policy.toml", text };
    match Policy::read(source, &mut beside) {
        Ok(policy) => {
            for clock in policy.clocks().values() {
                let Some(terms) = clock.terms(&policy, None, false) else { continue };
                let calendar = &policy.calendars()[&terms.calendar];
                let _far = due(calendar, terms.target, Timestamp::UNIX_EPOCH, &Pauses::default());
            }
        }
        Err(flaws) => {
            assert!(!flaws.is_empty());
            for flaw in flaws {
                assert!(flaw.place.line > 0 && flaw.place.column > 0, "{flaw}");
            }
        }
    }
});
