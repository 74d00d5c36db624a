//! A log as lines, and back.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use redress_envelope::{LogId, Record, derived_uuid};
use redress_event_log::{Log, LogConfig, RestoreError, Restored, restore, verify};

use crate::tally::{Home, add, added, all_bytes, clock, command, config, grow, request, sealed};

async fn exported(log: &Log) -> Vec<u8> {
    let mut lines = Vec::new();
    let mut told = 0;
    let count = log
        .export(0, u64::MAX, &mut lines, &mut |at| told = at)
        .await
        .unwrap();
    assert_eq!((count, told), (log.head().size, log.head().size));
    lines
}

fn target() -> (tempfile::TempDir, LogConfig) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    // Only the lines say which log it is.
    config.new_log_id = LogId(derived_uuid("log", &["of the target"]));
    (dir, config)
}

fn restored(config: &LogConfig, lines: &[u8]) -> Result<Restored, RestoreError> {
    restore(config, &mut Cursor::new(lines), None, &mut |_| ())
}

async fn some_log() -> (Log, Vec<u8>) {
    let log = Home::new().open();
    add(&log, request(1, "r", "d"), vec![added(1), added(2)])
        .await
        .unwrap();
    add(&log, command(2), vec![added(3)]).await.unwrap();
    let lines = exported(&log).await;
    (log, lines)
}

#[tokio::test]
async fn a_restored_log_is_the_same_log_and_goes_on() {
    for size in [1, 255, 256, 257, 700] {
        let home = Home::new();
        let log = home.open();
        add(&log, request(1, "r", "d"), vec![added(1)])
            .await
            .unwrap();
        grow(&log, size - 1).await;
        let lines = exported(&log).await;
        let (_dir, config) = target();
        let result = restored(&config, &lines).unwrap();
        assert_eq!((result.records, result.root), (size, log.head().root));
        assert_eq!(result.identity, *log.identity());
        let verified = verify(&config.folder, &mut |_| ()).unwrap();
        assert_eq!(
            (verified.records, verified.root, verified.problem),
            (size, result.root, None)
        );
        let copy = Log::open(config.clone(), clock()).unwrap();
        assert_eq!(copy.head(), log.head());
        assert_eq!(all_bytes(&copy).await, all_bytes(&log).await);
        assert!(
            add(&copy, request(1, "r", "d"), vec![added(9)])
                .await
                .unwrap()
                .repeated
        );
        add(&copy, command(1), vec![added(2)]).await.unwrap();
        grow(&copy, 260).await;
        sealed(&copy, 256).await;
        let full = copy.head();
        copy.close().await.unwrap();
        let verified = verify(&config.folder, &mut |_| ()).unwrap();
        assert_eq!((verified.root, verified.problem), (full.root, None));
    }
}

#[tokio::test]
async fn a_part_can_be_exported() {
    let (log, lines) = some_log().await;
    let mut part = Vec::new();
    assert_eq!(log.export(1, 2, &mut part, &mut |_| ()).await.unwrap(), 1);
    assert_eq!(
        part,
        [lines.split(|b| *b == b'\n').nth(1).unwrap(), b"\n"].concat()
    );
    assert_eq!(log.export(3, 9, &mut part, &mut |_| ()).await.unwrap(), 0);
    assert_eq!(log.export(9, 3, &mut part, &mut |_| ()).await.unwrap(), 0);
}

