//! Opening sled so that nothing is lost silently, and nothing that can be saved is given up.

use std::any::Any;
use std::fs::{self, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use thiserror::Error;

use super::disk::{self, SLED};
use super::quarantine::{self, Quarantine};
use super::waking::Waking;
use super::{SledOptions, SledStore, identity};
use crate::{DirLock, LockError};

/// A database in the making; the rename to [`SLED`] is the moment when it exists.
const CREATING: &str = "sled.creating";
/// What sled needs to open: a snapshot and one segment, generously.
const ROOM_TO_OPEN_BYTES: u64 = 4 << 20;
/// sled's threads may keep its file locked for a moment after it was dropped in this process.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// What to do where there was data and now there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    Refuse,
    BeginEmpty,
}

/// What the guard did. All empty after an ordinary open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenReport {
    /// There had never been a store here; now there is an empty one.
    pub created: bool,
    /// Snapshots that a killed process left half written; removed.
    pub unfinished_snapshots: Vec<String>,
    /// sled could not read its snapshots: they are here, and it read its whole log instead. Whoever
    /// knows what should be in the store has reason to check.
    pub snapshots_set_aside: Option<PathBuf>,
    /// Files that sled wrote beside its log; they are synced now.
    pub blobs: usize,
    /// The ballast was given up because there was no room to open.
    pub ballast_released: bool,
    /// The store begins empty, on request, instead of this folder's data.
    pub began_empty_instead_of: Option<PathBuf>,
}

#[derive(Debug, Error)]
pub enum OpenError {
    // A cause of its own, so that whoever asks for it finds it: see `LockError::behind`.
    #[error("{0}")]
    Locked(#[from] LockError),
    #[error(
        "the database in {dir} could not be opened ({why}) and was put into {moved_to}; \
         restore it, or open it again as empty and take the data back from elsewhere"
    )]
    Quarantined {
        dir: PathBuf,
        moved_to: PathBuf,
        why: String,
    },
    #[error(
        "the database {missing} is gone, although there was one; \
         put it back, or open it again as empty and take the data back from elsewhere"
    )]
    Missing { missing: PathBuf },
    #[error(
        "the database in {dir} is another one than was here before \
         ({inside}, not {beside}); put the right one back, or remove the file `identity` to accept it"
    )]
    Exchanged {
        dir: PathBuf,
        inside: String,
        beside: String,
    },
    #[error("no room to open the database in {dir}: {available} bytes are left; free some space")]
    DiskFull { dir: PathBuf, available: u64 },
    #[error("cannot open the database in {dir}: {why}")]
    Unusable { dir: PathBuf, why: String },
    #[error("cannot open the database in {dir}: {error}")]
    Io { dir: PathBuf, error: io::Error },
}

pub(super) fn open(
    dir: &Path,
    options: SledOptions,
    loss: Loss,
) -> Result<(SledStore, OpenReport), OpenError> {
    let at = |error| OpenError::Io {
        dir: dir.to_owned(),
        error,
    };
    make_dir(dir).map_err(at)?;
    let lock = DirLock::acquire(dir)?;
    let mut report = OpenReport::default();
    let needed = ROOM_TO_OPEN_BYTES + options.ballast_bytes;
    report.ballast_released = disk::release_ballast(dir, needed).map_err(at)?;
    prepare(dir, &options, loss, &mut report)?;
    let db = open_whole(dir, &options, &mut report)?;
    let blobs = disk::Blobs::open(dir).map_err(at)?;
    report.blobs = blobs.at_open;
    let path = dir.join(SLED).join("db");
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(at)?;
    // Opening wrote: a snapshot, a renamed file, perhaps a cut-off tail. Durable before the first
    // write that builds on it.
    disk::sync_tree(&dir.join(SLED)).map_err(at)?;
    disk::sync_dir(dir).map_err(at)?;
    let spare = options.reserve_bytes + ROOM_TO_OPEN_BYTES;
    disk::keep_ballast(dir, options.ballast_bytes, spare).map_err(at)?;
    let store = SledStore {
        waking: Waking::start(&db).map_err(at)?,
        db,
        dir: dir.to_owned(),
        file,
        options,
        writing: Mutex::new(()),
        failure: OnceLock::new(),
        blobs,
        _lock: lock,
    };
    Ok((store, report))
}

