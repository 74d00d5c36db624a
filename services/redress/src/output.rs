//! Answers on standard output: a table for people, JSON for programs.

use std::io::Write;

use clap::ValueEnum;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Table,
    Json,
}

impl Output {
    /// Prints an answer in the form that was asked for; only that form is made.
    pub(crate) fn print(self, json: impl FnOnce() -> Value, text: impl FnOnce() -> String) {
        match self {
            Self::Table => print(&text()),
            Self::Json => print(&format!("{:#}", json())),
        }
    }

    /// As [`Self::print`], for one of many answers: JSON on one line.
    pub(crate) fn print_line(self, json: impl FnOnce() -> Value, text: impl FnOnce() -> String) {
        match self {
            Self::Table => print(&text()),
            Self::Json => print(&json().to_string()),
        }
    }
}

/// A reader that went away, as `head` does, is no failure of ours.
pub(crate) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end_matches('\n'));
}
