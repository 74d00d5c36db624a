//! What a short text of the organisation's own may be.

use crate::Refusal;

const MAX_BYTES: usize = 200;

/// A code, a title, a channel, a queue: one line, not empty, not long.
pub(super) fn check(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::FieldEmpty { field });
    }
    if text.len() > MAX_BYTES {
        return Err(Refusal::FieldTooLong {
            field,
            bytes: text.len(),
            max: MAX_BYTES,
        });
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::FieldHasControlCharacters { field });
    }
    Ok(())
}
