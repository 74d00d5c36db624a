//! Roots and proofs against software that we did not write, and against the definition.

use std::convert::Infallible;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use redress_evidence::{
    Frontier, Hash, Subtree, consistency_proof, inclusion_proof, leaf_hash, subtree_root,
    verify_consistency, verify_inclusion,
};
use sha2::Sha256;

type OtherTree = MemoryBackedTree<Sha256, Vec<u8>>;

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn frontier(leaves: &[Hash]) -> Frontier {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier
}

/// Answers a proof's questions by hashing the leaves again.
fn from_leaves(leaves: &[Hash]) -> impl Fn(Subtree) -> Result<Hash, Infallible> + '_ {
    |subtree| {
        let from = subtree.first_leaf() as usize;
        Ok(subtree_root(
            &leaves[from..from + subtree.leaves() as usize],
        ))
    }
}

fn concat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn other_root(root: Hash, size: usize) -> RootHash<Sha256> {
    RootHash::new((*root.as_bytes()).into(), size as u64)
}

#[test]
fn roots_are_those_of_the_certificate_transparency_vectors() {
    let leaves: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        b"PQRSTUVW",
        b"`abcdefghijklmno",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hashes: Vec<Hash> = leaves.into_iter().map(leaf_hash).collect();
    for (size, root) in (1..).zip(roots) {
        assert_eq!(subtree_root(&hashes[..size]).to_string(), root, "{size}");
        assert_eq!(frontier(&hashes[..size]).root().to_string(), root, "{size}");
    }
}

#[test]
fn roots_over_real_complaints_are_those_of_other_software() {
    let Some(data) = std::env::var_os("REDRESS_REAL_DATA").map(PathBuf::from) else {
        println!("SKIPPED: REDRESS_REAL_DATA is not set");
        return;
    };
    let oracle = File::open(data.join("oracles/rfc6962.json")).unwrap();
    let oracle: serde_json::Value = serde_json::from_reader(oracle).unwrap();
    let expected = oracle["roots"].as_object().unwrap();
    let sample = File::open(data.join("cfpb-sample.jsonl.gz")).unwrap();
    let lines = BufReader::new(flate2::read::GzDecoder::new(sample)).split(b'\n');
    let mut frontier = Frontier::new();
    let mut compared = 0;
    for line in lines {
        frontier.push(leaf_hash(&line.unwrap()));
        if let Some(root) = expected.get(&frontier.len().to_string()) {
            assert_eq!(root, &frontier.root().to_string(), "{}", frontier.len());
            compared += 1;
        }
    }
    println!("compared {compared} roots over {} lines", frontier.len());
    assert_eq!((compared, frontier.len()), (expected.len(), 1802));
}

#[test]
fn every_proof_up_to_70_leaves_verifies_and_is_that_of_ct_merkle() {
    let all = leaves(70);
    for new in 1..=all.len() {
        let (mut other, now) = (OtherTree::new(), &all[..new]);
        for n in 0..new {
            other.push(n.to_be_bytes().to_vec());
        }
        let root = subtree_root(now);
        assert_eq!(root, frontier(now).root());
        assert_eq!(root.as_bytes()[..], other.root().as_bytes()[..]);
        for index in 0..new {
            let proof = inclusion_proof(index as u64, new as u64, from_leaves(now)).unwrap();
            assert_eq!(concat(&proof), other.prove_inclusion(index).as_bytes());
            verify_inclusion(&now[index], index as u64, new as u64, &proof, &root).unwrap();
        }
        for old in 0..=new {
            let proof = consistency_proof(old as u64, new as u64, from_leaves(now)).unwrap();
            let old_root = subtree_root(&all[..old]);
            verify_consistency(old as u64, new as u64, &proof, &old_root, &root).unwrap();
            // The other side knows no proof from an empty tree.
            if old > 0 {
                let theirs = other.prove_consistency(new - old);
                assert_eq!(concat(&proof), theirs.as_bytes(), "{old} to {new}");
            }
        }
    }
}

#[test]
fn a_wrong_hash_position_or_size_is_refused_everywhere() {
    let all = leaves(40);
    for size in 1..=all.len() {
        let root = subtree_root(&all[..size]);
        for index in 0..size {
            let lookup = from_leaves(&all[..size]);
            let proof = inclusion_proof(index as u64, size as u64, lookup).unwrap();
            let check = |leaf: &Hash, at: usize, size: usize, proof: &[Hash], root: &Hash| {
                verify_inclusion(leaf, at as u64, size as u64, proof, root).is_ok()
            };
            assert!(!check(&leaf_hash(b"other"), index, size, &proof, &root));
            assert!(!check(&all[index], index, size, &proof, &leaf_hash(b"")));
            assert!(!check(&all[index], size, size, &proof, &root));
            for other in (0..size).filter(|other| *other != index) {
                assert!(!check(&all[index], other, size, &proof, &root));
            }
            let longer = [&proof[..], &[root]].concat();
            assert!(!check(&all[index], index, size, &longer, &root));
            for cut in 0..proof.len() {
                assert!(!check(&all[index], index, size, &proof[..cut], &root));
                let mut damaged = proof.clone();
                damaged[cut] = leaf_hash(b"damaged");
                assert!(!check(&all[index], index, size, &damaged, &root));
            }
        }
    }
}

