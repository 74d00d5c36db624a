//! What every service does in the same way at its gRPC door: prepare a command, say what it came
//! to, find the moment that a question is about, and serve `redress.log.v1.LogService`.

mod command;
mod etag;
mod moment;
mod problem;
mod server;

pub use command::{Prepared, digest, prepare, recorded};
pub use etag::{etag, expected_version};
pub use moment::{Scope, as_of, token_field};
pub use problem::{load_problem, read_problem, transact_problem};
pub use server::{Hosted, LogServer};
