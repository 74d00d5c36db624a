//! One bit flipped anywhere: found and named, or harmless; never other bytes than were written.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redress_event_log::{Log, OpenError, verify};
use redress_store::SledStore;

use crate::child::{Role, open, rounds, small_options, wait};
use crate::folder::copy;
use crate::tally::{
    Added, Home, Tally, add, added, all_bytes, clock, config, grow, noise, request, root_of,
    sealed, subject,
};

/// Two segments and a tail.
const RECORDS: u64 = 700;

fn flip_one_bit(file: &Path, random: &mut fastrand::Rng) -> usize {
    let mut bytes = fs::read(file).unwrap();
    // Zeros at the end are space that sled has not used yet.
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let at = random.usize(0..used.max(1));
    bytes[at] ^= 1 << random.u8(0..8);
    fs::write(file, bytes).unwrap();
    at
}

/// A log of two segments and a tail in sled, closed.
async fn whole_log(dir: &Path) -> Vec<Vec<u8>> {
    let log = open(config(dir), small_options()).unwrap();
    let mut random = fastrand::Rng::with_seed(2);
    for number in 0..RECORDS / 2 {
        let bytes = random.usize(0..400);
        let large = crate::tally::Added {
            amount: 1,
            noise: noise(&mut random, bytes),
        };
        let asked = request(number % 20, &number.to_string(), "d");
        add(&log, asked, vec![added(number), large]).await.unwrap();
    }
    sealed(&log, 512).await;
    let all = all_bytes(&log).await;
    log.close().await.unwrap();
    all
}

