//! The bucket keys and the hash key: the content of the file `buckets`.
//!
//! ```text
//! magic "RDBK" | version u8 = 1 | nonce 24 | sealed under the master key | check 8
//! sealed: tag 8 | vault id 16 | hash key 32 | bucket count u16
//!         | per bucket: current generation u32, key 32, u8 0
//!           or while a bucket's keys are being changed: .., u8 1, next generation u32, key 32
//! ```
//!
//! The tag is random and another one in each version of the file: see `meta`. The check needs no key, so
//! that a damaged file and a wrong master key are told apart.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};
use crate::fields::{Fields, TooShort, checked, with_check};
use crate::id::SubjectId;
use crate::secret::{KEY_BYTES, NONCE_BYTES, SecretKey, TAG_BYTES as SEAL_BYTES};

const MAGIC: &[u8; 4] = b"RDBK";
const VERSION: u8 = 1;
const LABEL: &[u8] = b"redress vault buckets 1";
/// More buckets make an erasure cheaper (it wraps the keys of one bucket again, of 5 million 5
/// thousand) and the file longer, which it writes twice (38 KB).
pub(crate) const BUCKETS: u16 = 1024;

pub(crate) const TAG_BYTES: usize = 8;
/// Tells versions of the file apart, those of restored copies that went on apart too.
pub(crate) type Tag = [u8; TAG_BYTES];

#[derive(Debug, Clone)]
pub(crate) struct BucketKey {
    pub(crate) generation: u32,
    pub(crate) key: SecretKey,
}

/// The key that subject keys are wrapped with, and while it is being replaced its successor.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) current: BucketKey,
    pub(crate) next: Option<BucketKey>,
}

#[derive(Debug, Clone)]
pub(crate) struct Buckets {
    /// Another one in each version of the file.
    pub(crate) tag: Tag,
    /// Ties the file to its store.
    pub(crate) vault: [u8; 16],
    pub(crate) hash_key: SecretKey,
    /// By bucket number.
    pub(crate) all: Vec<Bucket>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecodeError {
    Damaged(&'static str),
    UnknownVersion(u8),
    WrongMasterKey,
}

impl From<TooShort> for DecodeError {
    fn from(_: TooShort) -> Self {
        Self::Damaged("it is cut off")
    }
}

impl Bucket {
    /// The key of that generation, where the file still has it.
    pub(crate) fn key(&self, generation: u32) -> Option<&SecretKey> {
        std::iter::once(&self.current)
            .chain(&self.next)
            .find(|key| key.generation == generation)
            .map(|key| &key.key)
    }
}

impl BucketKey {
    pub(crate) fn random(
        entropy: &dyn Entropy,
        bucket: u16,
        generation: u32,
    ) -> Result<Self, EntropyError> {
        let context: [&[u8]; 3] = [
            b"bucket key",
            &bucket.to_be_bytes(),
            &generation.to_be_bytes(),
        ];
        Ok(Self {
            generation,
            key: SecretKey::random(entropy, &context)?,
        })
    }
}

impl Buckets {
    pub(crate) fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let buckets = (0..BUCKETS).map(|bucket| {
            let current = BucketKey::random(entropy, bucket, 1)?;
            Ok(Bucket {
                current,
                next: None,
            })
        });
        Ok(Self {
            tag: entropy.bytes(&[b"first keys tag"])?,
            vault: entropy.bytes(&[b"vault id"])?,
            hash_key: SecretKey::random(entropy, &[b"hash key"])?,
            all: buckets.collect::<Result<_, _>>()?,
        })
    }

    /// The bucket of a subject, for ever the same.
    pub(crate) fn bucket_of(&self, subject: SubjectId) -> u16 {
        let hash = Sha256::digest(subject.as_bytes());
        let number = u16::from_be_bytes([hash[0], hash[1]]);
        number % self.all.len() as u16
    }

    /// The buckets whose change of keys was begun and not ended.
    pub(crate) fn unfinished(&self) -> Vec<u16> {
        let numbered = (0_u16..).zip(&self.all);
        numbered
            .filter(|(_, bucket)| bucket.next.is_some())
            .map(|(number, _)| number)
            .collect()
    }

    pub(crate) fn encode(&self, master: &SecretKey, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
        let most =
            TAG_BYTES + 16 + KEY_BYTES + 2 + self.all.len() * 2 * (5 + KEY_BYTES) + SEAL_BYTES;
        let mut plain = Zeroizing::new(Vec::with_capacity(most));
        plain.extend_from_slice(&self.tag);
        plain.extend_from_slice(&self.vault);
        plain.extend_from_slice(self.hash_key.expose());
        plain.extend_from_slice(&(self.all.len() as u16).to_be_bytes());
        for bucket in &self.all {
            plain.extend_from_slice(&bucket.current.generation.to_be_bytes());
            plain.extend_from_slice(bucket.current.key.expose());
            plain.push(u8::from(bucket.next.is_some()));
            if let Some(next) = &bucket.next {
                plain.extend_from_slice(&next.generation.to_be_bytes());
                plain.extend_from_slice(next.key.expose());
            }
        }
        master.seal(&nonce, LABEL, &mut plain);
        let head = [MAGIC.as_slice(), &[VERSION], &nonce].concat();
        with_check(LABEL, [head.as_slice(), &plain].concat())
    }

    pub(crate) fn decode(master: &SecretKey, bytes: &[u8]) -> Result<Self, DecodeError> {
        let body = checked(LABEL, bytes).ok_or(DecodeError::Damaged("its check does not agree"))?;
        let mut fields = Fields::new(body);
        if fields.array()? != *MAGIC {
            return Err(DecodeError::Damaged("it is no file of bucket keys"));
        }
        match fields.u8()? {
            VERSION => {}
            version => return Err(DecodeError::UnknownVersion(version)),
        }
        let nonce = fields.array()?;
        let mut plain = Zeroizing::new(fields.rest().to_vec());
        master
            .open(&nonce, LABEL, &mut plain)
            .map_err(|_| DecodeError::WrongMasterKey)?;
        Self::decode_plain(&plain)
    }

    fn decode_plain(plain: &[u8]) -> Result<Self, DecodeError> {
        let mut fields = Fields::new(plain);
        let tag = fields.array()?;
        let vault = fields.array()?;
        let hash_key = secret(&mut fields)?;
        let count = fields.u16()?;
        let buckets = (0..count)
            .map(|_| decode_bucket(&mut fields))
            .collect::<Result<Vec<_>, _>>();
        let buckets = buckets?;
        if buckets.is_empty() || !fields.rest().is_empty() {
            return Err(DecodeError::Damaged("its lengths do not agree"));
        }
        Ok(Self {
            tag,
            vault,
            hash_key,
            all: buckets,
        })
    }
}

fn decode_bucket(fields: &mut Fields<'_>) -> Result<Bucket, DecodeError> {
    let key = |fields: &mut Fields<'_>| -> Result<BucketKey, DecodeError> {
        Ok(BucketKey {
            generation: fields.u32()?,
            key: secret(fields)?,
        })
    };
    let current = key(fields)?;
    let next = match fields.u8()? {
        0 => None,
        1 => Some(key(fields)?),
        _ => return Err(DecodeError::Damaged("a bucket has neither one key nor two")),
    };
    Ok(Bucket { current, next })
}

