//! Erasure is broken at every step, and attacked with everything that is left on the disk.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use redress_store::{Fault, FaultPlan, FaultyStore, MemoryStore, SledStore, Store};
use tempfile::TempDir;

use super::*;
use crate::buckets::Buckets;
use crate::keyring::Found;
use crate::{Class, NewEntry, OsEntropy, Read, Vault, VaultDirs};

struct Disk {
    store: Arc<MemoryStore>,
    keys: TempDir,
}

impl Disk {
    fn new() -> Self {
        Self {
            store: Arc::default(),
            keys: tempfile::tempdir().unwrap(),
        }
    }

    fn open(&self, plan: FaultPlan) -> Vault {
        let store = FaultyStore::new(Arc::clone(&self.store), plan);
        open(Arc::new(store), self.keys.path())
    }
}

fn open(store: Arc<dyn Store>, keys: &Path) -> Vault {
    let dirs = VaultDirs {
        store,
        keys_dir: keys.to_owned(),
    };
    Vault::open(dirs, Arc::new(OsEntropy)).unwrap()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// Subjects of one bucket, so that they share a bucket key.
fn neighbours(vault: &Vault, count: usize) -> Vec<SubjectId> {
    let buckets = vault.core.keyring.buckets();
    (0_u128..)
        .map(|n| SubjectId::from_bytes(n.to_be_bytes()))
        .filter(|subject| buckets.bucket_of(*subject) == 5)
        .take(count)
        .collect()
}

fn unfinished(vault: &Vault) -> Vec<u16> {
    vault.core.keyring.buckets().unfinished()
}

fn seal_for(vault: &Vault, subjects: &[SubjectId]) {
    let entries = subjects.iter().map(|subject| NewEntry {
        subject: *subject,
        class: Class::new("words").unwrap(),
        content: words_of(*subject),
    });
    wait(vault.seal(entries.collect())).unwrap();
}

fn words_of(subject: SubjectId) -> Vec<u8> {
    format!("the very own words of {subject}").into_bytes()
}

/// What was sealed for the subject last.
fn read(vault: &Vault, subject: SubjectId) -> Read {
    let entries = vault.entries_of_subject(subject, None, 1).unwrap().entries;
    vault.read(&entries[0].to_string()).unwrap()
}

/// Breaks an erasure with `broken`, restarts, and looks at what is left. Returns whether the break
/// came before the end, so that a caller knows when it has tried every step.
fn survives(plan: FaultPlan, key_step: Option<(u32, bool)>, what: &str) -> bool {
    let disk = Disk::new();
    let vault = disk.open(FaultPlan::never());
    let subjects = neighbours(&vault, 40);
    seal_for(&vault, &subjects);
    drop(vault);

    let vault = disk.open(plan);
    if let Some((step, after)) = key_step {
        vault.core.keys_dir.faults.plan(step, after);
    }
    let victim = subjects[7];
    let erased = wait(vault.erase_subject(victim));
    if erased.is_err() {
        let read = vault.entries_of_subject(victim, None, 1);
        assert!(matches!(read, Err(VaultError::Stopped(_))), "{what}");
    }
    drop(vault);

    let vault = disk.open(FaultPlan::never());
    let others_are_whole = |vault: &Vault| {
        subjects
            .iter()
            .filter(|subject| **subject != victim)
            .all(|subject| read(vault, *subject) == Read::Content(words_of(*subject)))
    };
    assert!(others_are_whole(&vault), "{what}");
    assert_eq!(unfinished(&vault), [0; 0], "{what}");
    let found = read(&vault, victim);
    let whole = found == Read::Content(words_of(victim));
    assert!(
        found == Read::Erased || (whole && erased.is_err()),
        "{what}: {found:?}"
    );
    wait(vault.erase_subject(victim)).unwrap();
    assert_eq!(read(&vault, victim), Read::Erased, "{what}");
    assert!(others_are_whole(&vault), "{what}");
    erased.is_err()
}

#[test]
fn an_erasure_that_is_interrupted_at_any_write_harms_nobody_and_can_be_completed() {
    let faults = [
        Fault::NotPersisted,
        Fault::PersistedButReportedFailed,
        Fault::PartlyPersisted { batches: 1 },
    ];
    for fault in faults {
        let broken: Vec<_> = (1..20_u64)
            .take_while(|apply| {
                survives(
                    FaultPlan::nth(*apply, fault),
                    None,
                    &format!("{fault:?} at {apply}"),
                )
            })
            .collect();
        assert_eq!(
            broken,
            [1, 2, 3, 4],
            "the next file is announced twice; the note, and the 39 keys that are wrapped again"
        );
    }
}

#[test]
fn an_erasure_that_is_interrupted_at_any_step_of_the_key_file_can_be_completed() {
    for after in [false, true] {
        let steps = (1..20_u32)
            .take_while(|step| {
                let what = format!("step {step}, done: {after}");
                survives(FaultPlan::never(), Some((*step, after)), &what)
            })
            .count();
        assert_eq!(steps, 8, "two replacements of four steps");
    }
}

#[test]
fn what_an_interrupted_rewrap_left_is_completed_at_the_next_opening() {
    let disk = Disk::new();
    let vault = disk.open(FaultPlan::never());
    let subjects = neighbours(&vault, 20);
    seal_for(&vault, &subjects);
    vault.core.begin(&BTreeSet::from([5]), Vec::new()).unwrap();
    assert_eq!(unfinished(&vault), [5]);
    let late = neighbours(&vault, 21).pop().unwrap();
    seal_for(&vault, &[late]);
    drop(vault);
    let vault = disk.open(FaultPlan::never());
    assert_eq!(unfinished(&vault), [0; 0]);
    assert_eq!(read(&vault, late), Read::Content(words_of(late)));
    assert_eq!(vault.core.keyring.buckets().all[5].current.generation, 2);
    wait(vault.rewrap_bucket(5)).unwrap();
    drop(vault);
    let vault = disk.open(FaultPlan::never());
    assert_eq!(
        read(&vault, subjects[0]),
        Read::Content(words_of(subjects[0]))
    );
    assert!(wait(vault.rewrap_bucket(1024)).is_err());
}

#[test]
fn a_damaged_key_is_lost_and_keeps_nobody_else_from_being_erased() {
    let disk = Disk::new();
    let vault = disk.open(FaultPlan::never());
    let subjects = neighbours(&vault, 4);
    seal_for(&vault, &subjects);
    drop(vault);
    let put = |subject, row: Vec<u8>| {
        let mut damage = redress_store::Batch::new();
        damage.put(rows::subject_key(5, subject), row).unwrap();
        disk.store.apply(vec![damage]).unwrap();
    };
    put(subjects[2], b"nonsense".to_vec());
    // A whole row, whose key was wrapped by something else.
    let row = disk.store.get(&rows::subject_key(5, subjects[3])).unwrap();
    let mut record = KeyRecord::decode(5, subjects[3], &row.unwrap()).unwrap();
    let place = KeyPlace {
        bucket: 5,
        subject: subjects[3],
        generation: 1,
    };
    let other = BucketKey::random(&OsEntropy, 5, 1).unwrap().key;
    let wrapped = Wrapped::wrap(&place, &other, 1, &other, [1; NONCE_BYTES]);
    record.key = WrappedKey::Live(wrapped);
    put(subjects[3], record.encode(5, subjects[3]));

    let vault = disk.open(FaultPlan::never());
    assert_eq!(wait(vault.erase_subject(subjects[0])), Ok(Erasure::Erased));
    assert_eq!(read(&vault, subjects[0]), Read::Erased);
    assert_eq!(
        read(&vault, subjects[1]),
        Read::Content(words_of(subjects[1]))
    );
    let found = vault.entries_of_subject(subjects[3], None, 1).unwrap();
    let lost = vault.read(&found.entries[0].to_string());
    assert!(matches!(lost, Err(VaultError::Damaged { .. })), "{lost:?}");
    seal_for(&vault, &subjects[3..]);
    assert_eq!(
        read(&vault, subjects[3]),
        Read::Content(words_of(subjects[3]))
    );
    let unreadable = vault.entries_of_subject(subjects[2], None, 1);
    assert!(matches!(unreadable, Err(VaultError::SubjectKey { .. })));
    assert_eq!(wait(vault.mend_subject(subjects[1])), Ok(false));
    assert_eq!(wait(vault.mend_subject(subjects[2])), Ok(true));
    let mended = vault.entries_of_subject(subjects[2], None, 9).unwrap();
    assert_eq!((mended.entries.len(), mended.broken), (1, None));
    seal_for(&vault, &subjects[2..3]);
    assert_eq!(
        read(&vault, subjects[2]),
        Read::Content(words_of(subjects[2]))
    );
    put(subjects[2], b"again".to_vec());
    assert_eq!(wait(vault.erase_subject(subjects[2])), Ok(Erasure::Erased));
    let listed = vault.entries_of_subject(subjects[2], None, 9).unwrap();
    for entry in listed.entries {
        assert_eq!(vault.read(&entry.to_string()), Ok(Read::Erased));
    }
}

#[test]
fn several_are_erased_with_two_replacements_of_the_key_file() {
    let disk = Disk::new();
    let vault = disk.open(FaultPlan::never());
    let all: Vec<_> = (0..60_u8).map(|n| SubjectId::from_bytes([n; 16])).collect();
    seal_for(&vault, &all[..50]);
    wait(vault.erase_subject(all[3])).unwrap();
    // A third replacement would break.
    vault.core.keys_dir.faults.plan(9, false);
    let victims: Vec<_> = all.iter().copied().step_by(3).collect();
    let erased = wait(vault.erase_subjects(victims.clone())).unwrap();
    for ((number, subject), erased) in (0..).step_by(3).zip(&victims).zip(erased) {
        let expected = match number {
            3 => Erasure::AlreadyErased,
            50.. => Erasure::NothingSealed,
            _ => Erasure::Erased,
        };
        assert_eq!(erased, expected, "{number}");
        if number < 50 {
            assert_eq!(read(&vault, *subject), Read::Erased);
        }
    }
    let others = all[..50].iter().filter(|other| !victims.contains(other));
    for other in others {
        assert_eq!(read(&vault, *other), Read::Content(words_of(*other)));
    }
}

/// Every file below `dir`, byte for byte.
fn raw_files(dir: &Path) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for found in fs::read_dir(dir).unwrap() {
        let path = found.unwrap().path();
        if path.is_dir() {
            files.extend(raw_files(&path));
        } else {
            files.push(fs::read(path).unwrap());
        }
    }
    files
}

