//! Intake as its clients meet it: over a real connection, with the generated client.

mod as_of;
mod batch;
mod door;
mod faults;
mod import;
mod inbox;
mod list;
mod lost;
mod real_data;
mod rejected;
mod replay;
mod rules;
mod running;
mod submit;
mod unknown;
mod words;
mod wrong_messages;
