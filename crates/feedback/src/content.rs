//! What is personal about a feedback item. It is sealed in the vault and never part of an event.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The customer's words and who the customer is. Storage format, inside a vault entry.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What was done on the spot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_action: Option<String>,
    #[serde(default, skip_serializing_if = "Customer::is_empty")]
    pub customer: Customer,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<ExternalId>,
    /// File names, in the order of the event's attachments; empty where there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachment_names: Vec<String>,
    /// What the source said that has no field of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unmapped: BTreeMap<String, String>,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The organisation's own id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
}

/// The item's id in another system.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalId {
    pub system: String,
    /// Within which the id is unique: of a `CloudEvent` its `source`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    pub id: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    #[error(
        "the content has version {found}; this program reads up to {}",
        Content::VERSION
    )]
    Version { found: u64 },
    // The parser's own message can quote the text, so only the place is told.
    #[error("the content is not readable: JSON error at line {line}, column {column}")]
    Json { line: usize, column: usize },
}

impl From<serde_json::Error> for ContentError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json {
            line: error.line(),
            column: error.column(),
        }
    }
}

#[derive(Deserialize)]
struct Head {
    version: u64,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u64,
    content: &'a Content,
}

#[derive(Deserialize)]
struct Read {
    content: Content,
}

impl Content {
    /// The most bytes that the encoded content may have.
    pub const MAX_BYTES: usize = 256 * 1024;
    const VERSION: u64 = 1;

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The bytes to seal.
    pub fn encode(&self) -> Vec<u8> {
        let written = Written {
            version: Self::VERSION,
            content: self,
        };
        serde_json::to_vec(&written).expect("strings and maps of strings can be written as JSON")
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, ContentError> {
        let Head { version } = serde_json::from_slice(bytes)?;
        if version != Self::VERSION {
            return Err(ContentError::Version { found: version });
        }
        let Read { content } = serde_json::from_slice(bytes)?;
        Ok(content)
    }
}

impl Customer {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

macro_rules! debug_without_words {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            // A debug line ends in a log, and a log is no place for a customer's words.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}
pub(crate) use debug_without_words;

debug_without_words!(Content, Customer, ExternalId);