/// Sees to it that there is a database to open, or says why not.
fn prepare(
    dir: &Path,
    options: &SledOptions,
    loss: Loss,
    report: &mut OpenReport,
) -> Result<(), OpenError> {
    let at = |error| OpenError::Io {
        dir: dir.to_owned(),
        error,
    };
    let pending = quarantine::pending(dir).map_err(at)?;
    let known = identity::read_beside(dir).map_err(at)?;
    let is_there = dir.join(SLED).exists();
    match (&pending, loss) {
        (Some(quarantine), Loss::Refuse) => return Err(quarantined(dir, quarantine.clone())),
        (Some(quarantine), Loss::BeginEmpty) => {
            if !is_there {
                create(dir, options)?;
            }
            adopt(dir, options)?;
            quarantine::settle(dir, quarantine).map_err(at)?;
            report.began_empty_instead_of = Some(quarantine.folder.clone());
        }
        (None, _) if is_there => {}
        (None, Loss::Refuse) if known.is_some() => {
            return Err(OpenError::Missing {
                missing: dir.join(SLED),
            });
        }
        (None, _) => {
            create(dir, options)?;
            if known.is_some() {
                adopt(dir, options)?;
                report.began_empty_instead_of = Some(dir.join(SLED));
            } else {
                report.created = true;
            }
        }
    }
    report.unfinished_snapshots = quarantine::remove_unfinished_snapshots(dir).map_err(at)?;
    Ok(())
}

/// Makes an empty database: aside, synced, and then in one rename.
fn create(dir: &Path, options: &SledOptions) -> Result<(), OpenError> {
    let at = |error| OpenError::Io {
        dir: dir.to_owned(),
        error,
    };
    let creating = dir.join(CREATING);
    if creating.exists() {
        // Nothing was ever acknowledged from here: before the rename no store exists.
        fs::remove_dir_all(&creating).map_err(at)?;
    }
    let identity = identity::new().map_err(at)?;
    let fill = || {
        let db = open_patiently(&creating, options)?;
        identity::write_inside(&db, &identity)?;
        db.flush()?;
        db.context.global_error()
    };
    guard(fill).map_err(|trouble| trouble.into_error(dir))?;
    disk::sync_tree(&creating).map_err(at)?;
    fs::rename(&creating, dir.join(SLED)).map_err(at)?;
    disk::sync_dir(dir).map_err(at)
}

/// Makes the identity inside the valid one, on the way to a begin that was asked for.
fn adopt(dir: &Path, options: &SledOptions) -> Result<(), OpenError> {
    let inside = guard(|| identity::read_inside(&open_patiently(&dir.join(SLED), options)?))
        .map_err(|trouble| trouble.into_error(dir))?;
    let Some(inside) = inside else {
        return Err(OpenError::Unusable {
            dir: dir.to_owned(),
            why: "it lost its identity".into(),
        });
    };
    identity::write_beside(dir, &inside).map_err(|error| OpenError::Io {
        dir: dir.to_owned(),
        error,
    })
}

/// Opens the database that is there, without its snapshots if need be, and checks that it is whole
/// as far as that can be known here. What cannot be opened is quarantined.
fn open_whole(
    dir: &Path,
    options: &SledOptions,
    report: &mut OpenReport,
) -> Result<sled::Db, OpenError> {
    let at = |error| OpenError::Io {
        dir: dir.to_owned(),
        error,
    };
    let beside = identity::read_beside(dir).map_err(at)?;
    let mut opened = open_with_identity(dir, options);
    if matches!(opened, Err(Trouble::Damage(_))) && !is_full(dir) {
        report.snapshots_set_aside = quarantine::set_snapshots_aside(dir).map_err(at)?;
        if report.snapshots_set_aside.is_some() {
            opened = open_with_identity(dir, options);
        }
    }
    let (db, inside) = match opened {
        Ok(opened) => opened,
        Err(Trouble::Damage(why)) if !is_full(dir) => {
            let quarantine = quarantine::begin(dir, &why).map_err(at)?;
            return Err(quarantined(dir, quarantine));
        }
        Err(trouble) => return Err(trouble.into_error(dir)),
    };
    match beside {
        Some(beside) if beside == inside => {}
        Some(beside) => {
            return Err(OpenError::Exchanged {
                dir: dir.to_owned(),
                inside,
                beside,
            });
        }
        // A crash right after the creation, or an operator who accepts what is there.
        None => identity::write_beside(dir, &inside).map_err(at)?,
    }
    Ok(db)
}

