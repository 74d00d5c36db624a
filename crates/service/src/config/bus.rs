//! `[bus]`: NATS, over which services that are processes of their own follow each other.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};

use super::ConfigError;

/// Without servers nothing is sent over NATS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bus {
    /// `nats://host:4222`, or `tls://host:4222` where the connection must be encrypted. The others of a
    /// cluster are learned from the first that answers.
    pub servers: Vec<String>,
    /// The server's monitoring address, `http://host:8222`: there it says whether it syncs before it
    /// acknowledges.
    pub monitor: Option<String>,
    pub login: BusLogin,
    pub tls: BusTls,
    pub events: BusEvents,
    pub inbox: BusInbox,
}

/// Who connects: one of them, or nobody in particular. A secret stands here, or in a file of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BusLogin {
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub password_file: Option<PathBuf>,
    pub token: Option<Secret>,
    pub token_file: Option<PathBuf>,
    /// `SU..`
    pub nkey_seed: Option<Secret>,
    pub nkey_seed_file: Option<PathBuf>,
    /// A JWT and the seed of its `NKey`, as `nsc` writes them.
    pub credentials_file: Option<PathBuf>,
}

/// Encryption. It is used as soon as the server asks for it, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BusTls {
    /// Refuse a connection that is not encrypted.
    pub required: bool,
    /// Certificates to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Proves who connects, together with `key_file`.
    pub certificate_file: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
}

/// The window that each event stream keeps. What left it is read from the service that owns the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BusEvents {
    pub max_age_hours: u64,
    /// 0: 20 GiB, or a quarter of what NATS has room for, so that all streams fit.
    pub max_bytes: u64,
    pub replicas: usize,
    /// A stream that has to be made again begins so many records before the head of its log.
    pub republish_records: u64,
}

/// What the inbox keeps until it is taken out; more is refused to the publisher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BusInbox {
    pub max_bytes: u64,
    pub max_message_bytes: u32,
    pub replicas: usize,
}

impl Default for BusEvents {
    fn default() -> Self {
        Self {
            max_age_hours: 30 * 24,
            max_bytes: 0,
            replicas: 1,
            republish_records: 1_000_000,
        }
    }
}

impl Default for BusInbox {
    fn default() -> Self {
        Self {
            max_bytes: 1 << 30,
            max_message_bytes: 1 << 20,
            replicas: 1,
        }
    }
}

/// A text that is never shown: not in messages, not where settings are listed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

const HIDDEN: &str = "(hidden)";

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

/// Settings whose value no message may quote.
pub(super) fn is_secret(key: &str) -> bool {
    [
        "bus.login.password",
        "bus.login.token",
        "bus.login.nkey_seed",
    ]
    .contains(&key)
}

impl Bus {
    pub fn is_configured(&self) -> bool {
        !self.servers.is_empty()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let rule = |key, why: &str| {
            Err(ConfigError::Rule {
                key,
                why: why.to_owned(),
            })
        };
        // Messages name servers, and must not name passwords.
        if self.servers.iter().any(|server| server.contains('@')) {
            return rule("bus.servers", "who connects is said in `bus.login`");
        }
        let monitor = self.monitor.as_deref();
        if monitor.is_some_and(|address| !address.starts_with("http://")) {
            return rule("bus.monitor", "must be an address such as http://host:8222");
        }
        self.login.check()?;
        if self.tls.certificate_file.is_some() != self.tls.key_file.is_some() {
            return rule("bus.tls", "a certificate and its key come together");
        }
        let hours = self.events.max_age_hours;
        if !(1..=24 * 3660).contains(&hours) {
            return rule("bus.events.max_age_hours", "must be 1 hour to 10 years");
        }
        Ok(())
    }
}

impl BusLogin {
    fn check(&self) -> Result<(), ConfigError> {
        let rule = |key, why: &str| {
            Err(ConfigError::Rule {
                key,
                why: why.to_owned(),
            })
        };
        let twice =
            |value: &Option<Secret>, file: &Option<PathBuf>| value.is_some() && file.is_some();
        let once = "is given here or in a file, and not both";
        if twice(&self.password, &self.password_file) {
            return rule("bus.login.password", once);
        }
        if twice(&self.token, &self.token_file) {
            return rule("bus.login.token", once);
        }
        if twice(&self.nkey_seed, &self.nkey_seed_file) {
            return rule("bus.login.nkey_seed", once);
        }
        let password = self.password.is_some() || self.password_file.is_some();
        if self.user.is_some() != password {
            return rule("bus.login.user", "a user and a password come together");
        }
        let ways = [
            password,
            self.token.is_some() || self.token_file.is_some(),
            self.nkey_seed.is_some() || self.nkey_seed_file.is_some(),
            self.credentials_file.is_some(),
        ];
        if ways.into_iter().filter(|given| *given).count() > 1 {
            return rule("bus.login", "gives more than one way to log in");
        }
        Ok(())
    }
}
