//! How a connection is begun, and what it tells of itself afterwards.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, ServerAddr, connection};
use tokio::sync::{Notify, watch};

use super::state::BusState;
use super::stranger::Ports;
use super::version::{ServerFault, judge};
use crate::config::{BusConfig, ConfigError, Login};
use crate::names::is_name;

/// What waiting does not heal.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the server address `{address}` cannot be read: {error}")]
    Address { address: String, error: io::Error },
    #[error("the file {}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Server(ServerFault),
    #[error("failed to begin a connection to NATS: {0}")]
    Client(String),
}

/// What the client library tells, as it tells it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) state: watch::Sender<BusState>,
    connected: Notify,
    /// Where it is looked for.
    servers: String,
    ports: Ports,
}

impl Told {
    pub(super) fn new(config: &BusConfig, servers: &[ServerAddr]) -> Self {
        Self {
            state: watch::Sender::new(BusState::Connecting),
            connected: Notify::new(),
            servers: shown(&config.servers).join(", "),
            ports: Ports::new(servers),
        }
    }

    async fn note(&self, event: &Event) {
        let away = |why: String| {
            let before = self.state.send_replace(BusState::Away { why: why.clone() });
            // Told once: the next attempts are as many as it takes.
            if let BusState::Connected { .. } = before {
                tracing::warn!(why, "NATS is away");
            } else {
                tracing::debug!(why, "NATS is away");
            }
        };
        match event {
            Event::Connected => self.connected.notify_one(),
            Event::Disconnected => away("the connection broke".to_owned()),
            Event::ClientError(error) => {
                // Errors of a connection that stands are told to whoever asked.
                if !matches!(*self.state.borrow(), BusState::Connected { .. }) {
                    let why = self.ports.why().await;
                    let why = why.unwrap_or_else(|| error.to_string());
                    away(format!("{why} at {} (`bus.servers`)", self.servers));
                }
            }
            Event::ServerError(error) => tracing::warn!(%error, "NATS refused something"),
            Event::SlowConsumer(subscription) => {
                tracing::warn!(
                    subscription,
                    "messages of NATS were dropped and are read again"
                );
            }
            Event::LameDuckMode => tracing::info!("the NATS server is about to stop"),
            Event::Draining => {}
            Event::Closed => {
                self.state.send_replace(BusState::Closed);
            }
        }
    }
}

/// Judges each server that a connection was made to.
pub(super) async fn watch(client: Client, told: Arc<Told>) {
    loop {
        told.connected.notified().await;
        // What the server says of itself is there once something has gone through.
        let flushed = tokio::time::timeout(Duration::from_secs(5), client.flush()).await;
        let up = client.connection_state() == connection::State::Connected;
        if !(up && matches!(flushed, Ok(Ok(())))) {
            continue;
        }
        let info = client.server_info();
        let state = match judge(&info) {
            Ok(()) => {
                let (server, version) = (info.server_name, info.version);
                tracing::info!(server, version, "connected to NATS");
                BusState::Connected { server, version }
            }
            Err(fault) => {
                tracing::error!(%fault, "NATS is not used");
                BusState::Unusable(fault)
            }
        };
        told.state.send_replace(state);
    }
}

fn shown(servers: &[String]) -> Vec<&str> {
    servers.iter().map(|it| without_secret(it)).collect()
}

/// What stands before the @ is one.
fn without_secret(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or_default()
}

pub(super) fn servers(config: &BusConfig) -> Result<Vec<ServerAddr>, ConnectError> {
    let parse = |address: &String| {
        address.parse().map_err(|error| ConnectError::Address {
            address: without_secret(address).to_owned(),
            error,
        })
    };
    config.servers.iter().map(parse).collect()
}

pub(super) async fn options(
    config: &BusConfig,
    told: &Arc<Told>,
) -> Result<ConnectOptions, ConnectError> {
    let told = Arc::clone(told);
    let longest = config.longest_pause;
    let mut options = ConnectOptions::new()
        .name(&config.name)
        .retry_on_initial_connect()
        .max_reconnects(None)
        .reconnect_delay_callback(move |attempts| pause(attempts, longest))
        .ping_interval(Duration::from_secs(10))
        .request_timeout(Some(config.request_timeout))
        .require_tls(config.tls.required)
        .event_callback(move |event| {
            let told = Arc::clone(&told);
            async move { told.note(&event).await }
        });
    options = match &config.login {
        Login::Anonymous => options,
        Login::Password { user, password } => {
            let options = options.user_and_password(user.clone(), password.clone());
            // Answers come back below the user's own name: a server that knows its users can keep
            // each from reading the answers to another.
            if is_name(user) {
                options.custom_inbox_prefix(format!("_INBOX.{user}"))
            } else {
                options
            }
        }
        Login::Token(token) => options.token(token.clone()),
        Login::Nkey { seed } => options.nkey(seed.clone()),
        Login::Credentials { file } => {
            let loaded = options.credentials_file(file).await;
            loaded.map_err(|error| unreadable(file, error))?
        }
    };
    let tls = &config.tls;
    for file in [&tls.ca_file, &tls.certificate_file, &tls.key_file]
        .into_iter()
        .flatten()
    {
        // Read again for each connection; here only so that a wrong name is an error at once.
        let read = tokio::fs::read(file).await;
        read.map_err(|error| unreadable(file, error))?;
    }
    if let Some(file) = &tls.ca_file {
        options = options.add_root_certificates(file.clone());
    }
    if let (Some(certificate), Some(key)) = (&tls.certificate_file, &tls.key_file) {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(options)
}

fn unreadable(path: &Path, error: io::Error) -> ConnectError {
    ConnectError::File {
        path: path.to_owned(),
        error,
    }
}

/// At once, then twice as long each time.
fn pause(attempts: usize, longest: Duration) -> Duration {
    let Some(doublings) = attempts.checked_sub(2) else {
        return Duration::ZERO;
    };
    let factor = 1_u32 << doublings.min(16);
    (Duration::from_millis(20) * factor).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_at_the_longest() {
        let longest = Duration::from_secs(4);
        let pauses: Vec<_> = (0..64).map(|attempts| pause(attempts, longest)).collect();
        assert_eq!(pauses[1], Duration::ZERO);
        assert_eq!(pauses[2], Duration::from_millis(20));
        assert_eq!(pauses[5], Duration::from_millis(160));
        assert!(pauses.is_sorted());
        assert_eq!(pauses[63], longest);
    }
}
