//! A log whose end is lost, and declared so: it goes on in another life.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use redress_envelope::{Actor, LogId, Record, derived_uuid};
use redress_event_log::{
    EarlierLife, FollowError, Follower, LOG_STREAMS, Log, LogConfig, LogEvent, Loss, OpenError,
    RecordLost, TailLost, TakeBack, TakeBackError, TakenBack, restore, verify,
};
use redress_evidence::Hash;
use serde_json::value::RawValue;

use crate::folder::copy;
use crate::tally::{
    Home, Tally, add, added, all_bytes, all_records, clock, command, config, grow, request,
    root_of, sealed,
};

fn id(name: &str) -> LogId {
    LogId(derived_uuid("log", &[name]))
}

fn first_life() -> LogId {
    id("of the tests")
}

fn loss(known_records: u64, new_log: LogId) -> Loss {
    Loss {
        known_records,
        reason: "the disk of the 3rd of March".to_owned(),
        actor: Actor::User("op-1".to_owned()),
        new_log,
        time: "2026-01-02T00:00:00Z".parse().unwrap(),
    }
}

fn declare(config: &LogConfig, known_records: u64, new_log: LogId) -> TakenBack {
    let log = TakeBack::begin(config).unwrap();
    log.declare_lost(&loss(known_records, new_log)).unwrap()
}

/// A folder with a log of so many records in it.
async fn kept(records: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::open(config(dir.path()), clock()).unwrap();
    if records > 0 {
        add(&log, request(1, "r", "d"), vec![added(1)])
            .await
            .unwrap();
        grow(&log, records - 1).await;
        sealed(&log, records / 256 * 256).await;
    }
    log.close().await.unwrap();
    dir
}

/// A log that had `had` records, of which `kept` are there, and says so beside itself.
async fn lost(kept: u64, had: u64) -> tempfile::TempDir {
    let dir = self::kept(kept).await;
    let old = tempfile::tempdir().unwrap();
    copy(&dir.path().join("log"), &old.path().join("log"));
    let log = Log::open(config(dir.path()), clock()).unwrap();
    grow(&log, had - kept).await;
    log.close().await.unwrap();
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    copy(&old.path().join("log"), &dir.path().join("log"));
    dir
}

fn event(record: &Record) -> LogEvent {
    LogEvent::decode(&record.kind, &record.data).unwrap()
}

