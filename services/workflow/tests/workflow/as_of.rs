use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::get_complaint_history_request::Key as HistoryKey;
use redress_wire::workflow::v1::{
    Complaint, GetComplaintHistoryRequest, GetComplaintRequest, get_complaint_request::Key,
};

use super::given::{Complaints, World, refused};
use super::steps::{self, done, on};

async fn get(client: &mut Complaints, id: &str, point: as_of::Point) -> Complaint {
    let request = GetComplaintRequest {
        key: Some(Key::ComplaintId(id.to_owned())),
        as_of: Some(AsOf { point: Some(point) }),
        ..Default::default()
    };
    client
        .get_complaint(request)
        .await
        .unwrap()
        .into_inner()
        .complaint
        .unwrap()
}

async fn events(client: &mut Complaints, id: &str, token: String) -> usize {
    let request = GetComplaintHistoryRequest {
        key: Some(HistoryKey::ComplaintId(id.to_owned())),
        as_of: Some(AsOf {
            point: Some(as_of::Point::Token(token)),
        }),
        ..Default::default()
    };
    client
        .get_complaint_history(request)
        .await
        .unwrap()
        .into_inner()
        .entries
        .len()
}

/// The live answer at each position is what a workflow says that stopped there: it has seen nothing
/// else.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_true_at_twenty_past_positions_is_still_told() {
    let world = World::new();
    let mut running = world.start().await;
    let (one, two) = (
        world.complaint(1).await.to_string(),
        world.complaint(2).await.to_string(),
    );
    running.follow(&world).await;
    let log = running.workflow.log().clone();
    let client = &mut running.complaints;
    let mut then = Vec::new();
    macro_rules! step {
        ($id:expr, $method:ident, $request:expr) => {
            done!(client, $method, on($id, $request));
            let head = log.head();
            let pair = [
                steps::as_recorded(steps::get(client, &one).await),
                steps::as_recorded(steps::get(client, &two).await),
            ];
            then.push((log.token(head.size).to_string(), head.time.unwrap(), pair));
        };
    }
    for id in [&one, &two] {
        step!(id, acknowledge_complaint, steps::acknowledge());
        step!(id, assess_complaint, steps::assess());
        step!(id, add_note, steps::note());
        step!(id, start_investigation, steps::start());
        step!(id, propose_response, steps::propose());
        step!(id, communicate_decision, steps::communicate());
        step!(id, fulfil_remedy, steps::fulfil(2));
        step!(id, dispute_decision, steps::dispute());
        step!(id, close_complaint, steps::close("options_exhausted"));
        step!(id, reopen_complaint, steps::reopen());
        step!(id, withdraw_complaint, steps::withdraw());
    }
    assert!(then.len() >= 20, "{}", then.len());
    for (token, time, [first, second]) in then {
        let by_token = || as_of::Point::Token(token.clone());
        let by_time = || as_of::Point::Time(time_to_wire(time));
        for (id, then) in [(&one, &first), (&two, &second)] {
            for point in [by_token(), by_time()] {
                assert_eq!(get(client, id, point).await, *then);
            }
        }
        let told = events(client, &one, token.clone()).await as u64;
        assert_eq!(told, first.version);
    }
    // Before it was opened there was no such complaint.
    let request = GetComplaintRequest {
        key: Some(Key::ComplaintId(one)),
        as_of: Some(AsOf {
            point: Some(as_of::Point::Token(log.token(0).to_string())),
        }),
        ..Default::default()
    };
    assert_eq!(
        refused(client.get_complaint(request).await).0,
        "COMPLAINT_NOT_FOUND"
    );
    running.stop().await;
}
