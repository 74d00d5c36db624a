//! What every service does in the same way: at its gRPC door, prepare a command, say what it came to,
//! find the moment that a question is about, wait until an answer includes it; serve
//! `redress.log.v1`; and live in a process, alone or with the others ([`Part`], [`Process`]).

mod command;
mod etag;
mod gauges;
mod moment;
mod part;
mod problem;
mod process;
mod server;
mod streaming;
mod views;
mod waiting;
mod wall;
mod watch;

pub use command::{Prepared, digest, prepare, recorded};
pub use etag::{etag, expected_version};
pub use moment::{Scope, as_of, token_field};
pub use part::{Around, Part, Task};
pub use problem::{load_problem, read_problem, transact_problem};
pub use process::{Ended, Parts, Process, StartError, StoppedBeforeReady};
pub use server::{Hosted, LogServer};
pub use views::ViewServer;
pub use waiting::{own_part, view_covers, view_unavailable, wait_for_log, wait_for_view};
pub use wall::WallClock;
