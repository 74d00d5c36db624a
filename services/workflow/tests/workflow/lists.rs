use std::collections::BTreeSet;

use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    Complaint, ComplaintFilter, ComplaintOrder, ListComplaintsRequest,
};

use super::given::{Running, World, item, refused, time};
use super::steps::{self, done, on};

async fn list(running: &mut Running, filter: ComplaintFilter) -> Vec<Complaint> {
    let wait_for = running.token();
    let request = ListComplaintsRequest {
        filter: Some(filter),
        page_size: 500,
        wait_for: wait_for.clone(),
        ..Default::default()
    };
    let page = running
        .complaints
        .list_complaints(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (page.token, &*page.next_page_token, &*page.incomplete_from),
        (wait_for, "", "")
    );
    page.complaints
}

fn ids(complaints: &[Complaint]) -> Vec<&str> {
    complaints
        .iter()
        .map(|complaint| &*complaint.complaint_id)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_shows_each_complaint_once_while_data_change() {
    let world = World::new();
    let mut running = world.start().await;
    for n in 0..30 {
        world.complaint(n * 2).await;
    }
    running.follow(&world).await;
    for order in [ComplaintOrder::ReceivedDesc, ComplaintOrder::ReceivedAsc] {
        let (mut seen, mut page_token, mut round) = (Vec::new(), String::new(), 0);
        loop {
            let request = ListComplaintsRequest {
                order: order.into(),
                page_size: 7,
                page_token,
                wait_for: running.token(),
                ..Default::default()
            };
            let page = running
                .complaints
                .list_complaints(request)
                .await
                .unwrap()
                .into_inner();
            seen.extend(page.complaints);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
            // Others arrive before and behind the page, and what was shown changes.
            let n = 1
                + round * 2
                + if order == ComplaintOrder::ReceivedAsc {
                    20
                } else {
                    0
                };
            world.complaint(n).await;
            running.follow(&world).await;
            let shown = seen[0].complaint_id.clone();
            done!(running.complaints, add_note, on(&shown, steps::note()));
            round += 1;
        }
        let times: Vec<_> = seen
            .iter()
            .map(|it| it.received_at.map(|at| (at.seconds, at.nanos)))
            .collect();
        assert!(match order {
            ComplaintOrder::ReceivedAsc => times.is_sorted(),
            ComplaintOrder::Unspecified | ComplaintOrder::ReceivedDesc => {
                times.iter().rev().is_sorted()
            }
            ComplaintOrder::DueAsc => unreachable!("it is not asked for here"),
        });
        let once: BTreeSet<_> = ids(&seen).into_iter().map(str::to_owned).collect();
        assert_eq!(once.len(), seen.len());
        for n in 0..30 {
            assert!(once.contains(&item(n * 2).to_string()), "{n}");
        }
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_filter_chooses() {
    let world = World::new();
    let mut running = world.start().await;
    let mut id = Vec::new();
    for n in 0..6 {
        id.push(world.complaint(n).await.to_string());
    }
    running.follow(&world).await;
    let client = &mut running.complaints;
    steps::handle(client, &id[0]).await;
    steps::decide(client, &id[1]).await;
    done!(client, withdraw_complaint, on(&id[2], steps::withdraw()));
    done!(client, assign_complaint, on(&id[3], steps::assign()));
    let one = |word: &str| vec![word.to_owned()];
    let reference = steps::get(client, &id[4]).await.reference;
    let received = |n: i64| {
        Some(time_to_wire(
            time("2026-03-01T10:00:00Z") + jiff::SignedDuration::from_hours(n),
        ))
    };
    let (over, nothing): (_, [usize; 0]) = (vec!["closed".to_owned(), "withdrawn".to_owned()], []);
    macro_rules! case {
        ($($field:ident = $value:expr),* => $expected:expr) => {
            (ComplaintFilter { $($field: $value,)* ..ComplaintFilter::default() }, $expected.to_vec())
        };
    }
    let cases = [
        case!(open_only = true => [5, 4, 3, 1]),
        case!(statuses = one("received") => [5, 4, 3]),
        case!(statuses = over => [2, 0]),
        case!(statuses = one("disputed") => nothing),
        case!(owing_only = true => [1, 0]),
        case!(severities = one("major") => [1, 0]),
        case!(handlers = one("user:h-1") => [3]),
        case!(queues = one("kettles") => [3]),
        case!(channels = one("fax") => [5, 3, 1]),
        case!(products = one("Kettle 0") => [3, 0]),
        case!(issues = one("Leaks"), open_only = true => [5, 4, 3, 1]),
        case!(languages = one("en") => nothing),
        case!(outcomes = one("upheld") => [1, 0]),
        case!(outcomes = one("withdrawn") => [2]),
        case!(received_from = received(4) => [5, 4]),
        case!(received_to = received(1) => [0]),
        case!(received_from = received(1), received_to = received(3) => [2, 1]),
        case!(received_from = received(3), received_to = received(1) => nothing),
        case!(reference = reference.to_lowercase() => [4]),
        case!(imported = Some(true) => nothing),
        case!(imported = Some(false), received_from = received(5) => [5]),
    ];
    for (number, (filter, expected)) in cases.into_iter().enumerate() {
        let found = list(&mut running, filter).await;
        let expected: Vec<_> = expected.into_iter().map(|n: usize| &*id[n]).collect();
        assert_eq!(ids(&found), expected, "case {number}");
    }
    let whole = list(&mut running, ComplaintFilter::default()).await;
    let got = steps::get(&mut running.complaints, &id[0]).await;
    // A list has no words.
    let mut wordless = got.clone();
    wordless.notes.clear();
    let assessment = wordless.assessment.as_mut().unwrap();
    assert!(assessment.immediate_action_what.take().is_some());
    assert_eq!(whole[5], steps::as_recorded(wordless));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_belongs_to_its_filter_and_order() {
    let world = World::new();
    let mut running = world.start().await;
    for n in 0..3 {
        world.complaint(n).await;
    }
    running.follow(&world).await;
    let request = ListComplaintsRequest {
        page_size: 1,
        wait_for: running.token(),
        ..Default::default()
    };
    let client = &mut running.complaints;
    let page = client
        .list_complaints(request.clone())
        .await
        .unwrap()
        .into_inner();
    let next = ListComplaintsRequest {
        page_token: page.next_page_token,
        ..request
    };
    let other = ComplaintOrder::ReceivedAsc.into();
    let otherwise = ListComplaintsRequest {
        order: other,
        ..next.clone()
    };
    assert_eq!(
        refused(client.list_complaints(otherwise).await).0,
        "PAGE_TOKEN_INVALID"
    );
    let filter = Some(ComplaintFilter {
        open_only: true,
        ..Default::default()
    });
    let otherwise = ListComplaintsRequest {
        filter,
        ..next.clone()
    };
    assert_eq!(
        refused(client.list_complaints(otherwise).await).0,
        "PAGE_TOKEN_INVALID"
    );
    let second = client.list_complaints(next).await.unwrap().into_inner();
    assert_eq!(second.complaints.len(), 1);
    running.stop().await;
}
