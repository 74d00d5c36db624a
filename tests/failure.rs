//! The whole process, `redress serve`, made to fail: killed, cut off from power, with a disk that
//! cannot sync or is full, and told to stop. What it acknowledged is there afterwards.
//!
//! Tests that need root, loop devices or strace print `SKIPPED` where these are missing, and fail
//! instead when `REDRESS_FORBID_SKIP` is set. `REDRESS_CRASH_ROUNDS` is the number of kills (5 without
//! it), and the rest in proportion: to 50 kills 20 power cuts and 20 failing syncs, unless
//! `REDRESS_POWER_ROUNDS` or `REDRESS_SYNC_ROUNDS` say otherwise.

mod client;
mod full_disk;
mod judge;
mod kill;
mod ledger;
mod load;
mod power;
#[path = "../crates/store/tests/store/power_loss.rs"]
mod power_loss;
mod records;
mod server;
mod stop;
mod sync;
