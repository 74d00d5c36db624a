//! How long it takes until what was submitted at intake can be seen in another process, under a load
//! that does not wait: `redress-intake` and `redress-workflow` with NATS between them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use redress_envelope::Record;
use redress_event_bus::{Bus, BusSource, GrpcOwner, Place as LogPlace};
use redress_event_log::Source;
use redress_wire::workflow::v1::WatchComplaintsRequest;
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use serde_json::json;
use tokio::task::{JoinHandle, JoinSet};

use super::Extent;
use super::bare_nats::{self, Outgoing};
use super::paced::{millis, paced};
use super::place::Place;
use super::rounds::{alternate_each, p50_p99};
use super::site::{Service, Site, TENANT};
use super::submit::{self, Client};
use super::table::{Row, Table, Target};

/// A second.
const RATE: u64 = 1_000;
const TARGET_MILLIS: f64 = 25.0;
/// For the last to be seen.
const PATIENCE: Duration = Duration::from_mins(2);

/// When something was seen, by the id of the feedback.
type Seen = HashMap<String, Instant>;

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let folder = place.fresh("latency")?;
    let mut site = Site::new(&folder).await?;
    site.start(&Service::ALL)?;
    let observed = Observed {
        bus: site.nats().bus(TENANT).await?,
        intake: site.intake().await?,
        site,
    };
    let count = RATE * extent.pick(2, 6);
    let mut begins = (0..).map(|round| round * count);
    let mut next = || begins.next().unwrap_or_default();
    // Everything is warm, and a record is at hand to publish as it is.
    observed.round(next(), RATE).await?;
    let record = observed.a_record().await?;
    let compared = alternate_each(
        extent.rounds,
        async || observed.round(next(), count).await,
        async || {
            let [p50, p99] = bare(&observed.site, &record, count).await?;
            Ok([p50, p99, p50, p99, p50, p99, p50, p99])
        },
    )
    .await?;
    let beside =
        format!("a bare publish, synced, {RATE}/s, from its time until a consumer has it, ");
    let whats = [
        (
            "from its time until workflow's list has the complaint",
            true,
        ),
        ("from intake's answer until workflow's list has it", false),
        ("from its time until a follower elsewhere has it", true),
        ("from its time until intake's answer", false),
    ];
    for ((what, is_target), compared) in whats.into_iter().zip(compared.chunks_exact(2)) {
        for (percentile, compared) in ["p50", "p99"].into_iter().zip(compared) {
            let what = format!("feedback at {RATE}/s, {what}, {percentile}");
            let row = Row::compared(what, "ms", format!("{beside}{percentile}"), compared);
            table.add(if is_target && percentile == "p99" {
                row.target(Target::AtMost(TARGET_MILLIS))
            } else {
                row
            });
        }
    }
    table.note(format!(
        "latency: three processes and NATS; {RATE} a second are sent whatever is answered, and time \
         counts from when each was to be sent; workflow's list is watched (WatchComplaints tells what \
         a query sees from then on); the follower reads the stream in this process, as a service \
         would; a published record has {} bytes",
        record.len()
    ));
    let Observed { mut site, .. } = observed;
    site.stop()?;
    drop(site);
    place.remove("latency")
}

struct Observed {
    site: Site,
    bus: Bus,
    intake: Client,
}

impl Observed {
    /// So many submissions; p50 and p99 of each of the four latencies, in milliseconds.
    async fn round(&self, begin: u64, count: u64) -> Result<[f64; 8]> {
        let watching = self.watch_workflow(count).await?;
        let following = self.follow(count).await?;
        let mut calls = JoinSet::new();
        paced(RATE as f64, count, |number, intended| {
            let mut intake = self.intake.clone();
            let request = submit::request(begin + number);
            calls.spawn(async move {
                let answer = intake.submit_feedback(request).await?;
                let answered = Instant::now();
                Ok::<_, tonic::Status>((answer.into_inner().feedback_id, intended, answered))
            });
        })
        .await;
        let mut latencies = [const { Vec::new() }; 4];
        let mut sent = Vec::new();
        while let Some(call) = calls.join_next().await {
            sent.push(call??);
        }
        let (listed, followed) = (within(watching).await?, within(following).await?);
        for (id, intended, answered) in sent {
            let of = |seen: &Seen| seen.get(&id).copied().context("something was never seen");
            let (listed, followed) = (of(&listed)?, of(&followed)?);
            for (latency, (from, to)) in latencies.iter_mut().zip([
                (intended, listed),
                (answered, listed),
                (intended, followed),
                (intended, answered),
            ]) {
                latency.push(millis(from, to));
            }
        }
        let mut figures = [0.0; 8];
        for (pair, latency) in figures.chunks_exact_mut(2).zip(latencies) {
            pair.copy_from_slice(&p50_p99(latency));
        }
        Ok(figures)
    }

