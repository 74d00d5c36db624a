//! Each month once, when it is complete, and what is found then.

use std::convert::Infallible;
use std::time::Duration;

use redress_envelope::{Actor, Context, Record, Token};
use redress_event_log::Command;
use redress_reporting::Reporting;
use redress_reporting::signal::{
    Direction, Event, MonthJudged, SignalLife, SignalRaised, decide, decode, judgement_subject,
};
use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use tonic::Request;

use crate::world::{Place, World, about, caught_up, item, reached, records};

async fn events(reporting: &Reporting) -> (Vec<MonthJudged>, Vec<SignalRaised>) {
    let (mut judged, mut raised) = (Vec::new(), Vec::new());
    for record in records(reporting.log()).await {
        match decode(&record.kind, &record.data).unwrap() {
            Event::MonthJudged(month) => judged.push(month),
            Event::Raised(signal) => raised.push(*signal),
        }
    }
    (judged, raised)
}

fn month(number: u32) -> String {
    format!("{}-{:02}", 2024 + number / 12, number % 12 + 1)
}

/// Complaints about kettles and toasters, some ten of each a month; kettles go wrong once.
async fn complain(world: &World, months: std::ops::Range<u32>, wrong: u32) {
    for number in months {
        let kettles = if number == wrong { 40 } else { 9 + number % 3 };
        let toasters = 10 + number % 2;
        for (product, count) in [("Kettle", kettles), ("Toaster", toasters)] {
            for each in 0..count {
                let received = format!("{}-{:02}T10:00:00Z", month(number), each % 28 + 1);
                let item = item(&format!("{product} {number} {each}"));
                world.receive(item, &about(product, &received)).await;
            }
        }
    }
}

