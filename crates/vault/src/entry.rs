//! One entry: its header, which anybody can read, and its sealed bytes.
//!
//! The header, as it lies in its block:
//!
//! ```text
//! subject 16 | class length u8, class | key generation u32 | previous 7 | pieces u8
//! | sealed length u32 | nonce 24 | check 4
//! ```
//!
//! - `previous` is the place of the subject's entry before this one, or 7 times `ff`: so a subject's
//!   entries can be listed, newest first, without a row for each.
//! - With 0 pieces the sealed bytes lie in the block, else in that many rows of their own.
//! - A sealed length of 0 says that the entry was swept; the header stays for the list.
//! - The check (CRC-32 of the sealed bytes) needs no key: it tells damage from a wrong key, and
//!   finds damage in what has been erased too.
//!
//! One AEAD over the whole content rather than one a piece: a piece that is lost, moved or taken
//! from elsewhere then fails the only tag there is, without counters of our own, and an entry fits
//! in memory anyway. Associated data = a label, the entry's place and the header up to the nonce, so
//! that no entry can stand in for another.

use zeroize::Zeroizing;

use crate::fields::{Fields, TooShort};
use crate::id::{Class, SubjectId};
use crate::place::{PLACE_BYTES, Place};
use crate::plain::{self, Plain};
use crate::secret::{NONCE_BYTES, SecretKey, TAG_BYTES};

/// The longest content of one entry. Longer things are attachments, which are files.
pub const MAX_CONTENT_BYTES: usize = 1 << 20;

const LABEL: &[u8] = b"redress vault entry 1";
const CHECK_BYTES: usize = 4;
const FIXED_BYTES: usize = 16 + 1 + 4 + PLACE_BYTES + 1 + 4 + NONCE_BYTES + CHECK_BYTES;

/// What is known of an entry before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) subject: SubjectId,
    pub(crate) class: Class,
    /// Which of the subject's keys: it gets another one if it comes back after an erasure.
    pub(crate) key_generation: u32,
    /// The subject's entry before this one.
    pub(crate) previous: Option<Place>,
}

/// What a header says about its entry; readable without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) origin: Origin,
    pub(crate) pieces: u8,
    pub(crate) sealed_bytes: u32,
    pub(crate) nonce: [u8; NONCE_BYTES],
    check: u32,
}

/// Why stored bytes are not an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) &'static str);

impl From<TooShort> for Damage {
    fn from(_: TooShort) -> Self {
        Self("it is cut off")
    }
}

/// How long what [`plain::encode`] made is when it is sealed.
pub(crate) fn sealed_bytes(plain: &[u8]) -> usize {
    plain.len() + TAG_BYTES
}

/// Seals what [`plain::encode`] made, in place.
pub(crate) fn seal(
    origin: Origin,
    place: Place,
    pieces: u8,
    key: &SecretKey,
    nonce: [u8; NONCE_BYTES],
    plain: &mut Zeroizing<Vec<u8>>,
) -> Header {
    let mut header = Header {
        origin,
        pieces,
        sealed_bytes: sealed_bytes(plain) as u32,
        nonce,
        check: 0,
    };
    key.seal(&nonce, &header.associated(place), plain);
    header.check = crc32fast::hash(plain);
    header
}

impl Header {
    pub(crate) fn bytes(&self) -> usize {
        self.origin.header_bytes()
    }

    /// How many of the sealed bytes lie in the block itself.
    pub(crate) fn bytes_in_block(&self) -> usize {
        match self.pieces {
            0 => self.sealed_bytes as usize,
            _ => 0,
        }
    }

    pub(crate) fn is_swept(&self) -> bool {
        self.sealed_bytes == 0
    }

    /// What stays of it when it is swept.
    pub(crate) fn swept(&self) -> Self {
        Self {
            pieces: 0,
            sealed_bytes: 0,
            check: 0,
            ..self.clone()
        }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        self.write_associated(out);
        out.extend_from_slice(&self.nonce);
        out.extend_from_slice(&self.check.to_be_bytes());
    }

    fn write_associated(&self, out: &mut Vec<u8>) {
        let Origin {
            subject,
            class,
            key_generation,
            previous,
        } = &self.origin;
        out.extend_from_slice(subject.as_bytes());
        out.push(class.as_str().len() as u8);
        out.extend_from_slice(class.as_str().as_bytes());
        out.extend_from_slice(&key_generation.to_be_bytes());
        out.extend_from_slice(&Place::bytes_of(*previous));
        out.push(self.pieces);
        out.extend_from_slice(&self.sealed_bytes.to_be_bytes());
    }

