//! The demo, on a seed: it finds what its generator planted.

use crate::started::{Answer, redress};

#[test]
fn the_demo_finds_the_planted_shift_and_a_second_start_serves_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let demo = || {
        let mut demo = redress(folder.path());
        demo.args(["demo", "--exit", "--years", "2", "--output", "json"]);
        Answer::of(demo.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"])).json()
    };
    let first = demo();
    assert!(
        first["loaded"]["complaints"].as_u64().unwrap() > 2_000,
        "{}",
        first["loaded"]
    );
    let found = &first["signals"][0];
    assert!(
        found["month"].as_str() >= first["planted"]["from_month"].as_str(),
        "{found}"
    );
    assert_eq!(found["direction"], "above");
    let candidate = &first["improvements"][0];
    assert_eq!(candidate["source"]["id"], found["signal_id"]);
    assert_eq!(candidate["status"], "candidate");
    // What is out for months is one matter.
    let of_slice = |signal: &&serde_json::Value| {
        (&signal["dimension"], &signal["value"]) == (&found["dimension"], &found["value"])
    };
    let planted = first["signals"].as_array().unwrap();
    let further = candidate["further_signals"].as_array().unwrap().len();
    assert!(further > 0);
    assert_eq!(further + 1, planted.iter().filter(of_slice).count());

    let second = demo();
    assert!(second["loaded"].is_null());
    assert_eq!(second["indicators"], first["indicators"]);
    assert_eq!(second["signals"], first["signals"]);
    assert_eq!(second["other_signals"], first["other_signals"]);
}