fn open_with_identity(dir: &Path, options: &SledOptions) -> Result<(sled::Db, String), Trouble> {
    let (db, inside) = guard(|| {
        let db = open_patiently(&dir.join(SLED), options)?;
        let inside = identity::read_inside(&db)?;
        Ok((db, inside))
    })?;
    match inside {
        Some(inside) => Ok((db, inside)),
        // Every database has one from its first moment: this one lost its content.
        None => Err(Trouble::Damage(
            "it opened without its identity, so it lost data".into(),
        )),
    }
}

/// What keeps sled from opening.
enum Trouble {
    /// The files are not what sled wrote: opening again would not help.
    Damage(String),
    /// Something that may pass, or that an operator can change.
    Other(sled::Error),
}

impl Trouble {
    fn into_error(self, dir: &Path) -> OpenError {
        let available = fs::File::open(dir)
            .and_then(disk::available_bytes)
            .unwrap_or(u64::MAX);
        let dir = dir.to_owned();
        match self {
            _ if available < ROOM_TO_OPEN_BYTES => OpenError::DiskFull { dir, available },
            Self::Other(sled::Error::Io(error)) => OpenError::Io { dir, error },
            Self::Other(error) => OpenError::Unusable {
                dir,
                why: error.to_string(),
            },
            Self::Damage(why) => OpenError::Unusable { dir, why },
        }
    }
}

impl From<sled::Error> for Trouble {
    fn from(error: sled::Error) -> Self {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match error {
            sled::Error::Io(ref io)
                if !matches!(io.kind(), InvalidData | InvalidInput | UnexpectedEof) =>
            {
                Self::Other(error)
            }
            sled::Error::Unsupported(_) => Self::Other(error),
            sled::Error::Io(_)
            | sled::Error::CollectionNotFound(_)
            | sled::Error::ReportableBug(_)
            | sled::Error::Corruption { .. } => Self::Damage(error.to_string()),
        }
    }
}

fn guard<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, Trouble> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome.map_err(Trouble::from),
        Err(panic) => Err(Trouble::Damage(format!(
            "sled panicked: {}",
            panic_message(&*panic)
        ))),
    }
}

pub(super) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

fn open_patiently(path: &Path, options: &SledOptions) -> sled::Result<sled::Db> {
    let mut waited = Duration::ZERO;
    loop {
        // No flusher thread (a failed flush must end everything, not be tried again), no
        // compression, sled's own segment size: what was measured is what is used.
        let config = sled::Config::new()
            .path(path)
            .cache_capacity(options.cache_bytes)
            .flush_every_ms(None);
        match config.open() {
            Err(sled::Error::Io(error))
                if waited < LOCK_PATIENCE && error.to_string().contains("acquire lock") =>
            {
                thread::sleep(LOCK_PAUSE);
                waited += LOCK_PAUSE;
            }
            opened => return opened,
        }
    }
}

fn quarantined(dir: &Path, quarantine: Quarantine) -> OpenError {
    let Quarantine { folder, why } = quarantine;
    OpenError::Quarantined {
        dir: dir.to_owned(),
        moved_to: folder,
        why,
    }
}

/// On a full disk sled may fail in any way: nothing can be concluded from that.
fn is_full(dir: &Path) -> bool {
    let available = fs::File::open(dir).and_then(disk::available_bytes);
    available.is_ok_and(|available| available < ROOM_TO_OPEN_BYTES)
}

/// Makes the directory with its parents, and their names durable.
fn make_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    make_dir(parent)?;
    match fs::create_dir(dir) {
        // Another service of the installation was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        made => made.and_then(|()| disk::sync_dir(parent)),
    }
}
