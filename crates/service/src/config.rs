//! Configuration: defaults, then `redress.toml`, then `REDRESS_*`, then flags.
//!
//! An environment variable names a setting with two underscores for the dot:
//! `REDRESS_GRPC__LISTEN` is `grpc.listen`. A setting that does not exist is an error wherever it
//! stands: a misspelt limit must not leave the default in force.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

mod bus;
mod client;
mod limits;
mod listen;
mod log;
mod mail;
mod source;
mod telemetry;
mod vault;

pub use bus::{Bus, BusEvents, BusInbox, BusLogin, BusTls, Secret};
pub use client::Client;
pub use limits::Limits;
pub use listen::{Grpc, Http};
pub use log::Log;
pub use mail::{Mail, MailTls};
use source::{Given, check_keys};
pub use telemetry::{LogFormat, Telemetry};
pub use vault::Vault;

/// The file that is read where none is named, if it is there.
pub const DEFAULT_FILE: &str = "redress.toml";

/// What the process is; decides the default ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    AllInOne,
    Intake,
    Workflow,
    Reporting,
}

impl Role {
    /// The program of that name, and what it calls itself.
    pub fn program(self) -> &'static str {
        match self {
            Self::AllInOne => "redress",
            Self::Intake => "redress-intake",
            Self::Workflow => "redress-workflow",
            Self::Reporting => "redress-reporting",
        }
    }

    fn ports(self) -> (u16, u16) {
        match self {
            Self::AllInOne => (7301, 7400),
            Self::Intake => (7301, 7401),
            Self::Workflow => (7302, 7402),
            Self::Reporting => (7303, 7403),
        }
    }
}

/// Every setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Where the keys to the vaults are kept, `<keys_dir>/<tenant>/<service>`; without it beside the
    /// vaults. On a disk of their own they are not copied together with what they open.
    pub keys_dir: Option<PathBuf>,
    /// Whose installation it is: a part of every record and of every path. 1 to 40 of a-z 0-9 -.
    pub tenant: String,
    /// Listen beyond this machine although nobody has to prove who they are and nothing is
    /// encrypted: for networks that see to both themselves.
    pub allow_insecure_non_loopback: bool,
    pub log: Log,
    pub vault: Vault,
    pub grpc: Grpc,
    pub http: Http,
    pub limits: Limits,
    pub telemetry: Telemetry,
    pub client: Client,
    pub bus: Bus,
    pub mail: Mail,
}

/// What is wrong with a setting. It names the setting, and the file, variable or flag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("unknown setting `{key}` in {origin}; known there: {known}")]
    UnknownKey {
        key: String,
        origin: String,
        known: String,
    },
    #[error("cannot read the configuration file {file}: {why}")]
    File { file: String, why: String },
    #[error("setting `{key}` in {origin}: {why}")]
    Value {
        key: String,
        origin: String,
        why: String,
    },
    #[error("setting `{key}`: {why}")]
    Rule { key: &'static str, why: String },
}

/// Where settings come from, beside the defaults.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A file that must be there; without one, `redress.toml` if it is there.
    pub file: Option<PathBuf>,
    /// Environment variables; those that do not begin with `REDRESS_` are passed over.
    pub environment: Vec<(String, String)>,
    /// Flags, by the dotted name of the setting.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The process's own environment; `file` and `flags` as the command line gave them.
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Self {
        let text = |it: std::ffi::OsString| it.into_string().ok();
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
            .collect();
        Self {
            file,
            environment,
            flags,
        }
    }
}

impl Config {
    /// The folder of a service's keys, where the settings name one.
    pub fn keys_of(&self, service: &str) -> Option<PathBuf> {
        let keys = self.keys_dir.as_ref()?;
        Some(keys.join(&self.tenant).join(service))
    }

    pub fn defaults(role: Role) -> Self {
        let (grpc, http) = role.ports();
        let loopback = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        Self {
            data_dir: PathBuf::from("redress-data"),
            keys_dir: None,
            tenant: "default".to_owned(),
            allow_insecure_non_loopback: false,
            log: Log::default(),
            vault: Vault::default(),
            grpc: Grpc {
                listen: loopback(grpc),
            },
            http: Http {
                listen: loopback(http),
            },
            limits: Limits::default(),
            telemetry: Telemetry::default(),
            client: Client::of(role),
            bus: Bus::default(),
            mail: Mail::default(),
        }
    }

    /// Reads all sources and checks every value.
    pub fn load(role: Role, sources: &Sources) -> Result<Self, ConfigError> {
        let defaults = Self::defaults(role);
        let known = serde_json::to_value(&defaults).unwrap_or_default();
        let mut figment = Figment::from(Serialized::defaults(&defaults));
        if let Some(file) = sources.file.clone().or_else(default_file) {
            figment = figment.merge(read_file(&file, &known)?);
        }
        figment = figment
            .merge(Given::environment(&sources.environment, &known)?)
            .merge(Given::flags(&sources.flags, &known)?);
        let config: Self = figment.extract().map_err(|error| wrong_value(&error))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let rule = |key, why: &str| {
            Err(ConfigError::Rule {
                key,
                why: why.to_owned(),
            })
        };
        let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=40).contains(&self.tenant.len()) || !self.tenant.bytes().all(letters) {
            return rule("tenant", "must be 1 to 40 of a-z 0-9 -");
        }
        self.log.check()?;
        self.vault.check()?;
        self.limits.check()?;
        self.telemetry.check()?;
        self.client.check()?;
        self.bus.check()?;
        self.mail.check(self.allow_insecure_non_loopback)?;
        listen::check(
            "grpc.listen",
            self.grpc.listen,
            self.allow_insecure_non_loopback,
        )?;
        listen::check(
            "http.listen",
            self.http.listen,
            self.allow_insecure_non_loopback,
        )
    }
}

fn default_file() -> Option<PathBuf> {
    Path::new(DEFAULT_FILE)
        .exists()
        .then(|| PathBuf::from(DEFAULT_FILE))
}

fn read_file(
    file: &Path,
    known: &serde_json::Value,
) -> Result<impl figment::Provider + use<>, ConfigError> {
    let failed = |why: String| ConfigError::File {
        file: file.display().to_string(),
        why,
    };
    let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    // Read once by itself: figment would tell neither of an unknown key nor where it stands.
    let parsed = figment::Provider::data(&Toml::string(&text));
    let parsed = parsed.map_err(|error| failed(error.to_string()))?;
    for dict in parsed.values() {
        check_keys(dict, known, &format!("the file {}", file.display()))?;
    }
    Ok(Toml::file_exact(file))
}

fn wrong_value(error: &figment::Error) -> ConfigError {
    let key = error.path.join(".");
    let origin =
        error
            .metadata
            .as_ref()
            .map_or("the defaults".to_owned(), |metadata| {
                match metadata
                    .source
                    .as_ref()
                    .and_then(figment::Source::file_path)
                {
                    Some(path) => format!("the file {}", path.display()),
                    None => metadata.interpolate(&figment::Profile::Default, &error.path),
                }
            });
    let why = if bus::is_secret(&key) {
        "must be a text".to_owned()
    } else {
        error.kind.to_string()
    };
    ConfigError::Value { key, origin, why }
}

#[cfg(test)]
mod tests;
