//! First figures, each beside the limit that was measured in the same run: `cargo xtask bench`.
//!
//! A figure alone says how fast the machine is today; the ratio says what Redress costs on it. The
//! two are measured in turns, and the medians are shown. Nothing is asserted: a slow machine is no
//! failure, and a ratio is read by people.

#[path = "../bench/benches.rs"]
mod benches;

use std::process::ExitCode;

fn main() -> ExitCode {
    match benches::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("redress-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
