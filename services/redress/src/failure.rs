//! A command that did not do what it was asked to do: one message, one exit code.

use std::error::Error;
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use redress_event_log::LockError;
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

    /// A data directory that cannot be opened because another process has it, or because it may not
    /// be read; `None` where something else is wrong. Said alike by every command.
    pub(crate) fn in_use(error: &(dyn Error + 'static)) -> Option<Self> {
        Some(match LockError::behind(error)? {
            held @ LockError::Held { .. } => {
                Self::new(Kind::Unavailable, "LOG_IN_USE", held.to_string()).with_remedy(
                    "stop that process, or ask it: a command without --data asks the services \
                     that run",
                )
            }
            LockError::Io { dir, error } => Self::file(dir, error),
        })
    }

    /// A data directory that cannot be opened.
    pub(crate) fn unopened(error: &(dyn Error + 'static)) -> Self {
        Self::in_use(error).unwrap_or_else(|| {
            Self::new(Kind::DataLoss, "OPEN_FAILED", error.to_string()).with_remedy(
                "run `redress log verify --data ..` to see what is damaged; views can be deleted, \
                 logs, vaults and keys are restored from a copy",
            )
        })
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
        let failure = Self::usage("SETTING_INVALID", error.to_string());
        let key = match error {
            ConfigError::UnknownKey { key, .. } => {
                return failure
                    .with_field(key)
                    .with_remedy("take it out, or correct its name; docs/settings.md lists all");
            }
            ConfigError::File { .. } => {
                return failure.with_remedy("correct the file, or name another one with --config");
            }
            ConfigError::Value { key, .. } => key,
            ConfigError::Rule { key, .. } => key.to_owned(),
        };
        let variable = format!("REDRESS_{}", key.replace('.', "__").to_uppercase());
        let remedy = format!("correct it in redress.toml, in {variable} or in the flags");
        failure.with_field(key).with_remedy(remedy)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_directory_in_use_is_told_alike_whatever_met_it() {
        let lock = || LockError::Held {
            dir: PathBuf::from("data/default/intake/vault"),
            pid: Some(7),
        };
        let of_log = redress_event_log::OpenError::from(lock());
        let of_vault = redress_event_log::OpenError::Tail(lock().into());
        for error in [of_log, of_vault] {
            let failure = Failure::unopened(&redress_intake::OpenError::from(error));
            assert_eq!(failure.code(), "LOG_IN_USE");
            assert_eq!(failure.0.exit_code(), 4);
            assert_eq!(
                &*failure.0.message,
                "data/default/intake/vault is in use by process 7"
            );
        }
    }

    #[test]
    fn what_is_damaged_or_forbidden_is_not_in_use() {
        let damaged = redress_event_log::OpenError::Cursors;
        assert_eq!(Failure::unopened(&damaged).code(), "OPEN_FAILED");
        let forbidden = redress_event_log::OpenError::from(LockError::Io {
            dir: PathBuf::from("data"),
            error: std::io::ErrorKind::PermissionDenied.into(),
        });
        assert_eq!(Failure::unopened(&forbidden).code(), "FILE_UNUSABLE");
    }
}
