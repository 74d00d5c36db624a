//! One entry: what is sealed, and how the sealed bytes lie in the store.
//!
//! Sealed (before encryption):
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
//!
//! Stored, cut into values of at most 8 KiB, the header at the head of chunk 0:
//!
//! ```text
//! version u8 = 1 | class length u8, class | subject 16 | key generation u32 | run u32
//! | chunks u16 | sealed length u32 | nonce 24 | check 8 | ciphertext and tag
//! ```
//!
//! One AEAD over the whole content rather than one a chunk: a chunk that is lost, moved or taken
//! from an earlier version then fails the only tag there is, without counters of our own, and an
//! entry fits in memory anyway. The check (of entry id, header and ciphertext) needs no key: it
//! tells damage from a wrong key, and finds damage in what has been erased too.
//! Associated data = a label, the entry id and the header up to the nonce.

use zeroize::Zeroizing;

use crate::fields::{CHECK_BYTES, Fields, TooShort, check_of};
use crate::id::{Class, EntryId, SubjectId};
use crate::secret::{NONCE_BYTES, SecretKey, TAG_BYTES};

/// The longest content of one entry. Longer things are attachments, which are files.
pub const MAX_CONTENT_BYTES: usize = 1 << 20;

pub(crate) const SALT_BYTES: usize = 32;
const VERSION: u8 = 1;
const LABEL: &[u8] = b"redress vault entry";
const PLAIN_HEADER_BYTES: usize = SALT_BYTES + 1 + 4 + 4;
const PAD_STEP_BYTES: usize = 64;
/// Under this a frame's own header eats what compression saves.
const MIN_COMPRESSED_BYTES: usize = 64;
const ZSTD_LEVEL: i32 = 3;
const CHUNK_BYTES: usize = redress_store::MAX_VALUE_BYTES;

/// What a header says about its entry; readable without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) class: Class,
    pub(crate) subject: SubjectId,
    /// Which of the subject's keys: it gets another one if it comes back after an erasure.
    pub(crate) key_generation: u32,
    /// Which run of the program sealed it, for the sweep.
    pub(crate) run: u32,
}

/// An entry as it lies in the store.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) header: Header,
    nonce: [u8; NONCE_BYTES],
    associated: Vec<u8>,
    ciphertext: Vec<u8>,
}

/// What the head of an entry says about the chunks after it.
#[derive(Debug)]
pub(crate) struct Head {
    stored: Stored,
    pub(crate) chunks: u16,
    sealed_bytes: usize,
    check: [u8; CHECK_BYTES],
}

/// Why stored bytes are not an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) &'static str);

impl From<TooShort> for Damage {
    fn from(_: TooShort) -> Self {
        Self("it is cut off")
    }
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
pub(crate) fn encode_plain(salt: &[u8; SALT_BYTES], content: &[u8]) -> Zeroizing<Vec<u8>> {
    let compressed = (content.len() >= MIN_COMPRESSED_BYTES)
        .then(|| zstd::bulk::compress(content, ZSTD_LEVEL).ok())
        .flatten()
        .map(Zeroizing::new)
        .filter(|compressed| compressed.len() < content.len());
    let body = compressed.as_ref().map_or(content, |body| body.as_slice());
    let length = padded(PLAIN_HEADER_BYTES + body.len());
    let mut plain = Zeroizing::new(Vec::with_capacity(length + TAG_BYTES));
    plain.extend_from_slice(salt);
    plain.push(u8::from(compressed.is_some()));
    plain.extend_from_slice(&(content.len() as u32).to_be_bytes());
    plain.extend_from_slice(&(body.len() as u32).to_be_bytes());
    plain.extend_from_slice(body);
    plain.resize(length, 0);
    plain
}

fn decode_plain(plain: &[u8]) -> Result<Plain, Damage> {
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
        1 => zstd::bulk::decompress(body, content_bytes)
            .map_err(|_| Damage("its content does not decompress"))?,
        _ => return Err(Damage("its compression is unknown")),
    };
    if content.len() != content_bytes {
        return Err(Damage("its content has another length than it says"));
    }
    Ok(Plain { salt, content })
}

