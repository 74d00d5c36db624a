//! A command that did not do what it was asked to do: one message, one exit code.

use std::error::Error;
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use redress_service::{ConfigError, Kind, Problem};
use tonic::Status;

use crate::output::Output;

/// Why a command failed, in the words and codes that a server uses, too.
#[derive(Debug)]
pub(crate) struct Failure(Box<Problem>);

impl Failure {
    pub(crate) fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Problem::new(kind, code, message).into()
    }

    /// The command line cannot be right.
    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidArgument, code, message)
    }

    /// A file of the caller's that cannot be read or written.
    pub(crate) fn file(path: &Path, error: impl Display) -> Self {
        redress_log_service::file_problem(path, error).into()
    }

    /// A data directory that cannot be opened because another process has it, or because it may not
    /// be read; `None` where something else is wrong. Said alike by every command.
    pub(crate) fn in_use(error: &(dyn Error + 'static)) -> Option<Self> {
        redress_log_service::lock_problem(error).map(Self::from)
    }

    /// A data directory that cannot be opened.
    pub(crate) fn unopened(error: &(dyn Error + 'static)) -> Self {
        redress_log_service::open_problem(error).into()
    }

    pub(crate) fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self(Box::new(self.0.with_remedy(remedy)))
    }

    pub(crate) fn with_field(self, field: impl Into<String>) -> Self {
        Self(Box::new(self.0.with_field(field)))
    }

    pub(crate) fn with_fact(self, name: &str, value: impl Display) -> Self {
        Self(Box::new(self.0.with_fact(name, value.to_string())))
    }

    #[cfg(test)]
    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    /// Tells it on standard error.
    pub(crate) fn report(&self, output: Output) -> ExitCode {
        self.0.report(output == Output::Json)
    }

    pub(crate) fn into_problem(self) -> Problem {
        *self.0
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Problem::from_status(&status).into()
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        failure.into_problem().into()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Problem::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The code of each problem that is made in some source text, by its first word in capitals.
    fn codes(text: &str, all: &mut BTreeSet<String>) {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for made in text
            .split("Problem::")
            .chain(text.split("Failure::"))
            .skip(1)
        {
            let (how, rest) = made.split_once('(').unwrap_or_default();
            let is_made = [
                "new",
                "invalid",
                "not_found",
                "refused",
                "unavailable",
                "usage",
            ];
            // The code is the first or second thing that is said of it.
            let said: String = rest.chars().take(100).collect();
            let parts: Vec<&str> = said.split('"').collect();
            let quoted = match parts[..] {
                [_, code, _, ..] if is_made.contains(&how) => Some(code),
                _ => None,
            };
            let is_code =
                |it: &&str| it.len() > 4 && it.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            all.extend(quoted.filter(is_code).map(str::to_owned));
        }
    }

    fn read(folder: &Path, all: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, all);
            } else if path.extension().is_some_and(|it| it == "rs") {
                codes(&std::fs::read_to_string(&path).unwrap(), all);
            }
        }
    }

    #[test]
    fn every_code_that_is_told_stands_on_the_page_of_errors() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut all = BTreeSet::new();
        for folder in ["services", "crates/log-service/src", "crates/service/src"] {
            read(&root.join(folder), &mut all);
        }
        assert!(all.len() > 80, "found {all:?}");
        let page = include_str!("../../../docs/errors.md");
        all.retain(|code| !page.contains(&format!("`{code}`")));
        assert!(all.is_empty(), "not on the page: {all:#?}");
    }
}
