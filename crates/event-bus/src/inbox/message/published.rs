//! What was published, and how it is written where it is kept.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::InboxEvent;
use super::read::read;

/// Headers that say how a message is to be read, and which message it is.
const TOLD: [&str; 4] = ["content-type", "nats-msg-id", "traceparent", "tracestate"];
const ATTRIBUTES: &str = "ce-";

/// What was published: the headers that matter, by their names in lower case, and the body.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Published {
    pub headers: Vec<(String, String)>,
    pub payload: Bytes,
}

impl fmt::Debug for Published {
    // A debug line ends in a log, and a log is no place for a customer's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published")
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}

/// The first line of what is kept; the body follows as it was.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u64,
    headers: Vec<(String, String)>,
}

const VERSION: u64 = 1;

/// What was kept cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message that was kept is not as it was written")]
pub struct KeptDamaged;

impl Published {
    /// Of the headers only those that matter are taken, the first of each name, sorted.
    pub fn new<N: AsRef<str>, V: Into<String>>(
        headers: impl IntoIterator<Item = (N, V)>,
        payload: Bytes,
    ) -> Self {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (name, value) in headers {
            let name = name.as_ref().to_ascii_lowercase();
            let matters = TOLD.contains(&name.as_str()) || name.starts_with(ATTRIBUTES);
            if matters && kept.iter().all(|(known, _)| *known != name) {
                kept.push((name, value.into()));
            }
        }
        kept.sort();
        Self {
            headers: kept,
            payload,
        }
    }

    /// What it says, as far as it can be read.
    pub fn read(&self) -> InboxEvent {
        read(self)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The size of body and headers.
    pub fn bytes(&self) -> u64 {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| name.len() + value.len());
        (headers.sum::<usize>() + self.payload.len()) as u64
    }

    /// As it is kept: a line of JSON, and the body.
    pub fn encode(&self) -> Vec<u8> {
        let head = Head {
            version: VERSION,
            headers: self.headers.clone(),
        };
        let mut bytes = serde_json::to_vec(&head).expect("strings can be written as JSON");
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, KeptDamaged> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (head, payload) = bytes.split_at(end.ok_or(KeptDamaged)?);
        let head: Head = serde_json::from_slice(head).map_err(|_| KeptDamaged)?;
        if head.version != VERSION {
            return Err(KeptDamaged);
        }
        Ok(Self {
            headers: head.headers,
            payload: Bytes::copy_from_slice(&payload[1..]),
        })
    }
}
