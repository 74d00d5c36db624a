//! Opening a vault: agreeing with its keys, and completing what was interrupted.

use std::sync::{Arc, OnceLock};

use crate::buckets::{Buckets, DecodeError};
use crate::core::Core;
use crate::entropy::Entropy;
use crate::error::OpenError;
use crate::keyring::Keyring;
use crate::keys_dir::{KeysDir, MasterKeySource};
use crate::meta::Meta;
use crate::rows::{META, Rows};
use crate::secret::SecretKey;
use crate::sweep::Progress;
use crate::vault::VaultDirs;

impl Core {
    pub(crate) fn open(
        dirs: VaultDirs,
        source: &MasterKeySource,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let rows = Rows(dirs.store);
        let keys_dir = KeysDir::open(&dirs.keys_dir)?;
        let meta = rows.get(META).map_err(OpenError::Store)?;
        let meta = meta.map(|bytes| Meta::decode(&bytes)).transpose()?;
        let file = keys_dir.read_buckets()?;
        if meta.is_none()
            && !rows
                .page(b"", None, 1)
                .map_err(OpenError::Store)?
                .is_empty()
        {
            return Err(OpenError::StoreDamaged {
                what: "its own record is missing",
            });
        }
        if meta.is_some() && file.is_none() {
            return Err(OpenError::BucketsMissing {
                path: keys_dir.buckets_path(),
            });
        }
        let master = keys_dir.master_key(source, file.is_none(), &*entropy)?;
        let buckets = match file {
            Some(bytes) => read_buckets(&keys_dir, &master, &bytes)?,
            None => make_buckets(&keys_dir, &master, &*entropy)?,
        };
        if let Some(meta) = &meta {
            meta.refuse_other_keys(&buckets)?;
        }
        let end_of_blocks = rows.end_of_blocks().map_err(OpenError::Store)?;
        let swept = Progress::of(&rows).map_err(OpenError::Store)?;
        // A damaged note says nothing; the sweep says that it is damaged.
        let swept = swept
            .and_then(Result::ok)
            .map_or(0, |swept| swept.next_block);
        let keyring = Keyring::new(buckets);
        let stopped = OnceLock::new();
        let core = Self {
            rows,
            keys_dir,
            master,
            keyring,
            entropy,
            first_block: end_of_blocks.max(swept),
            beside_log: OnceLock::new(),
            stopped,
        };
        if meta.is_none() {
            let meta = {
                let buckets = core.keyring.buckets();
                Meta::announcing(&buckets, buckets.tag)
            };
            let written = core.rows.apply(vec![meta.write()]);
            written.map_err(OpenError::Store)?;
        }
        core.finish_interrupted()?;
        Ok(core)
    }

    fn finish_interrupted(&self) -> Result<(), OpenError> {
        let unfinished = self.keyring.buckets().unfinished();
        let unfinished = unfinished.into_iter().collect();
        self.finish(&unfinished).map_err(OpenError::Recovery)
    }
}

fn read_buckets(
    keys_dir: &KeysDir,
    master: &SecretKey,
    bytes: &[u8],
) -> Result<Buckets, OpenError> {
    let path = keys_dir.buckets_path();
    Buckets::decode(master, bytes).map_err(|error| match error {
        DecodeError::Damaged(what) => OpenError::BucketsDamaged { path, what },
        DecodeError::WrongMasterKey => OpenError::WrongMasterKey { path },
        DecodeError::UnknownVersion(version) => OpenError::UnknownFormat {
            what: "the file of bucket keys",
            version,
        },
    })
}

fn make_buckets(
    keys_dir: &KeysDir,
    master: &SecretKey,
    entropy: &dyn Entropy,
) -> Result<Buckets, OpenError> {
    let buckets = Buckets::random(entropy)?;
    let nonce = entropy.bytes(&[b"buckets nonce", &buckets.tag])?;
    let path = keys_dir.buckets_path();
    keys_dir
        .replace_buckets(&buckets.encode(master, nonce))
        .map_err(|error| OpenError::Io { path, error })?;
    Ok(buckets)
}
