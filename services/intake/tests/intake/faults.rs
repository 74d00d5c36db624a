//! Whatever breaks in the vault's store or in the log's: never a record without its words, nothing
//! that was acknowledged is lost, nothing is there twice.

use std::sync::Arc;
use std::time::Duration;

use redress_envelope::Record;
use redress_feedback::Event;
use redress_intake::{Intake, IntakeDeps, OpenError, Stores};
use redress_service::{Lifecycle, Problem};
use redress_store::{Fault, FaultPlan, FaultyStore, MemoryStore, SlowStore, Store};
use redress_vault::{Read, Sweep, VaultError};
use redress_wire::intake::v1::{DiscardRejectedRequest, Submission};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::inbox::{STRUCTURED, event, received, rejection, said, take};
use crate::rejected::inputs;
use crate::running::{Running, complaint, config, deps, open_with, reason, records, request};

const REQUESTS: usize = 6;

struct Disk {
    data: TempDir,
    log: Arc<MemoryStore>,
    vault: Arc<MemoryStore>,
}

impl Disk {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        Self {
            data,
            log: Arc::default(),
            vault: Arc::default(),
        }
    }

    fn stores(&self, log: FaultPlan, vault: FaultPlan) -> Stores {
        let broken = |store: &Arc<MemoryStore>, plan| -> Arc<dyn Store> {
            Arc::new(FaultyStore::new(Arc::clone(store), plan))
        };
        Stores {
            log: broken(&self.log, log),
            vault: broken(&self.vault, vault),
        }
    }

    fn sound(&self) -> Stores {
        self.stores(FaultPlan::never(), FaultPlan::never())
    }
}

/// Submits two at a time until something breaks; which were acknowledged?
async fn submit_until_it_breaks(intake: Intake) -> Vec<usize> {
    let running = Running::start(intake).await;
    let (mut acknowledged, mut broken) = (Vec::new(), false);
    for pair in (0..REQUESTS).step_by(2) {
        let submit = |number: usize| {
            let mut client = running.client.clone();
            tokio::spawn(async move {
                let submit = request(complaint(), &format!("r-{number}"));
                client.submit_feedback(submit).await
            })
        };
        let both = [(pair, submit(pair)), (pair + 1, submit(pair + 1))];
        for (number, answer) in both {
            match answer.await.unwrap() {
                Ok(_) => acknowledged.push(number),
                Err(status) => {
                    let code = Problem::from_status(&status).code;
                    assert!(
                        ["VAULT_STOPPED", "LOG_STOPPED"].contains(&&*code),
                        "{status:?}"
                    );
                    broken = true;
                }
            }
        }
    }
    if broken {
        // It says so, so that the process can end.
        let why = running.intake.stopped().await;
        assert!(why.contains("has stopped"), "{why}");
    }
    running.stop().await;
    acknowledged
}

/// Which requests the log knows; each of its records has its words.
async fn whole_records(intake: &Intake) -> Vec<String> {
    let mut found = Vec::new();
    for bytes in records(intake).await {
        let record = Record::decode(&bytes).unwrap();
        let Event::Received(facts) = redress_feedback::decode(&record.kind, &record.data).unwrap()
        else {
            panic!("only submissions here");
        };
        let words = intake
            .vault()
            .read_committed(&facts.content.unwrap())
            .unwrap();
        assert!(
            matches!(words, Read::Content(_)),
            "{words:?} behind a record"
        );
        found.push(record.context.request_id.unwrap());
    }
    found
}

