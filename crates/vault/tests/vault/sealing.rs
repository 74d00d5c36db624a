use std::sync::Arc;
use std::time::Duration;

use redress_envelope::{Commitment, VaultRef};
use redress_vault::{
    Broken, EntryId, Erasure, IdError, Listed, MAX_CONTENT_BYTES, Read, SeededEntropy, SubjectId,
    Vault, VaultDirs, VaultError,
};
use sha2::{Digest, Sha256};

use super::disk::{Disk, content, contents, entry, entry_of, noise, seal, someone};

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
    for content in &contents {
        references.push(seal(&vault, content.clone()).await);
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
    let entry = id(&other);
    assert_eq!(refused, Err(VaultError::NotAsCommitted { entry }));
}

fn id(reference: &VaultRef) -> EntryId {
    reference.entry.parse().unwrap()
}

#[tokio::test]
async fn each_entry_is_a_new_one_with_a_salt_of_its_own() {
    let disk = Disk::new();
    let (vault, store) = disk.open_counting(Duration::ZERO);
    let both = vault.seal(vec![entry("words"), entry("words")]).await;
    let mut all = both.unwrap();
    assert_eq!(store.applies(), 1);
    all.push(seal(&vault, "words").await);
    all.push(seal(&disk.open(), "words").await);
    for reference in &all {
        let same = |other: &&VaultRef| {
            other.entry == reference.entry || other.commitment == reference.commitment
        };
        assert_eq!(all.iter().filter(same).count(), 1);
        assert_eq!(vault.read_committed(reference), Ok(content("words")));
    }
    assert!(all.is_sorted_by_key(id), "in the order of sealing");
}

#[tokio::test]
async fn a_call_is_sealed_whole_or_not_at_all() {
    let disk = Disk::new();
    let vault = disk.open();
    let too_long = entry(noise(1, MAX_CONTENT_BYTES + 1));
    let refused = vault.seal(vec![entry("first"), too_long]).await;
    assert!(matches!(refused, Err(VaultError::TooLarge { .. })));
    assert_eq!(vault.seal(Vec::new()).await, Ok(Vec::new()));
    assert_eq!(disk.rows().len(), 1);

    // The key of one of them cannot be read.
    let other = SubjectId::from_bytes([1; 16]);
    vault.seal(vec![entry_of(other, "other")]).await.unwrap();
    let (key, _) = disk
        .rows()
        .into_iter()
        .find(|(key, _)| key[0] == b'k')
        .unwrap();
    disk.put(&key, b"nonsense");
    let refused = vault
        .seal(vec![entry("first"), entry_of(other, "again")])
        .await;
    assert!(matches!(refused, Err(VaultError::SubjectKey { .. })));
    assert_eq!(disk.rows().len(), 3);
    assert!(contents(&vault).is_empty());
    seal(&vault, "second").await;
    assert_eq!(contents(&vault), [content("second")]);
}

#[tokio::test]
async fn entries_of_one_call_may_be_of_many_people_and_of_any_length() {
    let disk = Disk::new();
    let vault = disk.open();
    let subject = |n: usize| SubjectId::from_bytes([(n % 7) as u8; 16]);
    let contents: Vec<_> = (0..300)
        .map(|n| noise(n, (n * n) as usize % 9_000))
        .collect();
    let entries = contents.iter().enumerate();
    let entries = entries.map(|(n, content)| entry_of(subject(n), content.clone()));
    let sealed = vault.seal(entries.collect()).await.unwrap();
    drop(vault);
    let vault = disk.open();
    for (reference, content) in sealed.iter().zip(contents) {
        assert_eq!(vault.read_committed(reference), Ok(Read::Content(content)));
    }
    for n in 0..7 {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = vault.entries_of_subject(subject(n), after, 4).unwrap();
            assert!(page.entries.len() <= 4 && page.broken.is_none());
            found.extend(page.entries);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        found.reverse();
        let expected = sealed.iter().skip(n).step_by(7).map(id);
        assert_eq!(found, expected.collect::<Vec<_>>());
        let searched = vault.search_entries(subject(n), 0, usize::MAX).unwrap();
        assert_eq!((searched.entries, searched.next_block), (found, None));
    }
}

