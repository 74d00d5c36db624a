//! A log that lost its end, and the records that somebody else still holds.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use redress_envelope::{LogId, Record, derived_uuid};
use redress_event_log::{LockError, Log, LogConfig, TakeBack, TakeBackError, verify};
use redress_evidence::Hash;

use crate::folder::copy;
use crate::tally::{add, added, all_bytes, clock, command, config, grow, request, sealed};

/// A log that was copied when it was shorter.
struct Lost {
    /// Where the shorter one is.
    dir: tempfile::TempDir,
    config: LogConfig,
    /// Every record that there ever was, and their root.
    all: Vec<Vec<u8>>,
    root: Hash,
}

/// Given a log of so many records, its copy, and so many records that came later.
async fn lost(had: u64, later: u64) -> Lost {
    let (home, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = Log::open(config(home.path()), clock()).unwrap();
    if had > 0 {
        add(&log, request(1, "r", "d"), vec![added(1)])
            .await
            .unwrap();
        grow(&log, had - 1).await;
        sealed(&log, had / 256 * 256).await;
    }
    log.close().await.unwrap();
    let config = config(dir.path());
    copy(&home.path().join("log"), &config.folder);
    let log = Log::open(crate::tally::config(home.path()), clock()).unwrap();
    grow(&log, later - 1).await;
    add(&log, request(2, "late", "d"), vec![added(7)])
        .await
        .unwrap();
    let (all, root) = (all_bytes(&log).await, log.head().root);
    log.close().await.unwrap();
    Lost {
        dir,
        config,
        all,
        root,
    }
}

impl Lost {
    fn missing(&self, had: usize) -> impl Iterator<Item = Bytes> {
        self.all[had..].iter().cloned().map(Bytes::from)
    }

    /// What is there besides the shorter log.
    fn beside(&self) -> Vec<String> {
        let names = fs::read_dir(self.dir.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "log").collect()
    }

    fn note(&self, size: u64, root: &Hash) -> PathBuf {
        let identity = fs::read_to_string(self.config.folder.join("identity.json")).unwrap();
        let identity: serde_json::Value = serde_json::from_str(&identity).unwrap();
        let note = serde_json::json!({ "log": identity["log"], "size": size, "root": root });
        let path = self.dir.path().join("head.json");
        fs::write(&path, note.to_string()).unwrap();
        path
    }
}

#[tokio::test]
async fn a_log_that_got_its_end_back_is_the_same_log_and_goes_on() {
    for (had, later) in [(1, 1), (100, 30), (256, 5), (300, 1), (300, 900)] {
        let lost = lost(had, later).await;
        lost.note(had + later, &lost.root);
        let mut back = TakeBack::begin(&lost.config).unwrap();
        assert_eq!(back.size(), had);
        let newest = lost.all[had as usize - 1].clone();
        assert_eq!(back.last(), Some(&Bytes::from(newest)));
        for bytes in lost.missing(had as usize) {
            back.take(bytes).unwrap();
        }
        let taken = back.finish(Some(lost.root)).unwrap();
        assert_eq!((taken.first, taken.records), (had, later));
        assert_eq!(taken.root, lost.root);
        assert_eq!(lost.beside(), ["head.json"]);
        let verified = verify(&lost.config.folder, &mut |_| ()).unwrap();
        assert_eq!((verified.root, verified.problem), (lost.root, None));
        let log = Log::open(lost.config.clone(), clock()).unwrap();
        assert_eq!(all_bytes(&log).await, lost.all);
        // What was asked before is known again, and what comes next is new.
        let repeated = add(&log, request(2, "late", "d"), vec![added(9)]).await;
        assert!(repeated.unwrap().repeated);
        add(&log, command(1), vec![added(2)]).await.unwrap();
        grow(&log, 260).await;
        sealed(&log, (had + later + 261) / 256 * 256).await;
        let full = log.head();
        log.close().await.unwrap();
        let verified = verify(&lost.config.folder, &mut |_| ()).unwrap();
        assert_eq!((verified.root, verified.problem), (full.root, None));
    }
}

#[tokio::test]
async fn where_nothing_is_missing_nothing_changes() {
    let lost = lost(40, 1).await;
    for _ in 0..2 {
        let mut back = TakeBack::begin(&lost.config).unwrap();
        for bytes in lost.missing(back.size() as usize) {
            back.take(bytes).unwrap();
        }
        assert_eq!(back.finish(None).unwrap().root, lost.root);
    }
    let again = TakeBack::begin(&lost.config).unwrap().finish(None).unwrap();
    assert_eq!((again.first, again.records), (41, 0));
}

/// Given a log that lacks records, when something else is handed in, then it is refused and the log is
/// what it was; and the right records are taken.
async fn check_refused(wrong: impl Fn(&mut Vec<Bytes>, &Lost)) -> TakeBackError {
    let lost = lost(300, 60).await;
    let mut given: Vec<Bytes> = lost.missing(300).collect();
    wrong(&mut given, &lost);
    let attempt = || -> Result<_, TakeBackError> {
        let mut back = TakeBack::begin(&lost.config)?;
        for bytes in &given {
            back.take(bytes.clone())?;
        }
        back.finish(Some(lost.root))
    };
    let refused = attempt().unwrap_err();
    let noted = lost.dir.path().join("head.json");
    if noted.exists() {
        fs::remove_file(noted).unwrap();
    }
    assert_eq!(lost.beside(), [""; 0], "{refused}");
    let log = Log::open(lost.config.clone(), clock()).unwrap();
    assert_eq!(all_bytes(&log).await, lost.all[..300], "{refused}");
    log.close().await.unwrap();
    fs::remove_file(lost.dir.path().join("head.json")).unwrap();
    let mut back = TakeBack::begin(&lost.config).unwrap();
    for bytes in lost.missing(300) {
        back.take(bytes).unwrap();
    }
    assert_eq!(back.finish(Some(lost.root)).unwrap().records, 60);
    refused
}

#[tokio::test]
async fn what_is_not_the_next_record_is_refused_and_leaves_the_log_as_it_was() {
    let refused = check_refused(|given, _| drop(given.remove(0))).await;
    let unfit = |refused: &TakeBackError, at| {
        let TakeBackError::Unfit { position, why } = refused else {
            panic!("{refused}");
        };
        assert_eq!(*position, at);
        format!("{why:?}")
    };
    assert!(unfit(&refused, 300).starts_with("Order"), "{refused}");
    let refused = check_refused(|given, _| given[20] = given[19].clone()).await;
    assert!(unfit(&refused, 320).starts_with("Order"), "{refused}");
    let refused = check_refused(|given, _| given[20].truncate(40)).await;
    assert!(unfit(&refused, 320).starts_with("Ending"), "{refused}");
    let refused = check_refused(|given, _| {
        let mut other = Record::decode(&given[5]).unwrap();
        other.log = LogId(derived_uuid("log", &["another"]));
        given[5] = Bytes::from(other.encode().unwrap());
    })
    .await;
    assert!(unfit(&refused, 305).starts_with("OtherLog"), "{refused}");
}

#[tokio::test]
async fn records_that_are_not_all_or_not_those_are_refused_whole() {
    let refused = check_refused(|given, _| given.truncate(59)).await;
    let other = matches!(refused, TakeBackError::OtherRoot { records: 359, .. });
    assert!(other, "{refused}");
    // Fifty records are one command.
    let refused = check_refused(|given, _| given.truncate(20)).await;
    let half = matches!(refused, TakeBackError::HalfCommand { position: 319 });
    assert!(half, "{refused}");
    let refused = check_refused(|given, lost| {
        lost.note(360, &lost.root);
        given.truncate(59);
    })
    .await;
    let missing = matches!(
        refused,
        TakeBackError::StillMissing {
            noted: 360,
            found: 359,
            ..
        }
    );
    assert!(missing, "{refused}");
    let refused = check_refused(|_, lost| {
        lost.note(330, &lost.root);
    })
    .await;
    let other = matches!(refused, TakeBackError::OtherHistory { size: 330, .. });
    assert!(other, "{refused}");
}

#[tokio::test]
async fn a_log_in_use_and_one_that_is_not_there_are_left_alone() {
    let lost = lost(3, 1).await;
    let log = Log::open(lost.config.clone(), clock()).unwrap();
    let refused = TakeBack::begin(&lost.config).unwrap_err();
    let lock = LockError::behind(&refused);
    assert!(matches!(lock, Some(LockError::Held { .. })), "{refused}");
    log.close().await.unwrap();
    // Nor is it opened meanwhile.
    let back = TakeBack::begin(&lost.config).unwrap();
    assert!(Log::open(lost.config.clone(), clock()).is_err());
    drop(back);
    let empty = tempfile::tempdir().unwrap();
    let refused = TakeBack::begin(&config(empty.path())).unwrap_err();
    assert!(matches!(refused, TakeBackError::NoLog(_)), "{refused}");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
}
