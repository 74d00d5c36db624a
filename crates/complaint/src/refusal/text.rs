//! The words in which a refusal says what it found.

use std::fmt;

use super::Preceding;
use crate::{CloseBasis, WaitingFor};

impl fmt::Display for Preceding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Receipt => "the complaint was received",
            Self::Decision => "the decision was communicated",
            Self::Closing => "the complaint was closed",
            Self::Waiting => "the complaint began to wait",
            Self::Hold => "the complaint was put on hold",
            Self::Escalation => "the complaint was escalated",
            Self::ExternalStep => "the last step before the other body",
            Self::Merging => "the complaint was merged",
        })
    }
}

pub(super) fn whom(waiting_for: &WaitingFor) -> &'static str {
    match waiting_for {
        WaitingFor::Complainant => "the complainant",
        WaitingFor::ThirdParty => "a third party",
        WaitingFor::Other(_) => "somebody",
    }
}

pub(super) fn numbers(remedies: &[u32]) -> String {
    let texts: Vec<_> = remedies.iter().map(u32::to_string).collect();
    texts.join(", ")
}

pub(super) fn listed(kinds: &[String]) -> String {
    if kinds.is_empty() {
        "none at all".to_owned()
    } else {
        kinds.join(", ")
    }
}

pub(super) fn bases(allowed: &[CloseBasis]) -> String {
    let words: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    listed(&words)
}

pub(super) fn acknowledged_how(channel: Option<&str>) -> String {
    channel.map_or_else(
        || "as another system reports".to_owned(),
        |channel| format!("by {channel}"),
    )
}

pub(super) fn closed_how(basis: Option<&CloseBasis>) -> String {
    basis.map_or_else(
        || "as another system reports".to_owned(),
        |basis| format!("on the basis `{basis}`"),
    )
}
