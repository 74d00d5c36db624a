//! Indicators against a naive count, and against cases made by hand.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use redress_complaint::command as ask;
use redress_complaint::{
    Cause, CloseBasis, ConflictDeclaration, ImmediateAction, Level, Outcome, RemedyKind,
    RemedyOffer, SafetyImplication, Severity,
};
use redress_envelope::{Actor, ItemId};
use redress_feedback::{Feedback, Kind, Measure, ResponseClass, Score};
use redress_reporting::Reporting;
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use redress_wire::{optional_time, time_to_wire};
use tonic::Request;

use crate::lives;
use crate::naive::{self, Item};
use crate::world::{Chance, Place, World, about, at, caught_up, feedback, item, records, report};

pub(crate) async fn indicators(reporting: &Reporting, scope: wire::Scope) -> wire::Indicators {
    let request = wire::GetIndicatorsRequest {
        scope: Some(scope),
        ..Default::default()
    };
    let answer = reporting
        .endpoints()
        .get_indicators(Request::new(request))
        .await
        .unwrap();
    answer.into_inner().indicators.unwrap()
}

fn slice(dimension: &str, value: &str) -> wire::SliceValue {
    wire::SliceValue {
        dimension: dimension.to_owned(),
        value: value.to_owned(),
    }
}

/// A scope, and whether an item is in it, whenever it was received.
type Scoped = (wire::Scope, Box<dyn Fn(&Item) -> bool>);

fn scopes() -> Vec<Scoped> {
    let time = |text: &str| Some(time_to_wire(at(text)));
    let (from, to) = ("2024-07-01T12:00:00Z", "2026-02-01T00:00:00Z");
    let product = |item: &Item| item.said().product.clone().unwrap_or_default();
    let bare = wire::Scope::default;
    vec![
        (bare(), Box::new(|_| true)),
        (
            wire::Scope {
                received_from: time(from),
                received_to: time(to),
                ..bare()
            },
            Box::new(|_| true),
        ),
        (
            wire::Scope {
                slices: vec![slice("product", "Kettle")],
                ..bare()
            },
            Box::new(move |item| product(item) == "Kettle"),
        ),
        (
            wire::Scope {
                slices: vec![slice("product", ""), slice("channel", "web")],
                received_from: time(from),
                ..bare()
            },
            Box::new(move |item| {
                product(item).is_empty() && item.said().channel.to_string() == "web"
            }),
        ),
        (
            wire::Scope {
                imported: Some(true),
                ..bare()
            },
            Box::new(|item| item.said().reported.is_some()),
        ),
        (
            wire::Scope {
                slices: vec![slice("status", "closed")],
                ..bare()
            },
            Box::new(|item| {
                item.is_complaint() && item.status() == redress_complaint::Status::Closed
            }),
        ),
    ]
}

/// The times of a scope: from (inclusive) and to (exclusive).
fn range(scope: &wire::Scope) -> (Timestamp, Timestamp) {
    let time = |time| optional_time(time).unwrap();
    (
        time(scope.received_from).unwrap_or(Timestamp::MIN),
        time(scope.received_to).unwrap_or(Timestamp::MAX),
    )
}

async fn check_indicators(reporting: &Reporting, items: &naive::Items) {
    for (scope, is_in) in scopes() {
        let (from, to) = range(&scope);
        let in_time = |item: &&Item| (from..to).contains(&item.said().received_at);
        let those = items.values().filter(|item| is_in(item));
        let expected = naive::indicators(&those.filter(in_time).collect::<Vec<_>>());
        let shown = format!("{scope:?}");
        let mut found = indicators(reporting, scope).await;
        (found.nps, found.csat, found.ces) = (None, None, None);
        assert_eq!(found, expected, "{shown}");
    }
}

async fn check_series(reporting: &Reporting, items: &naive::Items, zone: &str) {
    let zone_of = TimeZone::get(zone).unwrap();
    let instant = |day: Date| zone_of.to_timestamp(day.at(0, 0, 0, 0)).unwrap();
    for bucket in [wire::Bucket::Day, wire::Bucket::Week, wire::Bucket::Month] {
        for (scope, is_in) in scopes() {
            let those = naive::stays(items.values().filter(|item| is_in(item)));
            let (from, to) = range(&scope);
            let request = wire::GetSeriesRequest {
                scope: Some(wire::Scope {
                    time_zone: zone.to_owned(),
                    ..scope
                }),
                bucket: bucket.into(),
                ..Default::default()
            };
            let answer = reporting
                .endpoints()
                .get_series(Request::new(request))
                .await;
            let points = answer.unwrap().into_inner().points;
            check_sums(&points);
            for point in points {
                let start: Date = point.start.parse().unwrap();
                let end = match bucket {
                    wire::Bucket::Week => start + 1.week(),
                    wire::Bucket::Month => start + 1.month(),
                    wire::Bucket::Day | wire::Bucket::Unspecified => start + 1.day(),
                };
                let (begins, ends) = (instant(start).max(from), instant(end).min(to));
                let expected = wire::SeriesPoint {
                    start: point.start.clone(),
                    complete: point.complete,
                    ..naive::bucket(&those, begins, ends)
                };
                assert_eq!(point, expected, "{bucket:?} {zone}");
            }
        }
    }
}

