//! The store's promises, each with a test that tries to break it.
//!
//! Tests that need root, loop devices or strace print `SKIPPED` where these are missing, and fail
//! instead when `REDRESS_FORBID_SKIP` is set. `REDRESS_CRASH_ROUNDS` multiplies the crashes.

#[path = "store/child.rs"]
mod child;
#[path = "store/damage.rs"]
mod damage;
#[path = "store/folder.rs"]
mod folder;
#[path = "store/full_disk.rs"]
mod full_disk;
#[path = "store/kill.rs"]
mod kill;
#[path = "store/oracle.rs"]
mod oracle;
#[path = "store/power.rs"]
mod power;
#[path = "store/power_loss.rs"]
mod power_loss;
#[path = "store/quarantine.rs"]
mod quarantine;
#[path = "store/staged.rs"]
mod staged;
#[path = "store/sync.rs"]
mod sync;
#[path = "store/workload.rs"]
mod workload;