/// Seals what [`encode_plain`] made and cuts it into values, the head first.
pub(crate) fn seal(
    id: EntryId,
    header: &Header,
    key: &SecretKey,
    nonce: [u8; NONCE_BYTES],
    mut plain: Zeroizing<Vec<u8>>,
) -> Vec<Vec<u8>> {
    let sealed_bytes = plain.len() + TAG_BYTES;
    let class = header.class.as_str().as_bytes();
    let fixed_bytes = 2 + class.len() + 16 + 4 + 4 + 2 + 4 + NONCE_BYTES + CHECK_BYTES;
    let chunks = (fixed_bytes + sealed_bytes).div_ceil(CHUNK_BYTES) as u16;

    let mut head = Vec::with_capacity(fixed_bytes + sealed_bytes);
    head.push(VERSION);
    head.push(class.len() as u8);
    head.extend_from_slice(class);
    head.extend_from_slice(header.subject.as_bytes());
    head.extend_from_slice(&header.key_generation.to_be_bytes());
    head.extend_from_slice(&header.run.to_be_bytes());
    head.extend_from_slice(&chunks.to_be_bytes());
    head.extend_from_slice(&(sealed_bytes as u32).to_be_bytes());
    key.seal(&nonce, &associated(id, &head), &mut plain);
    let check = check_of(&[id.as_bytes(), &head, &nonce, &plain]);
    head.extend_from_slice(&nonce);
    head.extend_from_slice(&check);
    head.extend_from_slice(&plain);
    head.chunks(CHUNK_BYTES).map(<[u8]>::to_vec).collect()
}

fn associated(id: EntryId, header: &[u8]) -> Vec<u8> {
    [LABEL, id.as_bytes(), header].concat()
}

/// Reads chunk 0.
pub(crate) fn decode_head(id: EntryId, chunk: &[u8]) -> Result<Head, Damage> {
    let mut fields = Fields::new(chunk);
    if fields.u8()? != VERSION {
        return Err(Damage("its format version is unknown"));
    }
    let class_bytes = usize::from(fields.u8()?);
    let class = std::str::from_utf8(fields.take(class_bytes)?)
        .ok()
        .and_then(|name| Class::new(name).ok())
        .ok_or(Damage("its class is no class"))?;
    let subject = SubjectId::from_bytes(fields.array()?);
    let key_generation = fields.u32()?;
    let run = fields.u32()?;
    let chunks = fields.u16()?;
    let sealed_bytes = fields.u32()? as usize;
    let nonce = fields.array()?;
    let check = fields.array()?;
    let ciphertext = fields.rest();
    let header_bytes = chunk.len() - ciphertext.len() - NONCE_BYTES - CHECK_BYTES;
    let all_bytes = chunk.len() - ciphertext.len() + sealed_bytes;
    if all_bytes.div_ceil(CHUNK_BYTES) != usize::from(chunks) || sealed_bytes < TAG_BYTES {
        return Err(Damage("its lengths do not agree"));
    }
    let header = Header {
        class,
        subject,
        key_generation,
        run,
    };
    let associated = associated(id, &chunk[..header_bytes]);
    let stored = Stored {
        header,
        nonce,
        associated,
        ciphertext: ciphertext.to_vec(),
    };
    Ok(Head {
        stored,
        chunks,
        sealed_bytes,
        check,
    })
}

impl Head {
    /// The whole entry, once the chunks after the head have been added in order.
    pub(crate) fn complete(self, rest: &[Vec<u8>]) -> Result<Stored, Damage> {
        let mut stored = self.stored;
        for chunk in rest {
            stored.ciphertext.extend_from_slice(chunk);
        }
        let check = check_of(&[
            &stored.associated[LABEL.len()..],
            &stored.nonce,
            &stored.ciphertext,
        ]);
        if stored.ciphertext.len() != self.sealed_bytes || check != self.check {
            return Err(Damage("its check does not agree"));
        }
        Ok(stored)
    }

    pub(crate) fn run(&self) -> u32 {
        self.stored.header.run
    }

    pub(crate) fn subject(&self) -> SubjectId {
        self.stored.header.subject
    }
}

