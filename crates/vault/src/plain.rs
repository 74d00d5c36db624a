//! What is sealed, before encryption:
//!
//! ```text
//! salt 32 | compression u8 (0 none, 1 zstd) | content length u32 | body length u32 | body | zeros
//! ```
//!
//! The zeros fill up to a multiple of 64 bytes, and beyond 1 KiB to one of 64 lengths an octave at
//! the finest (the rule called Padmé, at most 12 % more): the length on the disk is all that stays
//! readable after an erasure, and it tells a range, not a length. Content is compressed before it
//! is sealed, alone and never together with another's, so that nobody learns about one content by
//! having another beside it; within one content the range of lengths still tells how well it
//! compressed.

use std::cell::RefCell;

use zeroize::Zeroizing;
use zstd::bulk::{Compressor, Decompressor};

use crate::entry::{Damage, MAX_CONTENT_BYTES};
use crate::fields::Fields;
use crate::secret::TAG_BYTES;

pub(crate) const SALT_BYTES: usize = 32;
const HEADER_BYTES: usize = SALT_BYTES + 1 + 4 + 4;
const PAD_STEP_BYTES: usize = 64;
/// Under this a frame's own header eats what compression saves.
const MIN_COMPRESSED_BYTES: usize = 64;
const ZSTD_LEVEL: i32 = 3;

thread_local! {
    // To set one up takes longer than to compress a customer's words with it.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> =
        RefCell::new(Compressor::new(ZSTD_LEVEL).ok());
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> =
        RefCell::new(Decompressor::new().ok());
}

/// The opened content.
pub(crate) struct Plain {
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) content: Vec<u8>,
}

/// The length that `bytes` is padded to.
fn padded(bytes: usize) -> usize {
    let exponent = bytes.max(2).ilog2();
    let step = 1_usize << (exponent - exponent.ilog2() - 1);
    bytes.next_multiple_of(step.max(PAD_STEP_BYTES))
}

/// Compresses and pads; the result has room for the tag, so that sealing leaves no copy behind.
pub(crate) fn encode(salt: &[u8; SALT_BYTES], content: &[u8]) -> Zeroizing<Vec<u8>> {
    let most = padded(HEADER_BYTES + content.len());
    let mut plain = Zeroizing::new(Vec::with_capacity(most + TAG_BYTES));
    plain.resize(HEADER_BYTES + content.len(), 0);
    let (header, body) = plain.split_at_mut(HEADER_BYTES);
    let compressed = compress(content, body);
    if compressed.is_none() {
        body.copy_from_slice(content);
    }
    let body_bytes = compressed.unwrap_or(content.len());
    header[..SALT_BYTES].copy_from_slice(salt);
    header[SALT_BYTES] = u8::from(compressed.is_some());
    header[SALT_BYTES + 1..][..4].copy_from_slice(&(content.len() as u32).to_be_bytes());
    header[SALT_BYTES + 5..].copy_from_slice(&(body_bytes as u32).to_be_bytes());
    plain.truncate(HEADER_BYTES + body_bytes);
    plain.resize(padded(HEADER_BYTES + body_bytes), 0);
    plain
}

/// Compresses into `body`, where that makes it shorter; says how long it became.
fn compress(content: &[u8], body: &mut [u8]) -> Option<usize> {
    if content.len() < MIN_COMPRESSED_BYTES {
        return None;
    }
    let shorter = &mut body[..content.len() - 1];
    COMPRESSOR.with_borrow_mut(|compressor| {
        let compressed = compressor.as_mut()?.compress_to_buffer(content, shorter);
        compressed.ok()
    })
}

pub(crate) fn decode(plain: &[u8]) -> Result<Plain, Damage> {
    let mut fields = Fields::new(plain);
    let salt = fields.array()?;
    let compression = fields.u8()?;
    let content_bytes = fields.u32()? as usize;
    let body_bytes = fields.u32()? as usize;
    let body = fields.take(body_bytes)?;
    if content_bytes > MAX_CONTENT_BYTES {
        return Err(Damage("its content is too long"));
    }
    let content = match compression {
        0 => body.to_vec(),
        1 => decompress(body, content_bytes).ok_or(Damage("its content does not decompress"))?,
        _ => return Err(Damage("its compression is unknown")),
    };
    if content.len() != content_bytes {
        return Err(Damage("its content has another length than it says"));
    }
    Ok(Plain { salt, content })
}

fn decompress(body: &[u8], content_bytes: usize) -> Option<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|decompressor| {
        let content = decompressor.as_mut()?.decompress(body, content_bytes);
        content.ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn content_of_any_length_comes_back(
            content in prop::collection::vec(any::<u8>(), 0..9_000), repeats in 1..5_usize
        ) {
            let content = content.repeat(repeats);
            let plain = encode(&[5; SALT_BYTES], &content);
            prop_assert!(plain.capacity() >= plain.len() + TAG_BYTES);
            prop_assert_eq!(plain.len(), padded(plain.len()));
            let found = decode(&plain).unwrap();
            prop_assert_eq!((found.salt, found.content), ([5; SALT_BYTES], content));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn one_content_leaves_nothing_in_what_the_next_one_is_compressed_to() {
        let first = encode(
            &[1; SALT_BYTES],
            "words of one person; ".repeat(20).as_bytes(),
        );
        let second = "words of another person; ".repeat(20);
        let alone = std::thread::spawn({
            let second = second.clone();
            move || encode(&[1; SALT_BYTES], second.as_bytes()).to_vec()
        });
        let after = encode(&[1; SALT_BYTES], second.as_bytes());
        assert!(first.len() < 200, "it is compressed");
        assert_eq!(alone.join().unwrap(), after.to_vec());
    }

    #[test]
    fn lengths_on_the_disk_are_ranges_that_cost_at_most_an_eighth() {
        let short: Vec<_> = (0..23)
            .map(|length| encode(&[5; SALT_BYTES], &vec![7; length]).len())
            .collect();
        assert!(short.windows(2).all(|pair| pair[0] == pair[1]), "{short:?}");
        for bytes in 1..20_000 {
            let length = padded(bytes);
            assert!(
                length >= bytes && length < bytes + (bytes / 8).max(64),
                "{bytes} {length}"
            );
        }
    }
}
