//! One group of seals: what is written for it, and where its entries lie.
//!
//! Blocks go first, then a row for each subject: its key, wrapped, and its newest entry. The rows of
//! a group are made durable together, and nobody is answered before; a crash leaves a beginning of
//! them. So what it can leave is entries that nobody was told of and that no subject's row leads to:
//! orphans, readable where the subject was known before, and by nobody where its key was to come
//! after. The sweep drops them. In the other order a subject's row could lead to a block that is not
//! there, whose number the next run gives to another subject's entries.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::block::Layer;
use crate::core::Core;
use crate::entry::Origin;
use crate::error::VaultError;
use crate::id::{Class, EntryId, SubjectId};
use crate::keyring::Found;
use crate::place::Place;
use crate::rows::{self, Write};
use crate::secret::{NONCE_BYTES, SecretKey};
use crate::subject_key::{KeyPlace, KeyRecord, Wrapped, WrappedKey};

/// An entry as the caller's side leaves it: compressed and padded, not sealed yet.
pub(crate) struct Prepared {
    pub(crate) subject: SubjectId,
    pub(crate) class: Class,
    pub(crate) plain: Zeroizing<Vec<u8>>,
}

pub(crate) struct Group<'a> {
    core: &'a Core,
    first_block: u64,
    layer: Layer,
    /// By bucket, as their rows lie in the store.
    subjects: BTreeMap<(u16, SubjectId), Staged>,
    nonces: u64,
}

/// A subject that something is sealed for.
struct Staged {
    generation: u32,
    key: SecretKey,
    wrapped: Wrapped,
    newest: Option<Place>,
    /// Whether the row in the store says something else by now.
    is_changed: bool,
}

impl<'a> Group<'a> {
    /// Its blocks get numbers from `first_block` on.
    pub(crate) fn new(core: &'a Core, first_block: u64) -> Self {
        Self {
            core,
            first_block,
            layer: Layer::new(first_block, core.log_size()),
            subjects: BTreeMap::new(),
            nonces: 0,
        }
    }

    /// Adds the entries of one call, all or none.
    pub(crate) fn stage(&mut self, entries: Vec<Prepared>) -> Result<Vec<EntryId>, VaultError> {
        let ready = entries.into_iter().map(|entry| {
            let bucket = self.core.keyring.buckets().bucket_of(entry.subject);
            let place = (bucket, entry.subject);
            if !self.subjects.contains_key(&place) {
                let staged = Staged::find(self.core, bucket, entry.subject)?;
                self.subjects.insert(place, staged);
            }
            Ok((place, entry, self.nonce()?))
        });
        let ready = ready.collect::<Result<Vec<_>, VaultError>>()?;
        let sealed = ready.into_iter().filter_map(|(place, entry, nonce)| {
            let subject = self.subjects.get_mut(&place)?;
            let place = subject.seal(&mut self.layer, entry, nonce);
            Some(EntryId::new(place, &nonce))
        });
        Ok(sealed.collect())
    }

    fn nonce(&mut self) -> Result<[u8; NONCE_BYTES], VaultError> {
        self.nonces += 1;
        let context: [&[u8]; 3] = [
            b"entry nonce",
            &self.first_block.to_be_bytes(),
            &self.nonces.to_be_bytes(),
        ];
        Ok(self.core.entropy.bytes(&context)?)
    }

    /// Makes the group durable; says which block is the next.
    pub(crate) fn write(self) -> Result<u64, VaultError> {
        let (mut writes, next_block) = self.layer.finish();
        let subjects = self.subjects.into_iter();
        writes.extend(
            subjects.filter_map(|((bucket, subject), staged)| staged.write(bucket, subject)),
        );
        self.core.rows.apply(writes)?;
        Ok(next_block)
    }
}

impl Staged {
    fn find(core: &Core, bucket: u16, subject: SubjectId) -> Result<Self, VaultError> {
        let (generation, newest) = match core.keyring.find(&core.rows, subject)? {
            Some(Found {
                record:
                    KeyRecord {
                        generation,
                        newest,
                        key: WrappedKey::Live(wrapped),
                    },
                key: Some(key),
            }) => {
                return Ok(Self {
                    generation,
                    key,
                    wrapped,
                    newest: Some(newest),
                    is_changed: false,
                });
            }
            // What was erased stays erased: who comes back gets another key.
            Some(Found { record, .. }) => (record.generation + 1, Some(record.newest)),
            None => (1, None),
        };
        let place = KeyPlace {
            bucket,
            subject,
            generation,
        };
        let (key, wrapped) = new_key(core, &place)?;
        Ok(Self {
            generation,
            key,
            wrapped,
            newest,
            is_changed: false,
        })
    }

    fn seal(&mut self, layer: &mut Layer, entry: Prepared, nonce: [u8; NONCE_BYTES]) -> Place {
        let origin = Origin {
            subject: entry.subject,
            class: entry.class,
            key_generation: self.generation,
            previous: self.newest,
        };
        let place = layer.seal(origin, &self.key, nonce, entry.plain);
        self.newest = Some(place);
        self.is_changed = true;
        place
    }

    fn write(self, bucket: u16, subject: SubjectId) -> Option<Write> {
        let newest = self.newest.filter(|_| self.is_changed)?;
        let record = KeyRecord {
            generation: self.generation,
            newest,
            key: WrappedKey::Live(self.wrapped),
        };
        let key = rows::subject_key(bucket, subject);
        Some((key, Some(record.encode(bucket, subject))))
    }
}

fn new_key(core: &Core, place: &KeyPlace) -> Result<(SecretKey, Wrapped), VaultError> {
    let context: [&[u8]; 3] = [
        b"subject key",
        place.subject.as_bytes(),
        &place.generation.to_be_bytes(),
    ];
    let key = SecretKey::random(&*core.entropy, &context)?;
    let buckets = core.keyring.buckets();
    let under = &buckets.all[usize::from(place.bucket)].current;
    let nonce = core.wrap_nonce(place, under.generation)?;
    let wrapped = Wrapped::wrap(place, &key, under.generation, &under.key, nonce);
    Ok((key, wrapped))
}
