//! Changes to rows that are not written yet, and the rows as they look through them.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use foldhash::fast::RandomState;
use redress_store::RowError;

use crate::batch::{Batch, Change, Changes, held_bytes};
use crate::row::Value;

/// Is shown rows, key and value, until it breaks off.
pub(crate) type See<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// The written rows under an overlay.
pub(crate) trait Below {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, Value>>, RowError>;

    /// What became of a row, if that is in memory.
    fn recent(&self, key: &[u8]) -> Option<&Change>;

    /// Shows the rows with keys in `[from, to)` in order; `None` means to the end.
    fn for_each(&self, from: &[u8], to: Option<&[u8]>, see: &mut See<'_>) -> Result<(), RowError>;
}

#[derive(Debug, Default)]
pub(crate) struct Overlay {
    batch: Batch,
    undo: Undo,
    order: RefCell<Order>,
}

/// What the changes of the record in hand replaced, oldest first.
#[derive(Debug, Default)]
struct Undo {
    /// All keys in one piece, because hardly any is ever looked at.
    keys: Vec<u8>,
    replaced: Vec<(usize, Option<Change>)>,
}

/// The changed keys in order, from when somebody asks for it: most folds never do.
#[derive(Debug, Default)]
struct Order {
    asked: bool,
    unsorted: Vec<Arc<[u8]>>,
    sorted: BTreeSet<Arc<[u8]>>,
}

impl Overlay {
    /// About how much memory the changes take.
    pub(crate) fn bytes(&self) -> usize {
        self.batch.bytes
    }

    pub(crate) fn set(&mut self, key: &[u8], change: Change) {
        let replaced = self.replace(key, change);
        self.undo.keys.extend_from_slice(key);
        self.undo.replaced.push((key.len(), replaced));
    }

    fn replace(&mut self, key: &[u8], change: Change) -> Option<Change> {
        let batch = &mut self.batch;
        batch.bytes += held_bytes(key, &change);
        if let Some(known) = batch.changes.get_mut(key) {
            let replaced = std::mem::replace(known, change);
            batch.bytes -= held_bytes(key, &replaced);
            return Some(replaced);
        }
        let key: Arc<[u8]> = key.into();
        let order = self.order.get_mut();
        if order.asked {
            order.unsorted.push(Arc::clone(&key));
        }
        batch.changes.insert(key, change);
        None
    }

    /// The record in hand is folded.
    pub(crate) fn keep(&mut self) {
        self.undo.keys.clear();
        self.undo.replaced.clear();
    }

    /// The record in hand has failed: nothing of it remains.
    pub(crate) fn undo(&mut self) {
        let Undo { keys, mut replaced } = std::mem::take(&mut self.undo);
        let mut end = keys.len();
        while let Some((length, replaced)) = replaced.pop() {
            let key = &keys[end - length..end];
            end -= length;
            match replaced {
                Some(change) => drop(self.replace(key, change)),
                None => {
                    if let Some(undone) = self.batch.changes.remove(key) {
                        self.batch.bytes -= held_bytes(key, &undone);
                    }
                }
            }
        }
    }

    pub(crate) fn take(&mut self) -> Batch {
        *self.order.get_mut() = Order::default();
        // The next batch is about as large.
        let next =
            Changes::with_capacity_and_hasher(self.batch.changes.len(), RandomState::default());
        let changes = std::mem::replace(&mut self.batch.changes, next);
        let bytes = std::mem::take(&mut self.batch.bytes);
        Batch { changes, bytes }
    }

    pub(crate) fn get<'a>(
        &'a self,
        key: &[u8],
        below: &'a dyn Below,
    ) -> Result<Option<Cow<'a, Value>>, RowError> {
        match self.batch.get(key) {
            Some(change) => Ok(change.as_ref().map(Cow::Borrowed)),
            None => below.get(key),
        }
    }

    /// The row, if it is in memory.
    pub(crate) fn recent<'a>(&'a self, key: &[u8], below: &'a dyn Below) -> Option<&'a Value> {
        let change = self.batch.get(key).or_else(|| below.recent(key));
        change.and_then(Option::as_ref)
    }

    /// Shows the rows in `[from, to)` in order, as they will be.
    pub(crate) fn for_each(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        below: &dyn Below,
        see: &mut See<'_>,
    ) -> Result<(), RowError> {
        if to.is_some_and(|to| to <= from) {
            return Ok(());
        }
        // Shared afterwards: what is shown rows may look at others.
        let order = self.ordered();
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        let range = order.sorted.range::<[u8], _>((Bound::Included(from), end));
        // A key that was undone has no change.
        let change_of = |key| Some((key, self.batch.get(key)?));
        let mut changes = range.filter_map(|key| change_of(&**key)).peekable();
        let mut over = false;
        below.for_each(from, to, &mut |key, value| {
            while let Some((changed, change)) = changes.next_if(|(changed, _)| *changed < key) {
                if let Some(value) = change
                    && see(changed, &value.bytes()).is_break()
                {
                    over = true;
                    return ControlFlow::Break(());
                }
            }
            let flow = match changes.next_if(|(changed, _)| *changed == key) {
                Some((_, Some(value))) => see(key, &value.bytes()),
                Some((_, None)) => ControlFlow::Continue(()),
                None => see(key, value),
            };
            over = flow.is_break();
            flow
        })?;
        if over {
            return Ok(());
        }
        for (key, change) in changes {
            if let Some(value) = change
                && see(key, &value.bytes()).is_break()
            {
                break;
            }
        }
        Ok(())
    }

    fn ordered(&self) -> Ref<'_, Order> {
        let is_behind = |order: &Order| !order.asked || !order.unsorted.is_empty();
        if is_behind(&self.order.borrow()) {
            let mut order = self.order.borrow_mut();
            if order.asked {
                let unsorted = std::mem::take(&mut order.unsorted);
                order.sorted.extend(unsorted);
            } else {
                order.asked = true;
                order.sorted = self.batch.changes.keys().map(Arc::clone).collect();
            }
        }
        self.order.borrow()
    }
}

