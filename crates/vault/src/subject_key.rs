//! A subject's key as it lies in the store: wrapped by its bucket's key, or gone. And which of the
//! subject's entries is the newest: each entry names the one before it.
//!
//! ```text
//! version u8 = 1 | state u8 (1 live, 2 erased, 3 lost) | subject key generation u32 | newest entry 7
//! | live only: bucket key generation u32 | nonce 24 | wrapped key 32 and tag 16
//! | check 8
//! ```
//!
//! The note that a subject was erased stays: it tells `erased` from `lost`, and a subject that comes
//! back gets the next generation, so that what was erased stays so.

use zeroize::Zeroizing;

use crate::fields::{Fields, TooShort, checked, with_check};
use crate::id::SubjectId;
use crate::place::Place;
use crate::rows;
use crate::secret::{KEY_BYTES, NONCE_BYTES, SecretKey, TAG_BYTES};

const VERSION: u8 = 1;
const LIVE: u8 = 1;
const ERASED: u8 = 2;
const LOST: u8 = 3;
const LABEL: &[u8] = b"redress vault subject key 1";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRecord {
    pub(crate) generation: u32,
    /// Of all that were ever sealed for the subject.
    pub(crate) newest: Place,
    pub(crate) key: WrappedKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WrappedKey {
    Live(Wrapped),
    Erased,
    /// It could not be unwrapped when its bucket's key was changed.
    Lost,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrapped {
    pub(crate) bucket_generation: u32,
    nonce: [u8; NONCE_BYTES],
    sealed: Vec<u8>,
}

/// Why a record is unusable.
pub(crate) type Unusable = &'static str;

/// Whose key it is and which one; the wrapping is bound to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyPlace {
    pub(crate) bucket: u16,
    pub(crate) subject: SubjectId,
    pub(crate) generation: u32,
}

impl KeyPlace {
    fn associated(&self, bucket_generation: u32) -> Vec<u8> {
        let mut bytes = LABEL.to_vec();
        bytes.extend_from_slice(&self.bucket.to_be_bytes());
        bytes.extend_from_slice(self.subject.as_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&bucket_generation.to_be_bytes());
        bytes
    }
}

impl Wrapped {
    pub(crate) fn wrap(
        place: &KeyPlace,
        key: &SecretKey,
        bucket_generation: u32,
        bucket_key: &SecretKey,
        nonce: [u8; NONCE_BYTES],
    ) -> Self {
        let mut sealed = Zeroizing::new(Vec::with_capacity(KEY_BYTES + TAG_BYTES));
        sealed.extend_from_slice(key.expose());
        bucket_key.seal(&nonce, &place.associated(bucket_generation), &mut sealed);
        Self {
            bucket_generation,
            nonce,
            sealed: std::mem::take(&mut *sealed),
        }
    }

    pub(crate) fn unwrap(
        &self,
        place: &KeyPlace,
        bucket_key: &SecretKey,
    ) -> Result<SecretKey, Unusable> {
        let mut key = Zeroizing::new(self.sealed.clone());
        bucket_key
            .open(
                &self.nonce,
                &place.associated(self.bucket_generation),
                &mut key,
            )
            .map_err(|_| "it was not wrapped by its bucket's key")?;
        SecretKey::from_slice(&key).ok_or("it has not the length of a key")
    }
}

impl KeyRecord {
    /// The bytes for the store; the check covers the place they belong to.
    pub(crate) fn encode(&self, bucket: u16, subject: SubjectId) -> Vec<u8> {
        let mut body = Vec::with_capacity(128);
        let state = match self.key {
            WrappedKey::Live(_) => LIVE,
            WrappedKey::Erased => ERASED,
            WrappedKey::Lost => LOST,
        };
        body.extend_from_slice(&[VERSION, state]);
        body.extend_from_slice(&self.generation.to_be_bytes());
        body.extend_from_slice(&self.newest.to_bytes());
        if let WrappedKey::Live(wrapped) = &self.key {
            body.extend_from_slice(&wrapped.bucket_generation.to_be_bytes());
            body.extend_from_slice(&wrapped.nonce);
            body.extend_from_slice(&wrapped.sealed);
        }
        with_check(&rows::subject_key(bucket, subject), body)
    }

    pub(crate) fn decode(bucket: u16, subject: SubjectId, bytes: &[u8]) -> Result<Self, Unusable> {
        let place = rows::subject_key(bucket, subject);
        let body = checked(&place, bytes).ok_or("its check does not agree")?;
        Self::decode_body(body).map_err(|TooShort| "it is cut off")?
    }

    fn decode_body(body: &[u8]) -> Result<Result<Self, Unusable>, TooShort> {
        let mut fields = Fields::new(body);
        if fields.u8()? != VERSION {
            return Ok(Err("its format version is unknown"));
        }
        let state = fields.u8()?;
        let generation = fields.u32()?;
        let newest = Place::from_bytes(fields.array()?);
        let key = match state {
            LIVE => WrappedKey::Live(Wrapped {
                bucket_generation: fields.u32()?,
                nonce: fields.array()?,
                sealed: fields.take(KEY_BYTES + TAG_BYTES)?.to_vec(),
            }),
            ERASED => WrappedKey::Erased,
            LOST => WrappedKey::Lost,
            _ => return Ok(Err("its state is unknown")),
        };
        Ok(Ok(Self {
            generation,
            newest,
            key,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SUBJECT: SubjectId = SubjectId::from_bytes([1; 16]);
    const PLACE: KeyPlace = KeyPlace {
        bucket: 7,
        subject: SUBJECT,
        generation: 1,
    };

    fn wrapped() -> Wrapped {
        let key = SecretKey::from_slice(&[9; 32]).unwrap();
        let bucket_key = SecretKey::from_slice(&[8; 32]).unwrap();
        Wrapped::wrap(&PLACE, &key, 3, &bucket_key, [5; 24])
    }

    #[test]
    fn a_record_reads_back_what_it_writes_and_no_flipped_bit_passes() {
        for key in [
            WrappedKey::Live(wrapped()),
            WrappedKey::Erased,
            WrappedKey::Lost,
        ] {
            let record = KeyRecord {
                generation: 4,
                newest: Place { block: 8, index: 2 },
                key,
            };
            let bytes = record.encode(7, SUBJECT);
            assert_eq!(KeyRecord::decode(7, SUBJECT, &bytes), Ok(record));
            for bit in 0..bytes.len() * 8 {
                let mut flipped = bytes.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert!(
                    KeyRecord::decode(7, SUBJECT, &flipped).is_err(),
                    "bit {bit}"
                );
            }
            assert!(
                KeyRecord::decode(8, SUBJECT, &bytes).is_err(),
                "another place"
            );
        }
    }

    #[test]
    fn a_key_unwraps_only_in_its_place_and_under_its_bucket_key() {
        let wrapped = wrapped();
        let bucket_key = SecretKey::from_slice(&[8; 32]).unwrap();
        assert_eq!(
            wrapped.unwrap(&PLACE, &bucket_key).unwrap().expose(),
            &[9; 32]
        );
        let other = KeyPlace {
            generation: 2,
            ..PLACE
        };
        assert!(wrapped.unwrap(&other, &bucket_key).is_err());
        let wrong = SecretKey::from_slice(&[7; 32]).unwrap();
        assert!(wrapped.unwrap(&PLACE, &wrong).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = KeyRecord::decode(7, SUBJECT, &bytes);
            let _ = KeyRecord::decode_body(&bytes);
        }
    }
}
