//! One remedy at a time.

use redress_wire::workflow::v1::GetComplaintHistoryRequest;
use redress_wire::workflow::v1::get_complaint_history_request::Key;

use super::given::World;
use super::steps::{self, done, get, on};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_is_owed_no_longer_and_what_is_offered_is() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    steps::decide(client, &id).await;
    done!(client, accept_remedy, on(&id, steps::accept_remedy(1)));
    done!(client, decline_remedy, on(&id, steps::decline_remedy(2)));
    for _ in 0..2 {
        let answer = client.offer_remedy(on(&id, steps::offer("repair"))).await;
        assert_eq!(answer.unwrap().into_inner().remedy_number, 3);
    }
    let it = get(client, &id).await;
    assert_eq!(it.owed_remedies, [1, 3]);
    let remedies = it.response.unwrap().remedies;
    assert!(remedies[0].accepted_at.is_some() && remedies[0].declined_at.is_none());
    assert!(remedies[1].declined_at.is_some() && remedies[1].accepted_at.is_none());
    assert_eq!(remedies[1].decline_reason, "not_wanted");
    done!(client, fulfil_remedy, on(&id, steps::fulfil(3)));
    done!(client, record_acceptance, on(&id, steps::accept()));
    done!(client, close_complaint, on(&id, steps::close("accepted")));
    let request = GetComplaintHistoryRequest {
        key: Some(Key::ComplaintId(id)),
        ..Default::default()
    };
    let answer = client
        .get_complaint_history(request)
        .await
        .unwrap()
        .into_inner();
    let entries = steps::without_clocks(answer.entries);
    let told: Vec<_> = entries.iter().map(|it| &*it.summary).collect();
    assert_eq!(
        told[6..9],
        [
            "Remedy 1 accepted: refund of 19.99 EUR promised by 2026-12-24",
            "Remedy 2 declined: apology; not_wanted",
            "Remedy 3 offered: repair",
        ]
    );
    assert_eq!(entries[7].words.as_ref().unwrap().text, steps::KEPT);
    running.stop().await;
}
