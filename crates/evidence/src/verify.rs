//! Checking proofs with nothing but the proof (RFC 9162, sections 2.1.3.2 and 2.1.4.2, whose
//! algorithms check the proofs of RFC 6962).

use crate::hash::{Hash, empty_root, node_hash};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("a tree of {size} leaves has no leaf {index}")]
    NoSuchLeaf { index: u64, size: u64 },
    #[error("a tree of {new} leaves has no earlier tree of {old}")]
    NoSuchTree { old: u64, new: u64 },
    #[error("the proof has too few or too many hashes")]
    Length,
    #[error("the proof leads to another root")]
    Root,
    #[error("the proof leads to another root of the earlier tree")]
    OldRoot,
}

/// Checks that the leaf at `index` of the tree of `size` leaves with this root has this hash.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::NoSuchLeaf { index, size });
    }
    let mut path = Path {
        node: index,
        last: size - 1,
    };
    let mut hash = *leaf;
    for beside in proof {
        hash = match path.step().ok_or(VerifyError::Length)? {
            Side::Left => node_hash(beside, &hash),
            Side::Right => node_hash(&hash, beside),
        };
    }
    path.ends()?;
    if hash == *root {
        Ok(())
    } else {
        Err(VerifyError::Root)
    }
}

/// Checks that the tree of `new` leaves begins with the very leaves of the tree of `old` leaves.
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), VerifyError> {
    if old > new {
        return Err(VerifyError::NoSuchTree { old, new });
    }
    if old == 0 || old == new {
        return verify_without_growth(old, new, proof, old_root, new_root);
    }
    let mut path = Path {
        node: old - 1,
        last: new - 1,
    };
    path.skip_full_right_edge();
    // Where the old tree is one perfect subtree, the path starts at its root.
    let (start, rest) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(VerifyError::Length)?
    };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for beside in rest {
        match path.step().ok_or(VerifyError::Length)? {
            Side::Left => {
                old_hash = node_hash(beside, &old_hash);
                new_hash = node_hash(beside, &new_hash);
            }
            Side::Right => new_hash = node_hash(&new_hash, beside),
        }
    }
    path.ends()?;
    if old_hash != *old_root {
        Err(VerifyError::OldRoot)
    } else if new_hash != *new_root {
        Err(VerifyError::Root)
    } else {
        Ok(())
    }
}

fn verify_without_growth(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), VerifyError> {
    if !proof.is_empty() {
        Err(VerifyError::Length)
    } else if old == 0 && *old_root != empty_root() {
        Err(VerifyError::OldRoot)
    } else if old == new && old_root != new_root {
        Err(VerifyError::Root)
    } else {
        Ok(())
    }
}

/// The side on which the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

/// A way up the tree: the node's number on its level and that of the level's last node (`fn` and
/// `sn` in RFC 9162).
struct Path {
    node: u64,
    last: u64,
}

impl Path {
    /// Goes up past one sibling, and past the levels where the node has none. `None` at the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            if self.node & 1 == 0 {
                self.up(self.node.trailing_zeros());
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up(1);
        Some(side)
    }

    /// The last node of a tree of `old` leaves stands for the whole of every subtree it ends.
    fn skip_full_right_edge(&mut self) {
        self.up(self.node.trailing_ones());
    }

    /// A node that is the last of its level and even has no sibling; zero has none to the left.
    fn up(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    fn ends(&self) -> Result<(), VerifyError> {
        if self.last == 0 {
            Ok(())
        } else {
            Err(VerifyError::Length)
        }
    }
}
