use std::sync::Arc;
use std::time::Duration;

use redress_envelope::Commitment;
use redress_vault::{Class, Erasure, MAX_CONTENT_BYTES, Read, SubjectId, VaultError};
use sha2::{Digest, Sha256};

use super::disk::{Disk, entry, id, noise, someone};

#[tokio::test]
async fn what_was_sealed_comes_back_after_a_restart_and_matches_its_commitment() {
    let disk = Disk::new();
    let contents = [
        b"".to_vec(),
        b"short".to_vec(),
        vec![7; 500_000],
        noise(1, MAX_CONTENT_BYTES),
    ];
    let vault = disk.open();
    let mut references = Vec::new();
    for (number, content) in contents.iter().enumerate() {
        let entries = vec![entry(&number.to_string(), content.clone())];
        references.extend(vault.seal(entries).await.unwrap());
    }
    drop(vault);
    let vault = disk.open();
    for (reference, content) in references.iter().zip(contents) {
        let Read::Content(found) = vault.read_with_salt(&reference.entry).unwrap() else {
            panic!("{} is there", reference.entry);
        };
        let hash = Sha256::new()
            .chain_update(found.salt)
            .chain_update(&content)
            .finalize();
        assert_eq!(reference.commitment, Commitment(hash.into()));
        assert_eq!(found.subject, someone());
        assert!(found.content == content);
        assert_eq!(vault.read_committed(reference), Ok(Read::Content(content)));
    }
    let mut other = references[0].clone();
    other.commitment.0[0] ^= 1;
    let refused = vault.read_committed(&other);
    assert_eq!(refused, Err(VaultError::NotAsCommitted { entry: id("0") }));
}

#[tokio::test]
async fn the_same_entry_again_is_answered_as_the_first_time_and_writes_nothing() {
    let disk = Disk::new();
    let (vault, store) = disk.open_counting(Duration::ZERO);
    let first = vault
        .seal(vec![entry("a", "words"), entry("b", "more")])
        .await
        .unwrap();
    assert_eq!(store.applies(), 1);
    let again = vault
        .seal(vec![entry("b", "more"), entry("a", "words")])
        .await
        .unwrap();
    assert_eq!(again, [first[1].clone(), first[0].clone()]);
    assert_eq!(store.applies(), 1);
    let twice = vault
        .seal(vec![entry("c", "x"), entry("c", "x")])
        .await
        .unwrap();
    assert_eq!(twice[0], twice[1]);
}

#[tokio::test]
async fn the_same_id_with_anything_else_is_refused_and_nothing_of_the_call_is_sealed() {
    let disk = Disk::new();
    let vault = disk.open();
    vault.seal(vec![entry("a", "words")]).await.unwrap();
    let conflict = Err(VaultError::Conflict { entry: id("a") });
    let other_content = entry("a", "other words");
    let mut other_class = entry("a", "words");
    other_class.class = Class::new("note").unwrap();
    let mut other_subject = entry("a", "words");
    other_subject.subject = SubjectId::from_bytes([1; 16]);
    for other in [other_content, other_class, other_subject] {
        let new = entry("new", "new");
        assert_eq!(vault.seal(vec![new, other]).await, conflict);
    }
    assert_eq!(
        vault
            .seal(vec![entry("c", "x"), entry("c", "y")])
            .await
            .map(drop),
        Err(VaultError::Conflict { entry: id("c") })
    );
    for name in ["new", "c"] {
        assert_eq!(vault.read(&id(name).to_string()), Ok(Read::Unknown));
    }
}

