//! Whether a server is one that this program was made for.

use async_nats::ServerInfo;

/// The oldest server that has all that is used here: an older one leaves settings out silently.
pub const OLDEST_SERVER: &str = "2.12.0";
const OLDEST: (u32, u32) = (2, 12);

/// Why a server that answers cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerFault {
    #[error(
        "the NATS server has version {version}; {OLDEST_SERVER} is the oldest that is supported"
    )]
    TooOld { version: String },
    #[error("the NATS server runs without JetStream")]
    NoJetStream,
}

pub(super) fn judge(info: &ServerInfo) -> Result<(), ServerFault> {
    if !is_supported(&info.version) {
        return Err(ServerFault::TooOld {
            version: info.version.chars().take(40).collect(),
        });
    }
    if !info.jetstream {
        return Err(ServerFault::NoJetStream);
    }
    Ok(())
}

/// A version that cannot be read is not one that is known to work.
fn is_supported(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.');
    let mut number = || parts.next()?.parse::<u32>().ok();
    match (number(), number()) {
        (Some(major), Some(minor)) => (major, minor) >= OLDEST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for good in ["2.12.0", "2.12.1-RC.1", "2.15.1", "3.0.0", "v2.100.0"] {
            assert!(is_supported(good), "{good}");
        }
        for bad in ["2.11.9", "2.9.24", "1.20.0", "", "dev", "2", "2.x.1"] {
            assert!(!is_supported(bad), "{bad}");
        }
        assert!(is_supported(OLDEST_SERVER));
    }
}
