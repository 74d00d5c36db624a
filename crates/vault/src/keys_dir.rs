//! The folder of keys: `master.key` and `buckets`, kept apart from the store they open.
//!
//! `buckets` is replaced whole: written beside, synced, renamed over, the folder synced. The file
//! that it replaces holds keys that must disappear, so it keeps a second name, `buckets.old`, until
//! it has been overwritten and synced; an interrupted overwriting is done at the next start. That is
//! as far as a program can go: a file system that copies on write, a solid-state disk or a snapshot
//! may keep the old blocks, and they are worth something to whoever has the master key too.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::OpenError;
use crate::hex;
use crate::secret::SecretKey;

/// Where the master key comes from.
#[derive(Debug, Clone, Default)]
pub enum MasterKeySource {
    /// `master.key` in the folder of keys, made at the first start, readable by its owner only.
    #[default]
    KeysDir,
    /// A file that somebody else looks after, 64 hex digits.
    File(PathBuf),
    /// A key that was handed over, from the environment for instance.
    Given(MasterKey),
}

/// The key that seals the bucket keys.
#[derive(Debug, Clone)]
pub struct MasterKey(pub(crate) SecretKey);

/// The text is not repeated: it may be most of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 64 lower-case hex digits")]
pub struct MasterKeyError;

impl MasterKey {
    pub fn from_hex(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = Zeroizing::new(hex::decode::<32>(text.trim()).ok_or(MasterKeyError)?);
        SecretKey::from_slice(bytes.as_slice())
            .map(Self)
            .ok_or(MasterKeyError)
    }
}

/// The steps of replacing the file, for tests that break each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    WriteBeside,
    Rename,
    SyncFolder,
    OverwriteOld,
}

#[derive(Debug)]
pub(crate) struct KeysDir {
    dir: PathBuf,
    #[cfg(test)]
    pub(crate) faults: tests::Faults,
}

impl KeysDir {
    /// Makes the folder where there is none, and clears away what an interrupted change left.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        let keys = Self {
            dir: dir.to_owned(),
            #[cfg(test)]
            faults: tests::Faults::default(),
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .and_then(|()| keys.clear_leftover())
            .map_err(|error| keys.io(error))?;
        Ok(keys)
    }

    pub(crate) fn buckets_path(&self) -> PathBuf {
        buckets_in(&self.dir)
    }

    fn beside_path(&self) -> PathBuf {
        self.dir.join("buckets.new")
    }

    fn old_path(&self) -> PathBuf {
        self.dir.join("buckets.old")
    }

    fn clear_leftover(&self) -> io::Result<()> {
        let live = inode(&self.buckets_path())?;
        for path in [self.beside_path(), self.old_path()] {
            let found = inode(&path)?;
            // Before the rename the second name still is the live file: only the name goes.
            if found.is_some() && found != live {
                overwrite(&OpenOptions::new().write(true).open(&path)?)?;
            }
            if found.is_some() {
                fs::remove_file(&path)?;
                sync_dir(&self.dir)?;
            }
        }
        Ok(())
    }

    pub(crate) fn read_buckets(&self) -> Result<Option<Vec<u8>>, OpenError> {
        match fs::read(self.buckets_path()) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OpenError::Io {
                path: self.buckets_path(),
                error,
            }),
        }
    }

    /// Replaces `buckets`. After an error it is the old file or the new one, and never neither.
    pub(crate) fn replace_buckets(&self, bytes: &[u8]) -> io::Result<()> {
        let old = match OpenOptions::new().write(true).open(self.buckets_path()) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        self.step(Step::WriteBeside, || write_new(&self.beside_path(), bytes))?;
        // Where the file system has no second names, only an interruption leaves the old bytes.
        let kept = old.is_some() && fs::hard_link(self.buckets_path(), self.old_path()).is_ok();
        self.step(Step::Rename, || {
            fs::rename(self.beside_path(), self.buckets_path())
        })?;
        self.step(Step::SyncFolder, || sync_dir(&self.dir))?;
        self.step(Step::OverwriteOld, || {
            old.as_ref().map_or(Ok(()), overwrite)
        })?;
        if kept {
            fs::remove_file(self.old_path())?;
        }
        Ok(())
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "tests keep their faults in self")]
    fn step(&self, _step: Step, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        work()
    }

    #[cfg(test)]
    fn step(&self, step: Step, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.faults.step(step, work)
    }

    /// The master key; made where `may_create` says that nothing was ever sealed with one.
    pub(crate) fn master_key(
        &self,
        source: &MasterKeySource,
        may_create: bool,
        entropy: &dyn Entropy,
    ) -> Result<SecretKey, OpenError> {
        match source {
            MasterKeySource::Given(key) => Ok(key.0.clone()),
            MasterKeySource::File(path) => read_master_key(path),
            MasterKeySource::KeysDir => {
                let path = self.dir.join("master.key");
                if may_create && !path.exists() {
                    let key = SecretKey::random(entropy, &[b"master key"])?;
                    let text = Zeroizing::new(hex::encode(key.expose()) + "\n");
                    // Under its name only once it is whole: a key that was cut off opens nothing.
                    let beside = self.dir.join("master.key.new");
                    write_new(&beside, text.as_bytes())
                        .and_then(|()| fs::rename(&beside, &path))
                        .and_then(|()| sync_dir(&self.dir))
                        .map_err(|error| self.io(error))?;
                }
                refuse_if_readable_by_others(&path)?;
                read_master_key(&path)
            }
        }
    }

    fn io(&self, error: io::Error) -> OpenError {
        OpenError::Io {
            path: self.dir.clone(),
            error,
        }
    }
}

