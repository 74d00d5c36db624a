//! The right edge of a growing tree: all that an appending log must keep to know its root.

use crate::hash::{Hash, empty_root, node_hash};

/// More leaves than this are refused wherever a length comes from outside: far more than any log
/// will hold, and low enough that no arithmetic on positions can overflow.
pub const MAX_LEAVES: u64 = 1 << 62;

/// The first byte of the stored form.
const FORMAT: u8 = 1;

/// A compact range from the first leaf: the roots of the perfect subtrees that a tree of `len`
/// leaves is made of, widest (leftmost) first, one for each bit that is set in `len`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    len: u64,
    roots: Vec<Hash>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    #[error("a tree of {len} leaves has {expected} edge roots, and {found} were given")]
    Roots {
        len: u64,
        expected: usize,
        found: usize,
    },
    #[error("a subtree of level {level} cannot follow {len} leaves")]
    Unaligned { level: u8, len: u64 },
    #[error("a tree holds at most {MAX_LEAVES} leaves")]
    TooLong,
    #[error("a stored frontier begins with {FORMAT} and holds a length and whole hashes")]
    Encoding,
}

impl Frontier {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the edge roots of a tree of `len` leaves, widest subtree first.
    pub fn from_parts(len: u64, roots: Vec<Hash>) -> Result<Self, FrontierError> {
        if len > MAX_LEAVES {
            return Err(FrontierError::TooLong);
        }
        let expected = len.count_ones() as usize;
        let found = roots.len();
        if expected != found {
            return Err(FrontierError::Roots {
                len,
                expected,
                found,
            });
        }
        Ok(Self { len, roots })
    }

    pub const fn len(&self) -> u64 {
        self.len
    }

    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The roots of the perfect subtrees, widest first.
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Appends one leaf (its [`leaf_hash`](crate::leaf_hash)).
    pub fn push(&mut self, leaf: Hash) {
        self.append(0, leaf);
    }

    /// Appends 2^level leaves at once by the root over them. The leaves before must fill whole
    /// subtrees of that level.
    pub fn push_subtree(&mut self, level: u8, root: Hash) -> Result<(), FrontierError> {
        let width = 1_u64
            .checked_shl(u32::from(level))
            .filter(|width| *width <= MAX_LEAVES - self.len.min(MAX_LEAVES))
            .ok_or(FrontierError::TooLong)?;
        if !self.len.is_multiple_of(width) {
            return Err(FrontierError::Unaligned {
                level,
                len: self.len,
            });
        }
        self.append(level, root);
        Ok(())
    }

    /// Each set bit from `level` upwards is a subtree as wide as what has been carried so far.
    fn append(&mut self, level: u8, root: Hash) {
        let full = (self.len >> level).trailing_ones() as usize;
        let kept = self.roots.len() - full;
        let carried = self
            .roots
            .drain(kept..)
            .rfold(root, |right, left| node_hash(&left, &right));
        self.roots.push(carried);
        self.len += 1 << level;
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Hash {
        let mut edge = self.roots.iter().rev();
        edge.next().map_or_else(empty_root, |last| {
            edge.fold(*last, |right, left| node_hash(left, &right))
        })
    }

    /// The stored form, frozen: the byte 1, the length (8 bytes, big-endian), the roots.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend(self.len.to_be_bytes());
        bytes.extend(self.roots.iter().flat_map(Hash::as_bytes));
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (&[format, ref len @ ..], rest) = bytes
            .split_first_chunk::<9>()
            .ok_or(FrontierError::Encoding)?;
        let (hashes, odd) = rest.as_chunks::<{ Hash::BYTES }>();
        if format != FORMAT || !odd.is_empty() {
            return Err(FrontierError::Encoding);
        }
        let roots = hashes.iter().copied().map(Hash::from).collect();
        Self::from_parts(u64::from_be_bytes(*len), roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    fn frontier_of(len: u64) -> Frontier {
        let mut frontier = Frontier::new();
        for n in 0..len {
            frontier.push(leaf_hash(&n.to_be_bytes()));
        }
        frontier
    }

    #[test]
    fn the_stored_form_never_changes() {
        let mut frontier = Frontier::new();
        frontier.push(leaf_hash(b""));
        frontier.push(leaf_hash(&[0x00]));
        frontier.push(leaf_hash(&[0x10]));
        let roots = [
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
        ];
        let mut golden = vec![1, 0, 0, 0, 0, 0, 0, 0, 3];
        for root in roots {
            golden.extend(root.parse::<Hash>().unwrap().as_bytes());
        }
        assert_eq!(frontier.encode(), golden);
        assert_eq!(Frontier::decode(&frontier.encode()), Ok(frontier));
        assert_eq!(Frontier::new().encode(), [1, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn a_damaged_stored_form_is_refused() {
        let stored = frontier_of(5).encode();
        assert_eq!(Frontier::decode(&[]), Err(FrontierError::Encoding));
        assert_eq!(
            Frontier::decode(&stored[..stored.len() - 1]),
            Err(FrontierError::Encoding)
        );
        let mut other_format = stored.clone();
        other_format[0] = 2;
        assert_eq!(
            Frontier::decode(&other_format),
            Err(FrontierError::Encoding)
        );
        let mut other_length = stored.clone();
        other_length[8] = 7;
        let roots = FrontierError::Roots {
            len: 7,
            expected: 3,
            found: 2,
        };
        assert_eq!(Frontier::decode(&other_length), Err(roots));
        let mut too_long = stored;
        too_long[1] = 0x80;
        assert_eq!(Frontier::decode(&too_long), Err(FrontierError::TooLong));
    }

    #[test]
    fn a_subtree_goes_in_only_where_it_is_aligned() {
        let root = leaf_hash(b"subtree");
        let mut frontier = frontier_of(12);
        assert_eq!(
            frontier.push_subtree(3, root),
            Err(FrontierError::Unaligned { level: 3, len: 12 })
        );
        assert_eq!(frontier, frontier_of(12));
        assert_eq!(frontier.push_subtree(2, root), Ok(()));
        assert_eq!((frontier.len(), frontier.roots().len()), (16, 1));
    }

    #[test]
    fn no_level_and_no_length_overflows() {
        let root = leaf_hash(b"wide");
        for level in 63..=u8::MAX {
            assert_eq!(
                Frontier::new().push_subtree(level, root),
                Err(FrontierError::TooLong)
            );
        }
        let mut full = Frontier::new();
        assert_eq!(full.push_subtree(62, root), Ok(()));
        assert_eq!(full.push_subtree(0, root), Err(FrontierError::TooLong));
        full.push(root);
        assert_eq!(full.push_subtree(0, root), Err(FrontierError::TooLong));
    }
}
