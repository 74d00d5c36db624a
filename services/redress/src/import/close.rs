//! `redress import --close`: ends an import that was begun and not finished, with what the log has of
//! it. What was only seen, repeats and rejected rows, nobody counted.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use redress_envelope::Record;
use redress_feedback::Event;
use redress_service::Kind;
use redress_wire::intake::v1::{
    CompleteImportRequest, ImportCounts, ListOpenImportsRequest, OpenImport,
};
use redress_wire::log::v1::{EventFilter, ReadEventsRequest};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::json::{recorded, recorded_line};
use crate::log::Service;
use crate::output::Output;
use crate::progress;

pub(super) async fn run(output: Output, client: &Client, import_id: &str) -> Result<(), Failure> {
    let mut intake = client.intake().await?;
    let open = intake.list_open_imports(ListOpenImportsRequest {}).await?;
    let open = open.into_inner().imports;
    let found = open.iter().find(|it| it.import_id == import_id);
    let import = found.ok_or_else(|| not_open(&open))?;
    let taken = count(client, import).await?;
    let (received_from, received_to) = taken.days.map_or_else(Default::default, |(from, to)| {
        (from.to_string(), to.to_string())
    });
    let request = CompleteImportRequest {
        import_id: import.import_id.clone(),
        request_id: String::new(),
        counts: Some(ImportCounts {
            rows: taken.new + taken.updated,
            new_rows: taken.new,
            updated_rows: taken.updated,
            ..ImportCounts::default()
        }),
        received_from,
        received_to,
    };
    let answer = intake.complete_import(request).await?.into_inner();
    output.print(
        || {
            json!({
                "import_id": import.import_id,
                "new": taken.new,
                "updated": taken.updated,
                "recorded": recorded(answer.recorded.as_ref()),
            })
        },
        || recorded_line(answer.recorded.as_ref()),
    );
    Ok(())
}

fn not_open(open: &[OpenImport]) -> Failure {
    let ids: Vec<&str> = open.iter().map(|it| it.import_id.as_str()).collect();
    let remedy = if ids.is_empty() {
        "none is open".to_owned()
    } else {
        format!("open are {}", ids.join(", "))
    };
    Failure::new(Kind::NotFound, "IMPORT_NOT_OPEN", "no such import is open")
        .with_field("import_id")
        .with_remedy(remedy)
}

/// What the log has of an import.
#[derive(Debug, Default)]
struct Taken {
    new: u64,
    updated: u64,
    days: Option<(Date, Date)>,
}

impl Taken {
    fn add(&mut self, event: &Event) {
        let feedback = match event {
            Event::Received(feedback) => {
                self.new += 1;
                feedback
            }
            Event::HistoryReported(feedback) => {
                self.updated += 1;
                feedback
            }
            Event::ImportStarted(_)
            | Event::ImportReopened(_)
            | Event::ImportCompleted(_)
            | Event::InputRejected(_)
            | Event::RejectedInputAccepted(_)
            | Event::RejectedInputDiscarded(_) => return,
        };
        let of_time = || TimeZone::UTC.to_datetime(feedback.received_at).date();
        let day = feedback.received_on.unwrap_or_else(of_time);
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
    }
}

async fn count(client: &Client, import: &OpenImport) -> Result<Taken, Failure> {
    let mut log = client.log(Service::Intake.name()).await?;
    let correlation = format!("import/{}", import.import_id);
    let (mut taken, mut from) = (Taken::default(), import.position);
    let bar = progress::of_counts("counting", 0);
    loop {
        let request = ReadEventsRequest {
            log: Some(Service::Intake.log_name()),
            from_position: from,
            limit: 1000,
            filter: Some(EventFilter {
                subject: "feedback/".to_owned(),
                types: Vec::new(),
            }),
        };
        let page = log.read_events(request).await?.into_inner();
        for stored in &page.records {
            let record = Record::decode(&stored.record).map_err(|error| unreadable(&error))?;
            if record.context.correlation.as_deref() != Some(&correlation) {
                continue;
            }
            let event = redress_feedback::decode(&record.kind, &record.data);
            taken.add(&event.map_err(|error| unreadable(&error))?);
        }
        from = page.next;
        bar.set_length(page.head);
        bar.set_position(from);
        if from >= page.head {
            bar.finish_and_clear();
            return Ok(taken);
        }
    }
}

fn unreadable(error: &dyn std::error::Error) -> Failure {
    Failure::new(Kind::DataLoss, "EVENT_UNREADABLE", error.to_string())
        .with_remedy("run a version of `redress` that knows this type of event")
}
