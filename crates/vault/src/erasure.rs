//! Rendering a subject's entries unreadable.
//!
//! A log-structured store keeps what is deleted from it, so deleting a wrapped key is not enough:
//! the bucket key that wraps it has to go. In order, each step durable before the next:
//!
//! 1. the `buckets` file gets a next key for the subject's bucket, beside the current one;
//! 2. the subject's wrapped key is replaced by a note that it was erased;
//! 3. every other key of the bucket is wrapped again, under the next key;
//! 4. the bucket is read again: no key under the current one is left;
//! 5. the `buckets` file drops the current key, and the file before it is overwritten.
//!
//! Several subjects go through the steps together. A key that cannot be unwrapped in step 3 is noted
//! as lost, a row that cannot be read is left as it is: neither keeps others from being erased.
//!
//! An interruption leaves both keys in the file; opening the vault then goes on from step 3. Before
//! step 2 nothing was erased, after it the erasure only has to be completed: calling again does.

use std::collections::{BTreeMap, BTreeSet};

use crate::buckets::{BucketKey, Buckets};
use crate::core::Core;
use crate::error::VaultError;
use crate::id::SubjectId;
use crate::meta::Meta;
use crate::rows::{self, Write};
use crate::secret::NONCE_BYTES;
use crate::subject_key::{KeyPlace, KeyRecord, Wrapped, WrappedKey};

const PAGE_KEYS: usize = 512;
const PAGE_BLOCKS: usize = 256;

/// What an erasure found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// The subject's entries are unreadable from now on.
    Erased,
    /// They were before.
    AlreadyErased,
    /// Nothing was ever sealed for this subject.
    NothingSealed,
}

