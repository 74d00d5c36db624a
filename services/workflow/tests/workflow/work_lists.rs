//! Work lists: every filter and order against a filter that looks at everything, pages while what is due
//! moves, and counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_wire::workflow::v1::{
    Complaint, ComplaintCounts, ComplaintFilter, ComplaintOrder, ListComplaintsRequest,
    ListComplaintsResponse, SetDueDateRequest,
};
use redress_wire::{time_from_wire, time_to_wire};

use super::given::{Running, World, complaint, item, refused, time};
use super::steps::{self, done, on};

/// What a complaint counts as under a facet.
type Of = fn(&Complaint) -> String;

const ORDERS: [ComplaintOrder; 3] = [
    ComplaintOrder::ReceivedDesc,
    ComplaintOrder::ReceivedAsc,
    ComplaintOrder::DueAsc,
];

async fn page(running: &mut Running, request: ListComplaintsRequest) -> ListComplaintsResponse {
    let request = ListComplaintsRequest {
        wait_for: running.token(),
        ..request
    };
    let page = running.complaints.list_complaints(request).await;
    page.unwrap().into_inner()
}

/// All pages of so many.
async fn all(
    running: &mut Running,
    filter: &ComplaintFilter,
    order: ComplaintOrder,
    page_size: u32,
) -> Vec<Complaint> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListComplaintsRequest {
            filter: Some(filter.clone()),
            order: order.into(),
            page_size,
            page_token,
            ..Default::default()
        };
        let found = page(running, request).await;
        assert!(found.complaints.len() <= page_size as usize);
        all.extend(found.complaints);
        page_token = found.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}

fn ids(complaints: &[Complaint]) -> Vec<&str> {
    complaints.iter().map(|it| &*it.complaint_id).collect()
}

fn received(it: &Complaint) -> Timestamp {
    time_from_wire(it.received_at.unwrap()).unwrap()
}

fn due(it: &Complaint) -> Timestamp {
    it.due_at
        .map_or(Timestamp::MAX, |at| time_from_wire(at).unwrap())
}

fn is_open(it: &Complaint) -> bool {
    it.status != "closed" && it.status != "withdrawn"
}

/// Complaints that differ in everything that lists choose by.
async fn differing(world: &World, running: &mut Running, count: i64) {
    for n in 0..count {
        let mut said = complaint(n);
        said.site = (n % 4 > 0).then(|| format!("Site {}", n % 4));
        said.supplier = (n % 5 > 2).then(|| format!("Supplier {}", n % 5));
        world.received(item(n), said).await;
    }
    running.follow(world).await;
    let client = &mut running.complaints;
    for n in 0..count {
        let id = &*item(n).to_string();
        if n % 3 > 0 {
            let mut request = on(id, steps::assign());
            request.handler =
                String::from(["", "user:h-1", "user:h-2"][usize::try_from(n % 3).unwrap()]);
            request.queue = String::from(["kettles", "toasters"][usize::try_from(n % 2).unwrap()]);
            done!(client, assign_complaint, request);
        }
        match n % 8 {
            0 => drop(steps::handle(client, id).await),
            1 => drop(steps::decide(client, id).await),
            2 => drop(done!(client, withdraw_complaint, on(id, steps::withdraw()))),
            3 => {
                done!(client, acknowledge_complaint, on(id, steps::acknowledge()));
                let mut request = on(id, steps::assess());
                request.severity = String::from("critical");
                done!(client, assess_complaint, request);
            }
            4 => drop(done!(client, hold_complaint, on(id, steps::hold()))),
            5 => {
                done!(client, acknowledge_complaint, on(id, steps::acknowledge()));
                let mut put = on(id, SetDueDateRequest::default());
                put.clock = String::from("iso-10002/final_response");
                put.reason = String::from("agreed");
                put.due_at = Some(time_to_wire(
                    time("2027-01-01T00:00:00Z") - jiff::SignedDuration::from_hours(n),
                ));
                done!(client, set_due_date, put);
            }
            _ => {}
        }
    }
}

