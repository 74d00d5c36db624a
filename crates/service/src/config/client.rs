//! `[client]`: where the command line finds the services, and services that are processes of their own
//! find each other.

use serde::{Deserialize, Serialize};

use super::{ConfigError, Role};

/// One address each; in the all-in-one they are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Client {
    pub intake: String,
    pub workflow: String,
    pub reporting: String,
    /// How long the command line waits for a connection.
    pub connect_timeout_millis: u64,
}

impl Default for Client {
    fn default() -> Self {
        Self::of(Role::AllInOne)
    }
}

impl Client {
    /// Where the services are by default, on this machine.
    pub fn of(role: Role) -> Self {
        let at = |service: Role| {
            let place = match role {
                Role::AllInOne => Role::AllInOne,
                Role::Intake | Role::Workflow | Role::Reporting => service,
            };
            format!("http://127.0.0.1:{}", place.ports().0)
        };
        Self {
            intake: at(Role::Intake),
            workflow: at(Role::Workflow),
            reporting: at(Role::Reporting),
            connect_timeout_millis: 5000,
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let addresses = [
            ("client.intake", &self.intake),
            ("client.workflow", &self.workflow),
            ("client.reporting", &self.reporting),
        ];
        for (key, address) in addresses {
            let uri = address.parse::<tonic::transport::Uri>();
            // Whoever writes https relies on it, and nothing is encrypted yet.
            let is_spoken = |uri: &tonic::transport::Uri| uri.scheme_str() == Some("http");
            if !uri.is_ok_and(|uri| is_spoken(&uri) && uri.authority().is_some()) {
                let why = "must be an address such as http://127.0.0.1:7301".to_owned();
                return Err(ConfigError::Rule { key, why });
            }
        }
        Ok(())
    }
}
