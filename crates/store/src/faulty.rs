//! A store that breaks on purpose, in every way a real one can break, for tests of its callers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::Pairs;
use crate::{Batch, Store, StoreError};

/// How an `apply` breaks. The caller sees the same error each time; what is on the disk differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing of the group was written.
    NotPersisted,
    /// Everything was written, and yet an error was reported.
    PersistedButReportedFailed,
    /// Only the first batches of the group were written.
    PartlyPersisted { batches: usize },
}

/// When an `apply` breaks, and how.
#[derive(Debug, Clone)]
pub struct FaultPlan(Plan);

#[derive(Debug, Clone)]
enum Plan {
    Never,
    Nth { apply: u64, fault: Fault },
    Seeded { random: fastrand::Rng, one_in: u32 },
}

impl FaultPlan {
    pub fn never() -> Self {
        Self(Plan::Never)
    }

    /// The `apply`-th call breaks; the first one is number 1.
    pub fn nth(apply: u64, fault: Fault) -> Self {
        Self(Plan::Nth { apply, fault })
    }

    /// Each call breaks with a chance of one in `one_in`; the same seed breaks the same calls.
    pub fn seeded(seed: u64, one_in: u32) -> Self {
        Self(Plan::Seeded {
            random: fastrand::Rng::with_seed(seed),
            one_in: one_in.max(1),
        })
    }

    fn fault(&mut self, applies: u64, group: usize) -> Option<Fault> {
        match &mut self.0 {
            Plan::Never => None,
            Plan::Nth { apply, fault } => (*apply == applies).then_some(*fault),
            Plan::Seeded { random, one_in } => {
                (random.u32(0..*one_in) == 0).then(|| match random.u8(0..3) {
                    0 => Fault::NotPersisted,
                    1 => Fault::PersistedButReportedFailed,
                    _ => Fault::PartlyPersisted {
                        batches: random.usize(0..=group),
                    },
                })
            }
        }
    }
}

/// Passes everything to `inner` until the plan says otherwise; from then on it is failed, like a
/// real store. [`FaultyStore::into_inner`] gives what a restart would see. Where the faulty store
/// disappears behind an `Arc<dyn Store>`, make `inner` an `Arc` too and keep a clone of it.
#[derive(Debug)]
pub struct FaultyStore<S> {
    inner: S,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    plan: FaultPlan,
    applies: u64,
    failure: Option<String>,
}

impl<S: Store> FaultyStore<S> {
    pub fn new(inner: S, plan: FaultPlan) -> Self {
        Self {
            inner,
            state: Mutex::new(State {
                plan,
                applies: 0,
                failure: None,
            }),
        }
    }

    pub fn into_inner(self) -> S {
        self.inner
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self) -> Result<(), StoreError> {
        match &self.state().failure {
            Some(why) => Err(StoreError::Failed { why: why.clone() }),
            None => Ok(()),
        }
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.check()?;
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Pairs, StoreError> {
        self.check()?;
        self.inner.scan(from, to, limit)
    }

    fn apply(&self, mut batches: Vec<Batch>) -> Result<(), StoreError> {
        self.check()?;
        let mut state = self.state();
        state.applies += 1;
        let applies = state.applies;
        let Some(fault) = state.plan.fault(applies, batches.len()) else {
            return self.inner.apply(batches);
        };
        let why = format!("planned fault at apply {applies}: {fault:?}");
        state.failure = Some(why.clone());
        match fault {
            Fault::NotPersisted => batches.clear(),
            Fault::PersistedButReportedFailed => {}
            Fault::PartlyPersisted { batches: kept } => batches.truncate(kept),
        }
        self.inner.apply(batches)?;
        Err(StoreError::Failed { why })
    }

    fn failure(&self) -> Option<String> {
        self.state()
            .failure
            .clone()
            .or_else(|| self.inner.failure())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    fn group(keys: &[&str]) -> Vec<Batch> {
        keys.iter()
            .map(|key| {
                let mut batch = Batch::new();
                batch.put(*key, "value").unwrap();
                batch
            })
            .collect()
    }

    fn keys_after(fault: Fault) -> Vec<String> {
        let store = FaultyStore::new(MemoryStore::new(), FaultPlan::nth(2, fault));
        store.apply(group(&["a"])).unwrap();
        let failed = store.apply(group(&["b", "c"])).unwrap_err();
        assert_eq!(store.get(b"a"), Err(failed.clone()), "reads fail too");
        assert_eq!(
            store.apply(group(&["d"])),
            Err(failed),
            "nothing is retried"
        );
        assert!(store.failure().is_some());
        let pairs = store.into_inner().scan(b"", None, 10).unwrap();
        pairs
            .into_iter()
            .map(|(key, _)| String::from_utf8(key).unwrap())
            .collect()
    }

    #[test]
    fn what_was_not_persisted_is_not_there_after_the_restart() {
        assert_eq!(keys_after(Fault::NotPersisted), ["a"]);
    }

    #[test]
    fn what_was_persisted_but_reported_failed_is_there_after_the_restart() {
        assert_eq!(
            keys_after(Fault::PersistedButReportedFailed),
            ["a", "b", "c"]
        );
    }

    #[test]
    fn a_group_may_be_there_in_part_after_the_restart() {
        assert_eq!(
            keys_after(Fault::PartlyPersisted { batches: 1 }),
            ["a", "b"]
        );
    }

    #[test]
    fn the_same_seed_breaks_the_same_call_in_the_same_way() {
        let failure = |seed| {
            let store = FaultyStore::new(MemoryStore::new(), FaultPlan::seeded(seed, 5));
            while store.apply(group(&["a", "b"])).is_ok() {}
            store.failure()
        };
        assert_eq!(failure(7), failure(7));
        assert!(
            (0..20).any(|seed| failure(seed) != failure(7)),
            "seeds differ"
        );
    }
}