pub(crate) fn buckets_in(dir: &Path) -> PathBuf {
    dir.join("buckets")
}

fn read_master_key(path: &Path) -> Result<SecretKey, OpenError> {
    let bytes = fs::read(path).map_err(|error| {
        let path = path.to_owned();
        if error.kind() == io::ErrorKind::NotFound {
            OpenError::MasterKeyMissing { path }
        } else {
            OpenError::Io { path, error }
        }
    })?;
    let bytes = Zeroizing::new(bytes);
    std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| MasterKey::from_hex(text).ok())
        .map(|key| key.0)
        .ok_or_else(|| OpenError::MasterKeyMalformed {
            place: path.display().to_string(),
        })
}

fn refuse_if_readable_by_others(path: &Path) -> Result<(), OpenError> {
    let mode = match fs::metadata(path) {
        Ok(found) => found.permissions().mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(OpenError::Io {
                path: path.to_owned(),
                error,
            });
        }
    };
    let for_others = mode & 0o077;
    if for_others == 0 {
        return Ok(());
    }
    Err(OpenError::MasterKeyReadableByOthers {
        path: path.to_owned(),
        mode,
    })
}

/// Writes a file that only its owner can read, and syncs it.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn overwrite(mut file: &File) -> io::Result<()> {
    let length = file.metadata()?.len();
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    file.sync_all()
}

/// What tells two files apart, whatever they are called.
fn inode(path: &Path) -> io::Result<Option<(u64, u64)>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some((found.dev(), found.ino()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::SeededEntropy;

    /// Breaks the n-th step from now, before or after it is done; everything after it breaks too.
    #[derive(Debug, Default)]
    pub(crate) struct Faults(Mutex<Option<(u32, bool)>>);

    impl Faults {
        pub(crate) fn plan(&self, step: u32, after: bool) {
            *self.0.lock().unwrap() = Some((step, after));
        }

        pub(crate) fn step(
            &self,
            step: Step,
            work: impl FnOnce() -> io::Result<()>,
        ) -> io::Result<()> {
            let mut plan = self.0.lock().unwrap();
            let Some((left, after)) = *plan else {
                return work();
            };
            if left > 1 {
                *plan = Some((left - 1, after));
                return work();
            }
            if left == 1 && after {
                work()?;
            }
            *plan = Some((0, after));
            Err(io::Error::other(format!("planned fault at {step:?}")))
        }
    }

    #[test]
    fn the_file_is_the_old_one_or_the_new_one_whatever_step_breaks() {
        for step in 1..=4 {
            for after in [false, true] {
                let dir = tempfile::tempdir().unwrap();
                let keys = KeysDir::open(dir.path()).unwrap();
                keys.replace_buckets(b"old").unwrap();
                fs::hard_link(keys.buckets_path(), dir.path().join("watched")).unwrap();
                keys.faults.plan(step, after);
                keys.replace_buckets(b"new").unwrap_err();
                let keys = KeysDir::open(dir.path()).unwrap();
                let found = keys.read_buckets().unwrap().unwrap();
                let renamed = step > 2 || (step == 2 && after);
                assert_eq!(
                    found,
                    if renamed { b"new" } else { b"old" },
                    "{step} {after}"
                );
                let watched = fs::read(dir.path().join("watched")).unwrap();
                assert_eq!(
                    watched,
                    if renamed { b"\0\0\0" } else { b"old" },
                    "{step} {after}"
                );
                assert!(!keys.beside_path().exists() && !keys.old_path().exists());
            }
        }
    }

    #[test]
    fn the_replaced_file_is_overwritten_not_only_unlinked() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeysDir::open(dir.path()).unwrap();
        keys.replace_buckets(b"old keys").unwrap();
        // A second name keeps the replaced file in reach, as a look at the raw disk would.
        fs::hard_link(keys.buckets_path(), dir.path().join("kept")).unwrap();
        keys.replace_buckets(b"new").unwrap();
        assert_eq!(fs::read(dir.path().join("kept")).unwrap(), [0; 8]);
        assert_eq!(fs::read(keys.buckets_path()).unwrap(), b"new");
    }

    #[test]
    fn the_master_key_is_made_once_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeysDir::open(dir.path()).unwrap();
        let source = MasterKeySource::KeysDir;
        let missing = keys.master_key(&source, false, &SeededEntropy(1));
        assert!(matches!(missing, Err(OpenError::MasterKeyMissing { .. })));
        let made = keys.master_key(&source, true, &SeededEntropy(1)).unwrap();
        let read = keys.master_key(&source, true, &SeededEntropy(2)).unwrap();
        assert_eq!(made.expose(), read.expose());
        let path = dir.path().join("master.key");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let readable = keys.master_key(&source, false, &SeededEntropy(1));
        assert!(matches!(
            readable,
            Err(OpenError::MasterKeyReadableByOthers { mode: 0o640, .. })
        ));
        let elsewhere = MasterKeySource::File(path.clone());
        assert!(
            keys.master_key(&elsewhere, false, &SeededEntropy(1))
                .is_ok()
        );
        fs::write(&path, "short").unwrap();
        let malformed = keys.master_key(&elsewhere, false, &SeededEntropy(1));
        assert!(matches!(
            malformed,
            Err(OpenError::MasterKeyMalformed { .. })
        ));
    }
}
