//! What every service does in the same way: at its gRPC door, prepare a command, say what it came to,
//! find the moment that a question is about, wait until an answer includes it; serve
//! `redress.log.v1`; and live in a process, alone or with the others ([`Part`], [`Process`]).

mod bus;
mod command;
mod elsewhere;
mod etag;
mod follower;
mod gauges;
mod links;
mod moment;
mod part;
mod problem;
mod process;
mod relaying;
mod server;
pub mod standalone;
mod streaming;
mod sweep;
mod vault;
mod views;
mod waiting;
mod wall;
mod watch;

pub use bus::{BusError, settings as bus_settings};
pub use command::{Prepared, digest, prepare, recorded};
pub use elsewhere::{Elsewhere, ElsewhereError};
pub use etag::{etag, expected_version};
pub use links::Links;
pub use moment::{Scope, as_of, token_field};
pub use part::{Around, Part, Task};
pub use problem::{load_problem, read_problem, transact_problem};
pub use process::{Ended, Opened, PARTITION, Parts, Process, StartError, StoppedBeforeReady};
pub use server::LogServer;
pub use sweep::{Sweeps, sweeping};
pub use vault::{content_damaged, vault_problem};
pub use views::ViewServer;
pub use waiting::{followed, own_part, view_covers, view_unavailable, wait_for_log, wait_for_view};
pub use wall::WallClock;
