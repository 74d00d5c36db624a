//! Changes to rows that are not written yet, and the rows as they look through them.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use redress_store::RowError;

/// Is shown rows, key and value, until it breaks off.
pub(crate) type See<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// The written rows under an overlay.
pub(crate) trait Below {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowError>;

    /// Shows the rows with keys in `[from, to)` in order; `None` means to the end.
    fn for_each(&self, from: &[u8], to: Option<&[u8]>, see: &mut See<'_>) -> Result<(), RowError>;
}

/// What a key is to become; `None` is its removal.
pub(crate) type Change = Option<Vec<u8>>;

#[derive(Debug, Default)]
pub(crate) struct Overlay {
    changes: BTreeMap<Vec<u8>, Change>,
    bytes: usize,
    /// What the changes of the record in hand replaced, oldest first.
    replaced: Vec<(Vec<u8>, Option<Change>)>,
}

impl Overlay {
    /// About how much memory the changes take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn set(&mut self, key: &[u8], change: Change) {
        self.bytes += key.len() + size(change.as_ref());
        let replaced = self.changes.insert(key.to_owned(), change);
        if let Some(replaced) = &replaced {
            self.bytes -= key.len() + size(replaced.as_ref());
        }
        self.replaced.push((key.to_owned(), replaced));
    }

    /// The record in hand is folded.
    pub(crate) fn keep(&mut self) {
        self.replaced.clear();
    }

    /// The record in hand has failed: nothing of it remains.
    pub(crate) fn undo(&mut self) {
        while let Some((key, replaced)) = self.replaced.pop() {
            let undone = match replaced {
                Some(change) => {
                    self.bytes += key.len() + size(change.as_ref());
                    let length = key.len();
                    self.changes
                        .insert(key, change)
                        .map(|undone| length + size(undone.as_ref()))
                }
                None => self
                    .changes
                    .remove(&key)
                    .map(|undone| key.len() + size(undone.as_ref())),
            };
            self.bytes -= undone.unwrap_or(0);
        }
    }

    pub(crate) fn take(&mut self) -> BTreeMap<Vec<u8>, Change> {
        self.bytes = 0;
        std::mem::take(&mut self.changes)
    }

    pub(crate) fn get(&self, key: &[u8], below: &dyn Below) -> Result<Option<Vec<u8>>, RowError> {
        match self.changes.get(key) {
            Some(change) => Ok(change.clone()),
            None => below.get(key),
        }
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
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        let mut changes = self
            .changes
            .range::<[u8], _>((Bound::Included(from), end))
            .peekable();
        let mut over = false;
        below.for_each(from, to, &mut |key, value| {
            while let Some((changed, change)) = changes.next_if(|(changed, _)| &***changed < key) {
                if let Some(value) = change
                    && see(changed, value).is_break()
                {
                    over = true;
                    return ControlFlow::Break(());
                }
            }
            let flow = match changes.next_if(|(changed, _)| changed.as_slice() == key) {
                Some((_, Some(value))) => see(key, value),
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
                && see(key, value).is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

fn size(change: Option<&Vec<u8>>) -> usize {
    change.map_or(0, Vec::len)
}

/// Written rows in memory.
#[derive(Debug, Default)]
pub(crate) struct MemoryRows(pub(crate) BTreeMap<Vec<u8>, Vec<u8>>);

impl MemoryRows {
    pub(crate) fn write(&mut self, changes: BTreeMap<Vec<u8>, Change>) {
        for (key, change) in changes {
            match change {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
    }
}

impl Below for MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowError> {
        Ok(self.0.get(key).cloned())
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
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Act {
        Set(Vec<u8>, Change),
        Keep,
        Undo,
        Write,
    }

    fn act() -> impl Strategy<Value = Act> {
        let key = prop::collection::vec(0_u8..3, 0..3);
        let change = prop::option::of(prop::collection::vec(any::<u8>(), 0..4));
        prop_oneof![
            8 => (key, change).prop_map(|(key, change)| Act::Set(key, change)),
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
                        overlay.set(&key, change);
                    }
                    Act::Keep => { overlay.keep(); kept = oracle.clone(); }
                    Act::Undo => { overlay.undo(); oracle = kept.clone(); }
                    Act::Write => { overlay.keep(); below.write(overlay.take()); kept = oracle.clone(); }
                }
                let held: usize =
                    overlay.changes.iter().map(|(key, value)| key.len() + size(value.as_ref())).sum();
                prop_assert_eq!(overlay.bytes(), held);
            }
            let end = to.as_deref();
            let inside = |key: &Vec<u8>| *key >= from && end.is_none_or(|to| key.as_slice() < to);
            let expected: Rows = oracle.clone().into_iter().filter(|(key, _)| inside(key)).collect();
            prop_assert_eq!(all(&overlay, &below, &from, end), expected);
            for (key, value) in &oracle {
                prop_assert_eq!(overlay.get(key, &below).unwrap(), Some(value.clone()));
            }
        }
    }
}
