//! The one place that asks the machine for the time.

use jiff::Timestamp;

/// The time on the wall. Everything else takes a time, or a clock, as an argument.
#[expect(
    clippy::disallowed_methods,
    reason = "the shell's clock; all others are given theirs"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}
