//! What every service does in the same way: at its gRPC door, prepare a command, say what it came to,
//! find the moment that a question is about, wait until an answer includes it; serve
//! `redress.log.v1`; and live in a process, alone or with the others ([`Part`], [`Process`]).

mod bus;
mod command;
mod declare_lost;
mod elsewhere;
mod etag;
mod folders;
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
mod starting;
mod streaming;
mod sweep;
mod take_back;
mod vault;
mod vault_opening;
mod views;
mod waiting;
mod wall;
mod watch;
mod words;

pub use bus::{BusError, settings as bus_settings};
pub use command::{Prepared, digest, prepare, recorded};
pub use declare_lost::{Declaration, DeclareFault, DeclaredLost, StreamLeft, declare_lost};
pub use elsewhere::{Elsewhere, ElsewhereError};
pub use etag::{etag, expected_version};
pub use folders::Folders;
pub use links::Links;
pub use moment::{Scope, another_life, as_of, declared_lost, incomplete, not_ours, token_field};
pub use part::{Around, Part, Task};
pub use problem::{load_problem, read_problem, transact_problem};
pub use process::{Ended, Opened, PARTITION, Parts, Process, StartError, StoppedBeforeReady};
pub use server::LogServer;
pub use starting::{NoFolder, file_problem, lock_problem, open_problem};
pub use sweep::{Sweeps, sweeping};
pub use take_back::{TakeBackFault, TakenBack, take_back};
pub use vault::{content_damaged, content_lost, vault_problem};
pub use vault_opening::{VaultGone, VaultOpenError, VaultOpening};
pub use views::ViewServer;
pub use waiting::{followed, own_part, view_covers, view_unavailable, wait_for_log, wait_for_view};
pub use wall::WallClock;
pub use words::{Words, WordsError};