/// After an opening that failed the log's thread lets go of its files a moment later.
async fn open_in_the_end(disk: &Disk) -> Intake {
    for _ in 0..1000 {
        let deps = IntakeDeps {
            stores: Some(disk.sound()),
            ..deps(1)
        };
        match Intake::open(config(disk.data.path()), deps) {
            Ok(intake) => return intake,
            Err(OpenError::Log(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the log is still held");
}

async fn check(log: FaultPlan, vault: FaultPlan, what: &str) {
    let disk = Disk::new();
    let stores = disk.stores(log, vault);
    let opened = Intake::open(
        config(disk.data.path()),
        IntakeDeps {
            stores: Some(stores),
            ..deps(1)
        },
    );
    let acknowledged = match opened {
        Ok(intake) => submit_until_it_breaks(intake).await,
        Err(_) => Vec::new(),
    };

    let intake = open_in_the_end(&disk).await;
    let found = whole_records(&intake).await;
    for number in acknowledged {
        let request = format!("r-{number}");
        assert!(
            found.contains(&request),
            "{what}: {request} was acknowledged and is lost"
        );
    }
    // Whoever got no answer asks again, and then everything is there once.
    let mut running = Running::start(intake).await;
    for number in 0..REQUESTS {
        let submit = request(complaint(), &format!("r-{number}"));
        running.client.submit_feedback(submit).await.unwrap();
    }
    let mut found = whole_records(&running.intake).await;
    found.sort();
    let expected: Vec<_> = (0..REQUESTS).map(|number| format!("r-{number}")).collect();
    assert_eq!(found, expected, "{what}");
    running.stop().await;
    check_sweep(&disk, what).await;
}

/// Words that were sealed for a command that broke are swept; what is left is an entry for each
/// record, and none twice.
async fn check_sweep(disk: &Disk, what: &str) {
    let intake = open_with(disk.data.path(), disk.sound());
    let known = entries_of_records(&intake).await;
    let vault = Arc::clone(intake.vault());
    let sweeping = move || {
        let mut sweep = Sweep::new(vault, 100)?;
        for entry in &known {
            sweep.keep(entry);
        }
        while sweep.count(1000)? {}
        while sweep.remove(1000)? {}
        Ok::<_, VaultError>(sweep.counted())
    };
    let swept = tokio::task::spawn_blocking(sweeping).await.unwrap();
    assert_eq!(swept.unwrap().damaged, 0, "{what}");
    let customer = intake.vault().subject_for("C-778812");
    let listed = intake.vault().entries_of_subject(customer, None, 100);
    assert_eq!(listed.unwrap().entries.len(), REQUESTS, "{what}");
    assert_eq!(whole_records(&intake).await.len(), REQUESTS, "{what}");
    intake.close().await.unwrap();
}

async fn entries_of_records(intake: &Intake) -> Vec<String> {
    let records = records(intake).await;
    let entries = records.iter().map(|bytes| {
        let record = Record::decode(bytes).unwrap();
        let Event::Received(facts) = redress_feedback::decode(&record.kind, &record.data).unwrap()
        else {
            panic!("only submissions here");
        };
        facts.content.unwrap().entry
    });
    entries.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_a_store_leaves_a_record_without_its_words() {
    for fault in [
        Fault::NotPersisted,
        Fault::PersistedButReportedFailed,
        Fault::PartlyPersisted { batches: 1 },
    ] {
        for apply in 1..=6 {
            let (plan, never) = (FaultPlan::nth(apply, fault), FaultPlan::never());
            check(
                plan.clone(),
                never.clone(),
                &format!("log, {apply}, {fault:?}"),
            )
            .await;
            check(never, plan, &format!("vault, {apply}, {fault:?}")).await;
        }
    }
}

#[tokio::test]
async fn a_request_that_was_cut_off_may_come_again_with_other_words_until_it_is_recorded() {
    let disk = Disk::new();
    // The words are sealed, and the record is not written.
    let stores = disk.stores(FaultPlan::nth(1, Fault::NotPersisted), FaultPlan::never());
    let mut running = Running::start(open_with(disk.data.path(), stores)).await;
    running
        .client
        .submit_feedback(request(complaint(), "r-1"))
        .await
        .unwrap_err();
    running.stop().await;

    let mut running = Running::start(open_with(disk.data.path(), disk.sound())).await;
    assert_eq!(running.intake.log().head().size, 0);
    let other = Submission {
        description: "something else".into(),
        ..complaint()
    };
    running
        .client
        .submit_feedback(request(other, "r-1"))
        .await
        .unwrap();
    let status = running
        .client
        .submit_feedback(request(complaint(), "r-1"))
        .await
        .unwrap_err();
    assert_eq!(
        reason(&status),
        ("REQUEST_ID_REUSED".into(), Some("request_id".into()))
    );
    assert_eq!(whole_records(&running.intake).await, ["r-1"]);
    running.stop().await;
}

/// Given a message that was discarded, when the vault's store breaks at any write of the erasure that
/// follows, then the discard is recorded and told as failed, and after the next start the key is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_discard_that_a_crash_kept_from_erasing_is_completed_after_the_next_start() {
    let (mut broken, mut readable) = (0, 0);
    for fault in [Fault::NotPersisted, Fault::PersistedButReportedFailed] {
        for apply in 1..=6 {
            let disk = Disk::new();
            let intake = open_with(disk.data.path(), disk.sound());
            let mut wrong = said();
            wrong["kind"] = "rant".into();
            let message = received(1, &[STRUCTURED], event("r-1", &wrong));
            let id = rejection(take(&intake.door(), message).await).1;
            intake.close().await.unwrap();

            let stores = disk.stores(FaultPlan::never(), FaultPlan::nth(apply, fault));
            let deps = IntakeDeps {
                stores: Some(stores),
                ..deps(1)
            };
            let Ok(intake) = Intake::open(config(disk.data.path()), deps) else {
                continue;
            };
            let mut running = Running::start(intake).await;
            let request = DiscardRejectedRequest {
                rejected_id: id,
                reason: "test_message".to_owned(),
                ..DiscardRejectedRequest::default()
            };
            let failed = running.client.discard_rejected(request).await.is_err();
            broken += usize::from(failed);
            running.stop().await;

            let what = format!("{apply}, {fault:?}");
            let intake = open_in_the_end(&disk).await;
            assert_eq!(intake.log().head().size, 2, "{what}");
            let entry = inputs(&intake).await[0].message[0].entry.clone();
            let was_left = intake.vault().read(&entry).unwrap() != Read::Erased;
            readable += usize::from(was_left);
            let shutdown = Lifecycle::new().shutdown();
            let erased = intake.erase_discarded(&shutdown).await.unwrap();
            assert_eq!(erased, usize::from(was_left), "{what}");
            assert_eq!(intake.vault().read(&entry).unwrap(), Read::Erased, "{what}");
            assert_eq!(
                intake.erase_discarded(&shutdown).await.unwrap(),
                0,
                "{what}"
            );
            intake.close().await.unwrap();
        }
    }
    assert!(
        broken > 0 && readable > 0,
        "{broken} broken, {readable} readable"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_at_once_is_refused_by_name_and_done_when_asked_again() {
    let disk = Disk::new();
    let mut config = config(disk.data.path());
    config.limits.queue = 1;
    let sound = disk.sound();
    let stores = Stores {
        log: Arc::new(SlowStore::new(sound.log, Duration::from_millis(20))),
        vault: sound.vault,
    };
    let intake = Intake::open(
        config,
        IntakeDeps {
            stores: Some(stores),
            ..deps(1)
        },
    );
    let running = Running::start(intake.unwrap()).await;
    let mut asking = JoinSet::new();
    for number in 0..64 {
        let mut client = running.client.clone();
        asking.spawn(async move {
            let submit = request(complaint(), &format!("r-{number}"));
            let mut refused = 0;
            while let Err(status) = client.submit_feedback(submit.clone()).await {
                assert_eq!(reason(&status), ("OVERLOADED".into(), None));
                refused += 1;
                tokio::time::sleep(Duration::from_millis(refused)).await;
            }
            refused
        });
    }
    let refused: u64 = asking.join_all().await.into_iter().sum();
    assert!(refused > 0, "nothing was too much, so nothing was tested");
    let mut found = whole_records(&running.intake).await;
    found.sort();
    found.dedup();
    assert_eq!((found.len(), running.intake.log().head().size), (64, 64));
    running.stop().await;
}
