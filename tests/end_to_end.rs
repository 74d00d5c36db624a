//! The built program as strangers use it: over its ports, by its command line, with clients that we
//! did not write. Begin with `walk.rs`.

mod chaos;
mod clients;
mod demo;
mod deploy;
mod failure;
#[path = "../crates/store/tests/store/folder.rs"]
mod folder;
mod host;
mod import;
mod json;
mod late;
mod life;
mod log;
mod messages;
mod partitions;
mod policy;
#[path = "../crates/event-bus/tests/bus/port.rs"]
mod port;
mod programs;
mod publishers;
mod schemas;
mod started;
mod three;
mod vault;
mod walk;
mod wrong_input;