/// A quality manager can add each point up, and go on from one to the next.
fn check_sums(points: &[wire::SeriesPoint]) {
    for it in points {
        let came = it.open_at_start + it.received + it.reopened;
        let went = it.closed + it.withdrawn + it.closed_at_unknown_time;
        assert_eq!(came, went + it.open_at_end, "{it:?}");
    }
    for pair in points.windows(2) {
        assert_eq!(pair[0].open_at_end, pair[1].open_at_start, "{pair:?}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn figures_of_random_lives_equal_a_naive_count(seed: u64) {
        runtime().block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let world = World::new(dir.path(), lives::RECORDED);
            lives::lead(&world, &mut Chance(seed), 400).await;
            let place = Place::new();
            let reporting = place.follow(&world).await;
            caught_up(&reporting, &world).await;
            let items = naive::items(&records(&world.intake).await, &records(&world.workflow).await);
            check_indicators(&reporting, &items).await;
            let zone = ["UTC", "Pacific/Auckland"][(seed % 2) as usize];
            check_series(&reporting, &items, zone).await;
            reporting.close().await.unwrap();
        });
    }
}

/// A complaint's whole life, with the times of three of its steps.
pub(crate) async fn handle(world: &World, item: ItemId, acknowledged: &str, closed: &str) {
    let occurred_at = Some(at(acknowledged));
    let handler = Actor::User("u-1".to_owned());
    world
        .ask(
            item,
            ask::Acknowledge {
                channel: "email".to_owned(),
                occurred_at,
            },
            None,
        )
        .await;
    let assess = ask::Assess {
        severity: Some(Severity::Minor),
        safety_implication: Some(SafetyImplication::None),
        complexity: Some(Level::Low),
        impact: Some(Level::Low),
        immediate_action: Some(ImmediateAction::NotNeeded),
        because: None,
        occurred_at,
        reason: None,
    };
    world.ask(item, assess, None).await;
    let declaration = ConflictDeclaration::NoConflict;
    let start = ask::StartInvestigation {
        investigator: handler,
        declaration,
        occurred_at,
    };
    world.ask(item, start, None).await;
    let propose = ask::ProposeResponse {
        remedies: vec![RemedyOffer {
            kind: RemedyKind::Apology,
            amount: None,
            promised_by: Some(jiff::civil::date(2029, 1, 1)),
        }],
        refusal: None,
        cause: Some(Cause::NoCauseEstablished),
        occurred_at,
    };
    world.ask(item, propose, None).await;
    let communicate = ask::CommunicateDecision {
        outcome: Outcome::Upheld,
        channel: "email".to_owned(),
        recourse_explained: true,
        occurred_at,
        external_recourse: None,
    };
    world.ask(item, communicate, None).await;
    let occurred_at = Some(at(closed));
    world
        .ask(item, ask::RecordAcceptance { occurred_at }, None)
        .await;
    let close = ask::Close {
        basis: CloseBasis::Accepted,
        occurred_at,
    };
    assert!(world.ask(item, close, None).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_to_acknowledge_and_to_resolve_are_counted_from_receipt() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    let received = "2026-03-01T00:00:00Z";
    // Acknowledged after one hour, three hours, and never; resolved after one day and two days.
    for (name, acknowledged, closed) in [
        ("1", "2026-03-01T01:00:00Z", "2026-03-02T00:00:00Z"),
        ("2", "2026-03-01T03:00:00Z", "2026-03-03T00:00:00.4Z"),
    ] {
        world.receive(item(name), &about("Kettle", received)).await;
        handle(&world, item(name), acknowledged, closed).await;
    }
    world.receive(item("3"), &about("Kettle", received)).await;
    // Reported closed: nobody knows when.
    let imported = Feedback {
        reported: Some(report(ResponseClass::Closed, "d")),
        ..feedback(received)
    };
    world.receive(item("4"), &imported).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let found = indicators(&reporting, wire::Scope::default()).await;
    assert_eq!((found.received, found.open, found.closed), (4, 1, 3));
    let duration = |mean: &str, p50: &str, p90: &str, p99: &str| wire::Duration {
        n: 2,
        unknown: 1,
        mean_seconds: mean.to_owned(),
        p50_seconds: p50.to_owned(),
        p90_seconds: p90.to_owned(),
        p99_seconds: p99.to_owned(),
        small: true,
    };
    let acknowledged = duration("7200.0", "7200.0", "10080.0", "10728.0");
    assert_eq!(found.time_to_acknowledge, Some(acknowledged));
    let resolved = duration("129600.2", "129600.2", "164160.4", "171936.4");
    assert_eq!(found.time_to_resolve, Some(resolved));
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn scores_of_surveys_are_counted_whatever_kind_they_came_with() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    let given = |measure, value| Score { measure, value };
    let surveys = [
        vec![given(Measure::Nps, 10), given(Measure::Ces, 7)],
        vec![given(Measure::Nps, 9), given(Measure::Csat, 4)],
        vec![given(Measure::Nps, 0), given(Measure::Csat, 3)],
        vec![given(Measure::Nps, 8), given(Measure::Ces, 2)],
    ];
    for (number, scores) in surveys.into_iter().enumerate() {
        let kind = if number == 0 {
            Kind::Compliment
        } else {
            Kind::SurveyResponse
        };
        let said = Feedback {
            kind,
            scores,
            ..feedback("2026-03-01T00:00:00Z")
        };
        world.receive(item(&number.to_string()), &said).await;
    }
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let found = indicators(&reporting, wire::Scope::default()).await;
    assert_eq!(found.received, 0);
    let nps = found.nps.unwrap();
    assert_eq!((nps.n, nps.value.as_str(), nps.small), (4, "25.0", true));
    assert_eq!((nps.lower.as_str(), nps.upper.as_str()), ("", ""));
    let csat = found.csat.unwrap();
    assert_eq!((csat.n, csat.value.as_str()), (2, "50.0"));
    assert_eq!((csat.lower.as_str(), csat.upper.as_str()), ("9.5", "90.5"));
    let ces = found.ces.unwrap();
    assert_eq!(
        (ces.n, ces.value.as_str(), ces.lower.as_str()),
        (2, "4.50", "")
    );
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pareto_names_the_largest_and_sums_up_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    let products = ["Kettle", "Kettle", "Kettle", "Toaster", "Toaster", "Lamp"];
    for (number, product) in products.into_iter().enumerate() {
        world
            .receive(
                item(&number.to_string()),
                &about(product, "2026-03-01T00:00:00Z"),
            )
            .await;
    }
    world
        .receive(item("none"), &feedback("2026-03-01T00:00:00Z"))
        .await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let request = wire::GetParetoRequest {
        dimension: "product".to_owned(),
        limit: 2,
        ..Default::default()
    };
    let answer = reporting
        .endpoints()
        .get_pareto(Request::new(request))
        .await
        .unwrap();
    let wire::GetParetoResponse {
        rows, total, other, ..
    } = answer.into_inner();
    assert_eq!((total, other), (7, 2));
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.key.as_str(),
                row.count,
                row.share.as_str(),
                row.cumulative_share.as_str(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("Kettle", 3, "0.428571", "0.428571"),
            ("Toaster", 2, "0.285714", "0.714286")
        ]
    );
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_that_counts_is_the_same_in_whichever_order_they_came() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    let received = "2026-03-01T00:00:00Z";
    let early = report(ResponseClass::InProgress, "early");
    let late = report(ResponseClass::ClosedWithExplanation, "late");
    let early = Feedback {
        reported: Some(early),
        ..about("Kettle", received)
    };
    // The later report says another product and another day.
    let late = Feedback {
        reported: Some(late),
        ..about("Toaster", "2026-04-01T00:00:00Z")
    };
    for (name, first, second) in [("1", &early, &late), ("2", &late, &early)] {
        world.receive(item(name), first).await;
        world.report_again(item(name), second).await;
    }
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let april = wire::Scope {
        received_from: Some(time_to_wire(at("2026-04-01T00:00:00Z"))),
        received_to: Some(time_to_wire(at("2026-05-01T00:00:00Z"))),
        ..wire::Scope::default()
    };
    for scope in [wire::Scope::default(), april.clone()] {
        let found = indicators(&reporting, scope).await;
        assert_eq!((found.received, found.closed), (2, 2));
        let toasters = wire::Count {
            value: "Toaster".to_owned(),
            count: 2,
        };
        assert_eq!(found.by_product, [toasters]);
    }
    let march = wire::Scope {
        received_to: april.received_from,
        ..wire::Scope::default()
    };
    assert_eq!(indicators(&reporting, march).await.received, 0);
    reporting.close().await.unwrap();
}

