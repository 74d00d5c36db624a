//! Making proofs from the roots of perfect subtrees (RFC 6962, sections 2.1.1 and 2.1.2).

use crate::hash::{Hash, node_hash};

/// A perfect subtree: the 2^level leaves from `index` * 2^level on. Level 0 is a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subtree {
    pub level: u8,
    pub index: u64,
}

impl Subtree {
    pub const fn first_leaf(self) -> u64 {
        self.index << self.level
    }

    pub const fn leaves(self) -> u64 {
        1 << self.level
    }
}

/// `E` is what the caller's lookup of a subtree fails with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError<E> {
    #[error("a tree of {size} leaves has no leaf {index}")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("a tree of {new} leaves has no earlier tree of {old}")]
    NoSuchTree { old: u64, new: u64 },
    #[error("failed to read a subtree's root")]
    Lookup(#[from] E),
}

/// The hashes beside the path from leaf `index` to the root of the first `size` leaves, the lowest
/// first. `lookup` yields the root of a perfect subtree of the log.
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    mut lookup: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofError<E>> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let mut range = Range { from: 0, to: size };
    let mut proof = Vec::new();
    while range.len() > 1 {
        let (left, right) = range.split();
        let (inside, beside) = if index < right.from {
            (left, right)
        } else {
            (right, left)
        };
        proof.push(beside.root(&mut lookup)?);
        range = inside;
    }
    proof.reverse();
    Ok(proof)
}

/// The hashes that show the first `old` of `new` leaves to be the tree of `old` leaves. Every tree
/// goes on from the empty one and from itself, and the proof of that is empty.
pub fn consistency_proof<E>(
    old: u64,
    new: u64,
    mut lookup: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofError<E>> {
    if old > new {
        return Err(ProofError::NoSuchTree { old, new });
    }
    let mut range = Range { from: 0, to: new };
    let mut proof = Vec::new();
    if old == 0 {
        return Ok(proof);
    }
    while range.to != old {
        let (left, right) = range.split();
        let (inside, beside) = if old <= right.from {
            (left, right)
        } else {
            (right, left)
        };
        proof.push(beside.root(&mut lookup)?);
        range = inside;
    }
    // What is left is a subtree of the old tree; where it is the whole of it, the verifier has it.
    if range.from > 0 {
        proof.push(range.root(&mut lookup)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Leaves `from` up to but not including `to`, as they come from splitting a tree at the largest
/// powers of two: the left part of a split is always a perfect subtree.
#[derive(Clone, Copy)]
struct Range {
    from: u64,
    to: u64,
}

impl Range {
    const fn len(self) -> u64 {
        self.to - self.from
    }

    /// Splits two or more leaves at the largest power of two smaller than their number.
    const fn split(self) -> (Self, Self) {
        let middle = self.from + (1 << (self.len() - 1).ilog2());
        let left = Self {
            from: self.from,
            to: middle,
        };
        let right = Self {
            from: middle,
            to: self.to,
        };
        (left, right)
    }

    fn root<E>(self, lookup: &mut impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
        if self.len().is_power_of_two() {
            let level = self.len().ilog2() as u8;
            return lookup(Subtree {
                level,
                index: self.from >> level,
            });
        }
        let (left, right) = self.split();
        Ok(node_hash(&left.root(lookup)?, &right.root(lookup)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_outside_the_tree_has_no_proof() {
        let lookup = |_| Err::<Hash, _>("must not be asked");
        assert_eq!(
            inclusion_proof(3, 3, lookup),
            Err(ProofError::NoSuchLeaf { index: 3, size: 3 })
        );
        assert_eq!(
            inclusion_proof(0, 0, lookup),
            Err(ProofError::NoSuchLeaf { index: 0, size: 0 })
        );
        assert_eq!(
            consistency_proof(4, 3, lookup),
            Err(ProofError::NoSuchTree { old: 4, new: 3 })
        );
        assert_eq!(consistency_proof(0, 9, lookup), Ok(vec![]));
        assert_eq!(consistency_proof(9, 9, lookup), Ok(vec![]));
    }

    #[test]
    fn a_failed_lookup_fails_the_proof() {
        assert_eq!(
            inclusion_proof(1, 2, |_| Err::<Hash, _>("unreadable")),
            Err(ProofError::Lookup("unreadable"))
        );
    }

    #[test]
    fn only_aligned_subtrees_inside_the_tree_are_asked_for() {
        let mut asked = Vec::new();
        let mut lookup = |subtree: Subtree| {
            asked.push((subtree.level, subtree.first_leaf()));
            Ok::<_, ()>(crate::empty_root())
        };
        inclusion_proof(2, 7, &mut lookup).unwrap();
        assert_eq!(asked, [(1, 4), (0, 6), (1, 0), (0, 3)]);
        let mut widest = Vec::new();
        inclusion_proof(0, u64::MAX, |subtree: Subtree| {
            widest.push(subtree.first_leaf().checked_add(subtree.leaves()));
            Ok::<_, ()>(crate::empty_root())
        })
        .unwrap();
        assert!(widest.iter().all(Option::is_some));
    }
}
