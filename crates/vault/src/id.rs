//! What a vault entry and a person are called. All of them are opaque and may stand in events.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::fields::check_of;
use crate::hex;
use crate::place::{PLACE_BYTES, Place};
use crate::secret::NONCE_BYTES;

/// A text that is no id. It is not repeated: it could be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("an id of the vault is 32 lower-case hex digits")]
    Malformed,
    #[error("no vault ever gave this id to an entry: its check digits are wrong")]
    WrongCheck,
}

const ID_BYTES: usize = 16;
const MARK_BYTES: usize = 7;
const CHECKED_BYTES: usize = PLACE_BYTES + MARK_BYTES;
const LABEL: &[u8] = b"redress vault entry id";

/// One sealed content. It stands in events; the vault gives it when it seals, and only the vault
/// can read anything in it:
///
/// ```text
/// block u48 | index u8 | mark 7 | check 2
/// ```
///
/// Block and index say where the entry lies, so that no index has to be kept and looked up. The
/// mark is the beginning of the entry's nonce: a vault that was restored from an older copy gives
/// the places of what it lost to others, and the mark keeps an old reference from finding those.
/// The check tells an id that was mistyped from one of something that is no longer there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId([u8; ID_BYTES]);

impl EntryId {
    pub(crate) fn new(place: Place, nonce: &[u8; NONCE_BYTES]) -> Self {
        let mut id = [0; ID_BYTES];
        id[..PLACE_BYTES].copy_from_slice(&place.to_bytes());
        id[PLACE_BYTES..CHECKED_BYTES].copy_from_slice(&nonce[..MARK_BYTES]);
        let check = check_of(&[LABEL, &id[..CHECKED_BYTES]]);
        id[CHECKED_BYTES..].copy_from_slice(&check[..ID_BYTES - CHECKED_BYTES]);
        Self(id)
    }

    fn from_bytes(bytes: [u8; ID_BYTES]) -> Result<Self, IdError> {
        let check = check_of(&[LABEL, &bytes[..CHECKED_BYTES]]);
        if bytes[CHECKED_BYTES..] == check[..ID_BYTES - CHECKED_BYTES] {
            Ok(Self(bytes))
        } else {
            Err(IdError::WrongCheck)
        }
    }

    pub(crate) fn place(&self) -> Place {
        let mut place = [0; PLACE_BYTES];
        place.copy_from_slice(&self.0[..PLACE_BYTES]);
        Place::from_bytes(place)
    }

    /// Whether it is the id of the entry at its place, that was sealed with this nonce.
    pub(crate) fn is_marked_by(&self, nonce: &[u8; NONCE_BYTES]) -> bool {
        self.0[PLACE_BYTES..CHECKED_BYTES] == nonce[..MARK_BYTES]
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryId({self})")
    }
}

impl FromStr for EntryId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = hex::decode(text).ok_or(IdError::Malformed)?;
        Self::from_bytes(bytes)
    }
}

/// A person, or whoever else's words share one key and are erased together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId([u8; 16]);

impl SubjectId {
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectId({self})")
    }
}

impl FromStr for SubjectId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        hex::decode(text).map(Self).ok_or(IdError::Malformed)
    }
}

/// What sort of content an entry holds (`words`, `contact`): readable on disk without a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(Cow<'static, str>);

/// The name is not repeated: nobody knows what stands in a name that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a class of vault entries is 1 to 40 of a-z 0-9 _")]
pub struct ClassError;

impl Class {
    pub fn new(name: &str) -> Result<Self, ClassError> {
        if is_class(name) {
            Ok(Self(Cow::Owned(name.to_owned())))
        } else {
            Err(ClassError)
        }
    }

    /// For constants: `const WORDS: Class = Class::of("words");`. A bad name does not compile there.
    pub const fn of(name: &'static str) -> Self {
        assert!(
            is_class(name),
            "a class of vault entries is 1 to 40 of a-z 0-9 _"
        );
        Self(Cow::Borrowed(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_class(name: &str) -> bool {
    let mut rest = name.as_bytes();
    if rest.is_empty() || rest.len() > 40 {
        return false;
    }
    while let [first, others @ ..] = rest {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'_') {
            return false;
        }
        rest = others;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes_and_takes_no_other_spelling() {
        let place = Place {
            block: 0x0001_0203_040a,
            index: 6,
        };
        let id = EntryId::new(place, &[7; NONCE_BYTES]);
        assert_eq!(id.to_string(), "00010203040a06070707070707073895");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.place(), place);
        for text in ["", "8c", &id.to_string().to_uppercase(), &format!("{id}0")] {
            let found = text.parse::<EntryId>();
            assert_eq!(found, Err(IdError::Malformed), "{text}");
        }
        assert_eq!("A".repeat(32).parse::<SubjectId>(), Err(IdError::Malformed));
    }

    #[test]
    fn a_mistyped_id_is_told_from_an_unknown_one() {
        let place = Place { block: 9, index: 0 };
        let id = EntryId::new(place, &[1; NONCE_BYTES]);
        for at in 0..32 {
            let mut typed = id.to_string().into_bytes();
            typed[at] = if typed[at] == b'0' { b'1' } else { b'0' };
            let typed = String::from_utf8(typed).unwrap();
            assert_eq!(typed.parse::<EntryId>(), Err(IdError::WrongCheck), "{at}");
        }
        assert!(id.is_marked_by(&[1; NONCE_BYTES]) && !id.is_marked_by(&[2; NONCE_BYTES]));
    }

    #[test]
    fn a_class_is_a_short_plain_name() {
        const WORDS: Class = Class::of("feedback_words");
        assert_eq!(Class::new("feedback_words"), Ok(WORDS));
        for name in ["", "Words", "a b", "ä", &"x".repeat(41)] {
            assert_eq!(Class::new(name), Err(ClassError), "{name}");
        }
    }
}
