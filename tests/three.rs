//! Three services that know each other only through NATS, held against the same in one process.
//!
//! The server is `bin/nats-server` below `REDRESS_TOOLS` (`cargo xtask test` puts it there). Without it
//! these tests print `SKIPPED`, and fail instead when `REDRESS_FORBID_SKIP` is set.

mod backup;
mod declared_lost;
mod disturbed;
pub(crate) mod nats;
mod not_started;
mod programs;
mod published;
mod restored;
mod same;
mod sample;
mod site;
mod taken_back;