#[test]
fn a_rewritten_history_is_refused() {
    let all = leaves(40);
    for new in 1..=all.len() {
        let root = subtree_root(&all[..new]);
        for old in 1..=new {
            let (small, large) = (old as u64, new as u64);
            let proof = consistency_proof(small, large, from_leaves(&all[..new])).unwrap();
            let old_root = subtree_root(&all[..old]);
            let check = |proof: &[Hash], old_root: &Hash, root: &Hash| {
                verify_consistency(small, large, proof, old_root, root).is_ok()
            };
            assert!(!check(&proof, &leaf_hash(b"other"), &root));
            assert!(!check(&proof, &old_root, &leaf_hash(b"other")));
            assert!(!check(&[&proof[..], &[root]].concat(), &old_root, &root));
            for cut in 0..proof.len() {
                assert!(!check(&proof[..cut], &old_root, &root));
                let mut damaged = proof.clone();
                damaged[cut] = leaf_hash(b"damaged");
                assert!(!check(&damaged, &old_root, &root));
            }
        }
    }
}

fn any_hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash::from)
}

/// Small numbers, numbers around powers of two, and anything.
fn any_size() -> impl Strategy<Value = u64> {
    let near_power =
        (0..64_u32, -2..=2_i64).prop_map(|(power, by)| (1_u64 << power).wrapping_add_signed(by));
    prop_oneof![0..20_u64, near_power, any::<u64>(), Just(u64::MAX)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_of_any_records_equal_ct_merkle(
        records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..400),
        at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let hashes: Vec<Hash> = records.iter().map(|record| leaf_hash(record)).collect();
        let mut other = OtherTree::new();
        for record in &records {
            other.push(record.clone());
        }
        let (size, index, old) = (hashes.len(), at.index(hashes.len()), cut.index(hashes.len()) + 1);
        let root = frontier(&hashes).root();
        let theirs: [u8; 32] = (*other.root().as_bytes()).into();
        prop_assert_eq!(root, Hash::from(theirs));

        let proof = inclusion_proof(index as u64, size as u64, from_leaves(&hashes)).unwrap();
        let theirs = InclusionProof::<Sha256>::from_bytes(concat(&proof));
        let root_of_theirs = other_root(root, size);
        root_of_theirs.verify_inclusion(&records[index], index as u64, &theirs).unwrap();

        let proof = consistency_proof(old as u64, size as u64, from_leaves(&hashes)).unwrap();
        let theirs = ConsistencyProof::<Sha256>::try_from_bytes(concat(&proof)).unwrap();
        let old_root = other_root(frontier(&hashes[..old]).root(), old);
        root_of_theirs.verify_consistency(&old_root, &theirs).unwrap();
    }

    #[test]
    fn a_frontier_equals_recomputation_however_it_was_filled(
        levels in prop::collection::vec(0..6_u8, 0..60),
    ) {
        let all = leaves(levels.iter().map(|level| 1 << level).sum());
        let mut frontier = Frontier::new();
        for level in levels {
            let from = frontier.len() as usize;
            let next = &all[from..from + (1 << level)];
            if frontier.push_subtree(level, subtree_root(next)).is_err() {
                prop_assert!(!frontier.len().is_multiple_of(1 << level));
                for leaf in next {
                    frontier.push(*leaf);
                }
            }
            frontier = Frontier::decode(&frontier.encode()).unwrap();
            prop_assert_eq!(frontier.root(), subtree_root(&all[..frontier.len() as usize]));
        }
    }

    #[test]
    fn any_bytes_decode_to_a_frontier_that_encodes_to_them_or_to_an_error(
        len in any_size(),
        hashes in prop::collection::vec(any_hash(), 0..4),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = vec![1];
        bytes.extend(len.to_be_bytes());
        bytes.extend(concat(&hashes));
        for bytes in [bytes, noise] {
            if let Ok(mut frontier) = Frontier::decode(&bytes) {
                prop_assert_eq!(frontier.encode(), bytes);
                frontier.push(frontier.root());
            }
        }
    }

    #[test]
    fn malformed_proofs_never_panic_and_never_verify(
        sizes in (any_size(), any_size()),
        proof in prop::collection::vec(any_hash(), 0..70),
        (leaf, root) in (any_hash(), any_hash()),
    ) {
        let (small, large) = sizes;
        prop_assert!(verify_inclusion(&leaf, small, large, &proof, &root).is_err());
        prop_assert!(verify_consistency(small, large, &proof, &leaf, &root).is_err());
    }

    #[test]
    fn a_right_sized_proof_at_any_size_is_walked_to_its_end(
        (index, size) in (any_size(), any_size()),
        seed in any_hash(),
    ) {
        prop_assume!(index < size);
        // A tree in which every subtree has the same root: only the shape is under test.
        let lookup = |_: Subtree| Ok::<_, Infallible>(seed);
        let proof = inclusion_proof(index, size, lookup).unwrap();
        let verdict = verify_inclusion(&seed, index, size, &proof, &seed);
        prop_assert_ne!(verdict, Err(redress_evidence::VerifyError::Length));
        let proof = consistency_proof(index, size, lookup).unwrap();
        let verdict = verify_consistency(index, size, &proof, &seed, &seed);
        prop_assert_ne!(verdict, Err(redress_evidence::VerifyError::Length));
    }
}
