//! Keys of rows. Times stand as sortable bytes, so that keys sort as times do.

use redress_envelope::ItemId;
use uuid::Uuid;

/// Facts of items: `f`, time of receipt, item, log, position.
const FACT: u8 = b'f';
/// Where an item's facts are: `i`, item; the value is the time of receipt in their keys.
const ITEM: u8 = b'i';
/// Facts that say another time of receipt than their key: `s`, that time, then as in their keys.
const SHIFTED: u8 = b's';
/// What happened to clocks: `c`, time of receipt, item, position in workflow's log.
const CLOCK: u8 = b'c';
/// Imports that began or ended: `m`, position in intake's log.
const IMPORT: u8 = b'm';

const TIME_BYTES: usize = 8;
const ITEM_BYTES: usize = 2 + 16;
/// `f`, time of receipt, item: what all facts of an item begin with.
pub(super) const CLUSTER_BYTES: usize = 1 + TIME_BYTES + ITEM_BYTES;

/// The logs that facts come from, in the order in which an item's facts are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Intake = 0,
    Workflow = 1,
}

/// Where the facts of one item stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cluster {
    /// Microseconds: the time of receipt that the item's first record said.
    pub(super) received: i64,
    pub(super) item: ItemId,
}

impl Cluster {
    pub(super) fn prefix(self) -> Vec<u8> {
        let mut key = facts_from(self.received);
        key.extend_from_slice(&item_bytes(self.item));
        key
    }

    pub(super) fn fact(self, origin: Origin, position: u64) -> Vec<u8> {
        let mut key = self.prefix();
        key.push(origin as u8);
        key.extend_from_slice(&position.to_be_bytes());
        key
    }

    /// What the keys of all events of its clocks begin with.
    pub(super) fn clocks(self) -> Vec<u8> {
        let mut key = clocks_from(self.received);
        key.extend_from_slice(&item_bytes(self.item));
        key
    }

    pub(super) fn clock(self, position: u64) -> Vec<u8> {
        let mut key = self.clocks();
        key.extend_from_slice(&position.to_be_bytes());
        key
    }

    /// The row that leads to this cluster from another time of receipt.
    pub(super) fn shifted(self, received: i64) -> Vec<u8> {
        let mut key = shifted_from(received);
        key.extend_from_slice(&self.prefix());
        key
    }

    pub(super) fn from_prefix(prefix: &[u8]) -> Option<Self> {
        let (kind, rest) = prefix.split_first()?;
        let (time, rest) = rest.split_first_chunk()?;
        let item = item_from(rest)?;
        let received = from_sortable(*time);
        (*kind == FACT).then_some(Self { received, item })
    }
}

/// The first key of facts of items received at or after a time.
pub(super) fn facts_from(received: i64) -> Vec<u8> {
    [&[FACT][..], &sortable(received)].concat()
}

pub(super) fn facts_end() -> Vec<u8> {
    vec![FACT + 1]
}

/// The first key of clocks of items received at or after a time.
pub(super) fn clocks_from(received: i64) -> Vec<u8> {
    [&[CLOCK][..], &sortable(received)].concat()
}

pub(super) fn clocks_end() -> Vec<u8> {
    vec![CLOCK + 1]
}

/// The item in the key of a fact or of a clock.
pub(super) fn item_of(key: &[u8]) -> Option<ItemId> {
    item_from(key.get(1 + TIME_BYTES..CLUSTER_BYTES)?)
}

pub(super) fn shifted_from(received: i64) -> Vec<u8> {
    [&[SHIFTED][..], &sortable(received)].concat()
}

pub(super) fn shifted_end() -> Vec<u8> {
    vec![SHIFTED + 1]
}

/// The cluster to which a row of [`Cluster::shifted`] leads.
pub(super) fn shifted_to(key: &[u8]) -> Option<Cluster> {
    Cluster::from_prefix(key.get(1 + TIME_BYTES..)?)
}

pub(super) fn item(item: ItemId) -> Vec<u8> {
    [&[ITEM][..], &item_bytes(item)].concat()
}

pub(super) fn import(position: u64) -> Vec<u8> {
    [&[IMPORT][..], &position.to_be_bytes()].concat()
}

/// The position in the key of an import or of a fact: its end.
pub(super) fn position(key: &[u8]) -> Option<u64> {
    key.last_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

/// The log in the key of a fact.
pub(super) fn origin(key: &[u8]) -> Option<Origin> {
    match key.get(CLUSTER_BYTES)? {
        0 => Some(Origin::Intake),
        1 => Some(Origin::Workflow),
        _ => None,
    }
}

fn item_bytes(item: ItemId) -> [u8; ITEM_BYTES] {
    let mut bytes = [0; ITEM_BYTES];
    bytes[..2].copy_from_slice(&item.partition.to_be_bytes());
    bytes[2..].copy_from_slice(item.unique.as_bytes());
    bytes
}

fn item_from(bytes: &[u8]) -> Option<ItemId> {
    let (partition, unique) = bytes.split_first_chunk()?;
    let unique = Uuid::from_bytes(unique.try_into().ok()?);
    Some(ItemId::new(u16::from_be_bytes(*partition), unique))
}

/// Negative numbers sort before the others.
fn sortable(number: i64) -> [u8; TIME_BYTES] {
    (number.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

fn from_sortable(bytes: [u8; TIME_BYTES]) -> i64 {
    (u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_sort_as_times_and_read_back(a: i64, b: i64, partition: u16, unique: u128) {
            prop_assert_eq!(a.cmp(&b), facts_from(a).cmp(&facts_from(b)));
            let item = ItemId::new(partition, Uuid::from_u128(unique));
            let cluster = Cluster { received: a, item };
            prop_assert_eq!(Cluster::from_prefix(&cluster.prefix()), Some(cluster));
            prop_assert_eq!(cluster.prefix().len(), CLUSTER_BYTES);
            prop_assert_eq!(shifted_to(&cluster.shifted(b)), Some(cluster));
            let key = cluster.fact(Origin::Workflow, 17);
            prop_assert_eq!(origin(&key), Some(Origin::Workflow));
            prop_assert_eq!(position(&key), Some(17));
            let key = cluster.clock(17);
            prop_assert_eq!((position(&key), item_of(&key)), (Some(17), Some(item)));
            prop_assert!(key.starts_with(&cluster.clocks()));
        }
    }
}