impl Stored {
    pub(crate) fn open(self, key: &SecretKey) -> Result<Plain, Damage> {
        let mut plain = Zeroizing::new(self.ciphertext);
        key.open(&self.nonce, &self.associated, &mut plain)
            .map_err(|_| Damage("it was not sealed with its subject's key"))?;
        decode_plain(&plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SecretKey {
        SecretKey::from_slice(&[3; 32]).unwrap()
    }

    fn sealed(id: EntryId, content: &[u8]) -> Vec<Vec<u8>> {
        let header = Header {
            class: Class::new("words").unwrap(),
            subject: SubjectId::from_bytes([2; 16]),
            key_generation: 1,
            run: 1,
        };
        seal(
            id,
            &header,
            &key(),
            [4; 24],
            encode_plain(&[5; 32], content),
        )
    }

    fn open(id: EntryId, chunks: &[Vec<u8>]) -> Result<Vec<u8>, Damage> {
        let stored = decode_head(id, &chunks[0])?.complete(&chunks[1..])?;
        stored.open(&key()).map(|plain| plain.content)
    }

    const ID: EntryId = EntryId::from_bytes([1; 16]);

    proptest! {
        #[test]
        fn content_of_any_length_comes_back(content in prop::collection::vec(any::<u8>(), 0..40_000)) {
            let chunks = sealed(ID, &content);
            prop_assert!(chunks.iter().all(|chunk| chunk.len() <= CHUNK_BYTES));
            prop_assert_eq!(open(ID, &chunks), Ok(content));
        }

        #[test]
        fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(head) = decode_head(ID, &bytes) {
                let _ = head.complete(std::slice::from_ref(&bytes));
            }
            let _ = decode_plain(&bytes);
        }

        #[test]
        fn no_end_of_a_good_head_makes_the_reader_panic(
            cut in 0..200_usize, bytes in prop::collection::vec(any::<u8>(), 0..300)
        ) {
            let whole = sealed(ID, b"something").remove(0);
            let mut head = whole[..cut.min(whole.len())].to_vec();
            head.extend_from_slice(&bytes);
            prop_assert_eq!(open(ID, std::slice::from_ref(&head)).is_ok(), head == whole);
        }

        #[test]
        fn one_flipped_bit_is_an_error(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut content = vec![0; 20_000];
            crate::Entropy::fill(&crate::SeededEntropy(1), &[], &mut content).unwrap();
            let mut chunks = sealed(ID, &content);
            prop_assert!(chunks.len() > 1);
            let total: usize = chunks.iter().map(Vec::len).sum();
            let mut place = at.index(total);
            for chunk in &mut chunks {
                if place < chunk.len() {
                    chunk[place] ^= 1 << bit;
                    break;
                }
                place -= chunk.len();
            }
            prop_assert!(open(ID, &chunks).is_err());
        }
    }

    #[test]
    fn every_bit_of_a_short_entry_counts_and_so_does_its_id() {
        let chunks = sealed(ID, b"short");
        for place in 0..chunks[0].len() * 8 {
            let mut flipped = chunks.clone();
            flipped[0][place / 8] ^= 1 << (place % 8);
            assert!(open(ID, &flipped).is_err(), "bit {place}");
        }
        assert!(open(EntryId::from_bytes([9; 16]), &chunks).is_err());
    }

    #[test]
    fn the_aead_alone_refuses_another_header_even_where_the_check_was_made_again() {
        let mut head = sealed(ID, b"short").remove(0);
        head[7] ^= 1; // the subject
        let prefix = 1 + 1 + 5 + 16 + 4 + 4 + 2 + 4;
        let sealed = prefix + NONCE_BYTES + CHECK_BYTES;
        let nonce = &head[prefix..prefix + NONCE_BYTES];
        let check = check_of(&[ID.as_bytes(), &head[..prefix], nonce, &head[sealed..]]);
        head[sealed - CHECK_BYTES..sealed].copy_from_slice(&check);
        assert_eq!(
            open(ID, &[head]),
            Err(Damage("it was not sealed with its subject's key"))
        );
    }

    #[test]
    fn lengths_on_the_disk_are_ranges_that_cost_at_most_an_eighth() {
        let short: Vec<_> = (0..23)
            .map(|length| sealed(ID, &vec![7; length])[0].len())
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