#[tokio::test]
async fn what_is_too_long_or_no_id_is_refused_without_repeating_it() {
    let disk = Disk::new();
    let vault = disk.open();
    let bytes = MAX_CONTENT_BYTES + 1;
    let refused = vault.seal(vec![entry("a", vec![b'x'; bytes])]).await;
    assert_eq!(
        refused,
        Err(VaultError::TooLarge {
            entry: id("a"),
            bytes
        })
    );
    let refused = vault.read("jane@example.org").unwrap_err();
    assert!(!refused.to_string().contains("jane"));
    let shown = format!(
        "{:?} {:?}",
        entry("a", "jane"),
        Read::Content(b"jane".to_vec())
    );
    assert!(
        !shown.contains("jane") && !shown.contains("106, 97"),
        "{shown}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_wait_together_share_a_flush() {
    let disk = Disk::new();
    let (vault, store) = disk.open_counting(Duration::from_millis(20));
    let vault = Arc::new(vault);
    let calls: Vec<_> = (0..64)
        .map(|n| {
            let vault = Arc::clone(&vault);
            let mut entry = entry(&n.to_string(), noise(n, 1024));
            entry.subject = vault.subject_of_item(&n.to_string());
            tokio::spawn(async move { vault.seal(vec![entry]).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert!(
        store.applies() <= 6,
        "{} flushes for 64 calls",
        store.applies()
    );
}

#[tokio::test]
async fn seeded_references_do_not_depend_on_the_order() {
    let names = ["a", "b", "c", "d"];
    let mut found = Vec::new();
    for turn in 0..2 {
        let disk = Disk::new();
        let vault = disk.open();
        let mut references = Vec::new();
        for n in 0..names.len() {
            let name = names[if turn == 0 { n } else { names.len() - 1 - n }];
            references.extend(vault.seal(vec![entry(name, name)]).await.unwrap());
        }
        references.sort_by(|a, b| a.entry.cmp(&b.entry));
        found.push(references);
    }
    assert_eq!(found[0], found[1]);
}

#[tokio::test]
async fn a_subject_that_comes_back_after_an_erasure_reads_only_what_came_later() {
    let disk = Disk::new();
    let vault = disk.open();
    assert_eq!(
        vault.erase_subject(someone()).await,
        Ok(Erasure::NothingSealed)
    );
    vault.seal(vec![entry("before", "before")]).await.unwrap();
    assert_eq!(vault.erase_subject(someone()).await, Ok(Erasure::Erased));
    let again = vault.seal(vec![entry("before", "before")]).await;
    assert_eq!(
        again,
        Err(VaultError::Erased {
            entry: id("before")
        })
    );
    vault.seal(vec![entry("after", "after")]).await.unwrap();
    let check = |vault: &redress_vault::Vault| {
        assert_eq!(vault.read(&id("before").to_string()), Ok(Read::Erased));
        assert_eq!(
            vault.read(&id("after").to_string()),
            Ok(Read::Content(b"after".to_vec()))
        );
        let mut both = [id("before"), id("after")];
        both.sort_unstable();
        assert_eq!(vault.entries_of_subject(someone(), None, 9).unwrap(), both);
        assert_eq!(
            vault
                .entries_of_subject(someone(), Some(both[0]), 9)
                .unwrap(),
            both[1..]
        );
        assert_eq!(
            vault.entries_of_subject(someone(), None, 1).unwrap(),
            both[..1]
        );
    };
    check(&vault);
    drop(vault);
    check(&disk.open());
}

#[test]
fn keyed_hashes_are_the_same_for_ever_and_keep_parts_and_purposes_apart() {
    let disk = Disk::new();
    let vault = disk.open();
    let hash = vault.keyed_hash("inbound", &["ab", "c"]);
    assert_eq!(hash.len(), 32);
    for (purpose, parts) in [
        ("inbound", ["a", "bc"]),
        ("outbound", ["ab", "c"]),
        ("inbound", ["abc", ""]),
    ] {
        assert_ne!(vault.keyed_hash(purpose, &parts), hash);
    }
    let subject = vault.subject_for("C-1");
    assert_ne!(subject, vault.subject_of_item("C-1"));
    drop(vault);
    let vault = disk.open();
    assert_eq!(vault.keyed_hash("inbound", &["ab", "c"]), hash);
    assert_eq!(vault.subject_for("C-1"), subject);
}
