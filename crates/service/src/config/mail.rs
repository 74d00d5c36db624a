//! `[mail]`: where messages to who complained are handed in over SMTP.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Without a server no message is sent: others may do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// The host to which messages are handed.
    pub server: Option<String>,
    /// 0: 587, 465 where it is encrypted from the first byte on, 25 where it is not encrypted.
    pub port: u16,
    pub tls: MailTls,
    /// Certificates to trust instead of the machine's, in PEM.
    pub ca_file: Option<PathBuf>,
    /// Who logs in, with a password.
    pub user: Option<String>,
    /// The file that holds it.
    pub password_file: Option<PathBuf>,
    /// `Redress <complaints@example.org>`. Needed with a server.
    pub from: Option<String>,
    /// The channel whose messages are sent.
    pub channel: String,
    /// How long after a failure it is tried again; from then on twice as long each time, up to an hour.
    pub retry_seconds: u64,
    /// What is older is not sent; what could not be sent until then bounces.
    pub give_up_hours: u64,
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// After STARTTLS, and not without.
    StartTls,
    /// From the first byte on.
    Tls,
    /// Not at all: for a server on this machine.
    None,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            server: None,
            port: 0,
            tls: MailTls::StartTls,
            ca_file: None,
            user: None,
            password_file: None,
            from: None,
            channel: "email".to_owned(),
            retry_seconds: 60,
            give_up_hours: 72,
        }
    }
}

impl Mail {
    pub fn is_configured(&self) -> bool {
        self.server.is_some()
    }

    /// The one that is meant.
    pub fn port(&self) -> u16 {
        match (self.port, self.tls) {
            (0, MailTls::StartTls) => 587,
            (0, MailTls::Tls) => 465,
            (0, MailTls::None) => 25,
            (port, _) => port,
        }
    }

    pub(super) fn check(&self, insecure_is_wanted: bool) -> Result<(), ConfigError> {
        let rule = |key, why: &str| {
            Err(ConfigError::Rule {
                key,
                why: why.to_owned(),
            })
        };
        if self.server.is_some() && self.from.is_none() {
            return rule("mail.from", "a server needs a sender");
        }
        if self.user.is_some() != self.password_file.is_some() {
            return rule(
                "mail.user",
                "a user and the file of a password come together",
            );
        }
        if self.user.is_some() && self.tls == MailTls::None {
            return rule("mail.tls", "a password is not sent without encryption");
        }
        let is_far = self
            .server
            .as_deref()
            .is_some_and(|it| !is_this_machine(it));
        if is_far && self.tls == MailTls::None && !insecure_is_wanted {
            return rule(
                "mail.tls",
                "what is said to complainants is not sent to another machine without encryption; use \
                 `starttls` or `tls`, or set `allow_insecure_non_loopback` where the network sees to it",
            );
        }
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
        if !(1..=60).contains(&self.channel.len()) || !self.channel.bytes().all(letter) {
            return rule("mail.channel", "must be 1 to 60 of a-z 0-9 . _ -");
        }
        if !(1..=3_600).contains(&self.retry_seconds) {
            return rule("mail.retry_seconds", "must be 1 second to 1 hour");
        }
        if !(1..=24 * 30).contains(&self.give_up_hours) {
            return rule("mail.give_up_hours", "must be 1 hour to 30 days");
        }
        Ok(())
    }
}

fn is_this_machine(host: &str) -> bool {
    let is_loopback = |ip: IpAddr| ip.is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}
