//! One broken rule at one place.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) rule: &'static str,
    pub(crate) what: String,
}

impl Violation {
    pub(crate) fn new(
        file: &str,
        line: usize,
        rule: &'static str,
        what: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            line,
            rule,
            what: what.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            what,
        } = self;
        write!(out, "{file}:{line}: {rule}: {what}")
    }
}

/// The first line, counted from 1, that holds `text`; 1 where none does.
pub(crate) fn line_of(content: &str, text: &str) -> usize {
    content
        .lines()
        .position(|line| line.contains(text))
        .map_or(1, |index| index + 1)
}
