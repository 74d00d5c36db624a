//! As much of a record as the bus has to know.

use std::borrow::Cow;

use redress_envelope::LogId;
use serde::Deserialize;

/// The attributes that say where a record belongs. The rest is for whoever takes it in.
#[derive(Debug, Deserialize)]
pub(crate) struct Glance<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow)]
    sequence: Cow<'a, str>,
}

impl<'a> Glance<'a> {
    /// `None`: that is no record.
    pub(crate) fn at(bytes: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(crate) fn position(&self) -> Option<u64> {
        self.sequence.parse().ok()
    }

    pub(crate) fn log(&self) -> Option<LogId> {
        self.source.rsplit('/').next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_says_where_a_record_belongs() {
        let bytes = br#"{"specversion":"1.0","source":"/redress/intake/0192f0c4e5b67c8d9e0f1a2b3c4d5e6f",
            "type":"redress.feedback.received.v1","sequence":"00000000000000000042","data":{"a":1}}"#;
        let glance = Glance::at(bytes).unwrap();
        assert_eq!(glance.kind, "redress.feedback.received.v1");
        assert_eq!(glance.position(), Some(42));
        let log = "0192f0c4e5b67c8d9e0f1a2b3c4d5e6f".parse().unwrap();
        assert_eq!(glance.log(), Some(log));
        assert!(Glance::at(b"{}").is_none() && Glance::at(b"").is_none());
    }
}
