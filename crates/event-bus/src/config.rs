//! What a connection to NATS needs to know.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::names::is_name;

/// How to reach NATS, and how streams are kept there.
#[derive(Debug, Clone)]
pub struct BusConfig {
    /// `nats://host:4222`, or `tls://` where the connection must be encrypted. The cluster's other
    /// servers are learned from the first.
    pub servers: Vec<String>,
    /// Whose installation it is: a part of every stream and subject. 1 to 40 of a-z 0-9 -.
    pub tenant: String,
    /// What the connection is called on the server: `redress-intake`.
    pub name: String,
    pub login: Login,
    pub tls: Tls,
    /// The server's monitoring address, `http://host:8222`: the only place where it says whether
    /// it syncs before it acknowledges.
    pub monitor: Option<String>,
    pub events: EventLimits,
    pub inbox: InboxLimits,
    /// How long [`Bus::connect`](crate::Bus::connect) waits for a first answer before it goes on
    /// without.
    pub first_contact: Duration,
    /// How long a request to `JetStream` may take.
    pub request_timeout: Duration,
    /// The longest pause between two attempts to connect.
    pub longest_pause: Duration,
}

/// Who connects. Never shown in messages.
#[derive(Clone, Default)]
pub enum Login {
    #[default]
    Anonymous,
    Password {
        user: String,
        password: String,
    },
    Token(String),
    /// The seed of an `NKey`: `SU..`.
    Nkey {
        seed: String,
    },
    /// A file with a JWT and the seed of its `NKey`.
    Credentials {
        file: PathBuf,
    },
}

/// Encryption. It is used as soon as the server asks for it, too.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Refuse a connection that is not encrypted.
    pub required: bool,
    /// Certificates to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Proves who connects, together with `key_file`.
    pub certificate_file: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
}

/// The window that an event stream keeps. What left it is read from the service that owns the log.
#[derive(Debug, Clone)]
pub struct EventLimits {
    pub max_age: Duration,
    /// [`USUAL`](Self::USUAL), or what somebody has said.
    pub max_bytes: u64,
    pub replicas: usize,
    /// A stream that has to be made again begins so many records before the head of its log.
    pub republish_records: u64,
}

/// What the inbox keeps until it is taken out; more is refused to the publisher.
#[derive(Debug, Clone)]
pub struct InboxLimits {
    pub max_bytes: u64,
    pub max_message_bytes: u32,
    pub replicas: usize,
}

/// What is wrong with a setting, and with which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting `{key}`: {why}")]
pub struct ConfigError {
    pub key: &'static str,
    pub why: String,
}

impl BusConfig {
    /// A server without a login, and limits as they are by default.
    pub fn new(servers: Vec<String>, tenant: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            servers,
            tenant: tenant.into(),
            name: name.into(),
            login: Login::Anonymous,
            tls: Tls::default(),
            monitor: None,
            events: EventLimits::default(),
            inbox: InboxLimits::default(),
            first_contact: Duration::from_secs(2),
            request_timeout: Duration::from_secs(5),
            longest_pause: Duration::from_secs(4),
        }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let rule = |key, why: &str| {
            Err(ConfigError {
                key,
                why: why.to_owned(),
            })
        };
        if self.servers.is_empty() {
            return rule("servers", "names no server");
        }
        if !is_name(&self.tenant) {
            return rule("tenant", "must be 1 to 40 of a-z 0-9 -");
        }
        if self.tls.certificate_file.is_some() != self.tls.key_file.is_some() {
            return rule("tls", "a certificate and its key come together");
        }
        for replicas in [self.events.replicas, self.inbox.replicas] {
            if !(1..=5).contains(&replicas) {
                return rule("replicas", "must be 1 to 5");
            }
        }
        let most = i64::MAX as u64;
        if !(1..=most).contains(&self.events.most_bytes())
            || !(1..=most).contains(&self.inbox.max_bytes)
        {
            return rule("max_bytes", "must be at least 1");
        }
        if self.events.max_age < Duration::from_secs(1) {
            return rule("max_age", "must be at least a second");
        }
        if !(1..=i32::MAX as u32).contains(&self.inbox.max_message_bytes) {
            return rule("max_message_bytes", "must be at least 1");
        }
        Ok(())
    }
}

impl EventLimits {
    /// As much as is usual, and no more than leaves room for the other streams.
    pub const USUAL: u64 = 0;
    const USUAL_BYTES: u64 = 20 << 30;

    pub(crate) fn most_bytes(&self) -> u64 {
        match self.max_bytes {
            Self::USUAL => Self::USUAL_BYTES,
            said => said,
        }
    }
}

impl Default for EventLimits {
    fn default() -> Self {
        Self {
            max_age: Duration::from_hours(30 * 24),
            max_bytes: Self::USUAL,
            replicas: 1,
            republish_records: 1_000_000,
        }
    }
}

impl Default for InboxLimits {
    fn default() -> Self {
        Self {
            max_bytes: 1 << 30,
            max_message_bytes: 1 << 20,
            replicas: 1,
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Password { .. } => "Password",
            Self::Token(_) => "Token",
            Self::Nkey { .. } => "Nkey",
            Self::Credentials { .. } => "Credentials",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> BusConfig {
        BusConfig::new(vec!["nats://127.0.0.1:4222".to_owned()], "acme", "test")
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        assert_eq!(config().check(), Ok(()));
        let wrong = |change: fn(&mut BusConfig)| {
            let mut config = config();
            change(&mut config);
            config.check().unwrap_err().key
        };
        assert_eq!(wrong(|it| it.servers.clear()), "servers");
        assert_eq!(wrong(|it| it.tenant = "a.b".to_owned()), "tenant");
        assert_eq!(wrong(|it| it.tls.key_file = Some("k".into())), "tls");
        assert_eq!(wrong(|it| it.inbox.replicas = 0), "replicas");
        assert_eq!(wrong(|it| it.events.max_bytes = u64::MAX), "max_bytes");
        assert_eq!(wrong(|it| it.events.max_age = Duration::ZERO), "max_age");
        assert_eq!(
            wrong(|it| it.inbox.max_message_bytes = 0),
            "max_message_bytes"
        );
    }

    #[test]
    fn a_secret_is_not_shown() {
        let mut config = config();
        config.login = Login::Password {
            user: "u".to_owned(),
            password: "hunter2".to_owned(),
        };
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