fn secret(fields: &mut Fields<'_>) -> Result<SecretKey, TooShort> {
    SecretKey::from_slice(fields.take(KEY_BYTES)?).ok_or(TooShort)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededEntropy;
    use proptest::prelude::*;

    fn master() -> SecretKey {
        SecretKey::from_slice(&[6; 32]).unwrap()
    }

    fn buckets() -> Buckets {
        let mut buckets = Buckets::random(&SeededEntropy(1)).unwrap();
        buckets.all[3].next = Some(BucketKey::random(&SeededEntropy(1), 3, 2).unwrap());
        buckets
    }

    #[test]
    fn the_file_reads_back_what_it_writes() {
        let bytes = buckets().encode(&master(), [1; 24]);
        let read = Buckets::decode(&master(), &bytes).unwrap();
        assert_eq!(read.encode(&master(), [1; 24]), bytes);
        assert_eq!(read.unfinished(), [3]);
        assert!(read.all[3].key(2).is_some() && read.all[3].key(3).is_none());
    }

    #[test]
    fn a_wrong_master_key_and_damage_are_told_apart() {
        let mut bytes = buckets().encode(&master(), [1; 24]);
        let wrong = SecretKey::from_slice(&[7; 32]).unwrap();
        let found = Buckets::decode(&wrong, &bytes).unwrap_err();
        assert_eq!(found, DecodeError::WrongMasterKey);
        for place in (0..bytes.len()).step_by(37) {
            bytes[place] ^= 4;
            let found = Buckets::decode(&master(), &bytes).unwrap_err();
            assert_eq!(found, DecodeError::Damaged("its check does not agree"));
            bytes[place] ^= 4;
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Buckets::decode(&master(), &bytes);
            let _ = Buckets::decode(&master(), &with_check(LABEL, bytes.clone()));
            let _ = Buckets::decode_plain(&bytes);
        }
    }
}
