//! `[client]`: where the command line finds the services.

use serde::{Deserialize, Serialize};

use super::ConfigError;

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
        let all_in_one = || "http://127.0.0.1:7301".to_owned();
        Self {
            intake: all_in_one(),
            workflow: all_in_one(),
            reporting: all_in_one(),
            connect_timeout_millis: 5000,
        }
    }
}

impl Client {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let addresses = [
            ("client.intake", &self.intake),
            ("client.workflow", &self.workflow),
            ("client.reporting", &self.reporting),
        ];
        for (key, address) in addresses {
            let uri = address.parse::<tonic::transport::Uri>();
            if !uri.is_ok_and(|uri| uri.scheme().is_some() && uri.authority().is_some()) {
                let why = "must be an address such as http://127.0.0.1:7301".to_owned();
                return Err(ConfigError::Rule { key, why });
            }
        }
        Ok(())
    }
}
