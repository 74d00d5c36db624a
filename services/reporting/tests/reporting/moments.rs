//! The same facts for every interleaving, the past as it was, and rows that can be deleted.

use proptest::prelude::*;
use redress_reporting::{Facts, Reporting};
use redress_view::fold_all;
use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use redress_wire::time_to_wire;
use tonic::Request;

use crate::lives;
use crate::world::{Chance, Place, World, about, caught_up, item, reached, records};

type Answers = (
    wire::Indicators,
    Vec<wire::SeriesPoint>,
    Vec<wire::ParetoRow>,
    wire::Chart,
    String,
);

/// Everything that can be asked, as of a moment.
async fn answers(reporting: &Reporting, as_of: Option<AsOf>) -> Answers {
    let endpoints = reporting.endpoints();
    let request = wire::GetIndicatorsRequest {
        as_of: as_of.clone(),
        ..Default::default()
    };
    let indicators = endpoints
        .get_indicators(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let request = wire::GetSeriesRequest {
        as_of: as_of.clone(),
        bucket: wire::Bucket::Week.into(),
        ..Default::default()
    };
    let series = endpoints
        .get_series(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let request = wire::GetParetoRequest {
        as_of: as_of.clone(),
        dimension: "issue".to_owned(),
        ..Default::default()
    };
    let pareto = endpoints
        .get_pareto(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let request = wire::GetChartRequest {
        as_of,
        dimension: "product".to_owned(),
        value: "Kettle".to_owned(),
        ..Default::default()
    };
    let chart = endpoints
        .get_chart(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let token = indicators.token;
    assert!(
        [&series.token, &pareto.token, &chart.token]
            .into_iter()
            .all(|it| *it == token)
    );
    (
        indicators.indicators.unwrap(),
        series.points,
        pareto.rows,
        chart.chart.unwrap(),
        token,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_a_past_moment_is_what_a_reporting_that_stopped_there_says() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), lives::RECORDED);
    let mut chance = Chance(17);
    lives::lead(&world, &mut chance, 900).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let (intake, workflow) = (records(&world.intake).await, records(&world.workflow).await);
    for round in 0..20 {
        // A record of workflow comes after its cause, and each log after what it was told before.
        let seen = chance.below(workflow.len() as u64 + 1);
        let cause = |record: &redress_envelope::Record| record.context.causation;
        let caused = workflow[..seen as usize].iter().filter_map(cause);
        let least = caused.map(|cause| cause.position + 1).max().unwrap_or(0);
        let said = least + chance.below(intake.len() as u64 - least + 1);
        let other = Place::new();
        let stopped = other.follow_to(&world, said, seen).await;
        reached(&stopped, [said, seen]).await;
        let expected = answers(&stopped, None).await;
        let mut token = world.intake.token(said);
        token.merge(&world.workflow.token(seen));
        let as_of = AsOf {
            point: Some(as_of::Point::Token(token.to_string())),
        };
        let found = answers(&reporting, Some(as_of)).await;
        assert_eq!(found, expected, "round {round}: {token}");
        stopped.close().await.unwrap();
    }
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_a_time_sees_what_was_recorded_up_to_then() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), lives::RECORDED);
    lives::lead(&world, &mut Chance(18), 300).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    for record in records(&world.workflow).await.iter().step_by(11) {
        let time = record.time;
        let said = world.intake.size_at(time).await.unwrap();
        let mut token = world.intake.token(said);
        token.merge(&world.workflow.token(record.position + 1));
        let by_token = AsOf {
            point: Some(as_of::Point::Token(token.to_string())),
        };
        let by_time = AsOf {
            point: Some(as_of::Point::Time(time_to_wire(time))),
        };
        let expected = answers(&reporting, Some(by_token)).await;
        assert_eq!(answers(&reporting, Some(by_time)).await, expected, "{time}");
    }
    reporting.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_views_come_back_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), lives::RECORDED);
    lives::lead(&world, &mut Chance(19), 500).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let facts = reporting.facts_view().unwrap().digest().await.unwrap();
    let signals = reporting.signals_view().digest().await.unwrap();
    reporting.close().await.unwrap();
    std::fs::remove_dir_all(place.dir.path().join("default/reporting/views")).unwrap();
    let again = place.follow(&world).await;
    caught_up(&again, &world).await;
    assert_eq!(again.facts_view().unwrap().digest().await.unwrap(), facts);
    assert_eq!(again.signals_view().digest().await.unwrap(), signals);
    again.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_from_where_on_it_is_incomplete() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), lives::RECORDED);
    world
        .receive(item("1"), &about("Kettle", "2026-03-01T00:00:00Z"))
        .await;
    world.say_something_new().await;
    world
        .receive(item("2"), &about("Kettle", "2026-03-02T00:00:00Z"))
        .await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let ask = async |as_of| {
        let request = wire::GetIndicatorsRequest {
            as_of,
            ..Default::default()
        };
        let answer = reporting
            .endpoints()
            .get_indicators(Request::new(request))
            .await
            .unwrap();
        let answer = answer.into_inner();
        (answer.indicators.unwrap().received, answer.incomplete_from)
    };
    let mut before = world.intake.token(1);
    before.merge(&world.workflow.token(world.workflow.head().size));
    assert_eq!(ask(None).await, (2, before.to_string()));
    // What came before is complete.
    let mut complete = world.intake.token(1);
    complete.merge(&world.workflow.token(0));
    let as_of = AsOf {
        point: Some(as_of::Point::Token(complete.to_string())),
    };
    assert_eq!(ask(Some(as_of)).await, (1, String::new()));
    reporting.close().await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn every_interleaving_gives_the_same_facts(
        seed: u64,
        order in prop::collection::vec(0..2_usize, 0..400),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let logs = runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let world = World::new(dir.path(), lives::RECORDED);
            lives::lead(&world, &mut Chance(seed), 200).await;
            [records(&world.intake).await, records(&world.workflow).await]
        });
        let one = fold_all(Facts, &logs, &[]).unwrap();
        let other = fold_all(Facts, &logs, &order).unwrap();
        prop_assert_eq!(one.digest, other.digest);
        prop_assert_eq!(one.rows.len(), other.rows.len());
    }
}
