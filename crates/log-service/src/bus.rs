//! The settings of the bus, as the bus takes them, and the connection of a process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use redress_event_bus::{Bus, BusConfig, ConnectError, EventLimits, InboxLimits, Login, Tls};
use redress_service::Config;
use redress_service::config::{BusLogin, Secret};

/// Why a process does not begin to talk to NATS: waiting would not heal it.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("setting `{key}`: the file {}: {error}", file.display())]
    Secret {
        key: &'static str,
        file: PathBuf,
        error: std::io::Error,
    },
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

/// Connects where settings name servers. A server that is away is waited for in the background.
pub(crate) async fn connect(config: &Config, name: &str) -> Result<Option<Bus>, BusError> {
    if !config.bus.is_configured() {
        return Ok(None);
    }
    Ok(Some(Bus::connect(settings(config, name)?).await?))
}

/// What `[bus]` says.
pub fn settings(config: &Config, name: &str) -> Result<BusConfig, BusError> {
    let given = &config.bus;
    let mut bus = BusConfig::new(given.servers.clone(), config.tenant.clone(), name);
    bus.login = login(&given.login)?;
    bus.monitor.clone_from(&given.monitor);
    bus.tls = Tls {
        required: given.tls.required,
        ca_file: given.tls.ca_file.clone(),
        certificate_file: given.tls.certificate_file.clone(),
        key_file: given.tls.key_file.clone(),
    };
    bus.events = EventLimits {
        max_age: Duration::from_hours(given.events.max_age_hours),
        max_bytes: given.events.max_bytes,
        replicas: given.events.replicas,
        republish_records: given.events.republish_records,
    };
    bus.inbox = InboxLimits {
        max_bytes: given.inbox.max_bytes,
        max_message_bytes: given.inbox.max_message_bytes,
        replicas: given.inbox.replicas,
    };
    Ok(bus)
}

fn login(given: &BusLogin) -> Result<Login, BusError> {
    if let Some(file) = &given.credentials_file {
        return Ok(Login::Credentials { file: file.clone() });
    }
    let seed = secret(
        "bus.login.nkey_seed_file",
        given.nkey_seed.as_ref(),
        given.nkey_seed_file.as_deref(),
    )?;
    if let Some(seed) = seed {
        return Ok(Login::Nkey { seed });
    }
    let token = secret(
        "bus.login.token_file",
        given.token.as_ref(),
        given.token_file.as_deref(),
    )?;
    if let Some(token) = token {
        return Ok(Login::Token(token));
    }
    let password = secret(
        "bus.login.password_file",
        given.password.as_ref(),
        given.password_file.as_deref(),
    )?;
    Ok(match (&given.user, password) {
        (Some(user), Some(password)) => Login::Password {
            user: user.clone(),
            password,
        },
        (Some(_) | None, _) => Login::Anonymous,
    })
}

/// A secret that stands in the settings, or in a file that is mounted where the process runs.
fn secret(
    key: &'static str,
    value: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<String>, BusError> {
    if let Some(value) = value {
        return Ok(Some(value.reveal().to_owned()));
    }
    let Some(file) = file else { return Ok(None) };
    let read = std::fs::read_to_string(file).map_err(|error| BusError::Secret {
        key,
        file: file.to_owned(),
        error,
    })?;
    // Editors end a file with a line break.
    Ok(Some(read.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use redress_service::config::Role;

    fn config() -> Config {
        let mut config = Config::defaults(Role::Intake);
        config.bus.servers = vec!["nats://127.0.0.1:4222".to_owned()];
        config
    }

    #[test]
    fn a_secret_is_read_from_its_file_without_the_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "hunter2\n").unwrap();
        let mut config = config();
        config.bus.login.user = Some("intake".to_owned());
        config.bus.login.password_file = Some(file.clone());
        let settings = settings(&config, "redress-intake").unwrap();
        match settings.login {
            Login::Password { user, password } => {
                assert_eq!((&*user, &*password), ("intake", "hunter2"));
            }
            other @ (Login::Anonymous
            | Login::Token(_)
            | Login::Nkey { .. }
            | Login::Credentials { .. }) => panic!("{other:?}"),
        }
        std::fs::remove_file(&file).unwrap();
        let said = super::settings(&config, "redress-intake")
            .unwrap_err()
            .to_string();
        assert!(said.contains("bus.login.password_file"), "{said}");
    }

    #[test]
    fn limits_reach_the_bus_as_they_were_set() {
        let mut config = config();
        config.tenant = "acme".to_owned();
        config.bus.events.max_age_hours = 2;
        config.bus.events.max_bytes = 3;
        config.bus.inbox.max_message_bytes = 4;
        let settings = settings(&config, "redress-intake").unwrap();
        assert_eq!(settings.tenant, "acme");
        assert_eq!(settings.events.max_age, Duration::from_hours(2));
        assert_eq!(settings.events.max_bytes, 3);
        assert_eq!(settings.inbox.max_message_bytes, 4);
        assert!(matches!(settings.login, Login::Anonymous));
    }
}
