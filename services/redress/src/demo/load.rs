//! The generator's items through the services: submitted, handled, measured, judged.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use redress_evidence::Hash;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::intake::v1::{
    CompleteImportRequest, ImportCounts, StartImportRequest, SubmitFeedbackRequest,
};
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use sha2::{Digest, Sha256};
use tonic::{Code, Status};

use super::calendar::day_of;
use super::step::{self, Place};
use super::submission::submission;
use super::{DemoItem, Mark, begins, generate};
use crate::client::{Client, Door};
use crate::failure::Failure;
use crate::log::Service;
use crate::progress;
use crate::settle::{settle, wait};
use crate::submission::to_wire;

/// Commands under way together, so that they share their way to the disk.
const IN_FLIGHT: usize = 128;

pub(super) const SOURCE: &str = "demo";

/// What was loaded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loaded {
    pub(super) feedback: u64,
    pub(super) complaints: u64,
    pub(super) steps: u64,
}

/// Safe to repeat: every request has an id that follows from the seed.
pub(super) async fn load(client: &Client, mark: &Mark) -> Result<Loaded, Failure> {
    let first = begins(mark.end, mark.years);
    let items: Vec<DemoItem> = generate(mark.seed, mark.end)
        .filter(|item| day_of(item.received_at) >= first)
        .collect();
    mark.policy.apply(client, mark).await?;
    let mut intake = client.intake().await?;
    let import_id = start(&mut intake, mark).await?;

    let ids = submit(&intake, mark, &items).await?;
    wait(client, Service::Intake, Service::Workflow).await?;
    let steps = tell_stories(client, mark, &items, &ids).await?;

    // What is judged must be all of it, so reporting has everything before the import ends.
    wait(client, Service::Workflow, Service::Reporting).await?;
    complete(&mut intake, import_id, &items).await?;
    settle(client).await?;
    let complaints = items.iter().filter(|item| item.kind == "complaint").count() as u64;
    Ok(Loaded {
        feedback: items.len() as u64,
        complaints,
        steps,
    })
}

/// While the import is open no month is judged: half a history would raise signals of its own.
async fn start(intake: &mut IntakeServiceClient<Door>, mark: &Mark) -> Result<String, Failure> {
    let Mark {
        seed, years, end, ..
    } = mark;
    let digest: [u8; 32] = Sha256::digest(format!("demo {seed} {years} {end}")).into();
    let request = StartImportRequest {
        request_id: String::new(),
        format: "demo".to_owned(),
        source: SOURCE.to_owned(),
        rules: "demo/1".to_owned(),
        file_digest: Hash::from(digest).to_string(),
        label: mark.label(),
    };
    Ok(intake.start_import(request).await?.into_inner().import_id)
}

/// Item numbers to ids.
async fn submit(
    intake: &IntakeServiceClient<Door>,
    mark: &Mark,
    items: &[DemoItem],
) -> Result<BTreeMap<u32, String>, Failure> {
    let bar = progress::of_counts("feedback", items.len() as u64);
    let submitted = stream::iter(items).map(|item| {
        let (intake, bar) = (intake.clone(), bar.clone());
        async move {
            let request = SubmitFeedbackRequest {
                submission: Some(to_wire(submission(item))),
                request_id: item.request_id(mark.seed),
                inbound_key: None,
            };
            let answer = patiently(async || {
                let mut intake = intake.clone();
                intake.submit_feedback(request.clone()).await
            });
            let answer = answer
                .await
                .map_err(|it| step::failed(it, item.number, 0))?;
            bar.inc(1);
            Ok::<_, Failure>((item.number, answer.into_inner().feedback_id))
        }
    });
    let ids = submitted.buffered(IN_FLIGHT).try_collect().await;
    bar.finish_and_clear();
    ids
}

async fn tell_stories(
    client: &Client,
    mark: &Mark,
    items: &[DemoItem],
    ids: &BTreeMap<u32, String>,
) -> Result<u64, Failure> {
    let workflow = client.workflow().await?;
    let steps = items.iter().map(|item| item.story.len() as u64).sum();
    let bar = progress::of_counts("handling", steps);
    let stories = stream::iter(items).map(|item| {
        let workflow = workflow.clone();
        tell_story(workflow, mark.seed, item, ids, &bar)
    });
    let told = stories
        .buffer_unordered(IN_FLIGHT)
        .try_collect::<()>()
        .await;
    bar.finish_and_clear();
    told.map(|()| steps)
}

async fn tell_story(
    workflow: WorkflowServiceClient<Door>,
    seed: u64,
    item: &DemoItem,
    ids: &BTreeMap<u32, String>,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    for (number, step) in item.story.iter().enumerate() {
        let relies_on = step
            .relies_on()
            .and_then(|earlier| ids.get(&earlier))
            .cloned();
        let place = Place {
            complaint_id: ids.get(&item.number).cloned().unwrap_or_default(),
            request_id: format!("{}-{number:02}", item.request_id(seed)),
            relies_on: relies_on.unwrap_or_default(),
        };
        let done = patiently(async || {
            let mut workflow = workflow.clone();
            step::send(&mut workflow, step, &place).await
        });
        done.await
            .map_err(|status| step::failed(status, item.number, number))?;
        bar.inc(1);
    }
    Ok(())
}

const ATTEMPTS: u32 = 9;

/// Sends again what there was no room for.
async fn patiently<T>(mut send: impl AsyncFnMut() -> Result<T, Status>) -> Result<T, Status> {
    let mut attempt = 0;
    loop {
        match send().await {
            Err(status) if status.code() == Code::ResourceExhausted && attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(10 << attempt)).await;
                attempt += 1;
            }
            other => return other,
        }
    }
}

async fn complete(
    intake: &mut IntakeServiceClient<Door>,
    import_id: String,
    items: &[DemoItem],
) -> Result<(), Failure> {
    let day = |item: Option<&DemoItem>| {
        item.map(|item| day_of(item.received_at).to_string())
            .unwrap_or_default()
    };
    let rows = items.len() as u64;
    let request = CompleteImportRequest {
        import_id,
        request_id: String::new(),
        counts: Some(ImportCounts {
            rows,
            new_rows: rows,
            ..ImportCounts::default()
        }),
        received_from: day(items.first()),
        received_to: day(items.last()),
    };
    intake.complete_import(request).await?;
    Ok(())
}
