//! Opening a vault: agreeing with its keys, and completing what was interrupted.

use std::sync::{Arc, OnceLock};

use crate::begin::Begin;
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
        begin: Begin,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let rows = Rows(dirs.store);
        let keys_dir = KeysDir::open(&dirs.keys_dir)?;
        let file = keys_dir.read_buckets()?;
        let meta = read_meta(&rows)?;
        match &meta {
            None => begin.allow(&keys_dir.buckets_path(), file.is_some())?,
            Some(meta) if file.is_none() && !meta.is_of_first_start() => {
                let path = keys_dir.buckets_path();
                return Err(OpenError::BucketsMissing { path });
            }
            Some(_) => {}
        }
        let master = keys_dir.master_key(source, file.is_none(), &*entropy)?;
        let buckets = match file {
            Some(bytes) => {
                let buckets = read_buckets(&keys_dir, &master, &bytes)?;
                if let Some(meta) = &meta {
                    meta.refuse_other_keys(&buckets)?;
                }
                buckets
            }
            None => make_buckets(&rows, &keys_dir, &master, &*entropy)?,
        };
        if meta.is_none_or(|meta| meta.is_of_first_start()) {
            write_meta(&rows, &Meta::announcing(&buckets, buckets.tag))?;
        }
        let end_of_blocks = rows.end_of_blocks().map_err(OpenError::Store)?;
        let swept = Progress::of(&rows).map_err(OpenError::Store)?;
        // A damaged note says nothing; the sweep says that it is damaged.
        let swept = swept
            .and_then(Result::ok)
            .map_or(0, |swept| swept.next_block);
        let core = Self {
            rows,
            keys_dir,
            master,
            keyring: Keyring::new(buckets),
            entropy,
            first_block: end_of_blocks.max(swept),
            beside_log: OnceLock::new(),
            stopped: OnceLock::new(),
        };
        core.finish_interrupted()?;
        Ok(core)
    }

    fn finish_interrupted(&self) -> Result<(), OpenError> {
        let unfinished = self.keyring.buckets().unfinished();
        let unfinished = unfinished.into_iter().collect();
        self.finish(&unfinished).map_err(OpenError::Recovery)
    }
}

/// What the store knows about itself; none where it is empty.
fn read_meta(rows: &Rows) -> Result<Option<Meta>, OpenError> {
    if let Some(bytes) = rows.get(META).map_err(OpenError::Store)? {
        return Meta::decode(&bytes).map(Some);
    }
    let anything = rows.page(b"", None, 1).map_err(OpenError::Store)?;
    if anything.is_empty() {
        return Ok(None);
    }
    let what = "its own record is missing";
    Err(OpenError::StoreDamaged { what })
}

fn write_meta(rows: &Rows, meta: &Meta) -> Result<(), OpenError> {
    rows.apply(vec![meta.write()]).map_err(OpenError::Store)
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

/// The first keys. The store knows of them before the file is there: so a file that no store knows of
/// is one whose store is gone.
fn make_buckets(
    rows: &Rows,
    keys_dir: &KeysDir,
    master: &SecretKey,
    entropy: &dyn Entropy,
) -> Result<Buckets, OpenError> {
    let buckets = Buckets::random(entropy)?;
    let nonce = entropy.bytes(&[b"buckets nonce", &buckets.tag])?;
    write_meta(rows, &Meta::announcing_first(&buckets))?;
    let path = keys_dir.buckets_path();
    keys_dir
        .replace_buckets(&buckets.encode(master, nonce))
        .map_err(|error| OpenError::Io { path, error })?;
    Ok(buckets)
}
