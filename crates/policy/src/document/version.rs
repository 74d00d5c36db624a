//! Which policy it was, for ever.

use std::fmt::Write;

use sha2::{Digest, Sha256};

const DIGITS: usize = 12;

/// Of the bytes of the document and of every file that it names.
pub(super) fn version_of(
    name: &str,
    number: &str,
    text: &str,
    files: &[(String, String)],
) -> String {
    let mut hash = Sha256::new();
    let own = [("", text)];
    let beside = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in own.into_iter().chain(beside) {
        for part in [name, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    let hex = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("{name}@{number}:{}", &hex[..DIGITS])
}