fn holds(files: &[Vec<u8>], bytes: &[u8]) -> bool {
    files
        .iter()
        .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

/// What somebody can unwrap who has an old copy of a wrapped key, the master key and every file.
fn attack(files: &[Vec<u8>], vault: &Vault, place: &KeyPlace, old: &Wrapped) -> bool {
    files
        .iter()
        .filter_map(|file| Buckets::decode(&vault.core.master, file).ok())
        .flat_map(|buckets| buckets.all)
        .flat_map(|bucket| std::iter::once(bucket.current).chain(bucket.next))
        .any(|bucket_key| old.unwrap(place, &bucket_key.key).is_ok())
}

#[test]
fn after_an_erasure_nothing_on_the_disk_opens_what_was_erased() {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("keys");
    let (store, _) = SledStore::open(&dir.path().join("vault")).unwrap();
    let vault = open(Arc::new(store), &keys);
    let subjects = neighbours(&vault, 20);
    let victim = subjects[3];
    seal_for(&vault, &subjects);
    let found = vault.core.keyring.find(&vault.core.rows, victim);
    let Some(Found {
        record,
        key: Some(key),
    }) = found.unwrap()
    else {
        panic!("the victim's key is live");
    };
    let (generation, subject_key) = (record.generation, *key.expose());
    let WrappedKey::Live(wrapped) = record.key else {
        panic!("the victim's key is there");
    };
    let place = KeyPlace {
        bucket: 5,
        subject: victim,
        generation,
    };
    let old_bucket_key = vault.core.keyring.buckets().all[5].current.key.clone();
    // A second name shows what becomes of the blocks of the replaced file.
    fs::hard_link(keys.join("buckets"), dir.path().join("old buckets")).unwrap();
    assert!(
        attack(&raw_files(dir.path()), &vault, &place, &wrapped),
        "else the test is blind"
    );

    assert_eq!(wait(vault.erase_subject(victim)), Ok(Erasure::Erased));
    assert_eq!(
        wait(vault.erase_subject(victim)),
        Ok(Erasure::AlreadyErased)
    );
    assert_eq!(read(&vault, victim), Read::Erased);
    let files = raw_files(dir.path());
    assert!(!attack(&files, &vault, &place, &wrapped));
    for secret in [
        subject_key.as_slice(),
        old_bucket_key.expose(),
        &words_of(victim),
    ] {
        assert!(!holds(&files, secret));
    }
    assert!(
        holds(&files, victim.as_bytes()),
        "the sealed entry itself stays"
    );
    drop(vault);

    let (store, _) = SledStore::open(&dir.path().join("vault")).unwrap();
    let vault = open(Arc::new(store), &keys);
    assert_eq!(read(&vault, victim), Read::Erased);
    assert_eq!(
        read(&vault, subjects[4]),
        Read::Content(words_of(subjects[4]))
    );
}
