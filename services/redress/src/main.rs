//! Redress in one process, and the operator's command line.

mod demo;

fn main() {}
