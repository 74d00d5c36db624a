//! Every store is a map: whatever is done to it, it answers as a `BTreeMap` would, reopened or not.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::ops::ControlFlow;
use std::path::Path;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use redress_store::{Batch, MemoryStore, RowChange, RowError, RowStore, SledStore, Store};

type Oracle = BTreeMap<Vec<u8>, Vec<u8>>;
type Writes = Vec<(Vec<u8>, Option<Vec<u8>>)>;
type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

#[derive(Debug, Clone)]
enum Step {
    Apply(Vec<Writes>),
    Get(Vec<u8>),
    Scan {
        from: Vec<u8>,
        to: Option<Vec<u8>>,
        limit: usize,
    },
    Reopen,
}

/// Few different bytes, so that keys meet, and keys that begin like others.
fn key(shortest: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(prop::sample::select(vec![0, 1, 97, 254, 255]), shortest..4)
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..20),
        (any::<u8>(), 0..8193_usize).prop_map(|(byte, length)| vec![byte; length])
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let batch = vec((key(1), option::weighted(0.7, value())), 0..16);
    prop_oneof![
        6 => vec(batch, 0..4).prop_map(Step::Apply),
        3 => key(0).prop_map(Step::Get),
        3 => (key(0), option::of(key(0)), 0..9_usize)
            .prop_map(|(from, to, limit)| Step::Scan { from, to, limit }),
        1 => Just(Step::Reopen),
    ]
}

fn expected_scan(oracle: &Oracle, from: &[u8], to: Option<&[u8]>, limit: usize) -> Pairs {
    let range = oracle.range::<[u8], _>((Bound::Included(from), Bound::Unbounded));
    let before_end = range.take_while(|(key, _)| to.is_none_or(|to| key.as_slice() < to));
    before_end
        .take(limit)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// What the property needs of a store, whatever its kind.
trait Subject {
    fn apply(&self, batches: &[Writes]);
    fn get(&self, key: &[u8]) -> Option<Vec<u8>>;
    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Pairs;
    fn reopen(self, dir: &Path) -> Self;
}

struct Durable<S>(S, fn(S, &Path) -> S);

impl<S: Store> Subject for Durable<S> {
    fn apply(&self, batches: &[Writes]) {
        let group = batches.iter().map(|writes| {
            let mut batch = Batch::new();
            for (key, value) in writes {
                match value {
                    Some(value) => batch.put(key.clone(), value.clone()).unwrap(),
                    None => batch.delete(key.clone()).unwrap(),
                }
            }
            batch
        });
        self.0.apply(group.collect()).unwrap();
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key).unwrap()
    }

    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Pairs {
        self.0.scan(from, to, limit).unwrap()
    }

    fn reopen(self, dir: &Path) -> Self {
        Self((self.1)(self.0, dir), self.1)
    }
}

impl Subject for RowStore {
    fn apply(&self, batches: &[Writes]) {
        for writes in batches {
            let last: BTreeMap<_, _> = writes.iter().cloned().collect();
            let rows = last.iter().map(change);
            // Both ways of writing take turns, and neither may hide what the other wrote.
            if writes.len() % 2 == 0 {
                self.batch(rows).unwrap().commit().unwrap();
            } else {
                self.ingest(rows).unwrap();
            }
        }
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        RowStore::get(self, key).unwrap()
    }

    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Pairs {
        let mut back = Vec::new();
        self.for_each_back(from, to, |key, value| {
            back.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
        back.reverse();
        assert_eq!(back, RowStore::scan(self, from, to, usize::MAX).unwrap());
        RowStore::scan(self, from, to, limit).unwrap()
    }

    fn reopen(self, dir: &Path) -> Self {
        self.persist().unwrap();
        drop(self);
        RowStore::open(dir).unwrap()
    }
}

fn change<'a>((key, value): (&'a Vec<u8>, &'a Option<Vec<u8>>)) -> RowChange<'a> {
    (key.into(), value.as_ref().map(Into::into))
}

fn check(mut subject: impl Subject, dir: &Path, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut oracle = Oracle::new();
    for step in steps {
        match step {
            Step::Apply(batches) => {
                subject.apply(batches);
                for (key, value) in batches.iter().flatten() {
                    match value {
                        Some(value) => oracle.insert(key.clone(), value.clone()),
                        None => oracle.remove(key),
                    };
                }
            }
            Step::Get(key) => prop_assert_eq!(subject.get(key), oracle.get(key).cloned()),
            Step::Scan { from, to, limit } => {
                let found = subject.scan(from, to.as_deref(), *limit);
                prop_assert_eq!(found, expected_scan(&oracle, from, to.as_deref(), *limit));
            }
            Step::Reopen => subject = subject.reopen(dir),
        }
    }
    let subject = subject.reopen(dir);
    prop_assert_eq!(
        subject.scan(b"", None, usize::MAX),
        oracle.into_iter().collect::<Pairs>()
    );
    Ok(())
}

fn reopen_sled(store: SledStore, dir: &Path) -> SledStore {
    drop(store);
    SledStore::open(dir).unwrap().0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_memory_store_is_a_map(steps in vec(step(), 1..60)) {
        check(Durable(MemoryStore::new(), |store, _| store), Path::new(""), &steps)?;
    }

    #[test]
    fn the_sled_store_is_a_map(steps in vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = SledStore::open(dir.path()).unwrap();
        check(Durable(store, reopen_sled), dir.path(), &steps)?;
    }

    #[test]
    fn the_row_store_is_a_map(steps in vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        check(RowStore::open(dir.path()).unwrap(), dir.path(), &steps)?;
    }
}

#[test]
fn a_row_store_refuses_an_empty_key_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rows = RowStore::open(dir.path()).unwrap();
    let pairs = || ["", "key"].map(|key| (key.as_bytes().into(), Some(b"1".as_slice().into())));
    assert!(rows.batch(pairs().into_iter()).is_err());
    assert!(rows.ingest(pairs().into_iter()).is_err());
    assert_eq!(rows.get(b"key").unwrap(), None);
}

#[test]
fn rows_out_of_order_are_refused_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rows = RowStore::open(dir.path()).unwrap();
    let pairs = || ["b", "a"].map(|key| (key.as_bytes().into(), Some(b"1".as_slice().into())));
    for refused in [
        rows.batch(pairs().into_iter()).map(drop),
        rows.ingest(pairs().into_iter()),
    ] {
        assert!(matches!(refused, Err(RowError::Order)), "{refused:?}");
    }
    drop(rows);
    assert_eq!(RowStore::open(dir.path()).unwrap().get(b"b").unwrap(), None);
}