/// The same, month by month as time goes by.
async fn live(world: &World, months: std::ops::Range<u32>, wrong: u32) {
    for number in months {
        world.clock.set(&format!("{}-28T12:00:00Z", month(number)));
        complain(world, number..number + 1, wrong).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_shift_raises_one_signal_with_its_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2024-01-01T00:00:00Z");
    live(&world, 0..30, 26).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let (judged, raised) = events(&reporting).await;
    let months: Vec<String> = judged.iter().map(|it| it.month.to_string()).collect();
    assert_eq!(months, (0..29).map(month).collect::<Vec<_>>());
    assert_eq!(judged[3].judged, 0);
    assert_eq!(judged[3].not_judged["baseline_too_short"], 2);
    assert_eq!(
        (judged[3].rule.as_str(), judged[3].time_zone.as_str()),
        ("xmr_limits", "UTC")
    );
    assert_eq!(judged[3].dimensions, ["product", "issue"]);
    let first = &records(reporting.log()).await[0];
    assert_eq!(first.subject.to_string(), "judgement/xmr_limits.2024-01");
    assert_eq!((judged[12].judged, judged[12].not_judged.len()), (2, 0));
    let [signal] = raised.as_slice() else {
        panic!("{raised:#?}")
    };
    assert_eq!(
        (signal.slice.dimension.as_str(), signal.slice.value.as_str()),
        ("product", "Kettle")
    );
    assert_eq!(
        (signal.month.to_string(), &signal.direction),
        (month(26), &Direction::Above)
    );
    assert_eq!(judged[26].signals, [signal.signal_id]);
    assert_eq!(
        (signal.figure("observed"), signal.figure("baseline_months")),
        ("40", "24")
    );
    assert_eq!(signal.baseline_from.unwrap().to_string(), month(2));
    assert_eq!(signal.baseline_to.unwrap().to_string(), month(25));
    assert_eq!(signal.figure("centre"), "10.0000");
    assert_eq!(signal.evidence.count, 40);
    assert_eq!(signal.evidence.complaint_ids.len(), 20);
    assert_eq!(signal.evidence.complaint_ids[0], item("Kettle 26 0"));
    check_chart_as_of(&reporting, signal).await;
    reporting.close().await.unwrap();
}

/// The chart as of a signal's token shows the signal's own figures.
async fn check_chart_as_of(reporting: &Reporting, signal: &SignalRaised) {
    let request = wire::GetChartRequest {
        dimension: signal.slice.dimension.clone(),
        value: signal.slice.value.clone(),
        as_of: Some(AsOf {
            point: Some(as_of::Point::Token(signal.token.clone())),
        }),
        ..Default::default()
    };
    let answer = reporting
        .endpoints()
        .get_chart(Request::new(request))
        .await
        .unwrap();
    let points = answer.into_inner().chart.unwrap().points;
    let point = points
        .iter()
        .find(|point| point.month == signal.month.to_string())
        .unwrap();
    let expected = wire::ChartPoint {
        month: signal.month.to_string(),
        value: signal.evidence.count,
        centre: signal.figure("centre").to_owned(),
        lower: signal.figure("lower").to_owned(),
        upper: signal.figure("upper").to_owned(),
        mean_moving_range: signal.figure("mean_moving_range").to_owned(),
        baseline_months: 24,
        out: "above".to_owned(),
        complete: true,
        no_limits_reason: String::new(),
    };
    assert_eq!(point, &expected);
}

/// What a log says, whatever the time at which it was said.
fn said(records: &[Record]) -> Vec<(String, String)> {
    records
        .iter()
        .map(|it| (it.subject.to_string(), it.data.get().to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_of_judging_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-07-01T00:00:00Z");
    world.begin_import("history").await;
    complain(&world, 0..30, 26).await;
    world.end_import("history").await;
    let place = Place::new();
    let whole = place.follow(&world).await;
    caught_up(&whole, &world).await;
    let expected = said(&records(whole.log()).await);
    // Of thirty months the last is not complete: nothing was received after it.
    assert_eq!(expected.len(), 30);
    whole.close().await.unwrap();

    let mut in_the_middle = 0;
    for stop_after in [1, 7, 26, 27, 28, 29] {
        let place = Place::new();
        let broken_off = place.follow(&world).await;
        let mut head = broken_off.log().watch_head();
        head.wait_for(|head| head.size >= stop_after).await.unwrap();
        broken_off.close().await.unwrap();
        let left = place.open();
        in_the_middle += u32::from(left.log().head().size < expected.len() as u64);
        left.close().await.unwrap();
        let again = place.follow(&world).await;
        caught_up(&again, &world).await;
        assert_eq!(
            said(&records(again.log()).await),
            expected,
            "stopped after {stop_after}"
        );
        again.close().await.unwrap();
    }
    assert!(
        in_the_middle > 0,
        "every judgement was done before it was broken off"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_at_any_size_of_intake_judges_as_one_that_never_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2024-01-01T00:00:00Z");
    live(&world, 0..16, 14).await;
    let place = Place::new();
    let whole = place.follow(&world).await;
    caught_up(&whole, &world).await;
    let expected = said(&records(whole.log()).await);
    assert_eq!(expected.len(), 16);
    whole.close().await.unwrap();
    let (intake, workflow) = (world.intake.head().size, world.workflow.head().size);
    let place = Place::new();
    for size in [3, 21, 22, 150, 151, 300, intake] {
        let part = place.follow_to(&world, size, workflow.min(size)).await;
        reached(&part, [size, workflow.min(size)]).await;
        part.close().await.unwrap();
    }
    let again = place.follow(&world).await;
    caught_up(&again, &world).await;
    assert_eq!(said(&records(again.log()).await), expected);
    again.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_judged_once_even_if_late_data_come() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2024-01-01T00:00:00Z");
    live(&world, 0..20, 99).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let (judged, raised) = events(&reporting).await;
    assert_eq!((judged.len(), raised.len()), (19, 0));
    // Fifty kettles of the month before last, told much later.
    for each in 0..50 {
        let received = format!("{}-15T00:00:00Z", month(17));
        world
            .receive(item(&format!("late {each}")), &about("Kettle", &received))
            .await;
    }
    live(&world, 20..22, 99).await;
    caught_up(&reporting, &world).await;
    let (judged, raised) = events(&reporting).await;
    let months: Vec<String> = judged.iter().map(|it| it.month.to_string()).collect();
    assert_eq!(months, (0..21).map(month).collect::<Vec<_>>());
    assert!(raised.is_empty(), "{raised:?}");
    // Its token says what it rests on: less than is known now.
    let token: Token = judged[17].token.parse().unwrap();
    assert!(token.get("intake", 0).unwrap().1 < world.intake.head().size);
    assert_eq!(token.get("workflow", 0), None);
    reporting.close().await.unwrap();
}

/// What a later version may have recorded: a month that was judged by a rule of its own.
async fn judge_by_another_rule(reporting: &Reporting, month: &str) {
    let (rule, month) = ("other_rule", month.parse().unwrap());
    let judged = Event::MonthJudged(MonthJudged {
        month,
        time_zone: "UTC".to_owned(),
        token: reporting.log().token(0).to_string(),
        rule: rule.to_owned(),
        dimensions: vec!["channel".to_owned()],
        judged: 0,
        not_judged: [("too_few".to_owned(), 1)].into(),
        signals: Vec::new(),
    });
    let subject = judgement_subject(rule, month).unwrap();
    let command = Command::new(subject, Context::by(Actor::System));
    reporting
        .log()
        .transact::<SignalLife, Infallible>(command, move |state, _| decide(*state, judged))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_another_rule_judged_is_judged_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2024-01-01T00:00:00Z");
    live(&world, 0..4, 99).await;
    let place = Place::new();
    let before = place.open();
    judge_by_another_rule(&before, &month(1)).await;
    judge_by_another_rule(&before, &month(40)).await;
    before.close().await.unwrap();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let subjects: Vec<String> = records(reporting.log())
        .await
        .iter()
        .map(|it| it.subject.to_string())
        .collect();
    let expected = [
        "judgement/other_rule.2024-02",
        "judgement/other_rule.2027-05",
        "judgement/xmr_limits.2024-01",
        "judgement/xmr_limits.2024-02",
        "judgement/xmr_limits.2024-03",
    ];
    assert_eq!(subjects, expected);
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_judged_while_an_import_is_under_way() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-15T00:00:00Z");
    let place = Place::new();
    let reporting = place.follow(&world).await;
    world.begin_import("one").await;
    world.begin_import("two").await;
    complain(&world, 0..30, 26).await;
    world.clock.set("2026-07-02T00:00:00Z");
    complain(&world, 30..31, 99).await;
    world.end_import("one").await;
    caught_up(&reporting, &world).await;
    assert_eq!(reporting.log().head().size, 0);
    world.end_import("two").await;
    caught_up(&reporting, &world).await;
    let (judged, raised) = events(&reporting).await;
    // From the first month with a complaint to the one before the present.
    assert_eq!((judged.len(), raised.len()), (30, 1));
    assert_eq!(judged[29].month.to_string(), "2026-06");
    assert!(judged.iter().all(|it| it.token == judged[0].token));
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_judged_while_an_import_is_open_again() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-06-15T00:00:00Z");
    let place = Place::new();
    let reporting = place.follow(&world).await;
    let judged = async || events(&reporting).await.0.len();
    world.begin_import("one").await;
    complain(&world, 0..20, 26).await;
    world.end_import("one").await;
    caught_up(&reporting, &world).await;
    assert_eq!(judged().await, 19);
    world.begin_import_again("one").await;
    complain(&world, 20..30, 26).await;
    caught_up(&reporting, &world).await;
    assert_eq!(judged().await, 19);
    world.end_import("one").await;
    caught_up(&reporting, &world).await;
    assert_eq!(judged().await, 29);
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_logs_are_judged_into_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2024-01-01T00:00:00Z");
    live(&world, 0..30, 26).await;
    let mut logs = Vec::new();
    for _ in 0..2 {
        let place = Place::new();
        let reporting = place.follow(&world).await;
        caught_up(&reporting, &world).await;
        let stored = reporting
            .log()
            .read(0, usize::MAX, usize::MAX)
            .await
            .unwrap();
        logs.push(
            stored
                .into_iter()
                .map(|stored| stored.bytes)
                .collect::<Vec<_>>(),
        );
        reporting.close().await.unwrap();
    }
    assert_eq!(logs[0], logs[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_sees_a_signal_soon_after_its_month() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2024-01-01T00:00:00Z");
    let place = Place::new();
    let reporting = place.follow(&world).await;
    live(&world, 0..28, 26).await;
    let raised = async {
        let mut head = reporting.log().watch_head();
        while !records(reporting.log())
            .await
            .iter()
            .any(|it| it.kind == "redress.signal.raised.v1")
        {
            head.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), raised)
        .await
        .unwrap();
    reporting.close().await.unwrap();
}