fn filters() -> Vec<ComplaintFilter> {
    let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    macro_rules! filter {
        ($($field:ident = $value:expr),*) => {
            ComplaintFilter { $($field: $value,)* ..ComplaintFilter::default() }
        };
    }
    let at = |text: &str| Some(time_to_wire(time(text)));
    vec![
        filter!(),
        filter!(open_only = true),
        filter!(statuses = words(&["received", "closed"])),
        filter!(
            statuses = words(&["received", "received"]),
            severities = words(&["critical"])
        ),
        filter!(severities = words(&["critical", "major"])),
        filter!(
            handlers = words(&["user:h-1", "user:h-2"]),
            open_only = true
        ),
        filter!(
            handlers = words(&["user:h-2"]),
            queues = words(&["kettles"])
        ),
        filter!(queues = words(&["kettles", "toasters", "nobody's"])),
        filter!(
            products = words(&["Kettle 0", "Kettle 2"]),
            sites = words(&["Site 1", "Site 3"])
        ),
        filter!(
            sites = words(&["Site 2"]),
            suppliers = words(&["Supplier 3", "Supplier 4"])
        ),
        filter!(suppliers = words(&["Supplier 3"]), on_hold_only = true),
        filter!(unassigned_only = true),
        filter!(unassigned_only = true, products = words(&["Kettle 0"])),
        filter!(due_from = at("2026-12-01T00:00:00Z")),
        filter!(due_to = at("2026-12-01T00:00:00Z"), open_only = true),
        filter!(
            due_from = at("2026-03-03T00:00:00Z"),
            due_to = at("2026-12-31T00:00:00Z")
        ),
        filter!(
            received_from = at("2026-03-01T18:00:00Z"),
            queues = words(&["kettles"])
        ),
        filter!(complaint_ids = (0..9).map(|n| item(n * 5).to_string()).collect()),
        filter!(age_days_from = 1),
        filter!(age_days_to = 1),
        filter!(due_within_hours = 1),
        filter!(late_only = true),
    ]
}