/// Written rows in memory.
#[derive(Debug, Default)]
pub(crate) struct MemoryRows(pub(crate) BTreeMap<Vec<u8>, Vec<u8>>);

impl MemoryRows {
    pub(crate) fn write(&mut self, batch: &Batch) {
        for (key, change) in batch.rows(Cow::Borrowed) {
            match change {
                Some(value) => self.0.insert(key.into_owned(), value.into_owned()),
                None => self.0.remove(&*key),
            };
        }
    }
}

impl Below for MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, Value>>, RowError> {
        let found = self.0.get(key);
        Ok(found.map(|value| Cow::Owned(value.clone().into())))
    }

    fn recent(&self, _: &[u8]) -> Option<&Change> {
        None
    }

    fn for_each(&self, from: &[u8], to: Option<&[u8]>, see: &mut See<'_>) -> Result<(), RowError> {
        if to.is_some_and(|to| to <= from) {
            return Ok(());
        }
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        for (key, value) in self.0.range::<[u8], _>((Bound::Included(from), end)) {
            if see(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Act {
        Set(Vec<u8>, Option<Vec<u8>>),
        /// The same, as a value that is encoded later.
        SetRow(Vec<u8>, Vec<u8>),
        Scan,
        Keep,
        Undo,
        Write,
    }

    #[derive(Debug)]
    struct Text(Vec<u8>);

    impl Row for Text {
        fn to_bytes(&self) -> Vec<u8> {
            self.0.clone()
        }

        fn held_bytes(&self) -> usize {
            self.0.len()
        }
    }

    fn act() -> impl Strategy<Value = Act> {
        let key = prop::collection::vec(0_u8..3, 0..3);
        let value = || prop::collection::vec(any::<u8>(), 0..4);
        prop_oneof![
            6 => (key.clone(), prop::option::of(value()))
                .prop_map(|(key, change)| Act::Set(key, change)),
            3 => (key, value()).prop_map(|(key, value)| Act::SetRow(key, value)),
            1 => Just(Act::Scan),
            2 => Just(Act::Keep),
            1 => Just(Act::Undo),
            1 => Just(Act::Write),
        ]
    }

    fn all(overlay: &Overlay, below: &MemoryRows, from: &[u8], to: Option<&[u8]>) -> Rows {
        let mut rows = Vec::new();
        let see = &mut |key: &[u8], value: &[u8]| {
            rows.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        };
        overlay.for_each(from, to, below, see).unwrap();
        rows
    }

    type Rows = Vec<(Vec<u8>, Vec<u8>)>;

    fn listed(rows: &BTreeMap<Vec<u8>, Vec<u8>>) -> Rows {
        rows.clone().into_iter().collect()
    }

    proptest! {
        #[test]
        fn rows_through_an_overlay_are_the_rows_as_if_written(
            acts in prop::collection::vec(act(), 0..40),
            from in prop::collection::vec(0_u8..3, 0..3),
            to in prop::option::of(prop::collection::vec(0_u8..3, 0..3)),
        ) {
            let (mut overlay, mut below) = (Overlay::default(), MemoryRows::default());
            let (mut oracle, mut kept) = (BTreeMap::new(), BTreeMap::new());
            for act in acts {
                match act {
                    Act::Set(key, change) => {
                        match &change {
                            Some(value) => oracle.insert(key.clone(), value.clone()),
                            None => oracle.remove(&key),
                        };
                        overlay.set(&key, change.map(Value::from));
                    }
                    Act::SetRow(key, value) => {
                        oracle.insert(key.clone(), value.clone());
                        overlay.set(&key, Some(Value::Row(Arc::new(Text(value)))));
                        prop_assert!(overlay.recent(&key, &below).unwrap().row::<Text>().is_some());
                    }
                    Act::Scan => prop_assert_eq!(all(&overlay, &below, &[], None), listed(&oracle)),
                    Act::Keep => { overlay.keep(); kept = oracle.clone(); }
                    Act::Undo => { overlay.undo(); oracle = kept.clone(); }
                    Act::Write => { overlay.keep(); below.write(&overlay.take()); kept = oracle.clone(); }
                }
                let held: usize =
                    overlay.batch.changes.iter().map(|(key, change)| held_bytes(key, change)).sum();
                prop_assert_eq!(overlay.bytes(), held);
            }
            let end = to.as_deref();
            let inside = |key: &Vec<u8>| *key >= from && end.is_none_or(|to| key.as_slice() < to);
            let expected: Rows = oracle.clone().into_iter().filter(|(key, _)| inside(key)).collect();
            prop_assert_eq!(all(&overlay, &below, &from, end), expected);
            for (key, value) in &oracle {
                let found = overlay.get(key, &below).unwrap().unwrap();
                prop_assert_eq!(found.bytes(), value.as_slice());
            }
        }
    }
}
