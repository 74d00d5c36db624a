//! What a vault entry and a person are called. All of them are opaque and may stand in events.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use redress_envelope::derived_uuid;

use crate::hex;

/// A text that is not 32 lower-case hex digits. It is not repeated: it could be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id of the vault is 32 lower-case hex digits")]
pub struct IdError;

macro_rules! opaque_id {
    ($name:ident) => {
        impl $name {
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                hex::decode::<16>(text).map(Self).ok_or(IdError)
            }
        }
    };
}

/// One sealed content. It stands in events, so it must not follow from personal data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId([u8; 16]);
opaque_id!(EntryId);

impl EntryId {
    /// The id that follows from `parts`, so that a retried command seals under the same id.
    ///
    /// Name the parts after the command (item id, request id, field), never after what is sealed:
    /// the derivation is no secret, and guesses at the parts can be tried out.
    pub fn derived(purpose: &str, parts: &[&str]) -> Self {
        Self(derived_uuid(purpose, parts).into_bytes())
    }
}

/// A person, or whoever else's words share one key and are erased together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId([u8; 16]);
opaque_id!(SubjectId);

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
        let id = EntryId::derived("test", &["a", "bc"]);
        assert_eq!(id.to_string(), "8c8268c17a1a837185d0b5f8d297c3eb");
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "8c", &id.to_string().to_uppercase(), &format!("{id}0")] {
            assert_eq!(text.parse::<EntryId>(), Err(IdError), "{text}");
        }
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
