//! One group of seals: what they need written, and what each caller is answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use redress_envelope::{Commitment, VaultRef};
use redress_store::MAX_BATCH_KEYS;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::core::{Core, Opened};
use crate::entry::{self, Header};
use crate::error::VaultError;
use crate::id::{Class, EntryId, SubjectId};
use crate::keyring::SubjectKey;
use crate::rows::{self, Unit};
use crate::secret::SecretKey;
use crate::subject_key::{KeyPlace, KeyRecord, Wrapped};

/// An entry as the caller's side leaves it: compressed and padded, not sealed yet.
pub(crate) struct Prepared {
    pub(crate) id: EntryId,
    pub(crate) subject: SubjectId,
    pub(crate) class: Class,
    pub(crate) commitment: Commitment,
    pub(crate) content_digest: [u8; 32],
    pub(crate) plain: Zeroizing<Vec<u8>>,
}

/// What is known of an entry that was sealed before, to tell a repeat from a conflict.
struct Known {
    subject: SubjectId,
    class: Class,
    content_digest: [u8; 32],
    commitment: Commitment,
}

#[derive(Default)]
pub(crate) struct Group {
    /// Entries of earlier runs that a repeat was answered with: the sweep must leave them alone.
    pub(crate) repeated: Vec<EntryId>,
    staged: Staged,
}

#[derive(Default)]
struct Staged {
    entries: BTreeMap<EntryId, Known>,
    new_keys: BTreeMap<SubjectId, (u32, Arc<SecretKey>)>,
    units: Vec<Unit>,
}

pub(crate) fn commitment(salt: &[u8], content: &[u8]) -> Commitment {
    Commitment(
        Sha256::new()
            .chain_update(salt)
            .chain_update(content)
            .finalize()
            .into(),
    )
}

impl Group {
    /// Adds the entries of one call, all or none.
    pub(crate) fn stage(
        &mut self,
        core: &Core,
        entries: Vec<Prepared>,
    ) -> Result<Vec<VaultRef>, VaultError> {
        let mut own = Staged::default();
        let references = entries.into_iter().map(|entry| {
            let id = entry.id.to_string();
            let commitment = self.stage_one(core, &mut own, entry)?;
            Ok(VaultRef {
                entry: id,
                commitment,
            })
        });
        let references = references.collect::<Result<Vec<_>, VaultError>>()?;
        self.staged.entries.append(&mut own.entries);
        self.staged.new_keys.append(&mut own.new_keys);
        self.staged.units.append(&mut own.units);
        Ok(references)
    }

    /// Makes the group durable.
    pub(crate) fn write(self, core: &Core) -> Result<(), VaultError> {
        core.rows.apply(self.staged.units)?;
        for (subject, (generation, key)) in self.staged.new_keys {
            core.keyring.remember(subject, generation, key);
        }
        Ok(())
    }

    fn stage_one(
        &mut self,
        core: &Core,
        own: &mut Staged,
        entry: Prepared,
    ) -> Result<Commitment, VaultError> {
        if let Some(known) = own
            .entries
            .get(&entry.id)
            .or(self.staged.entries.get(&entry.id))
        {
            return known.same_as(&entry);
        }
        if let Some(known) = sealed_before(core, entry.id)? {
            self.repeated.push(entry.id);
            return known.same_as(&entry);
        }
        let mut unit = Unit::new();
        let key = own
            .new_keys
            .get(&entry.subject)
            .or(self.staged.new_keys.get(&entry.subject));
        let (generation, key) = match key {
            Some((generation, key)) => (*generation, Arc::clone(key)),
            None => match core.keyring.find(&core.rows, entry.subject)? {
                SubjectKey::Live { generation, key } => (generation, key),
                SubjectKey::Never => own.make_key(core, entry.subject, 1, &mut unit)?,
                SubjectKey::Erased { generation } => {
                    own.make_key(core, entry.subject, generation + 1, &mut unit)?
                }
            },
        };
        own.seal(core, entry, generation, &key, unit)
    }
}

fn sealed_before(core: &Core, id: EntryId) -> Result<Option<Known>, VaultError> {
    let Some(stored) = core.load(id)? else {
        return Ok(None);
    };
    let header = stored.header.clone();
    match core.open_entry(id, stored)? {
        Opened::Erased => Err(VaultError::Erased { entry: id }),
        Opened::Plain(plain) => Ok(Some(Known {
            subject: header.subject,
            class: header.class,
            content_digest: Sha256::digest(&plain.content).into(),
            commitment: commitment(&plain.salt, &plain.content),
        })),
    }
}

impl Known {
    fn same_as(&self, entry: &Prepared) -> Result<Commitment, VaultError> {
        let same = self.subject == entry.subject
            && self.class == entry.class
            && self.content_digest == entry.content_digest;
        if same {
            Ok(self.commitment)
        } else {
            Err(VaultError::Conflict { entry: entry.id })
        }
    }
}

impl Staged {
    fn make_key(
        &mut self,
        core: &Core,
        subject: SubjectId,
        generation: u32,
        unit: &mut Unit,
    ) -> Result<(u32, Arc<SecretKey>), VaultError> {
        let context: [&[u8]; 3] = [
            b"subject key",
            subject.as_bytes(),
            &generation.to_be_bytes(),
        ];
        let key = Arc::new(SecretKey::random(&*core.entropy, &context)?);
        let buckets = core.keyring.buckets();
        let bucket = buckets.bucket_of(subject);
        let under = &buckets.all[usize::from(bucket)].current;
        let place = KeyPlace {
            bucket,
            subject,
            generation,
        };
        let nonce = core.wrap_nonce(&place, under.generation)?;
        let wrapped = Wrapped::wrap(&place, &key, under.generation, &under.key, nonce);
        let record = KeyRecord::Live {
            generation,
            wrapped,
        }
        .encode(bucket, subject);
        unit.push((rows::subject_key(bucket, subject), Some(record)));
        self.new_keys
            .insert(subject, (generation, Arc::clone(&key)));
        Ok((generation, key))
    }

    /// `unit` has the subject's key where that is new; the entry's own writes are added to it.
    fn seal(
        &mut self,
        core: &Core,
        entry: Prepared,
        key_generation: u32,
        key: &SecretKey,
        mut unit: Unit,
    ) -> Result<Commitment, VaultError> {
        let Prepared {
            id,
            subject,
            class,
            commitment,
            content_digest,
            plain,
        } = entry;
        let context: [&[u8]; 4] = [
            b"entry nonce",
            id.as_bytes(),
            subject.as_bytes(),
            &key_generation.to_be_bytes(),
        ];
        let nonce = core.entropy.bytes(&context)?;
        let header = Header {
            class,
            subject,
            key_generation,
            run: core.run,
        };
        let values = entry::seal(id, &header, key, nonce, plain);
        let mut writes: Unit = (0_u16..)
            .zip(values)
            .map(|(chunk, value)| (rows::entry_chunk(id, chunk), Some(value)))
            .collect();
        // An entry is there when its head is. One that is too long for a batch is written before its
        // head, so that an interruption leaves no entry, only pieces for the sweep.
        unit.push((rows::subject_entry(subject, id), Some(vec![1])));
        if unit.len() + writes.len() > MAX_BATCH_KEYS {
            let pieces = writes.split_off(1);
            self.units
                .extend(pieces.chunks(MAX_BATCH_KEYS).map(<[_]>::to_vec));
        }
        unit.append(&mut writes);
        self.units.push(unit);
        let class = header.class;
        self.entries.insert(
            id,
            Known {
                subject,
                class,
                content_digest,
                commitment,
            },
        );
        Ok(commitment)
    }
}
