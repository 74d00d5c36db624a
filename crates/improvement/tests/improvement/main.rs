//! What the crate promises: given events, when a command, then events or a refusal; and golden files.

mod example;
mod golden;
mod life;
mod sequences;
