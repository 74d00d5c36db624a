//! How fast reports are. For a million records: `REDRESS_SPEED_COMPLAINTS=250000`, and `--release`,
//! `-- --nocapture quick`.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use bytes::Bytes;
use redress_complaint::{Event as Happened, Reference, event as happened};
use redress_envelope::{Actor, Context, Draft, LogId, Record, Subject};
use redress_event_log::{BoxFuture, Source, SourceError, Stored};
use redress_feedback::{Event, Feedback};
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use tonic::Request;

use crate::world::{Place, about, at, item, log_id, slices};

/// A million records are 250,000 complaints; `REDRESS_SPEED_COMPLAINTS` says how many.
static COMPLAINTS: LazyLock<u64> = LazyLock::new(|| {
    let asked = std::env::var("REDRESS_SPEED_COMPLAINTS").ok();
    asked.map_or(2_500, |text| text.parse().unwrap())
});

/// A log that is made up as it is read: each complaint once in intake, three records in workflow.
#[derive(Debug)]
struct MadeUp {
    service: &'static str,
    size: u64,
}

fn complaint(number: u64) -> Feedback {
    let products = [
        "Kettle",
        "Toaster",
        "Lamp",
        "Radio",
        "Credit reporting, credit repair services",
    ];
    let day = 1 + number * 1000 / *COMPLAINTS;
    let received =
        at("2024-01-01T00:00:00Z") + jiff::SignedDuration::from_hours(24 * day.cast_signed());
    Feedback {
        received_at: received + jiff::SignedDuration::from_secs((number % 86_400).cast_signed()),
        issue: Some(format!("Issue {}", number % 40)),
        sub_issue: Some("Information belongs to someone else".to_owned()),
        language: Some("de-AT".to_owned()),
        jurisdiction: Some("us-CA".to_owned()),
        business_unit: Some(format!("Company {}", number % 500)),
        ..about(products[(number % 5) as usize], "2024-01-01T00:00:00Z")
    }
}

impl MadeUp {
    fn draft(&self, position: u64) -> (Subject, Draft) {
        if self.service == "intake" {
            let event = Event::Received(Box::new(complaint(position)));
            let item = item(&position.to_string());
            return (
                Subject::item("feedback", item),
                redress_feedback::encode(&event),
            );
        }
        let number = position / 3;
        let (item, said) = (item(&number.to_string()), complaint(number));
        let occurred_at =
            said.received_at + jiff::SignedDuration::from_mins(number.cast_signed() % 9999);
        let event = match position % 3 {
            0 => Happened::Opened(happened::Opened {
                feedback: item,
                reference: Reference::of_position(2026, number).unwrap(),
                about: slices(&said),
            }),
            1 => Happened::Acknowledged(happened::Acknowledged {
                channel: "email".to_owned(),
                occurred_at,
            }),
            _ => Happened::Closed(happened::Closed {
                basis: redress_complaint::CloseBasis::Accepted,
                occurred_at,
            }),
        };
        (
            Subject::item("complaint", item),
            redress_complaint::encode(&event),
        )
    }

    fn record(&self, position: u64) -> Stored {
        let (subject, draft) = self.draft(position);
        let record = Record {
            service: self.service.to_owned(),
            log: self.log(),
            tenant: "default".to_owned(),
            partition: 0,
            position,
            subject,
            version: position % 3,
            time: at("2027-01-01T00:00:00Z"),
            kind: draft.kind.to_owned(),
            command_end: true,
            context: Context::by(Actor::System),
            data: draft.data,
        };
        Stored {
            position,
            bytes: Bytes::from(record.encode().unwrap()),
        }
    }
}

impl Source for MadeUp {
    fn place(&self) -> String {
        format!("{}/0", self.service)
    }

    fn log(&self) -> LogId {
        log_id(self.service)
    }

    fn next(
        &self,
        from: u64,
        max_records: usize,
    ) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>> {
        Box::pin(async move {
            if from >= self.size {
                return std::future::pending().await;
            }
            let to = self.size.min(from + max_records as u64);
            Ok((from..to).map(|position| self.record(position)).collect())
        })
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>> {
        Box::pin(async move { Ok(self.size) })
    }
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_quick_on_many_records() {
    let place = Place::new();
    let reporting = place.open();
    let begin = Instant::now();
    let intake = MadeUp {
        service: "intake",
        size: *COMPLAINTS,
    };
    let workflow = MadeUp {
        service: "workflow",
        size: 3 * *COMPLAINTS,
    };
    reporting
        .run(Arc::new(intake), Arc::new(workflow))
        .await
        .unwrap();
    let patience = std::time::Duration::from_mins(9);
    crate::world::reached_within(&reporting, [*COMPLAINTS, 3 * *COMPLAINTS], patience).await;
    println!(
        "folded {} records in {:?}",
        4 * *COMPLAINTS,
        begin.elapsed()
    );
    println!(
        "views: {:?}",
        reporting
            .views()
            .await
            .iter()
            .map(|it| it.bytes)
            .collect::<Vec<_>>()
    );
    let endpoints = reporting.endpoints();
    for _ in 0..3 {
        let begin = Instant::now();
        let request = wire::GetIndicatorsRequest::default();
        let answer = endpoints
            .get_indicators(Request::new(request))
            .await
            .unwrap();
        let found = answer.into_inner().indicators.unwrap();
        assert_eq!((found.received, found.closed), (*COMPLAINTS, *COMPLAINTS));
        println!("indicators in {:?}", begin.elapsed());
        let begin = Instant::now();
        let request = wire::GetSeriesRequest {
            bucket: 1,
            ..Default::default()
        };
        endpoints.get_series(Request::new(request)).await.unwrap();
        println!(
            "series by day in {:?}, resident {} MiB",
            begin.elapsed(),
            resident_mib()
        );
    }
    reporting.close().await.unwrap();
}
