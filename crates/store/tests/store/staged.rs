//! Rows that are staged, merged, sorted, and found again after a process ended anywhere.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use redress_store::{Ingested, RowChange, RowError, RowStore, StagedRows};
use tempfile::tempdir;

type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
type Oracle = BTreeMap<Vec<u8>, Vec<u8>>;

fn add(staged: &StagedRows, changes: &Changes, note: &str) -> Result<(), RowError> {
    let rows = changes.iter().map(|(key, value)| -> RowChange<'_> {
        let value = value.as_deref().map(Cow::Borrowed);
        (Cow::Borrowed(key), value)
    });
    staged.add(rows, changes.len(), note.as_bytes().to_vec())
}

fn apply(oracle: &mut Oracle, changes: &Changes) {
    for (key, value) in changes {
        match value {
            Some(value) => drop(oracle.insert(key.clone(), value.clone())),
            None => drop(oracle.remove(key)),
        }
    }
}

fn shown(staged: &StagedRows, from: &[u8], to: Option<&[u8]>) -> Oracle {
    let mut rows = Oracle::new();
    staged
        .for_each(from, to, |key, value| {
            assert!(rows.insert(key.to_vec(), value.to_vec()).is_none());
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

fn poured(staged: &StagedRows, dir: &Path) -> Oracle {
    let store = RowStore::open(dir).unwrap();
    let ingested = store.ingest_with(|put| staged.pour(put, &|| true)).unwrap();
    assert_eq!(ingested, Ingested::All);
    let rows = store.scan(&[], None, usize::MAX).unwrap();
    rows.into_iter().collect()
}

/// Batch `number` of a long history: keys come again, go, and come back.
fn batch(number: u32) -> Changes {
    let mut rng = fastrand::Rng::with_seed(number.into());
    let change = |rng: &mut fastrand::Rng| {
        let key = rng.u32(..400).to_be_bytes().to_vec();
        let value = (rng.u8(..4) > 0).then(|| vec![rng.u8(..); rng.usize(..300)]);
        (key, value)
    };
    (0..40).map(|_| change(&mut rng)).collect()
}

fn after(batches: u32) -> Oracle {
    let mut oracle = Oracle::new();
    (0..batches).for_each(|number| apply(&mut oracle, &batch(number)));
    oracle
}

/// Enough that what was merged is merged again.
const BATCHES: u32 = 300;

fn filled(dir: &Path) -> StagedRows {
    let staged = StagedRows::open(dir).unwrap();
    for number in 0..BATCHES {
        add(&staged, &batch(number), &number.to_string()).unwrap();
    }
    staged
}

fn runs(dir: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_run = |path: &PathBuf| path.to_string_lossy().contains("/run-");
    let mut runs: Vec<_> = paths.filter(is_run).collect();
    runs.sort_by_key(|path| fs::metadata(path).unwrap().len());
    runs
}

#[test]
fn many_batches_are_few_files_and_all_that_was_said_last() {
    let dir = tempdir().unwrap();
    let (staged, oracle) = (filled(&dir.path().join("staged")), after(BATCHES));
    let files = runs(&dir.path().join("staged")).len();
    assert!(files < 32, "{files} files");
    for key in 0_u32..400 {
        let key = key.to_be_bytes();
        let expected = oracle.get(key.as_slice()).cloned();
        assert_eq!(staged.get(&key).unwrap(), expected);
    }
    assert_eq!(shown(&staged, &[], None), oracle);
    assert_eq!(poured(&staged, &dir.path().join("rows")), oracle);
}

#[test]
fn whoever_stops_the_sorting_leaves_nothing_of_it_and_it_can_be_done_again() {
    let dir = tempdir().unwrap();
    let staged = StagedRows::open(&dir.path().join("staged")).unwrap();
    let many = (0..5_000_u32).map(|key| (key.to_be_bytes().to_vec(), Some(vec![7; 50])));
    add(&staged, &many.collect(), "many").unwrap();
    let store = RowStore::open(&dir.path().join("stopped")).unwrap();
    let stopped = store.ingest_with(|put| staged.pour(put, &|| false));
    assert_eq!(stopped.unwrap(), Ingested::Nothing);
    assert_eq!(store.scan(&[], None, usize::MAX).unwrap(), Vec::new());
    drop(store);
    let rows = poured(&staged, &dir.path().join("stopped"));
    assert_eq!(rows.len(), 5_000);
}

#[test]
fn a_process_that_ended_before_the_books_were_replaced_leaves_the_batch_before() {
    let dir = tempdir().unwrap();
    let staged = filled(dir.path());
    let (books, oracle) = (fs::read(dir.path().join("books")).unwrap(), after(BATCHES));
    add(&staged, &batch(BATCHES), "too late").unwrap();
    drop(staged);
    fs::write(dir.path().join("books"), books).unwrap();
    fs::write(dir.path().join("books.new"), "half").unwrap();
    let files = runs(dir.path()).len();
    let staged = StagedRows::open(dir.path()).unwrap();
    assert_eq!(
        runs(dir.path()).len(),
        files - 1,
        "what nobody knows of is removed"
    );
    let last = (BATCHES - 1).to_string();
    assert_eq!(staged.note().as_deref(), Some(last.as_bytes()));
    assert_eq!(shown(&staged, &[], None), oracle);
    add(&staged, &batch(BATCHES), "again").unwrap();
    assert_eq!(shown(&staged, &[], None), after(BATCHES + 1));
}

#[test]
fn whatever_byte_is_lost_or_changed_is_noticed_when_they_are_opened() {
    let dir = tempdir().unwrap();
    drop(filled(dir.path()));
    let mut paths = runs(dir.path());
    paths.push(dir.path().join("books"));
    let (mut tried, mut noticed) = (0, 0);
    for path in paths {
        let whole = fs::read(&path).unwrap();
        let step = whole.len() / 12 + 1;
        for at in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            for wrong in [changed, whole[..at].to_vec()] {
                fs::write(&path, wrong).unwrap();
                match StagedRows::open(dir.path()) {
                    // A frame has a bit that means nothing.
                    Ok(staged) => assert_eq!(shown(&staged, &[], None), after(BATCHES)),
                    Err(error) => {
                        assert!(matches!(error, RowError::Broken { .. }), "{error}");
                        noticed += 1;
                    }
                }
                tried += 1;
            }
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(
        shown(&StagedRows::open(dir.path()).unwrap(), &[], None),
        after(BATCHES)
    );
    assert!(noticed * 20 > tried * 19, "{noticed} of {tried}");
}

#[test]
fn rows_out_of_order_are_refused_and_nothing_of_them_is_there() {
    let dir = tempdir().unwrap();
    let staged = StagedRows::open(dir.path()).unwrap();
    let row = |key: &'static [u8]| -> RowChange<'static> { (key.into(), Some(b"x".into())) };
    let error = staged.add([row(b"b"), row(b"a")].into_iter(), 2, Vec::new());
    assert!(matches!(error, Err(RowError::Order)), "{error:?}");
    assert_eq!((staged.get(b"b").unwrap(), staged.note()), (None, None));
}

fn changes() -> impl Strategy<Value = Changes> {
    let key = prop::collection::vec(0_u8..3, 1..4);
    let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..5));
    prop::collection::btree_map(key, value, 0..8)
}

proptest! {
    #[test]
    fn staged_rows_are_those_of_a_map(
        batches in prop::collection::vec((changes(), any::<bool>()), 0..40),
        from in prop::collection::vec(0_u8..3, 0..4),
        to in prop::option::of(prop::collection::vec(0_u8..3, 0..4)),
    ) {
        let dir = tempdir().unwrap();
        let mut staged = StagedRows::open(dir.path()).unwrap();
        let mut oracle = Oracle::new();
        for (changes, reopen) in batches {
            add(&staged, &changes, "").unwrap();
            apply(&mut oracle, &changes);
            if reopen {
                drop(staged);
                staged = StagedRows::open(dir.path()).unwrap();
            }
        }
        let inside = |key: &Vec<u8>| *key >= from && to.as_ref().is_none_or(|to| key < to);
        let expected: Oracle = oracle.into_iter().filter(|(key, _)| inside(key)).collect();
        prop_assert_eq!(shown(&staged, &from, to.as_deref()), expected);
    }
}
