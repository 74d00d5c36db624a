//! 1,802 published complaints, measured, against figures that other software made of them.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use redress_feedback::cfpb::{Row, submission};
use redress_feedback::{Feedback, Seal, check};
use redress_reporting::Reporting;
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use tonic::Request;

use crate::figures::indicators;
use crate::world::{Place, World, caught_up, item};

fn read(folder: &Path) -> Vec<(String, Feedback)> {
    let path = folder.join("cfpb-sample.jsonl.gz");
    let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let now = "2026-11-21T00:00:00Z".parse().unwrap();
    let row = |line: std::io::Result<String>| {
        let row: Row = serde_json::from_str(&line.unwrap()).unwrap();
        let item = submission(&row).unwrap();
        (
            item.complaint_id,
            check(item.submission, now).unwrap().seal(Seal::default()),
        )
    };
    BufReader::new(GzDecoder::new(file))
        .lines()
        .map(row)
        .collect()
}

type Counts = BTreeMap<String, u64>;

fn counts(list: &[wire::Count]) -> Counts {
    list.iter().map(|it| (it.value.clone(), it.count)).collect()
}

fn yes_no(list: &[wire::YesNoUnknownOf]) -> BTreeMap<String, Counts> {
    let of = |it: &wire::YesNoUnknownOf| {
        let counts = it.counts.unwrap();
        let both = [("yes".to_owned(), counts.yes), ("no".to_owned(), counts.no)];
        (it.value.clone(), Counts::from(both))
    };
    list.iter().map(of).collect()
}

async fn by_month(reporting: &Reporting, product: Option<&str>) -> Vec<wire::SeriesPoint> {
    let slice = |value: &str| wire::SliceValue {
        dimension: "product".to_owned(),
        value: value.to_owned(),
    };
    let scope = wire::Scope {
        slices: product.map(slice).into_iter().collect(),
        ..Default::default()
    };
    let request = wire::GetSeriesRequest {
        scope: Some(scope),
        bucket: wire::Bucket::Month.into(),
        ..Default::default()
    };
    reporting
        .endpoints()
        .get_series(Request::new(request))
        .await
        .unwrap()
        .into_inner()
        .points
}

fn months(points: &[wire::SeriesPoint]) -> impl Iterator<Item = (&str, u64)> {
    points
        .iter()
        .filter(|it| it.received > 0)
        .map(|it| (&it.start[..7], it.received))
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_real_complaints_equal_those_of_other_software() {
    let Some(folder) = std::env::var_os("REDRESS_REAL_DATA").map(PathBuf::from) else {
        println!("SKIPPED: REDRESS_REAL_DATA does not name the folder of the real data");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let world = World::new(dir.path(), "2026-11-21T00:00:00Z");
    world.begin_import("sample").await;
    for (id, feedback) in read(&folder) {
        world.receive(item(&id), &feedback).await;
    }
    world.end_import("sample").await;
    let place = Place::new();
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;

    let expected = std::fs::read(folder.join("cfpb-sample-expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let by = |name: &str| -> Counts { serde_json::from_value(expected[name].clone()).unwrap() };
    let found = indicators(&reporting, wire::Scope::default()).await;
    assert_eq!(Some(found.received), expected["rows"].as_u64());
    let open = expected["reopened_like_open"].as_u64().unwrap();
    assert_eq!(
        (found.open, found.closed, found.withdrawn),
        (open, found.received - open, 0)
    );
    assert_eq!(counts(&found.by_product), by("by_product"));
    assert_eq!(counts(&found.by_reported_response), by("by_response"));
    let (timely, disputed) = (by("by_timely"), by("by_disputed"));
    let of = |counts: &Counts, name: &str| counts.get(name).copied().unwrap_or(0);
    let answers = wire::YesNoUnknown {
        yes: timely["Yes"],
        no: timely["No"],
        unknown: 0,
    };
    assert_eq!(found.reported_timely, Some(answers));
    let unknown = of(&disputed, "(null)") + of(&disputed, "N/A");
    let answers = wire::YesNoUnknown {
        yes: disputed["Yes"],
        no: disputed["No"],
        unknown,
    };
    assert_eq!(found.reported_disputed, Some(answers));
    let by_product = |name: &str| -> BTreeMap<String, Counts> {
        serde_json::from_value(expected[name].clone()).unwrap()
    };
    let found_timely = yes_no(&found.reported_timely_by_product);
    assert_eq!(found_timely, by_product("timely_by_product"));
    let found_disputed = yes_no(&found.reported_disputed_by_product);
    assert_eq!(found_disputed, by_product("disputed_by_product"));

    let points = by_month(&reporting, None).await;
    let found: Counts = months(&points)
        .map(|(month, count)| (month.to_owned(), count))
        .collect();
    assert_eq!(found, by("by_month"));
    assert_eq!(points.last().unwrap().open_at_end, open);
    let mut product_month = Counts::new();
    for product in by("by_product").keys() {
        for (month, count) in months(&by_month(&reporting, Some(product)).await) {
            product_month.insert(format!("{product}|{month}"), count);
        }
    }
    assert_eq!(product_month, by("product_month"));
    let request = wire::GetParetoRequest {
        dimension: "issue".to_owned(),
        limit: 5,
        ..Default::default()
    };
    let pareto = reporting
        .endpoints()
        .get_pareto(Request::new(request))
        .await
        .unwrap();
    let issues: Vec<(String, u64)> = pareto
        .into_inner()
        .rows
        .into_iter()
        .map(|row| (row.key, row.count))
        .collect();
    let top: Vec<(String, u64)> = serde_json::from_value(expected["top_issues"].clone()).unwrap();
    assert_eq!(issues, top[..5]);
    reporting.close().await.unwrap();
}
