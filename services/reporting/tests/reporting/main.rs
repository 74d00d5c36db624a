//! Reporting over real logs, which are written by the domain crates' own decisions.

mod charts;
mod clocks;
mod figures;
mod golden;
mod grpc;
mod judging;
mod later;
mod lives;
mod moments;
mod naive;
mod questions;
mod real_data;
mod speed;
mod world;
