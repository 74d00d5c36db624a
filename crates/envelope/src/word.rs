//! Words that a later version wrote and this one does not know.
//!
//! Most words in events are open: a fold goes on with a word that it has never seen. Where a fold hangs
//! on the word, the event that holds it is passed over as one of an unknown type is, and not guessed at.

use std::fmt;

use serde_json::Value;
use serde_json::value::RawValue;

const MAX_WORD_BYTES: usize = 80;

/// Where the data of an event holds a word on which its fold hangs.
#[derive(Debug, Clone, Copy)]
pub struct WordField {
    /// The names that lead there, as `/actions/*/owner`: a star is every entry of a list.
    pub path: &'static str,
    pub is_known: fn(&str) -> bool,
}

/// A word that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    pub path: &'static str,
    pub word: String,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}", self.word, self.path)
    }
}

impl UnknownWord {
    /// The first unknown word in data that cannot be read; nothing where that is not the reason. What
    /// does not have the shape of a word is damage, and no error repeats it.
    pub fn find(data: &RawValue, fields: &[WordField]) -> Option<Self> {
        let data: Value = serde_json::from_str(data.get()).ok()?;
        fields.iter().find_map(|field| {
            let names: Vec<&str> = field.path.split('/').skip(1).collect();
            let word = unknown(&data, &names, field.is_known)?;
            Some(Self {
                path: field.path,
                word: word.to_owned(),
            })
        })
    }
}

fn unknown<'a>(value: &'a Value, names: &[&str], is_known: fn(&str) -> bool) -> Option<&'a str> {
    match names.split_first() {
        None => value
            .as_str()
            .filter(|text| is_word(text) && !is_known(text)),
        Some((&"*", rest)) => {
            let mut entries = value.as_array()?.iter();
            entries.find_map(|entry| unknown(entry, rest, is_known))
        }
        Some((name, rest)) => unknown(value.get(name)?, rest, is_known),
    }
}

/// A code, or two with a colon between them, as an actor has.
fn is_word(text: &str) -> bool {
    let (first, second) = text.split_once(':').unwrap_or((text, "x"));
    let is_code = |code: &str| {
        !code.is_empty()
            && code
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    text.len() <= MAX_WORD_BYTES
        && first.starts_with(|first: char| first.is_ascii_lowercase())
        && is_code(first)
        && is_code(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[WordField] = &[
        WordField {
            path: "/answer",
            is_known: |word| ["yes", "no"].contains(&word),
        },
        WordField {
            path: "/actions/*/owner",
            is_known: |word| word.starts_with("user:"),
        },
    ];

    fn find(data: &str) -> Option<String> {
        let data = RawValue::from_string(data.to_owned()).unwrap();
        UnknownWord::find(&data, FIELDS).map(|word| word.to_string())
    }

    #[test]
    fn the_first_unknown_word_is_named_with_its_place() {
        let data = r#"{"answer":"yes","actions":[{"owner":"user:a"},{"owner":"supplier:7"}]}"#;
        assert_eq!(
            find(data).as_deref(),
            Some("`supplier:7` at /actions/*/owner")
        );
        assert_eq!(
            find(r#"{"answer":"perhaps"}"#).as_deref(),
            Some("`perhaps` at /answer")
        );
    }

    #[test]
    fn what_is_known_absent_or_no_word_is_no_unknown_word() {
        for data in [
            r#"{"answer":"no"}"#,
            "{}",
            "[]",
            r#"{"answer":7}"#,
            r#"{"answer":"I live in Main Street"}"#,
            r#"{"answer":"Ada"}"#,
            r#"{"answer":":"}"#,
            r#"{"actions":{"owner":"x:y"}}"#,
        ] {
            assert_eq!(find(data), None, "{data}");
        }
    }
}
