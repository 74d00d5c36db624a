//! What makes a log checkable by others: the Merkle tree of RFC 6962 and its proofs.
//!
//! A leaf is SHA-256(0x00 || record bytes), an inner node SHA-256(0x01 || left || right), the root
//! of no leaves SHA-256 of nothing. [`Frontier`] is all that an appending log must keep;
//! [`inclusion_proof`] and [`consistency_proof`] ask their caller for the roots of perfect subtrees,
//! so that a log may answer from whatever it has stored; the verifiers need nothing but the proof
//! and return an error, never a panic, on any malformed one. This crate is pure.

mod frontier;
mod hash;
mod proof;
mod verify;

pub use frontier::{Frontier, FrontierError, MAX_LEAVES};
pub use hash::{Hash, HashError, empty_root, leaf_hash, node_hash, subtree_root};
pub use proof::{ProofError, Subtree, consistency_proof, inclusion_proof};
pub use verify::{VerifyError, verify_consistency, verify_inclusion};
