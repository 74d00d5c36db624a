//! The data of every type of event: what is read is written and read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

macro_rules! check {
    ($domain:ident, $kind:expr, $data:expr) => {
        if let Ok(event) = $domain::decode($kind, $data) {
            let draft = $domain::encode(&event);
            let again = $domain::decode(draft.kind, &draft.data).expect("it was written");
            assert_eq!($domain::encode(&again).data.get(), draft.data.get());
        }
    };
}

// The first line is the type, the rest is the data.
fuzz_target!(|text: &str| {
    let Some((kind, data)) = text.split_once('\n') else {
        return;
    };
    let Ok(data) = RawValue::from_string(data.to_owned()) else {
        return;
    };
    check!(redress_feedback, kind, &data);
    check!(redress_complaint, kind, &data);
    check!(redress_improvement, kind, &data);
});
