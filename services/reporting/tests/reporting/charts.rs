//! Charts by month.

use redress_reporting::Reporting;
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use tonic::Request;

use crate::world::{Place, World, about, caught_up, item};

async fn chart(reporting: &Reporting, from: &str, to: &str) -> Vec<wire::ChartPoint> {
    let request = wire::GetChartRequest {
        dimension: "product".to_owned(),
        value: "Kettle".to_owned(),
        from_month: from.to_owned(),
        to_month: to.to_owned(),
        ..Default::default()
    };
    let answer = reporting
        .endpoints()
        .get_chart(Request::new(request))
        .await
        .unwrap();
    let answer = answer.into_inner();
    let chart = answer.chart.unwrap();
    let is_complete = chart.points.iter().any(|point| point.complete);
    assert!(!answer.import_open || !is_complete);
    assert_eq!(
        (chart.dimension.as_str(), chart.rule.as_str()),
        ("product", "xmr_limits")
    );
    chart.points
}

/// Nine and eleven kettles in turns: mean 10, moving ranges 2, limits 4.68 and 15.32.
async fn steady(world: &World) {
    for number in 0..14_u32 {
        let count = match number {
            5 | 13 => 0,
            _ => 9 + 2 * (number % 2),
        };
        for each in 0..count {
            let month = format!("{}-{:02}", 2025 + number / 12, number % 12 + 1);
            let kettle = about("Kettle", &format!("{month}-{:02}T00:00:00Z", each + 1));
            world
                .receive(item(&format!("{number} {each}")), &kettle)
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_come_with_the_thirteenth_month_and_a_gap_is_zero() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-02-10T00:00:00Z");
    steady(&world).await;
    // Something else, later: it makes the month before complete.
    let other = about("Lamp", "2026-02-05T10:00:00Z");
    world.receive(item("later"), &other).await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    assert_eq!(chart(&reporting, "", "").await.len(), 13);
    let points = chart(&reporting, "", "2026-02").await;
    assert_eq!(points.len(), 14);
    assert_eq!((points[5].month.as_str(), points[5].value), ("2025-06", 0));
    assert_eq!(points[11].no_limits_reason, "BASELINE_TOO_SHORT");
    let first = &points[12];
    assert_eq!(
        (first.baseline_months, first.out.as_str(), first.complete),
        (12, "", true)
    );
    // Mean (119 - 11 + 1) / 12, ranges nine times 2, once 9, once 9.
    assert_eq!(
        (first.centre.as_str(), first.mean_moving_range.as_str()),
        ("9.0833", "3.2727")
    );
    assert_eq!(
        (first.lower.as_str(), first.upper.as_str()),
        ("0.3779", "17.7888")
    );
    // The present month has only begun: below is not out yet.
    let last = &points[13];
    assert_eq!(
        (last.value, last.complete, last.out.as_str()),
        (0, false, "")
    );
    assert!(last.lower.parse::<f64>().unwrap() > 0.0, "{last:?}");
    let some = chart(&reporting, "2024-11", "2025-02").await;
    let values: Vec<u64> = some.iter().map(|point| point.value).collect();
    assert_eq!(values, [0, 0, 9, 11]);
    world.begin_import("more").await;
    caught_up(&reporting, &world).await;
    let kettles = wire::GetChartRequest {
        dimension: "product".to_owned(),
        value: "Kettle".to_owned(),
        ..Default::default()
    };
    let endpoints = reporting.endpoints();
    let answer = endpoints.get_chart(Request::new(kettles)).await.unwrap();
    let answer = answer.into_inner();
    assert!(answer.import_open);
    let points = answer.chart.unwrap().points;
    assert!(points.iter().all(|point| !point.complete));
    let months = wire::GetSeriesRequest {
        bucket: wire::Bucket::Month.into(),
        ..Default::default()
    };
    let answer = endpoints.get_series(Request::new(months)).await.unwrap();
    assert!(answer.get_ref().import_open);
    assert!(answer.get_ref().points.iter().all(|point| !point.complete));
    reporting.close().await.unwrap();
}
