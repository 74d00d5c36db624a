//! How far a long command is: a bar on standard error, only where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const COUNTS: &str = "{msg:16} {bar:30} {human_pos}/{human_len} {per_sec} {eta}";
const BYTES: &str = "{msg:16} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
const UNKNOWN: &str = "{msg:16} {spinner} {human_pos} {per_sec}";

pub(crate) fn of_counts(message: &'static str, total: u64) -> ProgressBar {
    bar(message, Some(total), COUNTS)
}

pub(crate) fn of_bytes(message: &'static str, total: u64) -> ProgressBar {
    bar(message, Some(total), BYTES)
}

/// Where nobody knows how much there is.
pub(crate) fn of_unknown(message: &'static str) -> ProgressBar {
    let bar = bar(message, None, UNKNOWN);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn bar(message: &'static str, total: Option<u64>, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.with_message(message)
}
