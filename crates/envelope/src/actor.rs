//! Who did it: an opaque id that only the vault can resolve to a person.

use std::fmt;
use std::str::FromStr;

use crate::ids::text_as_serde;
use serde::{Deserialize, Serialize};

/// Who a record is by. Written `user:<pseudonym>`, `service:<name>` or `system`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A person, by pseudonym: 1 to 64 of `A-Z a-z 0-9 . _ -`. Never a name or an address.
    User(String),
    /// Another program, by its configured name.
    Service(String),
    /// Redress itself.
    System,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an actor is `user:<pseudonym>`, `service:<name>` or `system`; \
     a pseudonym or name is 1 to 64 of A-Z a-z 0-9 . _ -"
)]
pub struct ActorError;

impl Actor {
    /// The actor, if it can be read back.
    pub(crate) fn checked(&self) -> Result<&Self, ActorError> {
        match self {
            Self::User(id) | Self::Service(id) if !is_opaque(id) => Err(ActorError),
            Self::User(_) | Self::Service(_) | Self::System => Ok(self),
        }
    }
}

fn is_opaque(id: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&id.len()) && id.bytes().all(good)
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Service(name) => write!(f, "service:{name}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;
    fn from_str(text: &str) -> Result<Self, ActorError> {
        let opaque = |id: &str| is_opaque(id).then(|| id.to_owned()).ok_or(ActorError);
        match text.split_once(':') {
            None if text == "system" => Ok(Self::System),
            Some(("user", id)) => opaque(id).map(Self::User),
            Some(("service", name)) => opaque(name).map(Self::Service),
            None | Some(_) => Err(ActorError),
        }
    }
}
text_as_serde!(Actor);