    async fn watch_workflow(&self, count: u64) -> Result<JoinHandle<Result<Seen>>> {
        let mut workflow = WorkflowServiceClient::new(self.site.door(Service::Workflow).await?);
        let watched = workflow.watch_complaints(WatchComplaintsRequest::default());
        let mut changes = watched.await?.into_inner();
        Ok(tokio::spawn(async move {
            let mut seen = Seen::new();
            while (seen.len() as u64) < count {
                let change = changes.message().await?.context("the watch has ended")?;
                if let Some(complaint) = change.complaint {
                    seen.insert(complaint.complaint_id, Instant::now());
                }
            }
            Ok(seen)
        }))
    }

    /// Reads intake's stream from its end on.
    async fn follow(&self, count: u64) -> Result<JoinHandle<Result<Seen>>> {
        let source = self.source().await?;
        let mut next = source.size().await?;
        Ok(tokio::spawn(async move {
            let mut seen = Seen::new();
            while (seen.len() as u64) < count {
                let records = source.next(next, 1_000).await?;
                let now = Instant::now();
                for stored in records {
                    next = stored.position + 1;
                    let record = Record::decode(&stored.bytes)?;
                    seen.insert(record.subject.id().to_owned(), now);
                }
            }
            Ok(seen)
        }))
    }

    async fn source(&self) -> Result<Arc<dyn Source>> {
        let of = LogPlace::new(Service::Intake.name(), 0);
        let owner = GrpcOwner::new(self.site.door(Service::Intake).await?, &of);
        let source = BusSource::open(self.bus.clone(), Arc::new(owner), of, None);
        Ok(Arc::new(source.await?))
    }

    async fn a_record(&self) -> Result<Bytes> {
        let records = self.source().await?.next(0, 1).await?;
        let record = records.first().context("intake's log is empty")?;
        Ok(record.bytes.clone())
    }
}

async fn within(seen: JoinHandle<Result<Seen>>) -> Result<Seen> {
    let ended = tokio::time::timeout(PATIENCE, seen).await;
    ended.map_err(|_| anyhow!("not everything was seen within {PATIENCE:?}"))??
}

/// The same load on the broker alone: a stream in a file, synced before the acknowledgement, that
/// delivers to another connection.
async fn bare(site: &Site, record: &Bytes, count: u64) -> Result<[f64; 2]> {
    let nats = site.nats();
    let stream = json!({
        "name": "BARE", "subjects": ["bare.>"], "storage": "file", "retention": "limits",
        "discard": "old", "num_replicas": 1,
    });
    nats.ask("STREAM.CREATE.BARE", &stream).await?;
    let (consumer, mut delivered) = bare_nats::connect(nats.address()).await?;
    consumer.subscribe("delivered").await?;
    let wanted = json!({
        "stream_name": "BARE",
        "config": { "deliver_subject": "delivered", "deliver_policy": "all", "ack_policy": "none" },
    });
    nats.ask("CONSUMER.CREATE.BARE", &wanted).await?;
    let seen = tokio::spawn(async move {
        let mut seen = Vec::new();
        for _ in 0..count {
            delivered.next().await?;
            seen.push(Instant::now());
        }
        Ok::<_, anyhow::Error>(seen)
    });
    let (writer, mut answers) = bare_nats::connect(nats.address()).await?;
    writer.subscribe("acknowledged").await?;
    let acknowledging = tokio::spawn(async move {
        for _ in 0..count {
            bare_nats::acknowledged(&answers.next().await?)?;
        }
        Ok::<_, anyhow::Error>(())
    });
    let message = Outgoing {
        subject: "bare.feedback".to_owned(),
        headers: String::new(),
        payload: record.clone(),
    };
    let (due, mut waiting) = tokio::sync::mpsc::unbounded_channel();
    let publishing = async {
        while waiting.recv().await.is_some() {
            writer.publish(&message, "acknowledged").await?;
            if waiting.is_empty() {
                writer.flush().await?;
            }
        }
        Ok::<_, anyhow::Error>(())
    };
    let mut intended = Vec::new();
    let pacing = async {
        paced(RATE as f64, count, |_, time| {
            intended.push(time);
            // The other end is there until this one is dropped.
            let _sent = due.send(());
        })
        .await;
        drop(due);
        Ok(())
    };
    tokio::try_join!(publishing, pacing)?;
    let ended = tokio::time::timeout(PATIENCE, async {
        acknowledging.await??;
        seen.await?
    });
    let seen = ended
        .await
        .map_err(|_| anyhow!("not everything was delivered within {PATIENCE:?}"))??;
    nats.delete_stream("BARE").await?;
    let latencies = intended.into_iter().zip(seen);
    Ok(p50_p99(
        latencies.map(|(from, to)| millis(from, to)).collect(),
    ))
}
