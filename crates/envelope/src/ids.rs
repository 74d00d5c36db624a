//! Ids and positions, and how each is written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A text that is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct IdError {
    pub text: String,
    pub expected: &'static str,
}

impl IdError {
    fn new(text: &str, expected: &'static str) -> Self {
        // An id can come from outside; an error message is no place for a long one.
        let text = text.chars().take(80).collect();
        Self { text, expected }
    }
}

/// A UUID (version 8) that follows from its parts: the same parts give the same id for ever.
///
/// The digest is SHA-256 over `purpose` and each part, every one preceded by its length as eight
/// big-endian bytes, so that no two lists of parts run into the same bytes.
pub fn derived_uuid(purpose: &str, parts: &[&str]) -> Uuid {
    let mut digest = Sha256::new();
    for part in std::iter::once(&purpose).chain(parts) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let hash = digest.finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

macro_rules! text_as_serde {
    ($name:ty) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a text")
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                source.deserialize_str(Text)
            }
        }
    };
}
pub(crate) use text_as_serde;

/// One life of one log: a restore that lost records starts another. Written as 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub Uuid);

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.simple())
    }
}

impl FromStr for LogId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_hex_uuid(text)
            .map(Self)
            .ok_or_else(|| IdError::new(text, "a log id of 32 lower-case hex digits"))
    }
}
text_as_serde!(LogId);

/// A number as it is written: neither a sign nor a zero in front.
fn parse_number<T: FromStr>(text: &str) -> Option<T> {
    let canonical = text == "0"
        || text
            .bytes()
            .next()
            .is_some_and(|b| (b'1'..=b'9').contains(&b));
    canonical.then(|| text.parse().ok()).flatten()
}

fn parse_hex_uuid(text: &str) -> Option<Uuid> {
    let canonical = text.len() == 32 && !text.bytes().any(|b| b.is_ascii_uppercase());
    canonical.then(|| Uuid::try_parse(text).ok()).flatten()
}

/// The id of a feedback item and of everything that follows from it: the partition that it was born
/// in, which is never computed again, and 128 bits. Written `0-0192f0c4e5b67c8d9e0f1a2b3c4d5e6f`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    pub partition: u16,
    pub unique: Uuid,
}

impl ItemId {
    pub fn new(partition: u16, unique: Uuid) -> Self {
        Self { partition, unique }
    }

    /// The id that follows from `parts`, in `partition`.
    pub fn derived(partition: u16, purpose: &str, parts: &[&str]) -> Self {
        Self::new(partition, derived_uuid(purpose, parts))
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.partition, self.unique.simple())
    }
}

impl FromStr for ItemId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let parse = || {
            let (partition, unique) = text.split_once('-')?;
            Some(Self::new(parse_number(partition)?, parse_hex_uuid(unique)?))
        };
        parse().ok_or_else(|| {
            IdError::new(
                text,
                "an item id: a partition, a hyphen and 32 lower-case hex digits",
            )
        })
    }
}
text_as_serde!(ItemId);

/// What a record is about: the name of its stream. Written `complaint/<id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    text: Box<str>,
    /// Where the slash is.
    kind_bytes: usize,
}

impl Subject {
    /// `kind` is lower-case ASCII letters and `_`; `id` is 1 to 120 of `A-Z a-z 0-9 . _ -`.
    pub fn new(kind: &str, id: &str) -> Result<Self, IdError> {
        let subject = Self::unchecked(kind, format_args!("{id}"));
        subject.checked()?;
        Ok(subject)
    }

    /// The stream of one item.
    pub fn item(kind: &'static str, id: ItemId) -> Self {
        Self::unchecked(kind, format_args!("{id}"))
    }

    fn unchecked(kind: &str, id: fmt::Arguments<'_>) -> Self {
        Self {
            text: format!("{kind}/{id}").into_boxed_str(),
            kind_bytes: kind.len(),
        }
    }

    /// The subject, if it can be read back.
    pub(crate) fn checked(&self) -> Result<&Self, IdError> {
        let (kind, id) = (self.kind().as_bytes(), self.id().as_bytes());
        let in_kind = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
        let in_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let good = (1..=40).contains(&kind.len())
            && kind.iter().all(in_kind)
            && (1..=120).contains(&id.len())
            && id.iter().all(in_id);
        if good {
            Ok(self)
        } else {
            Err(IdError::new(&self.text, "a subject: kind/id"))
        }
    }

    pub fn kind(&self) -> &str {
        &self.text[..self.kind_bytes]
    }

    pub fn id(&self) -> &str {
        &self.text[self.kind_bytes + 1..]
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Subject {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let kind_bytes = text.find('/');
        let kind_bytes = kind_bytes.ok_or_else(|| IdError::new(text, "a subject: kind/id"))?;
        let subject = Self {
            text: text.into(),
            kind_bytes,
        };
        subject.checked()?;
        Ok(subject)
    }
}
text_as_serde!(Subject);

/// One record of one log, as the cause of another. Written `<log id>/<partition>/<sequence>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    pub log: LogId,
    pub partition: u16,
    pub position: u64,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.log, self.partition, self.position)
    }
}

impl FromStr for Cause {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let parse = || {
            let mut parts = text.splitn(3, '/');
            let log = parts.next()?.parse().ok()?;
            Some(Self {
                log,
                partition: parse_number(parts.next()?)?,
                position: parse_number(parts.next()?)?,
            })
        };
        parse().ok_or_else(|| IdError::new(text, "a cause: log id/partition/sequence"))
    }
}
text_as_serde!(Cause);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_are_the_same_for_ever() {
        let id = derived_uuid("test", &["a", "bc"]);
        assert_eq!(id.simple().to_string(), "8c8268c17a1a837185d0b5f8d297c3eb");
        assert_ne!(id, derived_uuid("test", &["ab", "c"]));
        assert_eq!(id.get_version_num(), 8);
    }

    #[test]
    fn every_id_reads_back_what_it_writes() {
        let unique = derived_uuid("test", &["1"]);
        let item = ItemId::new(3, unique);
        assert_eq!(item.to_string().parse(), Ok(item));
        let cause = Cause {
            log: LogId(unique),
            partition: 0,
            position: 42,
        };
        assert_eq!(cause.to_string().parse(), Ok(cause));
        let subject = Subject::item("complaint", item);
        assert_eq!(subject.to_string().parse(), Ok(subject));
    }

    #[test]
    fn a_second_spelling_of_an_id_is_refused() {
        let item = ItemId::new(0, derived_uuid("test", &["1"])).to_string();
        for text in [
            item.to_uppercase(),
            format!("0{item}"),
            format!("+{item}"),
            String::new(),
        ] {
            assert!(text.parse::<ItemId>().is_err() || text == item, "{text}");
        }
        assert!("complaint/".parse::<Subject>().is_err());
        assert!("Complaint/x".parse::<Subject>().is_err());
        assert!("complaint/a b".parse::<Subject>().is_err());
    }
}
