//! Rendering a subject's entries unreadable.
//!
//! A log-structured store keeps what is deleted from it, so deleting a wrapped key is not enough:
//! the bucket key that wraps it has to go. In order, each step durable before the next:
//!
//! 1. the `buckets` file gets a next key for the bucket, beside the current one;
//! 2. the subject's wrapped key is replaced by a note that it was erased;
//! 3. every other key of the bucket is wrapped again, under the next key;
//! 4. the bucket is read again: no key under the current one is left;
//! 5. the `buckets` file drops the current key, and the file before it is overwritten.
//!
//! An interruption leaves both keys in the file; opening the vault then goes on from step 3. Before
//! step 2 nothing was erased, after it the erasure only has to be completed: calling again does.

use crate::buckets::{BucketKey, Buckets};
use crate::core::Core;
use crate::error::VaultError;
use crate::id::SubjectId;
use crate::keyring::Found;
use crate::meta::Meta;
use crate::rows::{self, Write};
use crate::secret::NONCE_BYTES;
use crate::subject_key::{KeyPlace, KeyRecord, Wrapped, WrappedKey};

const PAGE_KEYS: usize = 512;

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

impl Core {
    pub(crate) fn erase_subject(&self, subject: SubjectId) -> Result<Erasure, VaultError> {
        let bucket = self.keyring.buckets().bucket_of(subject);
        let Some(Found { record, key }) = self.keyring.find(&self.rows, subject)? else {
            return Ok(Erasure::NothingSealed);
        };
        if key.is_none() {
            if self.keyring.buckets().unfinished().contains(&bucket) {
                self.finish(bucket)?;
            }
            return Ok(Erasure::AlreadyErased);
        }
        let erased = KeyRecord {
            key: WrappedKey::Erased,
            ..record
        };
        let note = erased.encode(bucket, subject);
        self.begin(
            bucket,
            Some((rows::subject_key(bucket, subject), Some(note))),
        )?;
        self.finish(bucket)?;
        Ok(Erasure::Erased)
    }

    /// Gives a bucket another key and drops the one it had.
    pub(crate) fn rewrap_bucket(&self, bucket: u16) -> Result<(), VaultError> {
        self.begin(bucket, None)?;
        self.finish(bucket)
    }

    /// Steps 1 and 2. A next key that an interrupted change left is taken up.
    fn begin(&self, bucket: u16, note: Option<Write>) -> Result<(), VaultError> {
        let mut buckets = self.keyring.buckets().clone();
        let keys = &mut buckets.all[usize::from(bucket)];
        if keys.next.is_none() {
            let generation = keys.current.generation + 1;
            keys.next = Some(BucketKey::random(&*self.entropy, bucket, generation)?);
            self.replace_buckets(buckets)?;
        }
        let writes = std::iter::once(self.meta().write()).chain(note);
        self.rows.apply(writes.collect())
    }

    /// Steps 3 to 5.
    pub(crate) fn finish(&self, bucket: u16) -> Result<(), VaultError> {
        self.for_each_page(bucket, |page| self.rows.apply(page))?;
        self.for_each_page(bucket, |page| {
            let left = VaultError::SubjectKey {
                bucket,
                what: "a key was not wrapped again",
            };
            if page.is_empty() { Ok(()) } else { Err(left) }
        })?;
        let mut buckets = self.keyring.buckets().clone();
        let keys = &mut buckets.all[usize::from(bucket)];
        if let Some(next) = keys.next.take() {
            keys.current = next;
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

    /// The write that wraps one key again; none where it is wrapped under the next key or erased.
    fn wrapped_again(
        &self,
        bucket: u16,
        key: &[u8],
        value: &[u8],
    ) -> Result<Option<Write>, VaultError> {
        let unusable = |what| VaultError::SubjectKey { bucket, what };
        let subject = rows::parse_subject_key(key).ok_or(unusable("its place is no subject's"))?;
        let record = KeyRecord::decode(bucket, subject, value).map_err(unusable)?;
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
        let old = keys
            .key(wrapped.bucket_generation)
            .ok_or(unusable("the bucket key that wraps it is gone"))?;
        let place = KeyPlace {
            bucket,
            subject,
            generation: record.generation,
        };
        let subject_key = wrapped.unwrap(&place, old).map_err(unusable)?;
        let nonce = self.wrap_nonce(&place, next.generation)?;
        let wrapped = Wrapped::wrap(&place, &subject_key, next.generation, &next.key, nonce);
        let record = KeyRecord {
            key: WrappedKey::Live(wrapped),
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

    /// What the store is to say about itself from now on.
    pub(crate) fn meta(&self) -> Meta {
        let buckets = self.keyring.buckets();
        let (vault, keys_generation) = (buckets.vault, buckets.generation);
        Meta {
            vault,
            keys_generation,
        }
    }

    fn replace_buckets(&self, mut buckets: Buckets) -> Result<(), VaultError> {
        buckets.generation += 1;
        let nonce = self
            .entropy
            .bytes(&[b"buckets nonce", &buckets.generation.to_be_bytes()])?;
        self.keys_dir
            .replace_buckets(&buckets.encode(&self.master, nonce))
            .map_err(|error| VaultError::Keys(error.to_string()))?;
        self.keyring.replace(buckets);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
