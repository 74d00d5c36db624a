//! What is known of the connection.

use std::fmt;

use super::version::ServerFault;

/// How the connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusState {
    /// No server has answered yet.
    Connecting,
    Connected {
        server: String,
        version: String,
    },
    /// Was lost or never made; it is tried again for ever.
    Away {
        why: String,
    },
    /// A server is there and cannot be used.
    Unusable(ServerFault),
    /// Ended from this side.
    Closed,
}

impl fmt::Display for BusState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connecting => write!(f, "connecting"),
            Self::Connected { server, version } => write!(f, "connected to {server} ({version})"),
            Self::Away { why } => write!(f, "away: {why}"),
            Self::Unusable(fault) => write!(f, "unusable: {fault}"),
            Self::Closed => write!(f, "closed"),
        }
    }
}
