//! Three services that know each other only through NATS, held against the same in one process.
//!
//! The server is `bin/nats-server` below `REDRESS_TOOLS` (`cargo xtask test` puts it there). Without it
//! these tests print `SKIPPED`, and fail instead when `REDRESS_FORBID_SKIP` is set.

#[path = "three/disturbed.rs"]
mod disturbed;
#[path = "three/nats.rs"]
mod nats;
#[path = "three/programs.rs"]
mod programs;
#[path = "three/restored.rs"]
mod restored;
#[path = "three/same.rs"]
mod same;
#[path = "three/sample.rs"]
mod sample;
#[path = "three/site.rs"]
mod site;
