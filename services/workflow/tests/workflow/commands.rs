use redress_wire::CommandRequest;

use super::given::{World, refused};
use super::steps::{self, at, done, if_still, on, under};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_is_answered_as_the_first_time() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let note = || under("r-1", on(&id, steps::note()));
    let first = done!(client, add_note, note());
    assert!(!first.already_done);
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    let again = done!(client, add_note, note());
    assert!(again.already_done);
    assert_eq!(
        (again.version, &again.token, again.recorded_at),
        (first.version, &first.token, first.recorded_at)
    );
    assert_eq!(steps::get(client, &id).await.note_count, 1);

    // The same id with other words, another field or another method is another request.
    let other = under("r-1", on(&id, steps::note_of("Mrs Abendroth rang again")));
    let reused = ("REQUEST_ID_REUSED".to_owned(), "request_id".to_owned());
    assert_eq!(refused(client.add_note(other).await), reused);
    let other = under("r-1", on(&id, steps::withdraw()));
    assert_eq!(refused(client.withdraw_complaint(other).await), reused);
    let other = at("2026-11-20T00:00:00Z", note());
    assert_eq!(refused(client.add_note(other).await), reused);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_of_a_step_that_has_moved_on_since_is_answered_as_the_first_time() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    steps::decide(client, &id).await;
    let dispute = || under("r-2", on(&id, steps::dispute()));
    let first = done!(client, dispute_decision, dispute());
    done!(client, start_investigation, on(&id, steps::start()));
    let again = done!(client, dispute_decision, dispute());
    assert!(again.already_done && again.version == first.version);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_true_already_records_nothing() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let first = done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    let size = running.workflow.log().head().size;
    let again = done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    assert!(again.already_done && !first.already_done);
    assert_eq!((again.etag, again.recorded_at), (first.etag, None));
    assert_eq!(running.workflow.log().head().size, size);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_saw_the_same_state_one_is_refused() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let etag = steps::get(&mut running.complaints, &id).await.etag;
    let mut answers = Vec::new();
    for n in 0..8 {
        let mut client = running.complaints.clone();
        let mut request = if_still(&etag, on(&id, steps::assign()));
        request.handler = format!("user:h-{n}");
        assert_eq!(request.target(), id);
        answers.push(tokio::spawn(async move {
            client.assign_complaint(request).await
        }));
    }
    let mut done = 0;
    for answer in answers {
        match answer.await.unwrap() {
            Ok(_) => done += 1,
            refusal @ Err(_) => assert_eq!(refused(refusal).0, "ETAG_STALE"),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(steps::get(&mut running.complaints, &id).await.version, 4);
    running.stop().await;
}
