//! Bytes that were written once have to be read for ever.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use redress_vault::{Read, Vault};

use super::disk::{Disk, entry, id};

const COMPRESSED: &str = "how it compresses may change with the compressor, how it reads may not; ";

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

fn without_the_compressed(rows: &str) -> Vec<&str> {
    let compressed = format!("65{}", id("compressed"));
    rows.lines()
        .filter(|row| !row.starts_with(&compressed))
        .collect()
}

async fn fill(vault: &Vault) {
    vault.seal(vec![entry("erased", "erased")]).await.unwrap();
    vault.erase_subject(super::disk::someone()).await.unwrap();
    let compressed = entry("compressed", COMPRESSED.repeat(9));
    vault
        .seal(vec![entry("short", "short"), compressed])
        .await
        .unwrap();
}

#[tokio::test]
async fn the_stored_bytes_are_those_that_were_frozen() {
    let disk = Disk::new();
    let vault = disk.open();
    fill(&vault).await;
    let hash = vault.keyed_hash("customer reference", &["C-1"]);
    check(
        "keyed_hash.v1.txt",
        &format!("{hash} {}\n", vault.subject_for("C-1")),
    );
    drop(vault);
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
    let read = |name: &str| vault.read(&id(name).to_string()).unwrap();
    assert_eq!(read("erased"), Read::Erased);
    assert_eq!(read("short"), Read::Content(b"short".to_vec()));
    assert_eq!(
        read("compressed"),
        Read::Content(COMPRESSED.repeat(9).into_bytes())
    );
    let hash = vault.keyed_hash("customer reference", &["C-1"]);
    let frozen = frozen("keyed_hash.v1.txt");
    assert_eq!(frozen, format!("{hash} {}\n", vault.subject_for("C-1")));
}
