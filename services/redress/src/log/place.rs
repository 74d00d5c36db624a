//! Which log is meant, and where it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use redress_envelope::LogId;
use redress_event_log::{Log, LogConfig, OpenError};
use redress_log_service::{Folders, WallClock};
use redress_service::{Config, Ids, Kind, SystemIds};
use redress_wire::log::v1::LogName;

use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    Intake,
    Workflow,
    Reporting,
}

impl Service {
    pub(crate) const ALL: [Self; 3] = [Self::Intake, Self::Workflow, Self::Reporting];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Workflow => "workflow",
            Self::Reporting => "reporting",
        }
    }

    pub(crate) fn log_name(self) -> LogName {
        LogName {
            service: self.name().to_owned(),
            partition: u32::from(PARTITION),
        }
    }
}

/// The only one so far.
const PARTITION: u16 = 0;

#[derive(Debug, Clone, Args)]
pub(crate) struct Where {
    /// The data directory, read directly; nothing else may have it open. Without it the running
    /// services are asked
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

impl Where {
    /// The settings with the data directory that was named, if one was.
    pub(crate) fn offline(&self, global: &Global) -> Result<Option<Config>, Failure> {
        let Some(data) = &self.data else {
            return Ok(None);
        };
        Ok(Some(
            global.load(vec![("data_dir", data.display().to_string())])?,
        ))
    }
}

/// `<data>/<tenant>/<service>/<partition>/log`
pub(crate) fn folder(config: &Config, service: Service) -> PathBuf {
    Folders::of(config, service.name(), PARTITION).log
}

pub(crate) fn log_config(config: &Config, service: Service) -> LogConfig {
    LogConfig {
        folder: folder(config, service),
        tenant: config.tenant.clone(),
        service: service.name().to_owned(),
        partition: PARTITION,
        new_log_id: LogId(SystemIds.next()),
        segment_records: config.log.segment_records,
        queue: 1,
        state_cache_bytes: 1 << 20,
    }
}

/// Opens a log to read it. A folder without one stays as it is.
pub(crate) fn open(config: &Config, service: Service) -> Result<Log, Failure> {
    let settings = log_config(config, service);
    must_be_there(&settings.folder)?;
    Log::open(settings, Arc::new(WallClock)).map_err(|error| failed(&error, service))
}

/// What is to be done where a log cannot be read, or cannot be copied beside itself.
pub(super) const UNREADABLE: &str =
    "the log cannot be read as it is: `redress log verify` says more; restore it from a backup";
pub(super) const UNCOPIED: &str = "look for space and permission in the data directory: the log is copied beside itself, \
     and the file system must be able to exchange two folders";
/// The same where two histories were to become one.
pub(super) const OTHER_HISTORY: &str =
    "the copy that was brought back, or the stream, is of another history: take another copy";

pub(crate) fn must_be_there(folder: &Path) -> Result<(), Failure> {
    if folder.join("identity.json").is_file() {
        return Ok(());
    }
    let message = format!("there is no log in {}", folder.display());
    Err(Failure::new(Kind::NotFound, "LOG_NOT_FOUND", message)
        .with_remedy("name the data directory with --data, and the tenant with --set tenant=.."))
}

pub(crate) fn failed(error: &OpenError, service: Service) -> Failure {
    if let Some(in_use) = Failure::in_use(error) {
        return in_use;
    }
    let message = format!("the log of {} cannot be opened: {error}", service.name());
    let failure = Failure::new(Kind::DataLoss, "LOG_UNREADABLE", message)
        .with_remedy("restore the log from an export or a backup; the end of its folder as it was before is in `tail-before-open`");
    match error.position() {
        Some(position) => failure.with_fact("position", position),
        None => failure,
    }
}
