//! Batches that anyone can compute again from their number, so that a crashed store can be judged.

use std::collections::BTreeMap;

use redress_store::{Batch, MAX_BATCH_KEYS, MAX_VALUE_BYTES, SledStore, Store};

/// Every batch writes its own number here.
const HEAD: &[u8] = b"head";
/// Few enough that keys are overwritten and sled reuses its space.
const KEYS: u32 = 200;

pub(crate) fn batch(number: u64) -> Batch {
    let mut random = fastrand::Rng::with_seed(number);
    let mut batch = Batch::new();
    batch.put(HEAD, number.to_be_bytes()).unwrap();
    for _ in 1..random.usize(1..=MAX_BATCH_KEYS) {
        let key = format!("key {:03}", random.u32(0..KEYS));
        if random.u8(0..8) == 0 {
            batch.delete(key).unwrap();
        } else {
            batch.put(key, value(&mut random)).unwrap();
        }
    }
    batch
}

fn value(random: &mut fastrand::Rng) -> Vec<u8> {
    let bytes = match random.u8(0..4) {
        0 => MAX_VALUE_BYTES,
        1 => random.usize(0..MAX_VALUE_BYTES),
        _ => random.usize(0..600),
    };
    let mut value = vec![0; bytes];
    random.fill(&mut value);
    value
}

/// The number of the last batch that is in the store.
pub(crate) fn head(store: &SledStore) -> Option<u64> {
    let head = store.get(HEAD).unwrap()?;
    Some(u64::from_be_bytes(head.try_into().unwrap()))
}

/// Checks that the store holds a prefix of the batches, whole, and all that were acknowledged.
pub(crate) fn verify(store: &SledStore, acknowledged: Option<u64>) -> Result<Option<u64>, String> {
    let head = head(store);
    if head < acknowledged {
        return Err(format!(
            "acknowledged up to {acknowledged:?}, found up to {head:?}"
        ));
    }
    let mut expected = BTreeMap::new();
    for number in 0..head.map_or(0, |head| head + 1) {
        for (key, value) in batch(number).writes() {
            match value {
                Some(value) => expected.insert(key.to_vec(), value.to_vec()),
                None => expected.remove(key),
            };
        }
    }
    let found = store
        .scan(b"", None, usize::MAX)
        .map_err(|error| error.to_string())?;
    if found != expected.into_iter().collect::<Vec<_>>() {
        return Err(format!(
            "acknowledged up to {acknowledged:?}, but the content is not that of 0 to {head:?}"
        ));
    }
    Ok(head)
}