#[tokio::test]
async fn an_id_of_something_that_is_not_there_finds_nothing_and_a_wrong_one_is_an_error() {
    let disk = Disk::new();
    let reference = {
        let vault = disk.open();
        seal(&vault, "first").await;
        seal(&vault, noise(1, 20_000)).await;
        seal(&vault, "last").await
    };
    // A copy of the vault from before, that goes on with other entries.
    let other = Disk::new();
    let dirs = VaultDirs {
        store: Arc::clone(&other.store) as Arc<_>,
        keys_dir: other.keys.path().to_owned(),
    };
    let older = Vault::open(dirs, Arc::new(SeededEntropy(8))).unwrap();
    for _ in 0..9 {
        assert_eq!(older.read(&reference.entry), Ok(Read::Unknown));
        seal(&older, noise(2, 10_000)).await;
    }
    let mut typed = reference.entry.into_bytes();
    typed.swap(11, 14);
    let typed = String::from_utf8(typed).unwrap();
    let wrong = Err(VaultError::Id(IdError::WrongCheck));
    assert_eq!(older.read(&typed), wrong);
    let malformed = Err(VaultError::Id(IdError::Malformed));
    assert_eq!(older.read("jane@example.org"), malformed);
}

#[tokio::test]
async fn what_is_too_long_or_no_id_is_refused_without_repeating_it() {
    let disk = Disk::new();
    let vault = disk.open();
    let bytes = MAX_CONTENT_BYTES + 1;
    let refused = vault.seal(vec![entry(vec![b'x'; bytes])]).await;
    assert_eq!(refused, Err(VaultError::TooLarge { bytes }));
    let refused = vault.read("jane@example.org").unwrap_err();
    assert!(!refused.to_string().contains("jane"));
    let shown = format!("{:?} {:?}", entry("jane"), Read::Content(b"jane".to_vec()));
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
            let entry = entry_of(vault.subject_of_item(&n.to_string()), noise(n, 1024));
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
async fn the_same_seals_from_the_same_seed_give_the_same_references() {
    let mut found = Vec::new();
    for _ in 0..2 {
        let disk = Disk::new();
        let mut references = Vec::new();
        for run in 0..2 {
            let vault = disk.open();
            for n in 0..4 {
                references.push(seal(&vault, format!("{run} {n}")).await);
            }
        }
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
    let before = seal(&vault, "before").await;
    assert_eq!(vault.erase_subject(someone()).await, Ok(Erasure::Erased));
    let after = seal(&vault, "after").await;
    let check = |vault: &Vault| {
        assert_eq!(vault.read_committed(&before), Ok(Read::Erased));
        assert_eq!(vault.read_committed(&after), Ok(content("after")));
        let both = [id(&after), id(&before)];
        let list = |after, limit| {
            let listed = vault.entries_of_subject(someone(), after, limit).unwrap();
            (listed.entries, listed.next)
        };
        assert_eq!(list(None, 9), (both.to_vec(), None));
        assert_eq!(list(Some(both[0]), 9), (both[1..].to_vec(), None));
        assert_eq!(list(None, 1), (both[..1].to_vec(), Some(both[0])));
        assert_eq!(list(Some(both[1]), 9), (Vec::new(), None));
    };
    check(&vault);
    drop(vault);
    let vault = disk.open();
    check(&vault);
    assert_eq!(vault.erase_subject(someone()).await, Ok(Erasure::Erased));
    assert_eq!(contents(&vault), [Read::Erased, Read::Erased]);
}

#[tokio::test]
async fn a_list_that_damage_cuts_off_says_so_and_a_search_finds_the_rest() {
    let disk = Disk::new();
    let vault = disk.open();
    let mut sealed = Vec::new();
    for n in 0..5 {
        sealed.push(id(&seal(&vault, format!("words {n}")).await));
        let other = entry_of(SubjectId::from_bytes([n; 16]), "theirs");
        vault.seal(vec![other]).await.unwrap();
    }
    let (key, mut block) = disk.rows().swap_remove(4);
    block[15] ^= 1;
    disk.put(&key, &block);
    let list = |after, limit| vault.entries_of_subject(someone(), after, limit).unwrap();
    let what = "the check of its block does not agree";
    let broken = Some(Broken { block: 4, what });
    let before_the_break = Listed {
        entries: vec![sealed[4], sealed[3]],
        next: None,
        broken,
    };
    assert_eq!(list(None, 9), before_the_break);
    let page = list(None, 2);
    assert_eq!((page.next, page.broken), (Some(sealed[3]), None));
    let nothing = Listed {
        broken,
        ..Listed::default()
    };
    assert_eq!(list(page.next, 2), nothing);
    let other = SubjectId::from_bytes([1; 16]);
    let not_theirs = vault.entries_of_subject(other, Some(sealed[0]), 9);
    assert!(not_theirs.unwrap().broken.is_some());

    let (mut found, mut damaged, mut next) = (Vec::new(), 0, Some(0));
    while let Some(from) = next {
        let searched = vault.search_entries(someone(), from, 3).unwrap();
        found.extend(searched.entries);
        damaged += searched.damaged_blocks;
        next = searched.next_block;
    }
    assert_eq!(found, [0, 1, 3, 4].map(|n| sealed[n]));
    assert_eq!(damaged, 1);
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
