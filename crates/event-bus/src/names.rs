//! What streams and subjects are called. Strangers depend on these names.

use std::fmt;

use redress_event_log::Identity;

/// A log as the bus names it: whose, and which partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub service: String,
    pub partition: u16,
}

impl Place {
    pub fn new(service: impl Into<String>, partition: u16) -> Self {
        Self {
            service: service.into(),
            partition,
        }
    }

    /// Reads `service/partition`, as sources and tokens write it.
    pub fn parse(text: &str) -> Option<Self> {
        let (service, partition) = text.split_once('/')?;
        Some(Self::new(service, partition.parse().ok()?))
    }

    /// `REDRESS_<TENANT>_<SERVICE>_<P>`
    pub fn stream(&self, tenant: &str) -> String {
        format!("REDRESS_{tenant}_{}_{}", self.service, self.partition).to_ascii_uppercase()
    }

    /// `redress.v1.<tenant>.event.<service>.<p>`, without what follows.
    pub fn subjects(&self, tenant: &str) -> String {
        format!(
            "redress.v1.{tenant}.event.{}.{}",
            self.service, self.partition
        )
    }
}

impl Place {
    /// Under which subject a record of this type is published.
    pub fn subject(&self, tenant: &str, kind: &str) -> String {
        format!("{}.{}", self.subjects(tenant), event_suffix(kind))
    }
}

impl From<&Identity> for Place {
    fn from(identity: &Identity) -> Self {
        Self::new(identity.service.clone(), identity.partition)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.partition)
    }
}

/// A part of a name that can stand in a subject and in a stream's name: 1 to 40 of a-z 0-9 `-`.
pub fn is_name(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(good)
}

/// The stream that takes in what others publish.
pub fn inbox_stream(tenant: &str) -> String {
    format!("REDRESS_{tenant}_INBOX").to_ascii_uppercase()
}

/// Where a configured source publishes.
pub fn inbox_subject(tenant: &str, source: &str) -> String {
    format!("redress.v1.{tenant}.inbox.{source}")
}

/// Below which a source can have its receipts sent; what else it asks for is refused.
pub fn receipt_subjects(tenant: &str, source: &str) -> String {
    format!("redress.v1.{tenant}.receipt.{source}")
}

/// Where a source is told what was not accepted, without its content.
pub fn rejected_subject(tenant: &str, source: &str) -> String {
    format!("redress.v1.{tenant}.rejected.{source}")
}

/// The end of a record's subject: `redress.complaint.acknowledged.v1` is `complaint.acknowledged`.
/// The version is left out: who follows a kind of event wants its next version too. A type of another
/// form is still published, under a name that no wildcard of ours can break.
pub(crate) fn event_suffix(kind: &str) -> String {
    let named = kind
        .strip_prefix("redress.")
        .and_then(|rest| rest.rsplit_once(".v"))
        .filter(|(_, version)| version.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|(name, _)| name);
    let name = named.unwrap_or(kind);
    let good = |token: &str| {
        let byte = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        !token.is_empty() && token.bytes().all(byte)
    };
    if name.split('.').all(good) {
        return name.to_owned();
    }
    let safe = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    format!(
        "other.{}",
        name.chars().take(64).map(safe).collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_a_stream_and_subjects_of_its_own() {
        let place = Place::parse("intake/0").unwrap();
        assert_eq!(place, Place::new("intake", 0));
        assert_eq!(place.to_string(), "intake/0");
        assert_eq!(place.stream("acme-de"), "REDRESS_ACME-DE_INTAKE_0");
        assert_eq!(place.subjects("acme"), "redress.v1.acme.event.intake.0");
        assert_eq!(
            place.subject("acme", "redress.feedback.received.v1"),
            "redress.v1.acme.event.intake.0.feedback.received"
        );
        assert_eq!(inbox_stream("acme"), "REDRESS_ACME_INBOX");
        assert_eq!(inbox_subject("acme", "crm"), "redress.v1.acme.inbox.crm");
        assert_eq!(
            rejected_subject("acme", "crm"),
            "redress.v1.acme.rejected.crm"
        );
        for other in ["intake", "intake/", "intake/x", "intake/70000"] {
            assert_eq!(Place::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_record_is_published_under_its_kind_and_event() {
        for (kind, suffix) in [
            (
                "redress.complaint.acknowledged.v1",
                "complaint.acknowledged",
            ),
            ("redress.signal.month_judged.v12", "signal.month_judged"),
            ("redress.tally.added.vx", "redress.tally.added.vx"),
            ("", "other."),
            ("a b.*.>", "other.a_b____"),
            ("redress..v1", "other."),
        ] {
            assert_eq!(event_suffix(kind), suffix, "{kind}");
        }
    }

    #[test]
    fn a_name_never_breaks_a_subject() {
        assert!(is_name("acme-de") && is_name("x"));
        for bad in ["", "A", "a.b", "a b", "*", ">", &"a".repeat(41)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
