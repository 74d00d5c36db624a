//! What a short text of the organisation's own may be. It stays in the events for ever, so it must
//! not be where somebody writes down a person.

use crate::{Refusal, Revision};

const MAX_CODE_BYTES: usize = 60;
const MAX_TITLE_BYTES: usize = 200;

/// A channel, a queue, an outcome, a reason: a word that reports count by, so one spelling of it.
pub(crate) fn code(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::FieldEmpty { field });
    }
    if !is_code(text) {
        return Err(Refusal::FieldNotACode { field });
    }
    Ok(())
}

/// A word of a list that only a later version lengthens: one that is not known is read, not written.
pub(super) fn known(field: &'static str, is_known: bool) -> Result<(), Refusal> {
    if is_known {
        Ok(())
    } else {
        Err(Refusal::FieldUnknownValue { field })
    }
}

/// Why something is seen otherwise than before, which has to be said.
pub(super) fn revision(because: Option<&Revision>) -> Result<Revision, Refusal> {
    let field = "because";
    let because = because.ok_or(Refusal::FieldEmpty { field })?;
    known(field, because.is_known())?;
    Ok(because.clone())
}

/// `[a-z0-9][a-z0-9._-]{0,59}`
fn is_code(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= MAX_CODE_BYTES
        && text.bytes().next().is_some_and(word)
        && text
            .bytes()
            .all(|byte| word(byte) || b"._-".contains(&byte))
}

/// A code or a short title: one line, not empty, not long, and no e-mail address.
pub(super) fn title(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::FieldEmpty { field });
    }
    if text.len() > MAX_TITLE_BYTES {
        return Err(Refusal::FieldTooLong {
            field,
            bytes: text.len(),
            max: MAX_TITLE_BYTES,
        });
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::FieldHasControlCharacters { field });
    }
    if text.contains('@') {
        return Err(Refusal::FieldHasAddress { field });
    }
    Ok(())
}