fn beside(dir: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(dir).unwrap();
    names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn check_verified(folder: &Path, records: u64, root: Hash) {
    let verified = verify(folder, &mut |_| ()).unwrap();
    assert_eq!(verified.problem, None);
    assert_eq!((verified.records, verified.root), (records, root));
}

#[tokio::test]
async fn a_log_goes_on_in_another_life_and_gives_no_place_twice() {
    for (had_kept, had) in [
        (0, 5),
        (1, 2),
        (100, 130),
        (256, 300),
        (300, 301),
        (300, 1200),
    ] {
        let dir = lost(had_kept, had).await;
        let refused = Log::open(config(dir.path()), clock()).unwrap_err();
        let missing = matches!(
            refused,
            OpenError::TailMissing { noted, found, .. } if noted == had && found == had_kept
        );
        assert!(missing, "{refused}");
        let declared = declare(&config(dir.path()), had, id("second"));
        assert_eq!((declared.first, declared.records), (had_kept, 0));
        assert_eq!(
            beside(dir.path()),
            ["head.json", "log"].map(str::to_owned).into()
        );
        check_verified(&dir.path().join("log"), had, declared.root);

        let log = Log::open(config(dir.path()), clock()).unwrap();
        assert_eq!((log.id(), log.head().size), (id("second"), had));
        let earlier = EarlierLife {
            log: first_life(),
            records: had_kept,
        };
        assert_eq!(log.identity().earlier, [earlier]);
        let records = all_records(&log).await;
        assert_eq!(root_of(&all_bytes(&log).await), declared.root);
        let (before, after) = records.split_at(had_kept as usize);
        assert!(before.iter().all(|record| record.log == first_life()));
        assert!(after.iter().all(|record| record.log == id("second")));
        let told = LogEvent::TailLost(TailLost {
            previous_log: first_life(),
            records: had_kept,
            known_records: had,
            reason: "the disk of the 3rd of March".to_owned(),
        });
        assert_eq!(event(&after[0]), told);
        assert_eq!(after[0].context.actor, Actor::User("op-1".to_owned()));
        let in_place = |record: &Record| event(record) == LogEvent::RecordLost(RecordLost {});
        assert!(after[1..].iter().all(in_place));
        let streams = after.iter().map(|record| record.subject.as_str());
        let own = format!("{LOG_STREAMS}/{}", id("second"));
        assert!(streams.eq(after.iter().map(|_| &*own)));

        // It goes on as any log: what came next has a place of its own, and is sealed with the rest.
        let done = add(&log, request(2, "late", "d"), vec![added(7)])
            .await
            .unwrap();
        assert_eq!(done.records[0].position, had);
        grow(&log, 300).await;
        sealed(&log, (had + 301) / 256 * 256).await;
        let (all, head) = (all_bytes(&log).await, log.head());
        log.close().await.unwrap();
        check_verified(&dir.path().join("log"), had + 301, head.root);
        let log = Log::open(config(dir.path()), clock()).unwrap();
        assert_eq!((all_bytes(&log).await, log.head().root), (all, head.root));
    }
}

/// An export says by itself in which lives its records were written.
#[tokio::test]
async fn an_export_of_several_lives_is_restored_with_all_of_them() {
    let dir = lost(300, 400).await;
    declare(&config(dir.path()), 400, id("second"));
    let log = Log::open(config(dir.path()), clock()).unwrap();
    grow(&log, 50).await;
    log.close().await.unwrap();
    declare(&config(dir.path()), 460, id("third"));
    let log = Log::open(config(dir.path()), clock()).unwrap();
    grow(&log, 400).await;
    let identity = log.identity().clone();
    let ended = identity.earlier.iter().map(|life| life.records);
    assert_eq!(ended.collect::<Vec<_>>(), [300, 450]);
    let mut lines = Vec::new();
    log.export(0, u64::MAX, &mut lines, &mut |_| ())
        .await
        .unwrap();

    let target = tempfile::tempdir().unwrap();
    let place = config(target.path());
    let root = Some(log.head().root);
    let restored = restore(&place, &mut Cursor::new(&lines), root, &mut |_| ()).unwrap();
    assert_eq!(restored.identity, identity);
    check_verified(&place.folder, 860, log.head().root);
    let again = Log::open(place, clock()).unwrap();
    assert_eq!(all_bytes(&again).await, all_bytes(&log).await);

    // Records of another life without the one that begins it are those of another log.
    let first = lines.split_inclusive(|byte| *byte == b'\n').enumerate();
    let cut: Vec<u8> = first
        .filter(|(at, _)| *at != 300)
        .flat_map(|(_, line)| line.to_vec())
        .collect();
    let target = tempfile::tempdir().unwrap();
    let place = config(target.path());
    assert!(restore(&place, &mut Cursor::new(&cut), None, &mut |_| ()).is_err());
}

#[tokio::test]
async fn a_declaration_that_is_broken_off_leaves_the_log_as_it_was() {
    let dir = lost(300, 360).await;
    let before = fs::read(dir.path().join("head.json")).unwrap();
    // Nobody declares more than is known to be missing, or half of it.
    let begun = TakeBack::begin(&config(dir.path())).unwrap();
    assert_eq!((begun.size(), begun.noted()), (300, Some(360)));
    let refused = begun.declare_lost(&loss(300, id("second"))).unwrap_err();
    let nothing = matches!(refused, TakeBackError::NothingLost { records: 300 });
    assert!(nothing, "{refused}");
    drop(TakeBack::begin(&config(dir.path())).unwrap());
    // What a process that was killed has left beside it goes when the next one begins.
    let aside = dir.path().join("log.restoring");
    copy(&dir.path().join("log"), &aside);
    fs::write(aside.join("identity.json"), "{}").unwrap();
    assert_eq!(fs::read(dir.path().join("head.json")).unwrap(), before);
    assert!(Log::open(config(dir.path()), clock()).is_err());

    declare(&config(dir.path()), 360, id("second"));
    assert!(!aside.exists());
    let log = Log::open(config(dir.path()), clock()).unwrap();
    let size = log.head().size;
    log.close().await.unwrap();
    // Killed before the note was made new: the one of the life before says what is known to be lost.
    fs::write(dir.path().join("head.json"), before).unwrap();
    let log = Log::open(config(dir.path()), clock()).unwrap();
    assert_eq!((log.id(), log.head().size), (id("second"), size));
}

/// Given that a part of the end is still to be had, then only the rest is lost.
#[tokio::test]
async fn what_can_be_taken_back_is_taken_back_before_the_rest_is_declared_lost() {
    let home = Home::new();
    let whole = home.open();
    add(&whole, request(1, "r", "d"), vec![added(1)])
        .await
        .unwrap();
    grow(&whole, 119).await;
    let all = all_bytes(&whole).await;
    let dir = kept(51).await;
    let taken = |until: usize| {
        let mut log = TakeBack::begin(&config(dir.path())).unwrap();
        for bytes in &all[51..until] {
            log.take(Bytes::from(bytes.clone())).unwrap();
        }
        log.declare_lost(&loss(120, id("second")))
    };
    // Fifty records are one command, of which half is nothing.
    let half = taken(90).unwrap_err();
    let is_half = matches!(half, TakeBackError::HalfCommand { position: 89 });
    assert!(is_half, "{half}");
    let declared = taken(101).unwrap();
    assert_eq!((declared.first, declared.records), (51, 50));
    assert_eq!(declared.identity.earlier[0].records, 101);
    check_verified(&dir.path().join("log"), 120, declared.root);
}

/// Given a copy from before a loss was declared, when it is brought back, then the note beside it knows
/// better, and what the later life recorded can be taken back into it.
#[tokio::test]
async fn a_copy_of_an_earlier_life_gets_the_later_one_back() {
    let dir = lost(300, 360).await;
    let old = tempfile::tempdir().unwrap();
    copy(&dir.path().join("log"), &old.path().join("log"));
    declare(&config(dir.path()), 360, id("second"));
    let log = Log::open(config(dir.path()), clock()).unwrap();
    grow(&log, 100).await;
    let (all, root, lives) = (
        all_bytes(&log).await,
        log.head().root,
        log.identity().clone(),
    );
    log.close().await.unwrap();
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    copy(&old.path().join("log"), &dir.path().join("log"));
    let refused = Log::open(config(dir.path()), clock()).unwrap_err();
    let missing = matches!(
        refused,
        OpenError::TailMissing {
            noted: 460,
            found: 300,
            ..
        }
    );
    assert!(missing, "{refused}");
    let mut back = TakeBack::begin(&config(dir.path())).unwrap();
    for bytes in &all[300..] {
        back.take(Bytes::from(bytes.clone())).unwrap();
    }
    let taken = back.finish(Some(root)).unwrap();
    assert_eq!((taken.records, taken.identity), (160, lives));
    check_verified(&dir.path().join("log"), 460, root);
    let log = Log::open(config(dir.path()), clock()).unwrap();
    assert_eq!(log.id(), id("second"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Given lives that are not those in which the records were written, then the log is found out.
    #[test]
    fn lives_that_are_not_those_of_the_records_are_noticed(
        first in 0_u64..720, second in 0_u64..720, names in prop::sample::subsequence(
            vec!["of the tests", "second", "third", "fourth"], 3).prop_shuffle(),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (dir, right) = runtime.block_on(async {
            let dir = kept(300).await;
            declare(&config(dir.path()), 360, id("second"));
            let log = Log::open(config(dir.path()), clock()).unwrap();
            grow(&log, 100).await;
            log.close().await.unwrap();
            let third = declare(&config(dir.path()), 520, id("third"));
            (dir, third.identity)
        });
        let mut claimed = right.clone();
        claimed.log = id(names[2]);
        claimed.earlier = vec![
            EarlierLife { log: id(names[0]), records: first },
            EarlierLife { log: id(names[1]), records: second },
        ];
        prop_assume!(claimed != right);
        let folder = dir.path().join("log");
        fs::write(folder.join("identity.json"), serde_json::to_vec(&claimed).unwrap()).unwrap();
        fs::remove_file(dir.path().join("head.json")).unwrap();
        let verified = verify(&folder, &mut |_| ()).unwrap();
        prop_assert!(verified.problem.is_some(), "{claimed:?}");
        prop_assert!(Log::open(config(dir.path()), clock()).is_err(), "{claimed:?}");
        fs::write(folder.join("identity.json"), serde_json::to_vec(&right).unwrap()).unwrap();
        prop_assert_eq!(verify(&folder, &mut |_| ()).unwrap().problem, None);
    }
}

/// An owner that adds the position of each record that it follows.
async fn follow(owner: &Log, source: &Log, until: u64) -> Result<(), FollowError> {
    let follower = Follower::new(owner.clone(), Arc::new(source.clone()));
    let mut consumed = follower.consumed();
    let reacting = owner.clone();
    let react = move |record: Record, consumed| {
        let mut command = command(5);
        command.consumed = Some(consumed);
        let owner = reacting.clone();
        Some(async move {
            let decide = move |_: &_, _| Ok::<_, String>(vec![added(record.position)]);
            let done = owner.transact::<Tally, String>(command, decide).await;
            done.map(drop).map_err(|error| error.to_string())
        })
    };
    tokio::select! {
        ended = follower.run(react) => ended.map(|never| match never {}),
        _ = consumed.reaches(until) => Ok(()),
    }
}

async fn reacted_to(owner: &Log) -> Vec<u64> {
    let amount = |record: &Record| {
        serde_json::from_str::<crate::tally::Added>(record.data.get())
            .unwrap()
            .amount
    };
    all_records(owner).await.iter().map(amount).collect()
}

/// Whoever followed it may hold it for a moment longer.
async fn open(dir: &Path) -> Log {
    for _ in 0..1000 {
        match Log::open(config(dir), clock()) {
            Ok(log) => return log,
            Err(OpenError::Lock(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the log was never given back");
}

async fn lengthen(dir: &Path, records: u64) {
    let log = open(dir).await;
    grow(&log, records).await;
    log.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_goes_on_in_the_next_life_from_what_was_kept() {
    for consumed in [3, 4, 8] {
        let (dir, copied) = (kept(3).await, tempfile::tempdir().unwrap());
        let home = Home::new();
        let owner = home.open();
        if consumed == 3 {
            follow(&owner, &open(dir.path()).await, 3).await.unwrap();
        }
        lengthen(dir.path(), 1).await;
        copy(&dir.path().join("log"), &copied.path().join("log"));
        lengthen(dir.path(), 4).await;
        if consumed > 3 {
            let source = open(if consumed == 4 {
                copied.path()
            } else {
                dir.path()
            })
            .await;
            follow(&owner, &source, consumed).await.unwrap();
        }
        let before = reacted_to(&owner).await;
        assert_eq!(owner.cursors()["intake/0"].next, consumed);
        open(copied.path()).await.close().await.unwrap();

        declare(&config(copied.path()), 8, id("second"));
        let source = open(copied.path()).await;
        grow(&source, 3).await;
        follow(&owner, &source, 11).await.unwrap();
        let cursor = owner.cursors()["intake/0"];
        assert_eq!((cursor.log, cursor.next), (id("second"), 11));
        // What was done because of lost records stays; what came after the loss is done once; what the
        // log says of itself is nobody's business.
        let expected: Vec<u64> = before
            .into_iter()
            .chain(consumed.min(4)..4)
            .chain(8..11)
            .collect();
        assert_eq!(reacted_to(&owner).await, expected);
        // Another log is still another log.
        let other = open(dir.path()).await;
        assert_eq!(other.id(), first_life());
        let refused = follow(&owner, &other, 200).await.unwrap_err();
        assert!(matches!(refused, FollowError::OtherLog { .. }), "{refused}");
    }
}

#[test]
fn what_a_log_says_of_itself_is_written_and_read_as_it_always_was() {
    let lost = TailLost {
        previous_log: LogId(derived_uuid("example", &["intake"])),
        records: 4_711,
        known_records: 4_713,
        reason: "the disk broke; the last copy was of the evening before".to_owned(),
    };
    for event in [
        LogEvent::TailLost(lost),
        LogEvent::RecordLost(RecordLost {}),
    ] {
        let draft = event.encode().unwrap();
        let path = format!(
            "{}/tests/golden/{}.json",
            env!("CARGO_MANIFEST_DIR"),
            draft.kind
        );
        let wanted = std::env::var_os("REDRESS_WRITE_GOLDEN").is_some();
        if wanted && !Path::new(&path).exists() {
            fs::write(&path, draft.data.get()).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(draft.data.get(), golden);
        let read = RawValue::from_string(golden).unwrap();
        assert_eq!(LogEvent::decode(draft.kind, &read), Some(event));
    }
}
