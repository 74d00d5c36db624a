//! A command that did not do what it was asked to do: one message, one exit code.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use redress_service::{ConfigError, Kind, Problem};
use serde_json::json;
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
        Self::new(
            Kind::NotFound,
            "FILE_UNUSABLE",
            format!("{}: {error}", path.display()),
        )
        .with_remedy("check that it is there, and that you may read and write it")
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
        let problem = &self.0;
        match output {
            Output::Table => eprintln!("error: {problem}"),
            Output::Json => {
                let error = json!({ "error": {
                    "code": problem.code,
                    "message": problem.message,
                    "field": problem.field,
                    "remedy": problem.remedy,
                    "facts": problem.facts,
                }});
                eprintln!("{error}");
            }
        }
        ExitCode::from(problem.exit_code())
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

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let remedy = "correct it in redress.toml, the environment or the flags";
        let failure = Self::usage("SETTING_INVALID", error.to_string()).with_remedy(remedy);
        match error {
            ConfigError::UnknownKey { key, .. } | ConfigError::Value { key, .. } => {
                failure.with_field(key)
            }
            ConfigError::Rule { key, .. } => failure.with_field(key),
            ConfigError::File { .. } => failure,
        }
    }
}
