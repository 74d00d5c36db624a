//! What stands beside the stage of a complaint: that it waits, is on hold, is escalated.

use redress_wire::workflow::v1::get_complaint_history_request::Key;
use redress_wire::workflow::v1::{
    ComplaintFilter, GetComplaintHistoryRequest, ListComplaintsRequest,
};

use super::given::{Complaints, World};
use super::steps::{self, done, get, on};

async fn found(client: &mut Complaints, token: &str, filter: ComplaintFilter) -> Vec<String> {
    let request = ListComplaintsRequest {
        filter: Some(filter),
        wait_for: token.to_owned(),
        ..Default::default()
    };
    let answer = client.list_complaints(request).await.unwrap().into_inner();
    let ids = answer.complaints.into_iter().map(|it| it.complaint_id);
    ids.collect()
}

/// What people are told of each event, in order.
async fn history(client: &mut Complaints, id: String) -> Vec<String> {
    let request = GetComplaintHistoryRequest {
        key: Some(Key::ComplaintId(id)),
        ..Default::default()
    };
    let answer = client.get_complaint_history(request).await;
    let entries = answer.unwrap().into_inner().entries;
    entries.into_iter().map(|it| it.summary).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_that_stands_still_says_why_and_since_when_and_is_found_by_it() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    let other = world.complaint(2).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let calm = get(client, &id).await;
    assert!(calm.waiting.is_none() && calm.hold.is_none() && calm.escalation.is_none());

    done!(
        client,
        await_third_party,
        on(&id, steps::await_third_party())
    );
    done!(client, hold_complaint, on(&id, steps::hold()));
    let token = done!(client, escalate_complaint, on(&id, steps::escalate(2))).token;
    let it = get(client, &id).await;
    assert_eq!(it.status, "received");
    let waiting = it.waiting.unwrap();
    assert_eq!(
        (
            &*waiting.waiting_for,
            &*waiting.third_party,
            &*waiting.reason
        ),
        ("third_party", "laboratory", "seal_examined")
    );
    assert_eq!(waiting.explanation.unwrap().text, steps::LABORATORY);
    assert!(waiting.since.is_some());
    let hold = it.hold.unwrap();
    assert_eq!(hold.basis, "court_proceedings");
    assert_eq!(hold.explanation.unwrap().text, steps::COURT);
    let escalation = it.escalation.unwrap();
    assert_eq!((escalation.level, &*escalation.reason), (2, "press"));

    let one_of = |word: &str| vec![word.to_owned()];
    let filter = ComplaintFilter::default;
    let one = vec![id.clone()];
    for (filter, expected) in [
        (
            ComplaintFilter {
                waiting_for: one_of("third_party"),
                ..filter()
            },
            one.clone(),
        ),
        (
            ComplaintFilter {
                waiting_for: one_of("complainant"),
                ..filter()
            },
            vec![],
        ),
        (
            ComplaintFilter {
                on_hold_only: true,
                ..filter()
            },
            one.clone(),
        ),
        (
            ComplaintFilter {
                escalation_level_from: 2,
                ..filter()
            },
            one.clone(),
        ),
        (
            ComplaintFilter {
                escalation_level_from: 3,
                ..filter()
            },
            vec![],
        ),
    ] {
        assert_eq!(
            found(client, &token, filter.clone()).await,
            expected,
            "{filter:?}"
        );
    }

    done!(client, resume_complaint, on(&id, steps::resume()));
    done!(client, release_complaint, on(&id, steps::release()));
    let token = done!(client, de_escalate_complaint, on(&id, steps::de_escalate())).token;
    let it = get(client, &id).await;
    assert!(it.waiting.is_none() && it.hold.is_none() && it.escalation.is_none());
    let stopped = ComplaintFilter {
        on_hold_only: true,
        ..filter()
    };
    assert_eq!(found(client, &token, stopped).await, Vec::<String>::new());
    assert_ne!(id, other);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_tells_each_pause_and_the_waiting_that_an_answer_ended() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    steps::decide(client, &id).await;
    done!(
        client,
        await_complainant,
        on(&id, steps::await_complainant())
    );
    done!(client, record_acceptance, on(&id, steps::accept()));
    let told = history(client, id).await;
    assert_eq!(
        told[told.len() - 3..],
        [
            "Awaiting the complainant: answer_to_decision",
            "No longer awaiting the complainant",
            "Decision accepted by the complainant",
        ]
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_tells_which_levels_were_reached_and_which_one_was_left() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(client, escalate_complaint, on(&id, steps::escalate(1)));
    done!(client, escalate_complaint, on(&id, steps::escalate(3)));
    done!(client, de_escalate_complaint, on(&id, steps::de_escalate()));
    let told = history(client, id).await;
    assert_eq!(
        told[told.len() - 3..],
        [
            "Escalated to level 1: press",
            "Escalated to level 3: press",
            "No longer escalated, from level 3",
        ]
    );
    running.stop().await;
}