/// Reads everything there is, by position, by stream and by request. An error is an answer; other
/// bytes, or fewer without an error, are not.
async fn read_everything(log: &Log, whole: &[Vec<u8>]) -> Result<(), String> {
    let mut errors = 0;
    for position in 0..log.head().size {
        match log.read(position, 1, usize::MAX).await {
            Ok(read) if read.len() == 1 && read[0].bytes == whole[position as usize] => {}
            Ok(other) => return Err(format!("{position} reads as {other:?}")),
            Err(_) => errors += 1,
        }
    }
    let of_stream = |stream| {
        let id = format!("tally/{stream}");
        let is_of = move |bytes: &&Vec<u8>| {
            redress_envelope::Record::decode(bytes)
                .unwrap()
                .subject
                .to_string()
                == id
        };
        whole.iter().filter(is_of).count() as u64
    };
    for stream in 0..20 {
        match log.load::<Tally>(subject(stream), u64::MAX).await {
            Ok((_, version)) if version == of_stream(stream) => {}
            Ok((_, version)) => return Err(format!("stream {stream} has {version} events")),
            Err(_) => errors += 1,
        }
    }
    for asked in 0..RECORDS / 2 {
        match log.find_request(&asked.to_string()).await {
            Ok(found) if found.len() == 2 && found[0].position == asked * 2 => {}
            Ok(found) => return Err(format!("request {asked} found {}", found.len())),
            Err(_) => errors += 1,
        }
    }
    if errors == 0 && log.head().root != root_of(whole) {
        return Err("another root".to_owned());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_a_segment_is_named_by_verify_and_never_served() {
    let dir = tempfile::tempdir().unwrap();
    let whole_dir = dir.path().join("whole");
    let whole = whole_log(&whole_dir).await;
    let mut random = fastrand::Rng::with_seed(31);
    let rounds = rounds("REDRESS_FLIP_ROUNDS", 60, 200) / 2;
    let (mut by_position, mut refused, mut opened) = (0, 0, 0);
    for round in 0..rounds {
        let damaged = dir.path().join("damaged");
        copy(&whole_dir, &damaged);
        let number = u64::from(random.bool()) * 256;
        let file = damaged.join(format!("log/segments/{number:020}.seg"));
        let at = flip_one_bit(&file, &mut random);
        let context = format!("round {round}: byte {at} of {}", file.display());
        let verified = verify(&damaged.join("log"), &mut |_| ()).unwrap();
        let problem = verified
            .problem
            .unwrap_or_else(|| panic!("{context}: not found"));
        assert!(
            (number..number + 256).contains(&problem.position),
            "{context}: {problem:?}"
        );
        assert!(problem.what.contains(".seg"), "{context}: {problem:?}");
        by_position += u32::from(problem.what.contains("records"));
        match open(config(&damaged), small_options()) {
            Ok(log) => {
                opened += 1;
                read_everything(&log, &whole)
                    .await
                    .unwrap_or_else(|why| panic!("{context}: {why}"));
                log.close().await.unwrap();
            }
            Err(why) => {
                assert!(why.contains(".seg"), "{context}: {why}");
                refused += 1;
            }
        }
        fs::remove_dir_all(damaged).unwrap();
    }
    println!(
        "{rounds} bits flipped in segments: all found by verify, {by_position} as records; \
         {refused} not opened, {opened} opened and never served"
    );
}

fn other_files(dir: &Path) -> Vec<PathBuf> {
    let sled = dir.join("log/tail/sled");
    let mut files: Vec<_> = fs::read_dir(sled)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    // The log's own content is in `db`, so it has its share.
    let db = dir.join("log/tail/sled/db");
    files.extend([
        db.clone(),
        db,
        dir.join("log/identity.json"),
        dir.join("head.json"),
    ]);
    files
}

#[test]
fn a_flipped_bit_in_the_tail_is_named_or_refused_or_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let whole_dir = dir.path().join("whole");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let whole = runtime.block_on(whole_log(&whole_dir));
    let root = root_of(&whole);
    let mut random = fastrand::Rng::with_seed(32);
    let rounds = rounds("REDRESS_FLIP_ROUNDS", 60, 200) / 2;
    let mut count = std::collections::BTreeMap::<&str, u32>::new();
    let mut copies = 0;
    for round in 0..rounds {
        let damaged = dir.path().join("damaged");
        copy(&whole_dir, &damaged);
        let files = other_files(&damaged);
        let file = &files[round as usize % files.len()];
        let at = flip_one_bit(file, &mut random);
        let as_damaged = fs::read(file).unwrap();
        let role = Role::new("inspect", &damaged);
        let (mut command, said) = role.command(&dir.path().join("said"));
        wait(command.spawn().unwrap(), Duration::from_mins(1));
        let lines = said.lines();
        let context = format!("round {round}: byte {at} of {}: {lines:?}", file.display());
        let kept = fs::read(damaged.join("log/tail-before-open")).ok();
        if file.ends_with("sled/db") && lines.iter().any(|line| line.starts_with("PROBLEM ")) {
            assert!(kept == Some(as_damaged), "no copy is left: {context}");
            copies += 1;
        }
        let line = |word: &str| lines.iter().find_map(|line| line.strip_prefix(word));
        let finding = match (line("REFUSED "), line("READ "), line("VERIFIED ")) {
            (Some(why), _, _) => {
                let named = why.contains(damaged.to_str().unwrap()) || why.contains("at ");
                assert!(named, "{context}");
                "refused by name"
            }
            (None, Some(read), Some(verified)) => {
                let same = format!("{RECORDS} {root}");
                assert_eq!(
                    (read, verified),
                    (same.as_str(), same.as_str()),
                    "{context}"
                );
                "harmless"
            }
            (None, Some(read), None) => {
                assert_eq!(read, format!("{RECORDS} {root}"), "{context}");
                assert!(line("PROBLEM ").is_some(), "{context}");
                "named by verify"
            }
            (None, None, _) => panic!("silent: {context}"),
        };
        *count.entry(finding).or_default() += 1;
        fs::remove_dir_all(damaged).unwrap();
    }
    println!(
        "{rounds} bits flipped in sled's and the small files: {count:?}; {copies} copies kept"
    );
    assert!(copies > 0, "what sled cut off is in a copy");
}

/// The role of a child: sled may do anything with a damaged file, so not in the test's own process.
pub(crate) fn inspect(runtime: &tokio::runtime::Runtime, dir: &Path) {
    match verify(&dir.join("log"), &mut |_| ()) {
        Ok(verified) => match verified.problem {
            None => println!("VERIFIED {} {}", verified.records, verified.root),
            Some(problem) => println!("PROBLEM {problem:?}"),
        },
        Err(error) => println!("PROBLEM {error}"),
    }
    match open(config(dir), small_options()) {
        Ok(log) => runtime.block_on(async {
            let mut all = Vec::new();
            while (all.len() as u64) < log.head().size {
                match log.read(all.len() as u64, 100, usize::MAX).await {
                    Ok(read) => all.extend(read.into_iter().map(|stored| stored.bytes.to_vec())),
                    Err(error) => return println!("REFUSED {error}"),
                }
            }
            println!("READ {} {}", all.len(), root_of(&all));
            log.close().await.unwrap();
        }),
        Err(why) => println!("REFUSED {why}"),
    }
}

async fn two_blocks() -> Home {
    let home = Home::new();
    let log = home.open();
    grow(&log, 100).await;
    log.close().await.unwrap();
    home
}

fn reopened(home: &Home) -> Result<Log, OpenError> {
    Log::open_with(
        home.config(),
        std::sync::Arc::clone(&home.tail) as _,
        clock(),
    )
}

#[tokio::test]
async fn a_tail_that_was_cut_off_shows_in_the_note_and_in_the_root() {
    use redress_store::{Batch, Store};
    let home = two_blocks().await;
    let before = reopened(&home).unwrap();
    let root = before.head().root;
    before.close().await.unwrap();
    let mut cut = Batch::new();
    cut.delete([b'b', 0, 0, 0, 0, 0, 0, 0, 50, 0]).unwrap();
    home.tail.apply(vec![cut]).unwrap();
    let missing = reopened(&home).unwrap_err();
    let named = matches!(
        missing,
        OpenError::TailMissing {
            noted: 100,
            found: 50,
            ..
        }
    );
    assert!(named && missing.position() == Some(50), "{missing}");
    assert!(missing.to_string().contains("head.json"));
    fs::remove_file(home.path().join("head.json")).unwrap();
    let log = reopened(&home).unwrap();
    assert_eq!(log.head().size, 50);
    assert_ne!(
        log.head().root,
        root,
        "only a root that was kept shows it now"
    );
    log.close().await.unwrap();
}

#[tokio::test]
async fn verify_sees_a_cut_off_tail_by_the_note() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(config(dir.path()), small_options()).unwrap();
    grow(&log, 100).await;
    log.close().await.unwrap();
    let folder = dir.path().join("log");
    assert_eq!(verify(&folder, &mut |_| ()).unwrap().problem, None);
    {
        use redress_store::{Batch, Store};
        let (store, _) = SledStore::open_with(&folder.join("tail"), small_options()).unwrap();
        let mut cut = Batch::new();
        cut.delete([b'b', 0, 0, 0, 0, 0, 0, 0, 50, 0]).unwrap();
        store.apply(vec![cut]).unwrap();
    }
    let verified = verify(&folder, &mut |_| ()).unwrap();
    let problem = verified.problem.unwrap();
    assert_eq!((verified.records, problem.position), (50, 50));
    assert!(problem.what.contains("head.json"), "{problem:?}");
}

