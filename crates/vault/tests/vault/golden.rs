//! Bytes that were written once have to be read for ever.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use redress_envelope::{LogId, derived_uuid};
use redress_store::{Fault, FaultPlan};
use redress_vault::{Read, SubjectId, Sweep, Vault, VaultError};

use super::disk::{Disk, content, contents, entry, entry_of, noise, seal, someone};

const COMPRESSED: &str = "how it compresses may change with the compressor, how it reads may not; ";

fn log() -> LogId {
    LogId(derived_uuid("log", &["golden"]))
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// Compares with what was written once; writes it where there is none yet and that was asked for.
fn check(name: &str, found: &str) {
    let path = golden(name);
    if !path.exists() && std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() {
        fs::write(&path, found).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        found,
        "{name} is frozen"
    );
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    digits
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// One line for each key and value.
fn rows(disk: &Disk) -> String {
    let rows = disk.rows().into_iter();
    let lines: Vec<_> = rows
        .map(|(key, value)| format!("{} {}\n", hex(&key), hex(&value)))
        .collect();
    lines.concat()
}

/// The block that is compressed, in a form that another compressor changes.
const COMPRESSED_BLOCK: &str = "620000000000000003 ";

fn without_the_compressed(rows: &str) -> Vec<&str> {
    rows.lines()
        .filter(|row| !row.starts_with(COMPRESSED_BLOCK))
        .collect()
}

/// Blocks 0 to 7, the entry in block 2 having pieces. An orphan in block 1 was swept.
async fn fill(disk: &Disk) {
    let vault = disk.open();
    vault.beside_log(log(), || 2).unwrap();
    seal(&vault, "erased").await;
    vault.erase_subject(someone()).await.unwrap();
    vault
        .seal(vec![entry("short"), entry("orphan")])
        .await
        .unwrap();
    seal(&vault, noise(1, 8_000)).await;
    seal(&vault, COMPRESSED.repeat(9)).await;
    drop(vault);
    let vault = disk.open();
    vault.beside_log(log(), || 3).unwrap();
    let vault = Arc::new(vault);
    let mut entries = vault
        .entries_of_subject(someone(), None, 9)
        .unwrap()
        .entries;
    entries.remove(2);
    let mut sweep = Sweep::new(Arc::clone(&vault), 1).unwrap();
    let sweeping = move || {
        assert_eq!(sweep.log(), 2..3);
        for entry in &entries {
            sweep.keep(&entry.to_string());
        }
        while sweep.count(1).unwrap() {}
        while sweep.remove(1).unwrap() {}
        assert_eq!(sweep.counted().orphans, 1);
    };
    tokio::task::spawn_blocking(sweeping).await.unwrap();
    drop(vault);
    let vault = disk.open();
    seal(&vault, "last").await;
    for other in 1..=3 {
        vault
            .seal(vec![entry_of(of(other), "theirs")])
            .await
            .unwrap();
    }
    vault.erase_subject(of(1)).await.unwrap();
    let key = |(key, _): &(Vec<u8>, Vec<u8>)| key[0] == b'k' && key.ends_with(&[2; 16]);
    let (damaged, _) = disk.rows().into_iter().find(key).unwrap();
    disk.put(&damaged, b"damaged");
    vault.mend_subject(of(2)).await.unwrap();
    drop(vault);
    // The file with the next key is there, the note that it was for is not.
    let broken = FaultPlan::nth(2, Fault::NotPersisted);
    let broken = disk.open_faulty(broken).erase_subject(of(3)).await;
    assert!(matches!(broken, Err(VaultError::Store(_))));
}

/// Somebody whose key is erased (1), lost (2), or in a bucket that is being given another key (3).
fn of(number: u8) -> SubjectId {
    SubjectId::from_bytes([number; 16])
}

fn check_contents(vault: &Vault) {
    let theirs = |number| {
        let listed = vault.entries_of_subject(of(number), None, 9).unwrap();
        vault.read(&listed.entries[0].to_string())
    };
    assert_eq!(theirs(1), Ok(Read::Erased));
    assert!(matches!(theirs(2), Err(VaultError::Damaged { .. })));
    assert_eq!(theirs(3), Ok(content("theirs")));
    let expected = [
        content("last"),
        content(COMPRESSED.repeat(9)),
        content(noise(1, 8_000)),
        content("short"),
        Read::Erased,
    ];
    assert_eq!(contents(vault), expected);
}

#[tokio::test]
async fn the_stored_bytes_are_those_that_were_frozen() {
    let disk = Disk::new();
    fill(&disk).await;
    check(
        "buckets.v1.hex",
        &hex(&fs::read(disk.keys.path().join("buckets")).unwrap()),
    );
    check(
        "master.v1.key",
        &fs::read_to_string(disk.keys.path().join("master.key")).unwrap(),
    );
    let found = rows(&disk);
    if golden("store.v1.hex").exists() {
        let frozen = fs::read_to_string(golden("store.v1.hex")).unwrap();
        assert_eq!(
            without_the_compressed(&found),
            without_the_compressed(&frozen)
        );
    } else {
        check("store.v1.hex", &found);
    }
    let vault = disk.open();
    check_contents(&vault);
    let hash = vault.keyed_hash("customer reference", &["C-1"]);
    check(
        "keyed_hash.v1.txt",
        &format!("{hash} {}\n", vault.subject_for("C-1")),
    );
}

#[test]
fn the_frozen_bytes_are_still_read() {
    let disk = Disk::new();
    let frozen = |name: &str| fs::read_to_string(golden(name)).unwrap();
    for row in frozen("store.v1.hex").lines() {
        let (key, value) = row.split_once(' ').unwrap();
        disk.put(&unhex(key), &unhex(value));
    }
    let master = disk.keys.path().join("master.key");
    fs::write(&master, frozen("master.v1.key")).unwrap();
    fs::set_permissions(&master, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(
        disk.keys.path().join("buckets"),
        unhex(&frozen("buckets.v1.hex")),
    )
    .unwrap();

    let vault = disk.open();
    check_contents(&vault);
    let newest = vault
        .entries_of_subject(someone(), None, 1)
        .unwrap()
        .entries[0];
    check("entry.v1.txt", &format!("{newest}\n"));
    let hash = vault.keyed_hash("customer reference", &["C-1"]);
    let frozen = frozen("keyed_hash.v1.txt");
    assert_eq!(frozen, format!("{hash} {}\n", vault.subject_for("C-1")));
}
