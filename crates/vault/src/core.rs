//! What the callers' side and the writer share: the store, the keys, and whether to go on.

use std::sync::{Arc, OnceLock};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::block::Block;
use crate::entropy::Entropy;
use crate::entry::{Damage, Header};
use crate::error::VaultError;
use crate::id::EntryId;
use crate::keyring::{Found, Keyring};
use crate::keys_dir::KeysDir;
use crate::piece;
use crate::plain::Plain;
use crate::rows::{self, Rows};
use crate::secret::SecretKey;
use crate::subject_key::WrappedKey;
use crate::sweep::BesideLog;

pub(crate) struct Core {
    pub(crate) rows: Rows,
    pub(crate) keys_dir: KeysDir,
    pub(crate) master: SecretKey,
    pub(crate) keyring: Keyring,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The first block of this run of the program: what comes before was sealed in earlier ones.
    pub(crate) first_block: u64,
    /// The log that refers to what is sealed here, once somebody named it.
    pub(crate) beside_log: OnceLock<BesideLog>,
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

    /// The block under this number; none where nothing is there.
    pub(crate) fn block(&self, number: u64) -> Result<Result<Option<Block>, Damage>, VaultError> {
        let bytes = self.rows.get(&rows::block(number))?;
        let block = bytes.map(|bytes| Block::decode(number, &bytes));
        Ok(block.transpose())
    }

    /// The header of an entry and its sealed bytes, which are whole.
    pub(crate) fn load(&self, id: EntryId) -> Result<Option<(Header, Vec<u8>)>, VaultError> {
        let damaged = |Damage(what)| VaultError::Damaged { entry: id, what };
        let place = id.place();
        let Some(block) = self.block(place.block)?.map_err(damaged)? else {
            return Ok(None);
        };
        let header = block.headers.get(usize::from(place.index));
        let header = header.filter(|it| id.is_marked_by(&it.nonce) && !it.is_swept());
        let (Some(header), Some(sealed)) = (header, block.sealed(place.index)) else {
            return Ok(None);
        };
        let sealed = match header.pieces {
            0 => sealed.to_vec(),
            pieces => self.pieces(id, pieces)?,
        };
        header.check(&sealed).map_err(damaged)?;
        Ok(Some((header.clone(), sealed)))
    }

    fn pieces(&self, id: EntryId, pieces: u8) -> Result<Vec<u8>, VaultError> {
        let damaged = |what| VaultError::Damaged { entry: id, what };
        let mut sealed = Vec::new();
        for number in 0..pieces {
            let key = rows::piece(id.place(), number);
            let row = self.rows.get(&key)?;
            let row = row.ok_or(damaged("a piece of it is missing"))?;
            let piece = piece::decode(&key, &row).map_err(|Damage(what)| damaged(what))?;
            sealed.extend_from_slice(piece);
        }
        Ok(sealed)
    }

    pub(crate) fn open_entry(
        &self,
        id: EntryId,
        header: &Header,
        sealed: Vec<u8>,
    ) -> Result<Opened, VaultError> {
        let damaged = |what| VaultError::Damaged { entry: id, what };
        let sealed_with = header.origin.key_generation;
        let missing = damaged("the key of its subject is missing");
        let Some(Found { record, key }) = self.keyring.find(&self.rows, header.origin.subject)?
        else {
            return Err(missing);
        };
        match key {
            Some(key) if record.generation == sealed_with => {
                let plain = header.open(id.place(), &key, sealed);
                plain
                    .map(Opened::Plain)
                    .map_err(|Damage(what)| damaged(what))
            }
            Some(_) if record.generation > sealed_with => Ok(Opened::Erased),
            None if record.generation == sealed_with && record.key == WrappedKey::Lost => {
                Err(damaged("the key of its subject was damaged, and is lost"))
            }
            None if record.generation >= sealed_with => Ok(Opened::Erased),
            Some(_) | None => Err(missing),
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