    fn associated(&self, place: Place) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LABEL.len() + PLACE_BYTES + self.bytes());
        bytes.extend_from_slice(LABEL);
        bytes.extend_from_slice(&place.to_bytes());
        self.write_associated(&mut bytes);
        bytes
    }

    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Self, Damage> {
        let subject = SubjectId::from_bytes(fields.array()?);
        let class_bytes = usize::from(fields.u8()?);
        let class = std::str::from_utf8(fields.take(class_bytes)?)
            .ok()
            .and_then(|name| Class::new(name).ok())
            .ok_or(Damage("a class is no class"))?;
        let origin = Origin {
            subject,
            class,
            key_generation: fields.u32()?,
            previous: Place::of_bytes(fields.array()?),
        };
        Ok(Self {
            origin,
            pieces: fields.u8()?,
            sealed_bytes: fields.u32()?,
            nonce: fields.array()?,
            check: fields.u32()?,
        })
    }

    /// Says whether the sealed bytes are whole; needs no key.
    pub(crate) fn check(&self, sealed: &[u8]) -> Result<(), Damage> {
        if sealed.len() == self.sealed_bytes as usize && crc32fast::hash(sealed) == self.check {
            Ok(())
        } else {
            Err(Damage("its check does not agree"))
        }
    }

    pub(crate) fn open(
        &self,
        place: Place,
        key: &SecretKey,
        sealed: Vec<u8>,
    ) -> Result<Plain, Damage> {
        let mut plain = Zeroizing::new(sealed);
        key.open(&self.nonce, &self.associated(place), &mut plain)
            .map_err(|_| Damage("it was not sealed with its subject's key"))?;
        plain::decode(&plain)
    }
}

impl Origin {
    /// How long the header will be.
    pub(crate) fn header_bytes(&self) -> usize {
        FIXED_BYTES + self.class.as_str().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLACE: Place = Place { block: 5, index: 1 };

    fn key() -> SecretKey {
        SecretKey::from_slice(&[3; 32]).unwrap()
    }

    fn origin() -> Origin {
        Origin {
            subject: SubjectId::from_bytes([2; 16]),
            class: Class::new("words").unwrap(),
            key_generation: 1,
            previous: Some(Place { block: 4, index: 0 }),
        }
    }

    fn sealed() -> (Header, Vec<u8>) {
        let mut plain = plain::encode(&[5; 32], b"short");
        let header = seal(origin(), PLACE, 0, &key(), [4; 24], &mut plain);
        (header, plain.to_vec())
    }

    #[test]
    fn a_header_reads_back_what_it_writes_and_is_as_long_as_it_says() {
        let (header, _) = sealed();
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        assert_eq!(bytes.len(), header.bytes());
        assert_eq!(Header::read(&mut Fields::new(&bytes)), Ok(header));
    }

    #[test]
    fn an_entry_opens_in_its_place_with_its_key_and_with_nothing_changed() {
        let (header, sealed) = sealed();
        let open = |header: &Header, place, key: &SecretKey| {
            let found = header.open(place, key, sealed.clone());
            found.map(|plain| plain.content).ok()
        };
        assert_eq!(open(&header, PLACE, &key()), Some(b"short".to_vec()));
        let other_key = SecretKey::from_slice(&[9; 32]).unwrap();
        assert_eq!(open(&header, PLACE, &other_key), None);
        for place in [Place { block: 6, index: 1 }, Place { block: 5, index: 0 }] {
            assert_eq!(open(&header, place, &key()), None);
        }
        let changes: [fn(&mut Header); 6] = [
            |it| it.origin.subject = SubjectId::from_bytes([1; 16]),
            |it| it.origin.class = Class::of("note"),
            |it| it.origin.key_generation = 2,
            |it| it.origin.previous = None,
            |it| it.pieces = 1,
            |it| it.nonce[0] = 0,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut other = header.clone();
            change(&mut other);
            assert_eq!(open(&other, PLACE, &key()), None, "change {number}");
        }
    }

    #[test]
    fn every_bit_of_the_sealed_bytes_counts() {
        let (header, sealed) = sealed();
        assert_eq!(header.check(&sealed), Ok(()));
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(header.check(&flipped).is_err(), "bit {bit}");
            assert!(header.open(PLACE, &key(), flipped).is_err(), "bit {bit}");
        }
        assert!(header.check(&sealed[1..]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Header::read(&mut Fields::new(&bytes));
            let (header, _) = sealed();
            let _ = header.open(PLACE, &key(), bytes);
        }
    }
}
