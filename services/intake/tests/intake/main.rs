//! Intake as its clients meet it: over a real connection, with the generated client.

mod running;
mod submit;
