use std::time::Duration;

use redress_vault::Read;
use redress_workflow::OpenError;

use super::given::{World, customer, refused};
use super::steps::{self, done, on};

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_words_of_persons_stand_in_the_log() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(
        client,
        record_investigation_not_required,
        on(&id, steps::not_required())
    );
    done!(client, propose_response, on(&id, steps::propose_no()));
    done!(
        client,
        communicate_decision,
        on(&id, steps::communicate_no())
    );
    done!(client, dispute_decision, on(&id, steps::dispute()));
    done!(client, add_note, on(&id, steps::note()));
    done!(
        client,
        close_complaint,
        on(&id, steps::close("options_exhausted"))
    );
    done!(client, reopen_complaint, on(&id, steps::reopen()));
    done!(client, withdraw_complaint, on(&id, steps::withdraw()));
    let log = running.bytes().await;
    for words in ["Abendroth", "0664", "insult", "picture", "unplug"] {
        assert!(!log.iter().any(|record| contains(record, words)), "{words}");
    }
    // The search finds what is there.
    assert!(log.iter().any(|record| contains(record, "same_batch")));

    // They are sealed for the customer, under the pseudonym that intake has for them.
    let vault = running.workflow.vault();
    let entries = vault
        .entries_of_subject(customer(1), None, 100)
        .unwrap()
        .entries;
    assert_eq!(entries.len(), 7);
    assert!(
        vault
            .entries_of_subject(customer(2), None, 100)
            .unwrap()
            .entries
            .is_empty()
    );
    let note = Read::Content(steps::NOTE.as_bytes().to_vec());
    let read: Vec<_> = entries
        .iter()
        .map(|entry| vault.read(&entry.to_string()).unwrap())
        .collect();
    assert!(read.contains(&note));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_words_are_told_as_erased_and_everything_else_stays() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    done!(running.complaints, add_note, on(&id, steps::note()));
    running
        .workflow
        .vault()
        .erase_subject(customer(1))
        .await
        .unwrap();
    let complaint = steps::get(&mut running.complaints, &id).await;
    let note = &complaint.notes[0];
    assert_eq!((&*note.text, note.erased, note.missing), ("", true, false));
    assert_eq!(complaint.note_count, 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_refused_command_are_not_kept() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let dispute = client.dispute_decision(on(&id, steps::dispute())).await;
    assert_eq!(refused(dispute).0, "DECISION_NOT_COMMUNICATED");
    let reopen = client.reopen_complaint(on(&id, steps::reopen())).await;
    assert_eq!(refused(reopen).0, "COMPLAINT_NOT_CLOSED");
    let vault = running.workflow.vault();
    assert!(
        vault
            .entries_of_subject(customer(1), None, 10)
            .unwrap()
            .entries
            .is_empty()
    );
    running.stop().await;
}

/// Given a vault that is gone, when workflow is started, then it refuses until somebody says that it is
/// lost; from then on the words that were in it are told as lost, and everything else stays.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_vault_that_is_gone_are_told_as_lost_once_somebody_says_so() {
    let mut world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    done!(running.complaints, add_note, on(&id, steps::note()));
    let records = running.workflow.log().head().size;
    running.stop().await;

    world.lose_vault();
    let why = world.try_open(world.config()).unwrap_err().to_string();
    let said = format!("its log has {records} records and its keys are there");
    assert!(
        why.starts_with("workflow's vault in ") && why.contains(&said),
        "{why}"
    );
    assert!(
        why.contains(&format!("`--set vault.begin_empty=workflow:{records}`")),
        "{why}"
    );

    let mut config = world.config();
    config.vault_lost_at = Some(records);
    let workflow = loop {
        match world.try_open(config.clone()) {
            // The one that was refused still lets go of it.
            Err(OpenError::Log(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
            opened => break opened.unwrap(),
        }
    };
    let mut running = world.start_with(workflow).await;
    running.follow(&world).await;
    let complaint = steps::get(&mut running.complaints, &id).await;
    let note = &complaint.notes[0];
    assert_eq!((&*note.text, note.erased, note.missing), ("", false, true));
    assert_eq!((complaint.note_count, &*complaint.status), (1, "received"));
    done!(running.complaints, add_note, on(&id, steps::note()));
    let notes = steps::get(&mut running.complaints, &id).await.notes;
    assert!(notes.iter().any(|note| note.text == steps::NOTE));
    running.stop().await;
}
