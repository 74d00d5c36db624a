//! One example of each event, as it is stored for ever.

use std::collections::BTreeMap;
use std::path::PathBuf;

use redress_envelope::ItemId;
use redress_reporting::signal::{
    CodecError, Direction, Event, Evidence, MonthJudged, SignalRaised, Slice, decode, encode,
};
use serde_json::value::RawValue;

const TOKEN: &str = "intake/0/0192f0c4e5b67c8d9e0f1a2b3c4d5e6f@42";

/// With everything that they can hold, and with nothing that they need not.
fn examples() -> [(&'static str, Event); 4] {
    let parts = ["product", "Kettle", "2026-11", "xmr_limits"];
    let signal_id = ItemId::derived(0, "signal", &parts);
    let judged = MonthJudged {
        month: "2026-11".parse().unwrap(),
        time_zone: "UTC".to_owned(),
        token: TOKEN.to_owned(),
        rule: "xmr_limits".to_owned(),
        dimensions: vec!["product".to_owned(), "issue".to_owned()],
        judged: 3,
        not_judged: BTreeMap::from([("baseline_too_short".to_owned(), 2)]),
        signals: vec![signal_id],
    };
    let figures = [
        ("observed", "31"),
        ("centre", "10.2500"),
        ("mean_moving_range", "2.1304"),
        ("lower", "4.5831"),
        ("upper", "15.9169"),
        ("baseline_months", "24"),
    ];
    let raised = SignalRaised {
        signal_id,
        slice: Slice {
            dimension: "product".to_owned(),
            value: "Kettle".to_owned(),
        },
        month: "2026-11".parse().unwrap(),
        rule: "xmr_limits".to_owned(),
        direction: Direction::Above,
        figures: figures
            .map(|(name, it)| (name.to_owned(), it.to_owned()))
            .into(),
        baseline_from: "2024-11".parse().ok(),
        baseline_to: "2026-10".parse().ok(),
        evidence: Evidence {
            count: 31,
            complaint_ids: ["1", "2", "3"]
                .map(|it| ItemId::derived(0, "item of a test", &[it]))
                .into(),
        },
        token: TOKEN.to_owned(),
    };
    let quiet = MonthJudged {
        judged: 5,
        not_judged: BTreeMap::new(),
        signals: Vec::new(),
        ..judged.clone()
    };
    // By a rule of a later version that has no such months.
    let elsewhere = SignalRaised {
        baseline_from: None,
        baseline_to: None,
        ..raised.clone()
    };
    [
        ("", Event::MonthJudged(judged)),
        ("", Event::Raised(Box::new(raised))),
        ("bare.", Event::MonthJudged(quiet)),
        ("bare.", Event::Raised(Box::new(elsewhere))),
    ]
}

#[test]
fn events_are_written_and_read_as_they_always_were() {
    for (prefix, event) in examples() {
        let draft = encode(&event);
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let path = folder.join(format!("{prefix}{}.json", draft.kind));
        if std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() && !path.exists() {
            std::fs::write(&path, draft.data.get()).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap();
        assert_eq!(draft.data.get(), golden, "{}", draft.kind);
        assert_eq!(
            decode(draft.kind, &RawValue::from_string(golden).unwrap()).unwrap(),
            event
        );
    }
}

#[test]
fn an_unknown_type_and_unreadable_data_are_told_apart() {
    let data = RawValue::from_string("{}".to_owned()).unwrap();
    let unknown = decode("redress.signal.raised.v2", &data).unwrap_err();
    assert!(
        matches!(unknown, CodecError::UnknownType { .. }),
        "{unknown}"
    );
    let broken = decode("redress.signal.raised.v1", &data).unwrap_err();
    assert!(matches!(broken, CodecError::Data { .. }), "{broken}");
}

/// What becomes of a word that a later version adds: nothing hangs on any of them.
#[test]
fn a_word_of_a_later_version_is_kept() {
    for (at, path, word) in [
        (0, "/rule", "laney_u"),
        (0, "/dimensions/0", "mood"),
        (1, "/rule", "laney_u"),
        (1, "/direction", "trend"),
        (1, "/slice/dimension", "mood"),
    ] {
        let draft = encode(&examples()[at].1);
        let mut data: serde_json::Value = serde_json::from_str(draft.data.get()).unwrap();
        *data.pointer_mut(path).unwrap() = word.into();
        let raw = RawValue::from_string(data.to_string()).unwrap();
        let again = encode(&decode(draft.kind, &raw).unwrap());
        let again: serde_json::Value = serde_json::from_str(again.data.get()).unwrap();
        assert_eq!(again, data);
    }
}