/// What a filter lets through, plainly.
fn expected(filter: &ComplaintFilter, it: &Complaint) -> bool {
    let any =
        |wanted: &[String], found: &str| wanted.is_empty() || wanted.iter().any(|it| it == found);
    let about = it.about.clone().unwrap();
    let severity = it.assessment.as_ref().map_or("", |it| &*it.severity);
    let after =
        |from: Option<_>, at: Timestamp| from.is_none_or(|it| at >= time_from_wire(it).unwrap());
    let before =
        |to: Option<_>, at: Timestamp| to.is_none_or(|it| at < time_from_wire(it).unwrap());
    let asks_for_due =
        filter.due_from.is_some() || filter.due_to.is_some() || filter.due_within_hours > 0;
    // All of them were received in March 2026, and it is later now.
    let (now, long_ago) = (
        redress_service::clock::now(),
        jiff::SignedDuration::from_hours(24),
    );
    any(&filter.statuses, &it.status)
        && any(&filter.severities, severity)
        && any(&filter.handlers, &it.handler)
        && any(&filter.queues, &it.queue)
        && any(&filter.products, &about.product)
        && any(&filter.sites, &about.site)
        && any(&filter.suppliers, &about.supplier)
        && any(&filter.complaint_ids, &it.complaint_id)
        && (!filter.open_only || is_open(it))
        && (!filter.on_hold_only || it.hold.is_some())
        && (!filter.unassigned_only || (is_open(it) && it.handler.is_empty()))
        && (!filter.late_only || it.late)
        && (!asks_for_due || it.due_at.is_some())
        && after(filter.due_from, due(it))
        && before(filter.due_to, due(it))
        && after(filter.received_from, received(it))
        && (filter.due_within_hours == 0 || due(it) < now)
        && (filter.age_days_from == 0 || received(it) <= now - long_ago)
        && (filter.age_days_to == 0 || received(it) > now - long_ago)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_in_every_order_and_size_of_page_is_what_looking_at_everything_finds() {
    let world = World::new();
    let mut running = world.start().await;
    differing(&world, &mut running, 48).await;
    let everything = all(
        &mut running,
        &ComplaintFilter::default(),
        ComplaintOrder::ReceivedAsc,
        500,
    )
    .await;
    assert_eq!(everything.len(), 48);
    for (number, filter) in filters().into_iter().enumerate() {
        for order in ORDERS {
            let mut wanted: Vec<&Complaint> = everything
                .iter()
                .filter(|it| expected(&filter, it))
                .collect();
            match order {
                ComplaintOrder::ReceivedAsc => {}
                ComplaintOrder::ReceivedDesc | ComplaintOrder::Unspecified => wanted.reverse(),
                ComplaintOrder::DueAsc => {
                    wanted.retain(|it| is_open(it) || it.due_at.is_some());
                    wanted.sort_by_key(|it| (due(it), it.complaint_id.clone()));
                }
            }
            let wanted: Vec<&str> = wanted.iter().map(|it| &*it.complaint_id).collect();
            for page_size in [3, 500] {
                let found = all(&mut running, &filter, order, page_size).await;
                assert_eq!(
                    ids(&found),
                    wanted,
                    "filter {number}, {order:?}, {page_size}"
                );
            }
        }
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_that_becomes_due_sooner_is_not_lost_between_two_pages() {
    let world = World::new();
    let mut running = world.start().await;
    for n in 0..6 {
        world.complaint(n * 24).await;
    }
    running.follow(&world).await;
    let request = ListComplaintsRequest {
        order: ComplaintOrder::DueAsc.into(),
        page_size: 2,
        ..Default::default()
    };
    let first = page(&mut running, request.clone()).await;
    let last = item(5 * 24).to_string();
    let mut put = on(&last, SetDueDateRequest::default());
    put.clock = "iso-10002/acknowledge".to_owned();
    put.reason = "promised".to_owned();
    put.due_at = Some(time_to_wire(time("2026-01-01T00:00:00Z")));
    done!(running.complaints, set_due_date, put);
    let mut seen = first.complaints;
    let mut page_token = first.next_page_token;
    let mut sizes = Vec::new();
    while !page_token.is_empty() {
        let next = ListComplaintsRequest {
            page_token,
            ..request.clone()
        };
        let found = page(&mut running, next).await;
        sizes.push(found.complaints.len());
        seen.extend(found.complaints);
        page_token = found.next_page_token;
    }
    // It is the page after it moved, and comes once.
    assert_eq!(seen[2].complaint_id, last);
    assert_eq!(sizes[0], 1, "{sizes:?}");
    let mut all = ids(&seen);
    all.sort_unstable();
    all.dedup();
    assert_eq!((all.len(), seen.len()), (6, 6));
    running.stop().await;
}

async fn counts(running: &mut Running, filter: ComplaintFilter) -> ComplaintCounts {
    let facets = [
        "status", "severity", "handler", "queue", "product", "site", "supplier", "late",
    ];
    let request = ListComplaintsRequest {
        filter: Some(filter),
        page_size: 1,
        facets: facets.map(str::to_owned).to_vec(),
        ..Default::default()
    };
    page(running, request).await.counts.unwrap()
}

fn counted(complaints: &[Complaint], of: Of) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for it in complaints {
        *counts.entry(of(it)).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_of_the_whole_result_and_those_that_are_kept_equal_those_that_are_counted() {
    let world = World::new();
    let mut running = world.start().await;
    differing(&world, &mut running, 48).await;
    let open = ComplaintFilter {
        open_only: true,
        ..Default::default()
    };
    let listed = all(&mut running, &open, ComplaintOrder::ReceivedAsc, 500).await;
    // Looked at one by one: another filter that lets the same through.
    let looked_at = ComplaintFilter {
        channels: vec!["fax".to_owned(), "email".to_owned()],
        ..open.clone()
    };
    let kept = counts(&mut running, open).await;
    assert_eq!(kept, counts(&mut running, looked_at).await);
    assert_eq!((kept.total, kept.capped), (listed.len() as u64, false));
    let of: [(&str, Of); 4] = [
        ("status", |it| it.status.clone()),
        ("handler", |it| it.handler.clone()),
        ("queue", |it| it.queue.clone()),
        ("site", |it| it.about.clone().unwrap().site),
    ];
    for (facet, of) in of {
        let told = kept.facets.iter().find(|it| it.facet == facet).unwrap();
        let counts = told.counts.iter();
        let found: BTreeMap<_, _> = counts.map(|it| (it.value.clone(), it.count)).collect();
        assert_eq!(found, counted(&listed, of), "{facet}");
    }
    // Of one queue they are counted, the closed ones too.
    let one = ComplaintFilter {
        queues: vec!["kettles".to_owned()],
        ..Default::default()
    };
    let of_one = counts(&mut running, one.clone()).await;
    let listed = all(&mut running, &one, ComplaintOrder::ReceivedAsc, 500).await;
    assert_eq!(of_one.total, listed.len() as u64);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused_by_name() {
    let world = World::new();
    let mut running = world.start().await;
    for n in 0..3 {
        world.complaint(n).await;
    }
    running.follow(&world).await;
    let request = ListComplaintsRequest {
        order: ComplaintOrder::DueAsc.into(),
        page_size: 1,
        ..Default::default()
    };
    let token = page(&mut running, request.clone()).await.next_page_token;
    let client = &mut running.complaints;
    let (due, received) = (ComplaintOrder::DueAsc, ComplaintOrder::ReceivedAsc);
    for (order, page_token) in [
        (received, token.clone()),
        (due, token[..token.len() - 2].to_owned()),
        (due, token[..token.len() - 41].to_owned()),
        (due, "nonsense".to_owned()),
    ] {
        let request = ListComplaintsRequest {
            order: order.into(),
            page_token,
            ..request.clone()
        };
        let refused = refused(client.list_complaints(request).await);
        assert_eq!(refused.0, "PAGE_TOKEN_INVALID");
    }
    let request = ListComplaintsRequest {
        facets: vec!["colour".to_owned()],
        ..request
    };
    let refused_facet = refused(client.list_complaints(request).await);
    assert_eq!(refused_facet.0, "FIELD_UNKNOWN_VALUE");
    let many = ListComplaintsRequest {
        filter: Some(ComplaintFilter {
            complaint_ids: vec![item(0).to_string(); 501],
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(
        refused(client.list_complaints(many).await).0,
        "FIELD_TOO_MANY"
    );
    running.stop().await;
}
