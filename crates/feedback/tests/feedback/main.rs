//! What the crate promises, in data: examples, golden files, and the bureau's real rows.

mod cfpb;
mod example;
mod golden;
mod import;
mod life;
mod limits;
mod real_data;
mod rejected;
mod submission;
mod times;
