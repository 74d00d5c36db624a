//! What the JSON answers have in common; `docs/json.md` lists the fields.
//!
//! Every documented field is always there. What is absent, unknown or empty is `null`; a list of
//! nothing is `[]`.

use std::fmt::Write;

use redress_wire::log::v1::Recorded;
use redress_wire::value::v1::Money;
use serde_json::{Value, json};

/// An optional time of a message as text, as exact as it is. (A macro, because the type of a
/// published time belongs to a crate that only `redress-wire` names.)
macro_rules! time {
    ($time:expr) => {
        $time
            .and_then(|it| redress_wire::time_from_wire(it).ok())
            .map(redress_envelope::format_timestamp)
    };
}

/// As `time!`, the day alone, for tables.
macro_rules! day {
    ($time:expr) => {
        $crate::json::time!($time)
            .map(|it| it.chars().take(10).collect::<String>())
            .unwrap_or_default()
    };
}

/// A time for people: the day alone where nothing else is known.
macro_rules! when {
    ($time:expr, $day:expr) => {
        if $day.is_empty() {
            $crate::json::time!($time).unwrap_or_default()
        } else {
            $day.clone()
        }
    };
}

pub(crate) use {day, time, when};

pub(crate) fn text(text: &str) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        text.into()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn money(money: Option<&Money>) -> Value {
    money.map_or(
        Value::Null,
        |money| json!({ "minor_units": money.minor_units, "currency": money.currency }),
    )
}

/// What a command left behind.
pub(crate) fn recorded(recorded: Option<&Recorded>) -> Value {
    recorded.map_or(Value::Null, |it| {
        json!({
            "etag": text(&it.etag),
            "version": it.version,
            "token": text(&it.token),
            "already_done": it.already_done,
            "request_id": text(&it.request_id),
            "recorded_at": time!(it.recorded_at),
        })
    })
}

/// The same in one line for people.
pub(crate) fn recorded_line(recorded: Option<&Recorded>) -> String {
    match recorded {
        None => "done".to_owned(),
        Some(it) if it.already_done => {
            format!("already so; nothing new was recorded ({})", it.etag)
        }
        Some(it) => format!("recorded; etag {}, token {}", it.etag, it.token),
    }
}