/// What is written for an erasure.
#[derive(Debug, Default)]
struct Plan {
    /// Those that get another key.
    buckets: BTreeSet<u16>,
    /// Those whose change of keys was interrupted before.
    unfinished: BTreeSet<u16>,
    notes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Core {
    pub(crate) fn erase_subjects(
        &self,
        subjects: &[SubjectId],
    ) -> Result<Vec<Erasure>, VaultError> {
        let mut plan = Plan::default();
        let erasures = subjects
            .iter()
            .map(|subject| self.plan(*subject, &mut plan));
        let erasures = erasures.collect::<Result<Vec<_>, VaultError>>()?;
        self.begin(&plan.buckets, plan.notes.into_iter().collect())?;
        plan.buckets.append(&mut plan.unfinished);
        self.finish(&plan.buckets)?;
        Ok(erasures)
    }

    /// The subject's own key is not unwrapped: one that is damaged can be erased, too.
    fn plan(&self, subject: SubjectId, plan: &mut Plan) -> Result<Erasure, VaultError> {
        let bucket = self.keyring.buckets().bucket_of(subject);
        let record = match self.keyring.record(&self.rows, subject) {
            Ok(None) => return Ok(Erasure::NothingSealed),
            Ok(found) => found,
            Err(VaultError::SubjectKey { .. }) => self.record_from_blocks(subject)?,
            Err(error) => return Err(error),
        };
        if let Some(KeyRecord {
            key: WrappedKey::Erased,
            ..
        }) = record
        {
            let is_unfinished = self.keyring.buckets().unfinished().contains(&bucket);
            plan.unfinished.extend(is_unfinished.then_some(bucket));
            return Ok(Erasure::AlreadyErased);
        }
        let erased = record.map(|record| KeyRecord {
            key: WrappedKey::Erased,
            ..record
        });
        let note = erased.map(|erased| erased.encode(bucket, subject));
        plan.notes.insert(rows::subject_key(bucket, subject), note);
        plan.buckets.insert(bucket);
        Ok(Erasure::Erased)
    }

    /// Writes the row of a subject again that cannot be read. The key that was in it is lost.
    pub(crate) fn mend_subject(&self, subject: SubjectId) -> Result<bool, VaultError> {
        let bucket = self.keyring.buckets().bucket_of(subject);
        match self.keyring.record(&self.rows, subject) {
            Ok(_) => return Ok(false),
            Err(VaultError::SubjectKey { .. }) => {}
            Err(error) => return Err(error),
        }
        let record = self.record_from_blocks(subject)?;
        let row = record.map(|record| record.encode(bucket, subject));
        self.rows
            .apply(vec![(rows::subject_key(bucket, subject), row)])?;
        Ok(true)
    }

    /// What the headers in all blocks say about a subject whose row is damaged: slow. None where
    /// nothing of it can be read.
    fn record_from_blocks(&self, subject: SubjectId) -> Result<Option<KeyRecord>, VaultError> {
        let (mut record, mut from) = (None::<KeyRecord>, Some(0));
        while let Some(next) = from {
            from = self.for_each_header(next, PAGE_BLOCKS, |place, header| {
                if header.origin.subject == subject {
                    let before = record.as_ref().map_or(0, |record| record.generation);
                    record = Some(KeyRecord {
                        generation: header.origin.key_generation.max(before),
                        newest: place,
                        key: WrappedKey::Lost,
                    });
                }
            })?;
        }
        Ok(record)
    }

    /// Gives a bucket another key and drops the one it had.
    pub(crate) fn rewrap_bucket(&self, bucket: u16) -> Result<(), VaultError> {
        let bucket = BTreeSet::from([bucket]);
        self.begin(&bucket, Vec::new())?;
        self.finish(&bucket)
    }

    /// Steps 1 and 2. Next keys that an interrupted change left are taken up.
    fn begin(&self, which: &BTreeSet<u16>, notes: Vec<Write>) -> Result<(), VaultError> {
        let mut buckets = self.keyring.buckets().clone();
        let mut is_changed = false;
        for bucket in which {
            let keys = &mut buckets.all[usize::from(*bucket)];
            if keys.next.is_none() {
                let generation = keys.current.generation + 1;
                keys.next = Some(BucketKey::random(&*self.entropy, *bucket, generation)?);
                is_changed = true;
            }
        }
        if is_changed {
            self.replace_buckets(buckets)?;
        }
        self.rows.apply(notes)
    }

    /// Steps 3 to 5.
    pub(crate) fn finish(&self, which: &BTreeSet<u16>) -> Result<(), VaultError> {
        for &bucket in which {
            self.for_each_page(bucket, |page| self.rows.apply(page))?;
            self.for_each_page(bucket, |page| {
                let left = VaultError::SubjectKey {
                    bucket,
                    what: "a key was not wrapped again",
                };
                if page.is_empty() { Ok(()) } else { Err(left) }
            })?;
        }
        let mut buckets = self.keyring.buckets().clone();
        let mut is_changed = false;
        for bucket in which {
            let keys = &mut buckets.all[usize::from(*bucket)];
            if let Some(next) = keys.next.take() {
                keys.current = next;
                is_changed = true;
            }
        }
        if is_changed {
            self.replace_buckets(buckets)?;
        }
        Ok(())
    }

    /// Gives `work` what is still to be wrapped again, page by page.
    fn for_each_page(
        &self,
        bucket: u16,
        work: impl Fn(Vec<Write>) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let prefix = rows::subject_key_prefix(bucket);
        let mut after: Option<Vec<u8>> = None;
        loop {
            let pairs = self.rows.page(&prefix, after.as_deref(), PAGE_KEYS)?;
            let Some((last, _)) = pairs.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            let writes = pairs
                .iter()
                .filter_map(|(key, value)| self.wrapped_again(bucket, key, value).transpose());
            work(writes.collect::<Result<_, _>>()?)?;
        }
    }

    /// The write that wraps one key again; none where it is wrapped under the next key, erased, or in
    /// a row that cannot be read. What does not unwrap is lost: it must not keep others from being
    /// erased.
    fn wrapped_again(
        &self,
        bucket: u16,
        key: &[u8],
        value: &[u8],
    ) -> Result<Option<Write>, VaultError> {
        let unusable = |what| VaultError::SubjectKey { bucket, what };
        let subject = rows::parse_subject_key(key).ok_or(unusable("its place is no subject's"))?;
        let Ok(record) = KeyRecord::decode(bucket, subject, value) else {
            return Ok(None);
        };
        let WrappedKey::Live(wrapped) = &record.key else {
            return Ok(None);
        };
        let buckets = self.keyring.buckets();
        let keys = &buckets.all[usize::from(bucket)];
        let Some(next) = &keys.next else {
            return Ok(None);
        };
        if wrapped.bucket_generation == next.generation {
            return Ok(None);
        }
        let place = KeyPlace {
            bucket,
            subject,
            generation: record.generation,
        };
        let old = keys.key(wrapped.bucket_generation);
        let subject_key = old.and_then(|old| wrapped.unwrap(&place, old).ok());
        let wrapped = if let Some(subject_key) = subject_key {
            let nonce = self.wrap_nonce(&place, next.generation)?;
            let wrapped = Wrapped::wrap(&place, &subject_key, next.generation, &next.key, nonce);
            WrappedKey::Live(wrapped)
        } else {
            WrappedKey::Lost
        };
        let record = KeyRecord {
            key: wrapped,
            ..record
        };
        Ok(Some((key.to_vec(), Some(record.encode(bucket, subject)))))
    }

    pub(crate) fn wrap_nonce(
        &self,
        place: &KeyPlace,
        bucket_generation: u32,
    ) -> Result<[u8; NONCE_BYTES], VaultError> {
        let context: [&[u8]; 4] = [
            b"wrap nonce",
            place.subject.as_bytes(),
            &place.generation.to_be_bytes(),
            &bucket_generation.to_be_bytes(),
        ];
        Ok(self.entropy.bytes(&context)?)
    }

    /// The store learns the tag of the next file before the file is there.
    fn replace_buckets(&self, mut buckets: Buckets) -> Result<(), VaultError> {
        let next = self.entropy.bytes(&[b"keys tag", &buckets.tag])?;
        let meta = Meta::announcing(&buckets, next);
        self.rows.apply(vec![meta.write()])?;
        buckets.tag = next;
        let nonce = self.entropy.bytes(&[b"buckets nonce", &buckets.tag])?;
        self.keys_dir
            .replace_buckets(&buckets.encode(&self.master, nonce))
            .map_err(|error| VaultError::Keys(error.to_string()))?;
        self.keyring.replace(buckets);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
