//! What is stored is frozen: files that were written once must be readable for ever.
//!
//! `tests/golden/` holds a segment, a block and the small files of one fixed scenario. They are
//! written with `REDRESS_WRITE_GOLDEN=1` where they are absent, and only read ever after.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redress_event_log::{Log, verify};
use redress_store::{Batch, MemoryStore, SledStore, Store};

use crate::child::small_options;
use crate::consuming::{reaction, record};
use crate::tally::{
    Home, Tally, add, added, all_bytes, clock, command, config, encoded, request, root_of, sealed,
    subject,
};

/// The Merkle root of the scenario: the records' bytes, never to change.
const ROOT: &str = "3d412faf214e9580e464c38ee011934d9471092ef61d21ea84a409f05f57674d";
const SEGMENT: &str = "00000000000000000000.seg";
const SIZE: u64 = 259;

/// 256 records that are sealed, and three after them, in the fixed order of one client.
async fn scenario(log: &Log) {
    add(log, request(1, "r-1", "d-1"), vec![added(1), added(2)])
        .await
        .unwrap();
    add(log, reaction(0), vec![added(3)]).await.unwrap();
    let mut inbound = command(2);
    inbound.context.inbound_key = Some("k-1".to_owned());
    inbound.context.request_digest = Some("d-2".to_owned());
    inbound.context.authenticated = true;
    add(log, inbound, vec![added(4)]).await.unwrap();
    for stream in 0..42 {
        add(log, command(stream % 9), vec![added(stream); 6])
            .await
            .unwrap();
    }
    sealed(log, 256).await;
    log.advance(record(1)).await.unwrap();
    add(
        log,
        request(3, "r-2", "d-3"),
        vec![added(5), added(6), added(7)],
    )
    .await
    .unwrap();
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn write_once(name: &str, bytes: &[u8]) {
    let path = golden().join(name);
    if !path.exists() && std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() {
        fs::write(path, bytes).unwrap();
    }
}

async fn check(log: &Log) {
    assert_eq!(log.head().size, SIZE);
    assert_eq!(log.head().root.to_string(), ROOT);
    assert_eq!(root_of(&all_bytes(log).await), log.head().root);
    let first = log.find_request("r-1").await.unwrap();
    assert_eq!(first.iter().map(|r| r.position).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(log.find_inbound("k-1").await.unwrap()[0].position, 3);
    assert_eq!(log.find_request("r-2").await.unwrap().len(), 3);
    let (state, version) = log.load::<Tally>(subject(1), u64::MAX).await.unwrap();
    assert_eq!((state.events, state.sum, version), (33, 576, 33));
    assert_eq!(log.cursors()["other/0"].next, 2);
    let again = add(log, request(1, "r-1", "d-1"), vec![]).await.unwrap();
    assert_eq!(
        (again.repeated, encoded(&again.records)),
        (true, encoded(&first))
    );
}

#[tokio::test]
async fn the_same_commands_give_the_bytes_they_always_gave() {
    let home = Home::new();
    let log = home.open();
    scenario(&log).await;
    println!("the root is {}", log.head().root);
    check(&log).await;
    log.close().await.unwrap();
    let folder = home.path().join("log");
    let segment = fs::read(folder.join("segments").join(SEGMENT)).unwrap();
    write_once("segment.seg", &segment);
    write_once(
        "identity.json",
        &fs::read(folder.join("identity.json")).unwrap(),
    );
    write_once(
        "head.json",
        &fs::read(home.path().join("head.json")).unwrap(),
    );
    for (key, value) in home.tail.scan(b"", None, 100).unwrap() {
        match key[0] {
            b'b' => {
                assert_eq!(
                    key[1..],
                    [0, 0, 0, 0, 0, 0, 1, 0, 0],
                    "one block of one chunk"
                );
                write_once("block", &value);
            }
            b'c' => write_once("cursors", &value),
            other => panic!("an unknown key {other}"),
        }
    }
    // Not the compressed bytes, which are zstd's own affair; but what we lay out ourselves.
    let frozen = fs::read(golden().join("segment.seg")).unwrap();
    assert_eq!(segment[..64], frozen[..64], "the header");
    for name in ["identity.json", "head.json"] {
        let written = match name {
            "head.json" => home.path().join(name),
            _ => folder.join(name),
        };
        assert_eq!(
            fs::read(written).unwrap(),
            fs::read(golden().join(name)).unwrap()
        );
    }
}

/// The folder of the golden log, without its tail.
fn laid_out() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let segments = dir.path().join("log/segments");
    fs::create_dir_all(&segments).unwrap();
    let copy = |name: &str, to: PathBuf| {
        fs::copy(golden().join(name), to).unwrap();
    };
    copy("segment.seg", segments.join(SEGMENT));
    copy("identity.json", dir.path().join("log/identity.json"));
    copy("head.json", dir.path().join("head.json"));
    dir
}

fn tail() -> Vec<Batch> {
    let mut batch = Batch::new();
    let block_key = [b'b', 0, 0, 0, 0, 0, 0, 1, 0, 0];
    batch
        .put(block_key, fs::read(golden().join("block")).unwrap())
        .unwrap();
    batch
        .put("cursors", fs::read(golden().join("cursors")).unwrap())
        .unwrap();
    vec![batch]
}

#[tokio::test]
async fn the_segment_and_the_block_that_were_written_once_are_readable() {
    let dir = laid_out();
    let store = Arc::new(MemoryStore::new());
    store.apply(tail()).unwrap();
    let log = Log::open_with(config(dir.path()), store, clock()).unwrap();
    check(&log).await;
    log.close().await.unwrap();
    let (store, _) = SledStore::open_with(&dir.path().join("log/tail"), small_options()).unwrap();
    store.apply(tail()).unwrap();
    drop(store);
    let verified = verify(&dir.path().join("log"), &mut |_| ()).unwrap();
    assert_eq!((verified.records, verified.problem), (SIZE, None));
    assert_eq!(verified.root.to_string(), ROOT);
}
