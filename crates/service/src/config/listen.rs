//! `[grpc]` and `[http]`: where the process can be reached.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// The services, gRPC health and reflection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grpc {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// `/healthz`, `/readyz` and `/metrics`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// Without authentication and encryption only this machine may call.
pub(super) fn check(
    key: &'static str,
    listen: SocketAddr,
    insecure_is_wanted: bool,
) -> Result<(), ConfigError> {
    if listen.ip().is_loopback() || insecure_is_wanted {
        return Ok(());
    }
    let why = format!(
        "{listen} can be reached from other machines, but callers do not have to prove who they \
         are and nothing is encrypted; listen on 127.0.0.1, or set `allow_insecure_non_loopback` \
         where the network sees to both"
    );
    Err(ConfigError::Rule { key, why })
}
