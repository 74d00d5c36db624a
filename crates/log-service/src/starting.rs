//! Why a program does not start, as every program of Redress tells it.

use std::error::Error;
use std::path::{Path, PathBuf};

use redress_event_log::LockError;
use redress_service::{Config, Kind, Problem};

use crate::bus::BusError;
use crate::elsewhere::ElsewhereError;
use crate::process::StartError;
use crate::vault_opening::VaultGone;

/// A place where everything is to be kept, and that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is a file, and no folder to keep things in", .0.display())]
pub struct NoFolder(PathBuf);

/// Before anything is made in it: what says so later knows a name below it only.
pub(crate) fn must_be_folders(config: &Config) -> Result<(), NoFolder> {
    let folders = [Some(&config.data_dir), config.keys_dir.as_ref()];
    for folder in folders.into_iter().flatten() {
        if let Some(file) = file_at_or_above(folder) {
            return Err(NoFolder(file.to_owned()));
        }
    }
    Ok(())
}

fn file_at_or_above(folder: &Path) -> Option<&Path> {
    let there = folder.ancestors().find(|it| it.exists())?;
    (!there.is_dir()).then_some(there)
}

impl<E> StartError<E> {
    /// `opening` says what it means that a service was not opened.
    pub fn problem(self, opening: impl FnOnce(E) -> Problem) -> Problem {
        match self {
            Self::Open(error) => opening(error),
            Self::Folder(error) => Problem::new(Kind::NotFound, "FILE_UNUSABLE", error.to_string())
                .with_field("data_dir")
                .with_remedy("name a folder with --data; one that is not there is made"),
            Self::Bus(error) => of_bus(&error),
            Self::Relay(error) => Problem::new(Kind::Internal, "BUS_UNUSABLE", error.to_string()),
            Self::Bind(error) => {
                Problem::new(Kind::Internal, "ADDRESS_UNUSABLE", error.to_string()).with_remedy(
                    "stop whatever listens there, or take another port: --grpc 127.0.0.1:0 --http \
                     127.0.0.1:0",
                )
            }
        }
    }
}

fn of_bus(error: &BusError) -> Problem {
    Problem::new(
        Kind::Internal,
        "BUS_UNUSABLE",
        format!("the bus cannot be used: {error}"),
    )
    .with_remedy("correct `[bus]`, or the NATS server")
}

/// A data directory that cannot be opened because another process has it, or because it may not be
/// read; `None` where something else is wrong. Said alike by every command.
pub fn lock_problem(error: &(dyn Error + 'static)) -> Option<Problem> {
    Some(match LockError::behind(error)? {
        held @ LockError::Held { .. } => {
            Problem::new(Kind::Unavailable, "LOG_IN_USE", held.to_string()).with_remedy(
                "stop that process, or ask it: a command without --data asks the services that run",
            )
        }
        LockError::Io { dir, error } => file_problem(dir, error),
    })
}

/// A file or folder of the caller's that cannot be read or written.
pub fn file_problem(path: &Path, error: impl std::fmt::Display) -> Problem {
    let message = format!("{}: {error}", path.display());
    Problem::new(Kind::NotFound, "FILE_UNUSABLE", message)
        .with_remedy("check that it is there, and that you may read and write it")
}

/// A service that cannot be opened: in use, gone, damaged, or told of an address that is none.
pub fn open_problem(error: &(dyn Error + 'static)) -> Problem {
    if let Some(gone) = VaultGone::behind(error) {
        return Problem::new(Kind::DataLoss, "VAULT_GONE", gone.to_string())
            .with_remedy(gone.way_out());
    }
    if let Some(elsewhere) = error.downcast_ref::<ElsewhereError>() {
        return elsewhere.problem();
    }
    lock_problem(error).unwrap_or_else(|| {
        Problem::new(Kind::DataLoss, "OPEN_FAILED", error.to_string()).with_remedy(
            "run `redress log verify --data ..` to see what is damaged; views can be deleted, logs, \
             vaults and keys are restored from a copy",
        )
    })
}

impl ElsewhereError {
    pub(crate) fn problem(&self) -> Problem {
        let setting = |field: String, remedy: &str| {
            Problem::invalid("SETTING_INVALID", field, self.to_string()).with_remedy(remedy)
        };
        match self {
            Self::NoBus => Problem::invalid("SETTING_REQUIRED", "bus.servers", self.to_string())
                .with_remedy(
                    "set it, for example to [\"nats://127.0.0.1:4222\"], or run all three in one process \
                     with `redress serve`",
                ),
            Self::Address { service, .. } => setting(
                format!("client.{service}"),
                "write it as in `http://127.0.0.1:7301`",
            ),
            Self::Source(fault) => {
                Problem::new(Kind::DataLoss, "OPEN_FAILED", fault.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use redress_service::config::Role;

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
            let problem = open_problem(&error);
            assert_eq!((&*problem.code, problem.exit_code()), ("LOG_IN_USE", 4));
            let said = "data/default/intake/vault is in use by process 7";
            assert_eq!(&*problem.message, said);
        }
    }

    #[test]
    fn what_is_damaged_or_forbidden_is_not_in_use() {
        let damaged = redress_event_log::OpenError::Cursors;
        assert_eq!(open_problem(&damaged).code, "OPEN_FAILED");
        let forbidden = redress_event_log::OpenError::from(LockError::Io {
            dir: PathBuf::from("data"),
            error: std::io::ErrorKind::PermissionDenied.into(),
        });
        assert_eq!(open_problem(&forbidden).code, "FILE_UNUSABLE");
    }

    #[test]
    fn a_file_in_the_place_of_a_data_directory_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes.txt");
        std::fs::write(&file, "words").unwrap();
        let mut config = Config::defaults(Role::Intake);
        config.data_dir = folder.path().join("not/there/yet");
        assert_eq!(must_be_folders(&config), Ok(()));
        for below in [file.clone(), file.join("data")] {
            config.data_dir = below;
            assert_eq!(must_be_folders(&config), Err(NoFolder(file.clone())));
        }
        let refused = StartError::<Problem>::Folder(NoFolder(file)).problem(|open| open);
        assert_eq!((&*refused.code, refused.exit_code()), ("FILE_UNUSABLE", 1));
        assert!(refused.message.contains("notes.txt is a file"));
    }
}
