//! What the callers' side and the writer share: the store, the keys, and whether to go on.

use std::sync::{Arc, OnceLock};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::entropy::Entropy;
use crate::entry::{self, Damage, Plain, Stored};
use crate::error::VaultError;
use crate::id::EntryId;
use crate::keyring::{Keyring, SubjectKey};
use crate::keys_dir::KeysDir;
use crate::rows::{self, Rows};
use crate::secret::SecretKey;

pub(crate) struct Core {
    pub(crate) rows: Rows,
    pub(crate) keys_dir: KeysDir,
    pub(crate) master: SecretKey,
    pub(crate) keyring: Keyring,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) run: u32,
    /// Why nothing can be trusted any more, if so.
    pub(crate) stopped: OnceLock<String>,
}

/// What became of an entry's content.
pub(crate) enum Opened {
    Plain(Plain),
    Erased,
}

impl Core {
    /// Runs `work` unless an earlier call failed in a way that nothing can be trusted after it.
    pub(crate) fn guarded<T>(
        &self,
        work: impl FnOnce() -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        if self.stopped.get().is_some() {
            return Err(self.has_stopped());
        }
        let answer = work();
        if let Err(error) = &answer
            && error.stops_the_vault()
        {
            // Only the first reason is the reason.
            let _there_was_one = self.stopped.set(error.to_string());
        }
        answer
    }

    /// What is said to those who come too late.
    pub(crate) fn has_stopped(&self) -> VaultError {
        let why = self.stopped.get().cloned();
        VaultError::Stopped(why.unwrap_or_else(|| "it was closed".to_owned()))
    }

    pub(crate) fn load(&self, id: EntryId) -> Result<Option<Stored>, VaultError> {
        let Some(first) = self.rows.get(&rows::entry_chunk(id, 0))? else {
            return Ok(None);
        };
        let damaged = |Damage(what)| VaultError::Damaged { entry: id, what };
        let head = entry::decode_head(id, &first).map_err(damaged)?;
        let rest = (1..head.chunks).map(|chunk| {
            let found = self.rows.get(&rows::entry_chunk(id, chunk))?;
            found.ok_or(damaged(Damage("a piece of it is missing")))
        });
        let rest = rest.collect::<Result<Vec<_>, _>>()?;
        head.complete(&rest).map(Some).map_err(damaged)
    }

    pub(crate) fn open_entry(&self, id: EntryId, stored: Stored) -> Result<Opened, VaultError> {
        let damaged = |what| VaultError::Damaged { entry: id, what };
        let sealed_with = stored.header.key_generation;
        match self.keyring.find(&self.rows, stored.header.subject)? {
            SubjectKey::Live { generation, key } if generation == sealed_with => {
                let plain = stored.open(&key).map_err(|Damage(what)| damaged(what))?;
                Ok(Opened::Plain(plain))
            }
            SubjectKey::Live { generation, .. } if generation > sealed_with => Ok(Opened::Erased),
            SubjectKey::Erased { generation } if generation >= sealed_with => Ok(Opened::Erased),
            SubjectKey::Never | SubjectKey::Live { .. } | SubjectKey::Erased { .. } => {
                Err(damaged("the key of its subject is missing"))
            }
        }
    }

    pub(crate) fn keyed_hash(&self, purpose: &str, parts: &[&str]) -> [u8; 16] {
        let mut hash = hmac_of(self.keyring.buckets().hash_key.expose());
        for part in std::iter::once(&purpose).chain(parts) {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let full = hash.finalize().into_bytes();
        let mut short = [0; 16];
        short.copy_from_slice(&full[..16]);
        short
    }
}

fn hmac_of(key: &[u8; 32]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    mac.unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"))
}
