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
            _ => times.iter().rev().is_sorted(),
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
    let all = ComplaintFilter::default;
    let one = |word: &str| vec![word.to_owned()];
    let reference = steps::get(client, &id[4]).await.reference;
    let hour = |n: i64| {
        Some(time_to_wire(
            time("2026-03-01T10:00:00Z") + jiff::SignedDuration::from_hours(n),
        ))
    };
    let cases = [
        (all(), vec![5, 4, 3, 2, 1, 0]),
        (
            ComplaintFilter {
                open_only: true,
                ..all()
            },
            vec![5, 4, 3, 1],
        ),
        (
            ComplaintFilter {
                statuses: one("received"),
                ..all()
            },
            vec![5, 4, 3],
        ),
        (
            ComplaintFilter {
                statuses: vec!["closed".into(), "withdrawn".into()],
                ..all()
            },
            vec![2, 0],
        ),
        (
            ComplaintFilter {
                statuses: one("no_such"),
                ..all()
            },
            vec![],
        ),
        (
            ComplaintFilter {
                severities: one("major"),
                ..all()
            },
            vec![1, 0],
        ),
        (
            ComplaintFilter {
                handlers: one("user:h-1"),
                ..all()
            },
            vec![3],
        ),
        (
            ComplaintFilter {
                queues: one("kettles"),
                ..all()
            },
            vec![3],
        ),
        (
            ComplaintFilter {
                channels: one("fax"),
                ..all()
            },
            vec![5, 3, 1],
        ),
        (
            ComplaintFilter {
                products: one("Kettle 0"),
                ..all()
            },
            vec![3, 0],
        ),
        (
            ComplaintFilter {
                issues: one("Leaks"),
                open_only: true,
                ..all()
            },
            vec![5, 4, 3, 1],
        ),
        (
            ComplaintFilter {
                languages: one("en"),
                ..all()
            },
            vec![],
        ),
        (
            ComplaintFilter {
                outcomes: one("upheld"),
                ..all()
            },
            vec![1, 0],
        ),
        (
            ComplaintFilter {
                outcomes: one("withdrawn"),
                ..all()
            },
            vec![2],
        ),
        (
            ComplaintFilter {
                received_from: hour(4),
                ..all()
            },
            vec![5, 4],
        ),
        (
            ComplaintFilter {
                received_to: hour(1),
                ..all()
            },
            vec![0],
        ),
        (
            ComplaintFilter {
                received_from: hour(1),
                received_to: hour(3),
                ..all()
            },
            vec![2, 1],
        ),
        (
            ComplaintFilter {
                received_from: hour(3),
                received_to: hour(1),
                ..all()
            },
            vec![],
        ),
        (
            ComplaintFilter {
                reference: reference.to_lowercase(),
                ..all()
            },
            vec![4],
        ),
        (
            ComplaintFilter {
                imported: Some(true),
                ..all()
            },
            vec![],
        ),
        (
            ComplaintFilter {
                imported: Some(false),
                received_from: hour(5),
                ..all()
            },
            vec![5],
        ),
    ];
    for (number, (filter, expected)) in cases.into_iter().enumerate() {
        let found = list(&mut running, filter).await;
        let expected: Vec<_> = expected.into_iter().map(|n: usize| &*id[n]).collect();
        assert_eq!(ids(&found), expected, "case {number}");
    }
    let whole = list(&mut running, all()).await;
    let got = steps::get(&mut running.complaints, &id[0]).await;
    let listed = Complaint {
        notes: got.notes.clone(),
        ..whole[5].clone()
    };
    assert_eq!(listed, got);
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