/// What is refused leaves nothing, and is no hindrance to what is right.
fn check_refused(lines: &[u8]) -> RestoreError {
    let (dir, mut config) = target();
    config.folder = dir.path().join("acme/intake/0/log");
    let refused = restored(&config, lines).unwrap_err();
    assert_eq!(names(dir.path()), [""; 0], "{refused}");
    let log = Log::open(config, clock()).unwrap();
    assert_eq!(log.head().size, 0);
    refused
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Given a refused attempt on an export of many segments, when the right one is made in the same
/// place, then it is the log.
async fn check_then_the_right_one(wrong: impl Fn(&mut Vec<u8>)) -> RestoreError {
    let log = Home::new().open();
    grow(&log, 600).await;
    let (lines, root) = (exported(&log).await, log.head().root);
    let (dir, config) = target();
    let mut spoilt = lines.clone();
    wrong(&mut spoilt);
    let refused = restore(&config, &mut Cursor::new(&spoilt), Some(root), &mut |_| ()).unwrap_err();
    assert_eq!(names(dir.path()), [""; 0], "{refused}");
    let taken = restore(&config, &mut Cursor::new(&lines), Some(root), &mut |_| ()).unwrap();
    assert_eq!((taken.records, taken.root), (600, root));
    assert_eq!(names(dir.path()), ["log"]);
    let verified = verify(&config.folder, &mut |_| ()).unwrap();
    assert_eq!((verified.root, verified.problem), (root, None));
    refused
}

#[tokio::test]
async fn after_a_truncated_export_the_whole_one_is_restored() {
    let refused = check_then_the_right_one(|lines| lines.truncate(lines.len() - 100)).await;
    assert!(
        matches!(
            refused,
            RestoreError::Record { line: 600, .. } | RestoreError::Ending { line: 600 }
        ),
        "{refused}"
    );
    let refused = check_then_the_right_one(|lines| {
        let kept: Vec<u8> = lines_of(lines)[..500].concat();
        *lines = kept;
    })
    .await;
    let cut = matches!(refused, RestoreError::OtherRoot { records: 500, .. });
    assert!(cut, "{refused}");
}

#[tokio::test]
async fn after_a_flipped_export_the_whole_one_is_restored() {
    // A figure in the middle: still a record, and another one.
    let refused = check_then_the_right_one(|lines| {
        let mut changed = lines_of(lines);
        let line = String::from_utf8(changed[300].clone()).unwrap();
        changed[300] = line.replace("\"amount\":1", "\"amount\":3").into_bytes();
        assert_ne!(changed.concat(), *lines);
        *lines = changed.concat();
    })
    .await;
    let other = matches!(refused, RestoreError::OtherRoot { records: 600, .. });
    assert!(other, "{refused}");
    assert!(
        refused.to_string().contains("or they are not the records"),
        "{refused}"
    );
}

#[tokio::test]
async fn after_lines_of_another_log_the_right_ones_are_restored() {
    let (_dir, mut settings) = target();
    settings.new_log_id = LogId(derived_uuid("log", &["quite another"]));
    let another = Log::open(settings, clock()).unwrap();
    grow(&another, 300).await;
    let another = exported(&another).await;
    let refused = check_then_the_right_one(|lines| lines.clone_from(&another)).await;
    let other = matches!(refused, RestoreError::OtherRoot { records: 300, .. });
    assert!(other, "{refused}");
}

#[tokio::test]
async fn what_a_killed_restore_left_behind_is_cleared_by_the_next() {
    let (_log, lines) = some_log().await;
    let (dir, config) = target();
    let left = dir.path().join("log.restoring");
    fs::create_dir_all(left.join("segments")).unwrap();
    fs::create_dir_all(left.join("tail/blobs")).unwrap();
    fs::write(left.join("lock"), "").unwrap();
    fs::write(left.join("segments/00000000000000000000.seg.tmp"), "half").unwrap();
    fs::write(left.join("identity.json.tmp"), "{").unwrap();
    restored(&config, &lines).unwrap();
    assert_eq!(names(dir.path()), ["log"]);
    assert_eq!(Log::open(config, clock()).unwrap().head().size, 3);
}

fn lines_of(lines: &[u8]) -> Vec<Vec<u8>> {
    let mut all: Vec<_> = lines
        .split_inclusive(|b| *b == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    all.retain(|line| !line.is_empty());
    all
}

#[tokio::test]
async fn lines_in_disorder_are_refused() {
    let (_log, lines) = some_log().await;
    let mut swapped = lines_of(&lines);
    swapped.swap(1, 2);
    let error = check_refused(&swapped.concat());
    assert!(
        matches!(
            error,
            RestoreError::Order {
                line: 2,
                expected: 1,
                found: 2
            }
        ),
        "{error}"
    );
    let missing = [&lines_of(&lines)[0][..], &lines_of(&lines)[2]].concat();
    assert!(matches!(
        check_refused(&missing),
        RestoreError::Order { line: 2, .. }
    ));
    let twice = [&lines[..], &lines].concat();
    assert!(matches!(
        check_refused(&twice),
        RestoreError::Order { line: 4, .. }
    ));
    let from_the_middle = lines_of(&lines)[2..].concat();
    assert!(matches!(
        check_refused(&from_the_middle),
        RestoreError::Order { line: 1, .. }
    ));
}

#[tokio::test]
async fn disorder_after_many_segments_leaves_no_log() {
    let log = Home::new().open();
    grow(&log, 600).await;
    let mut lines = lines_of(&exported(&log).await);
    lines.swap(590, 591);
    assert!(matches!(
        check_refused(&lines.concat()),
        RestoreError::Order { line: 591, .. }
    ));
}

#[tokio::test]
async fn lines_of_another_log_are_refused() {
    let (_log, lines) = some_log().await;
    let mut lines = lines_of(&lines);
    let change = |line: &[u8], change: &dyn Fn(&mut Record)| {
        let mut record = Record::decode(line.trim_ascii_end()).unwrap();
        change(&mut record);
        [&record.encode().unwrap()[..], b"\n"].concat()
    };
    let whole = lines[2].clone();
    lines[2] = change(&whole, &|record| {
        record.log = LogId(derived_uuid("log", &["a third"]));
    });
    assert!(matches!(
        check_refused(&lines.concat()),
        RestoreError::OtherLog { line: 3 }
    ));
    lines[2] = change(&whole, &|record| record.tenant = "other".to_owned());
    assert!(matches!(
        check_refused(&lines.concat()),
        RestoreError::OtherLog { line: 3 }
    ));
    lines[2] = change(&whole, &|record| record.time = jiff::Timestamp::UNIX_EPOCH);
    assert!(matches!(
        check_refused(&lines.concat()),
        RestoreError::Time { line: 3 }
    ));
}

#[tokio::test]
async fn lines_that_are_too_long_cut_off_or_garbage_are_refused() {
    let (_log, lines) = some_log().await;
    let first = lines_of(&lines)[0].clone();
    let long = [&first[..], &vec![b'x'; 70_000], b"\n"].concat();
    assert!(matches!(
        check_refused(&long),
        RestoreError::TooLong { line: 2 }
    ));
    let endless = vec![b'{'; 200_000];
    assert!(matches!(
        check_refused(&endless),
        RestoreError::TooLong { line: 1 }
    ));
    let cut = &lines[..lines.len() - 40];
    assert!(matches!(
        check_refused(cut),
        RestoreError::Record { line: 3, .. } | RestoreError::Ending { line: 3 }
    ));
    for garbage in [
        &b"\0\xff\xfe\n"[..],
        b"{}\n",
        b"not json}\n",
        b"\n",
        b"[1,2]}\n",
    ] {
        let error = check_refused(&[&first[..], garbage].concat());
        assert!(
            matches!(
                error,
                RestoreError::Record { line: 2, .. } | RestoreError::Ending { line: 2 }
            ),
            "{error}"
        );
    }
    let windows = String::from_utf8(lines).unwrap().replace('\n', "\r\n");
    assert!(matches!(
        check_refused(windows.as_bytes()),
        RestoreError::Ending { line: 1 }
    ));
}

#[tokio::test]
async fn half_a_command_nothing_and_a_used_folder_are_refused() {
    let (_log, lines) = some_log().await;
    assert!(matches!(
        check_refused(&lines_of(&lines)[0]),
        RestoreError::HalfCommand
    ));
    assert!(matches!(check_refused(b""), RestoreError::Empty));
    let (_dir, config) = target();
    restored(&config, &lines).unwrap();
    let again = restored(&config, &lines).unwrap_err();
    assert!(matches!(again, RestoreError::LogThere(_)), "{again}");
    let (_other, taken) = target();
    fs::create_dir_all(taken.folder.join("photos")).unwrap();
    let refused = restored(&taken, &lines).unwrap_err();
    assert!(matches!(refused, RestoreError::NotEmpty(_)), "{refused}");
    assert_eq!(names(&taken.folder), ["photos"]);
    let verified = verify(&config.folder, &mut |_| ()).unwrap();
    assert_eq!((verified.records, verified.problem), (3, None));
}

#[tokio::test]
async fn the_last_line_may_lack_its_end() {
    let (log, lines) = some_log().await;
    let (_dir, config) = target();
    let result = restored(&config, &lines[..lines.len() - 1]).unwrap();
    assert_eq!(result.root, log.head().root);
}

#[tokio::test]
async fn a_cut_export_is_refused_by_the_root_of_the_whole() {
    let (log, lines) = some_log().await;
    let whole = log.head().root;
    let before_the_last = lines[..lines.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n');
    let end = before_the_last.unwrap() + 1;
    let (_dir, config) = target();
    let refused = restore(
        &config,
        &mut Cursor::new(&lines[..end]),
        Some(whole),
        &mut |_| (),
    );
    assert!(
        matches!(refused, Err(RestoreError::OtherRoot { .. })),
        "{refused:?}"
    );
    let (_dir, config) = target();
    let taken = restore(&config, &mut Cursor::new(&lines), Some(whole), &mut |_| ()).unwrap();
    assert_eq!(taken.root, whole);
}