#[tokio::test]
async fn a_gap_in_the_tail_or_between_segments_is_named() {
    use redress_store::{Batch, Store};
    let home = two_blocks().await;
    let mut gap = Batch::new();
    gap.delete([b'b', 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
    home.tail.apply(vec![gap]).unwrap();
    let error = reopened(&home).unwrap_err();
    assert!(
        matches!(error, OpenError::Gap { from: 0, to: 50 }),
        "{error}"
    );

    let home = Home::new();
    let log = home.open();
    grow(&log, 800).await;
    sealed(&log, 768).await;
    log.close().await.unwrap();
    fs::remove_file(home.path().join("log/segments/00000000000000000256.seg")).unwrap();
    let error = reopened(&home).unwrap_err();
    assert!(
        matches!(error, OpenError::Gap { from: 256, to: 512 }),
        "{error}"
    );
}

/// A block of several chunks that a crash cut short: it was never written whole.
#[tokio::test]
async fn a_block_without_its_first_chunk_was_never_written_and_its_place_is_taken() {
    use redress_store::{Batch, Store};
    let home = two_blocks().await;
    let log = home.open();
    let noise = noise(&mut fastrand::Rng::with_seed(3), 30_000);
    let large = Added { amount: 1, noise };
    add(&log, request(1, "large", "d"), vec![large])
        .await
        .unwrap();
    log.close().await.unwrap();
    fs::remove_file(home.path().join("head.json")).unwrap();
    let chunk = |chunk| [b'b', 0, 0, 0, 0, 0, 0, 0, 100, chunk];
    assert!(home.tail.get(&chunk(2)).unwrap().is_some(), "it is large");
    let mut cut = Batch::new();
    cut.delete(chunk(0)).unwrap();
    home.tail.apply(vec![cut]).unwrap();

    let log = home.open();
    assert_eq!(log.head().size, 100);
    assert!(log.find_request("large").await.unwrap().is_empty());
    add(&log, request(1, "small", "d"), vec![added(7)])
        .await
        .unwrap();
    let log = home.restart(log).await;
    assert_eq!(log.head().size, 101);
    assert_eq!(log.find_request("small").await.unwrap().len(), 1);
    assert_eq!(root_of(&all_bytes(&log).await), log.head().root);
    grow(&log, 300).await;
    sealed(&log, 256).await;
    let log = home.restart(log).await;
    assert_eq!(log.head().size, 401);
    assert_eq!(
        home.tail.get(&chunk(2)).unwrap(),
        None,
        "it left with the rest"
    );
    log.close().await.unwrap();
}

#[tokio::test]
async fn cursors_of_more_records_than_there_are_name_the_gap() {
    use redress_store::{Batch, Store};
    let home = two_blocks().await;
    let log = home.open();
    log.advance(crate::consuming::record(0)).await.unwrap();
    log.close().await.unwrap();
    fs::remove_file(home.path().join("head.json")).unwrap();
    let log = home.open();
    assert_eq!(log.cursors()["other/0"].next, 1);
    log.close().await.unwrap();
    fs::remove_file(home.path().join("head.json")).unwrap();
    let mut cut = Batch::new();
    cut.delete([b'b', 0, 0, 0, 0, 0, 0, 0, 50, 0]).unwrap();
    home.tail.apply(vec![cut]).unwrap();
    let error = reopened(&home).unwrap_err();
    assert!(
        matches!(error, OpenError::Gap { from: 50, to: 100 }),
        "{error}"
    );
}

#[tokio::test]
async fn another_history_under_the_same_log_id_is_noticed() {
    let home = two_blocks().await;
    let other = Home::new();
    let log = other.open();
    for _ in 0..110 {
        add(&log, request(1, "", "d"), vec![]).await.unwrap();
        add(&log, crate::tally::command(5), vec![added(2)])
            .await
            .unwrap();
    }
    log.close().await.unwrap();
    fs::copy(
        home.path().join("head.json"),
        other.path().join("head.json"),
    )
    .unwrap();
    let error = reopened(&other).unwrap_err();
    let noticed = matches!(
        &error,
        OpenError::OtherHistory { size: 100, noted, found, .. } if noted != found
    );
    assert!(noticed, "{error}");
}

#[tokio::test]
async fn a_damaged_block_and_damaged_cursors_are_named_at_open() {
    use redress_store::{Batch, Store};
    let home = two_blocks().await;
    let key = [b'b', 0, 0, 0, 0, 0, 0, 0, 50, 0];
    let block = home.tail.get(&key).unwrap().unwrap();
    for at in 0..block.len() {
        let mut damaged = block.clone();
        damaged[at] ^= 1;
        let mut batch = Batch::new();
        batch.put(key, damaged).unwrap();
        home.tail.apply(vec![batch]).unwrap();
        let error = reopened(&home).unwrap_err();
        assert_eq!(error.position(), Some(50), "byte {at}: {error}");
    }
    let mut batch = Batch::new();
    batch.put(key, block).unwrap();
    batch.put("cursors", "{}    ").unwrap();
    home.tail.apply(vec![batch]).unwrap();
    let error = reopened(&home).unwrap_err();
    assert!(matches!(error, OpenError::Cursors), "{error}");
}