/// Three complaints, one received in January and closed in March, one in February and still open, one
/// in March and closed in April.
async fn three_lives(world: &World) {
    for (name, received) in [
        ("old", "2026-01-10T00:00:00Z"),
        ("standing", "2026-02-10T00:00:00Z"),
        ("new", "2026-03-10T00:00:00Z"),
    ] {
        world.receive(item(name), &about("Kettle", received)).await;
    }
    let acknowledged = "2026-03-20T00:00:00Z";
    handle(world, item("old"), acknowledged, "2026-03-25T00:00:00Z").await;
    handle(world, item("new"), acknowledged, "2026-04-05T00:00:00Z").await;
}

async fn by_month(reporting: &Reporting, from: &str, to: Option<&str>) -> Vec<wire::SeriesPoint> {
    let time = |text| Some(time_to_wire(at(text)));
    let scope = wire::Scope {
        received_from: time(from),
        received_to: to.and_then(time),
        ..wire::Scope::default()
    };
    let request = wire::GetSeriesRequest {
        scope: Some(scope),
        bucket: wire::Bucket::Month.into(),
        ..Default::default()
    };
    let answer = reporting
        .endpoints()
        .get_series(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    assert!(!answer.import_open);
    answer.points
}

fn flows(points: &[wire::SeriesPoint]) -> Vec<(&str, u64, u64, u64)> {
    let flow = |it: &wire::SeriesPoint| (it.received, it.closed, it.open_at_end);
    points
        .iter()
        .map(|it| (&it.start[..7], flow(it)))
        .map(|(month, (received, closed, open))| (month, received, closed, open))
        .collect()
}

/// Withdrawn in March, closed in February and reopened in March, closed elsewhere before anybody here
/// heard of it and reopened in April.
async fn three_turns(world: &World) {
    let (web, later) = ("2026-01-10T00:00:00Z", "2026-02-10T00:00:00Z");
    for name in ["withdrawn", "reopened"] {
        world.receive(item(name), &about("Kettle", web)).await;
    }
    let elsewhere = Feedback {
        reported: Some(report(ResponseClass::Closed, "d1")),
        ..about("Kettle", later)
    };
    for name in ["elsewhere", "stays"] {
        world.receive(item(name), &elsewhere).await;
    }
    let withdraw = ask::Withdraw {
        reason: None,
        explanation: None,
        promises: None,
        occurred_at: Some(at("2026-03-03T00:00:00Z")),
    };
    world.ask(item("withdrawn"), withdraw, None).await;
    let (acknowledged, closed) = ("2026-02-01T00:00:00Z", "2026-02-20T00:00:00Z");
    handle(world, item("reopened"), acknowledged, closed).await;
    for (name, again) in [
        ("reopened", "2026-03-04T00:00:00Z"),
        ("elsewhere", "2026-04-04T00:00:00Z"),
    ] {
        let reopen = ask::Reopen {
            reason: "new_evidence".to_owned(),
            explanation: None,
            occurred_at: Some(at(again)),
        };
        world.ask(item(name), reopen, None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_tells_reopenings_withdrawals_and_closings_without_a_time_apart() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    three_turns(&world).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let found = by_month(&reporting, "2026-01-01T00:00:00Z", None).await;
    let shown: Vec<_> = found
        .iter()
        .map(|it| {
            let came = [it.open_at_start, it.received, it.reopened];
            let went = [it.closed, it.withdrawn, it.closed_at_unknown_time];
            (&it.start[..7], came, went, it.open_at_end)
        })
        .collect();
    let expected = [
        ("2026-01", [0, 2, 0], [0, 0, 0], 2),
        ("2026-02", [2, 2, 0], [1, 0, 2], 1),
        ("2026-03", [1, 0, 1], [0, 1, 0], 1),
        ("2026-04", [1, 0, 1], [0, 0, 0], 2),
    ];
    assert_eq!(shown, expected);
    check_sums(&found);
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_counts_what_was_received_before_it_where_it_closes_and_while_it_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-01T00:00:00Z");
    three_lives(&world).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let from = |from| by_month(&reporting, from, None);
    let all = from("2026-01-01T00:00:00Z").await;
    let expected = [
        ("2026-01", 1, 0, 1),
        ("2026-02", 1, 0, 2),
        ("2026-03", 1, 1, 2),
        ("2026-04", 0, 1, 1),
    ];
    assert_eq!(flows(&all), expected);
    // However late it begins, each month is the same.
    for (at, begins) in [
        "2026-02-01T00:00:00Z",
        "2026-03-01T00:00:00Z",
        "2026-04-01T00:00:00Z",
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(flows(&from(begins).await), expected[at + 1..], "{begins}");
    }
    // Of a month that the range cuts, only what lies in the range flows; what stands, stands.
    let cut = by_month(
        &reporting,
        "2026-03-15T00:00:00Z",
        Some("2026-04-02T00:00:00Z"),
    )
    .await;
    assert_eq!(flows(&cut), [("2026-03", 0, 1, 2), ("2026-04", 0, 0, 2)]);
    let after = from("2026-05-15T00:00:00Z").await;
    assert_eq!(flows(&after), [("2026-05", 0, 0, 1)]);
    reporting.close().await.unwrap();
}
