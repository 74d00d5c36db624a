//! Finding a subject's key: unwrapped ones in a small cache, the others in the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use crate::buckets::Buckets;
use crate::error::VaultError;
use crate::id::SubjectId;
use crate::rows::{self, Rows};
use crate::secret::SecretKey;
use crate::subject_key::{KeyPlace, KeyRecord};

/// How many unwrapped keys stay in memory.
const CACHED_KEYS: usize = 1024;

#[derive(Debug, Clone)]
pub(crate) enum SubjectKey {
    /// Nothing was ever sealed for this subject.
    Never,
    Live {
        generation: u32,
        key: Arc<SecretKey>,
    },
    Erased {
        generation: u32,
    },
}

#[derive(Debug)]
pub(crate) struct Keyring {
    /// Held for reading from the look into the store to the entry in the cache, so that an erasure,
    /// which holds it for writing when it forgets a key, cannot be overtaken by an old one.
    buckets: RwLock<Buckets>,
    cache: Mutex<Cache>,
}

impl Keyring {
    pub(crate) fn new(buckets: Buckets) -> Self {
        Self {
            buckets: RwLock::new(buckets),
            cache: Mutex::default(),
        }
    }

    pub(crate) fn buckets(&self) -> RwLockReadGuard<'_, Buckets> {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn replace(&self, buckets: Buckets) {
        *self.buckets.write().unwrap_or_else(PoisonError::into_inner) = buckets;
    }

    pub(crate) fn find(&self, rows: &Rows, subject: SubjectId) -> Result<SubjectKey, VaultError> {
        if let Some((generation, key)) = self.cache().get(subject) {
            return Ok(SubjectKey::Live { generation, key });
        }
        let buckets = self.buckets();
        let bucket = buckets.bucket_of(subject);
        let Some(bytes) = rows.get(&rows::subject_key(bucket, subject))? else {
            return Ok(SubjectKey::Never);
        };
        let unusable = |what| VaultError::SubjectKey { bucket, what };
        match KeyRecord::decode(bucket, subject, &bytes).map_err(unusable)? {
            KeyRecord::Erased { generation } => Ok(SubjectKey::Erased { generation }),
            KeyRecord::Live {
                generation,
                wrapped,
            } => {
                let bucket_key = buckets.all[usize::from(bucket)]
                    .key(wrapped.bucket_generation)
                    .ok_or(unusable("the bucket key that wraps it is gone"))?;
                let place = KeyPlace {
                    bucket,
                    subject,
                    generation,
                };
                let key = Arc::new(wrapped.unwrap(&place, bucket_key).map_err(unusable)?);
                self.cache().insert(subject, generation, Arc::clone(&key));
                Ok(SubjectKey::Live { generation, key })
            }
        }
    }

    pub(crate) fn remember(&self, subject: SubjectId, generation: u32, key: Arc<SecretKey>) {
        self.cache().insert(subject, generation, key);
    }

    /// Call it when the store says that the subject is erased, and not before.
    pub(crate) fn forget(&self, subject: SubjectId) {
        let _no_reader = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        self.cache().remove(subject);
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys used last. A key is overwritten when the last of its users lets go of it.
#[derive(Debug, Default)]
struct Cache {
    keys: HashMap<SubjectId, Cached>,
    /// Subjects by when they were used last.
    order: BTreeMap<u64, SubjectId>,
    clock: u64,
}

#[derive(Debug)]
struct Cached {
    used: u64,
    generation: u32,
    key: Arc<SecretKey>,
}

impl Cache {
    fn get(&mut self, subject: SubjectId) -> Option<(u32, Arc<SecretKey>)> {
        let cached = self.keys.get_mut(&subject)?;
        self.order.remove(&cached.used);
        self.clock += 1;
        cached.used = self.clock;
        self.order.insert(self.clock, subject);
        Some((cached.generation, Arc::clone(&cached.key)))
    }

    fn insert(&mut self, subject: SubjectId, generation: u32, key: Arc<SecretKey>) {
        self.remove(subject);
        if self.keys.len() == CACHED_KEYS
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.keys.remove(&oldest);
        }
        self.clock += 1;
        self.order.insert(self.clock, subject);
        self.keys.insert(
            subject,
            Cached {
                used: self.clock,
                generation,
                key,
            },
        );
    }

    fn remove(&mut self, subject: SubjectId) {
        if let Some(cached) = self.keys.remove(&subject) {
            self.order.remove(&cached.used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_what_was_used_last() {
        let subject = |n: usize| {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
            SubjectId::from_bytes(bytes)
        };
        let key = Arc::new(SecretKey::from_slice(&[1; 32]).unwrap());
        let mut cache = Cache::default();
        for n in 0..CACHED_KEYS {
            cache.insert(subject(n), 1, Arc::clone(&key));
        }
        assert!(cache.get(subject(0)).is_some());
        cache.insert(subject(CACHED_KEYS), 1, Arc::clone(&key));
        assert!(cache.get(subject(0)).is_some() && cache.get(subject(1)).is_none());
        cache.remove(subject(0));
        assert!(cache.get(subject(0)).is_none());
        assert_eq!(
            (cache.keys.len(), cache.order.len()),
            (CACHED_KEYS - 1, CACHED_KEYS - 1)
        );
    }
}
