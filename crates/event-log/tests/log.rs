//! The log's promises, each with a test that tries to break it.
//!
//! Tests that need root, loop devices or strace print `SKIPPED` where these are missing, and fail
//! instead when `REDRESS_FORBID_SKIP` is set. `REDRESS_CRASH_ROUNDS` is the number of kills, and the rest
//! in proportion: to 50 kills 20 power cuts, 30 failing syncs and 200 flipped bits, unless
//! `REDRESS_POWER_ROUNDS`, `REDRESS_SYNC_ROUNDS` or `REDRESS_FLIP_ROUNDS` say otherwise.

#[path = "log/basics.rs"]
mod basics;
#[path = "log/child.rs"]
mod child;
#[path = "log/consuming.rs"]
mod consuming;
#[path = "log/damage.rs"]
mod damage;
#[path = "log/declared.rs"]
mod declared;
#[path = "log/faults.rs"]
mod faults;
#[path = "../../store/tests/store/folder.rs"]
mod folder;
#[path = "log/full_disk.rs"]
mod full_disk;
#[path = "log/golden.rs"]
mod golden;
#[path = "log/holding.rs"]
mod holding;
#[path = "log/in_order.rs"]
mod in_order;
#[path = "log/kill.rs"]
mod kill;
#[path = "log/oracle.rs"]
mod oracle;
#[path = "log/power.rs"]
mod power;
#[path = "../../store/tests/store/power_loss.rs"]
mod power_loss;
#[path = "log/reading.rs"]
mod reading;
#[path = "log/repeats.rs"]
mod repeats;
#[path = "log/restore.rs"]
mod restore;
#[path = "log/sync.rs"]
mod sync;
#[path = "log/take_back.rs"]
mod take_back;
#[path = "log/tally.rs"]
mod tally;
