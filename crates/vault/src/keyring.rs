//! Finding a subject's key. Keys are unwrapped anew each time: that takes a microsecond, and so none
//! stays in memory, and none can be found there that was erased meanwhile.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crate::buckets::Buckets;
use crate::error::VaultError;
use crate::id::SubjectId;
use crate::rows::{self, Rows};
use crate::secret::SecretKey;
use crate::subject_key::{KeyPlace, KeyRecord, WrappedKey};

/// What the store says about a subject.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) record: KeyRecord,
    /// None where it was erased or lost.
    pub(crate) key: Option<SecretKey>,
}

#[derive(Debug)]
pub(crate) struct Keyring {
    /// Held for reading from the look into the store until the key is unwrapped, so that a bucket key
    /// is not dropped in between.
    buckets: RwLock<Buckets>,
}

impl Keyring {
    pub(crate) fn new(buckets: Buckets) -> Self {
        Self {
            buckets: RwLock::new(buckets),
        }
    }

    pub(crate) fn buckets(&self) -> RwLockReadGuard<'_, Buckets> {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn replace(&self, buckets: Buckets) {
        *self.buckets.write().unwrap_or_else(PoisonError::into_inner) = buckets;
    }

    /// What the store says, without the key; none where nothing was ever sealed for the subject.
    pub(crate) fn record(
        &self,
        rows: &Rows,
        subject: SubjectId,
    ) -> Result<Option<KeyRecord>, VaultError> {
        let found = read(&self.buckets(), rows, subject)?;
        Ok(found.map(|(_, record)| record))
    }

    /// With the key; none where nothing was ever sealed for the subject.
    pub(crate) fn find(
        &self,
        rows: &Rows,
        subject: SubjectId,
    ) -> Result<Option<Found>, VaultError> {
        let buckets = self.buckets();
        let Some((bucket, record)) = read(&buckets, rows, subject)? else {
            return Ok(None);
        };
        let unusable = |what| VaultError::SubjectKey { bucket, what };
        let key = match &record.key {
            WrappedKey::Erased | WrappedKey::Lost => None,
            WrappedKey::Live(wrapped) => {
                let bucket_key = buckets.all[usize::from(bucket)]
                    .key(wrapped.bucket_generation)
                    .ok_or(unusable("the bucket key that wraps it is gone"))?;
                let place = KeyPlace {
                    bucket,
                    subject,
                    generation: record.generation,
                };
                Some(wrapped.unwrap(&place, bucket_key).map_err(unusable)?)
            }
        };
        Ok(Some(Found { record, key }))
    }
}

fn read(
    buckets: &Buckets,
    rows: &Rows,
    subject: SubjectId,
) -> Result<Option<(u16, KeyRecord)>, VaultError> {
    let bucket = buckets.bucket_of(subject);
    let Some(bytes) = rows.get(&rows::subject_key(bucket, subject))? else {
        return Ok(None);
    };
    let record = KeyRecord::decode(bucket, subject, &bytes);
    let record = record.map_err(|what| VaultError::SubjectKey { bucket, what })?;
    Ok(Some((bucket, record)))
}
