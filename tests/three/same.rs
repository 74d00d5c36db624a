//! The same import makes the same logs and the same reports, in one process and in three.

use std::collections::BTreeMap;

use redress_service::config::Role;
use redress_wire::intake::v1::{Submission, SubmitFeedbackRequest};
use redress_wire::reporting::v1::{
    Bucket, GetChartRequest, GetIndicatorsRequest, GetSeriesRequest, ListSignalsRequest,
};
use serde_json::Value;
use tonic::Request;

use crate::three::nats::Nats;
use crate::three::sample::Import;
use crate::three::site::{Site, eventually};

/// What a site ends with, apart from what may differ.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Byte for byte.
    pub(crate) intake: Vec<Vec<u8>>,
    /// Per stream, without time and position.
    pub(crate) workflow: BTreeMap<String, Vec<Value>>,
    pub(crate) reporting: BTreeMap<String, Vec<Value>>,
    pub(crate) reports: Vec<String>,
}

impl Outcome {
    pub(crate) async fn of(site: &Site) -> Self {
        Self {
            intake: site.records("intake").await,
            workflow: by_stream(&site.records("workflow").await),
            reporting: by_stream(&site.records("reporting").await),
            reports: reports(site).await,
        }
    }

    pub(crate) fn but_for_intake(self) -> Self {
        Self {
            intake: Vec::new(),
            ..self
        }
    }

    pub(crate) fn assert_eq(&self, other: &Self) {
        assert!(self.intake == other.intake, "the intake logs differ");
        assert_eq!(self.workflow, other.workflow, "the workflow logs differ");
        assert_eq!(self.reporting, other.reporting, "the reporting logs differ");
        assert_eq!(self.reports, other.reports, "the reports differ");
    }
}

/// The records of each stream. Their places in the log depend on who was followed first, and their
/// times on these; what caused them is in the log of intake, where the places are the same.
fn by_stream(records: &[Vec<u8>]) -> BTreeMap<String, Vec<Value>> {
    let mut streams: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in records {
        let mut record: Value = serde_json::from_slice(record).unwrap();
        let fields = record.as_object_mut().unwrap();
        for differs in ["time", "sequence", "id"] {
            fields.remove(differs).unwrap();
        }
        without_positions(&mut record);
        let subject = record["subject"].as_str().unwrap().to_owned();
        streams.entry(subject).or_default().push(record);
    }
    streams
}

/// A token says how far logs were, and a cause where it stands: both are positions.
fn without_positions(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if name == "token" || name == "causation" {
                    *value = Value::Null;
                } else {
                    without_positions(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(without_positions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

async fn reports(site: &Site) -> Vec<String> {
    let mut reporting = site.reporting().await;
    let indicators = reporting.get_indicators(GetIndicatorsRequest::default());
    let mut indicators = indicators.await.unwrap().into_inner();
    indicators.token.clear();
    let series = reporting.get_series(GetSeriesRequest {
        bucket: Bucket::Month.into(),
        ..GetSeriesRequest::default()
    });
    let mut series = series.await.unwrap().into_inner();
    series.token.clear();
    let chart = reporting.get_chart(GetChartRequest {
        dimension: "product".to_owned(),
        value: "Kettle".to_owned(),
        ..GetChartRequest::default()
    });
    let mut chart = chart.await.unwrap().into_inner();
    chart.token.clear();
    let signals = reporting.list_signals(ListSignalsRequest::default());
    let signals = signals.await.unwrap().into_inner().signals;
    let ids: Vec<String> = signals.into_iter().map(|it| it.signal_id).collect();
    assert!(!ids.is_empty(), "the month that is out raises a signal");
    vec![
        format!("{indicators:?}"),
        format!("{series:?}"),
        format!("{chart:?}"),
        format!("{ids:?}"),
    ]
}

/// What one process makes of the sample.
pub(crate) async fn in_one() -> Outcome {
    let site = Site::in_one().await;
    Import::start(&site).await.finish().await;
    let outcome = Outcome::of(&site).await;
    site.stop_all().await;
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_over_nats_make_the_logs_and_reports_of_one() {
    let Some(nats) = Nats::start() else { return };
    let expected = in_one().await;
    assert!(expected.intake.len() > 100);
    assert!(
        expected
            .workflow
            .keys()
            .any(|it| it.starts_with("improvement/"))
    );
    let site = Site::in_three(&nats).await;
    Import::start(&site).await.finish().await;
    Outcome::of(&site).await.assert_eq(&expected);
    let views = site.views("reporting").await;
    assert_eq!(views.followers.len(), 2);
    assert!(
        views
            .followers
            .iter()
            .all(|it| Some(it.consumed) == it.head)
    );
    assert!(
        views.followers.iter().any(|it| it.via == "stream"),
        "{views:?}"
    );
    assert_eq!(views.relays.len(), 1);
    assert_eq!(views.relays[0].published, views.relays[0].head);
    site.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_trace_goes_on_in_the_other_processes_and_lag_is_counted() {
    let Some(nats) = Nats::start() else { return };
    let site = Site::in_three(&nats).await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let mut request = Request::new(SubmitFeedbackRequest {
        submission: Some(Submission {
            kind: "complaint".to_owned(),
            channel: "web".to_owned(),
            description: "it leaks".to_owned(),
            ..Submission::default()
        }),
        ..SubmitFeedbackRequest::default()
    });
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    let metadata = request.metadata_mut();
    metadata.insert("traceparent", parent.parse().unwrap());
    site.intake().await.submit_feedback(request).await.unwrap();
    site.settle().await;
    for service in ["intake", "workflow"] {
        // Before it workflow puts the default policy in force.
        let records = site.records(service).await;
        let record = records
            .iter()
            .map(|it| serde_json::from_slice::<Value>(it).unwrap());
        let record = record
            .into_iter()
            .find(|it| it["type"] != "redress.policy.applied.v1");
        let record = record.unwrap();
        let said = record["traceparent"].as_str().unwrap_or_default();
        assert!(said.contains(trace), "{service}: {record}");
    }
    for line in [
        "redress_bus_connected 1",
        "redress_follower_lag_records{service=\"workflow\",log=\"intake/0\"} 0",
        "redress_relay_lag_records{log=\"workflow/0\"} 0",
        "redress_relay_published_records{log=\"workflow/0\"} ",
        "redress_relay_halted{log=\"workflow/0\"} 0",
    ] {
        let metrics = async || site.metrics(Role::Workflow);
        eventually(metrics, |text| text.contains(line)).await;
    }
    site.stop_all().await;
}
