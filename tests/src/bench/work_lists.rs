//! What is due, and pages of work lists, among a million open complaints.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use jiff::{SignedDuration, Timestamp};
use redress_complaint::Event;
use redress_envelope::{Actor, Context, Draft, Record};
use redress_event_log::{Command, Life, Log, UnreadableEvent};
use redress_policy::clock::event::{Due, Started, Terms};
use redress_policy::{Engine, clock};
use redress_view::ReadError;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    AssignComplaintRequest, ComplaintFilter, ComplaintOrder, ListComplaintsRequest,
};
use redress_workflow::due_complaints;
use tokio::task::JoinSet;

use super::Extent;
use super::lives::{self, PRODUCTS};
use super::logs::IN_FLIGHT;
use super::paced::millis;
use super::place::Place;
use super::rounds::{median, p50_p99};
use super::table::{Row, Table, Target};
use super::workflow::{self, Client};

const DUE: usize = 1_000;
/// They come due one a minute.
const DUE_MINUTES: i64 = 1_000;
const SCAN_MILLIS: f64 = 10.0;
const PAGE: u32 = 50;
const PAGE_MILLIS: f64 = 5.0;
/// Commands a second while pages are read.
const LOAD: u64 = 200;

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let data = place.fresh("work-lists")?;
    let complaints = extent.pick(20_000, 1_000_000);
    let first_due = redress_service::clock::now() + SignedDuration::from_hours(24);
    // Its vault and its keys are there before its log has anything.
    workflow::open(&data)?.close().await?;
    fill(&data, complaints, first_due).await?;
    let views = workflow::config(&data).folders.views;
    std::fs::remove_dir_all(views)?;
    let served = workflow::serve(&data).await?;
    let log = served.workflow.log();
    let all = log.token(log.head().size);
    let [list, _, _] = served.workflow.views();
    list.wait_for(&all, Duration::from_hours(1)).await?;

    let until = first_due + SignedDuration::from_mins(DUE_MINUTES);
    let mut scans = Vec::new();
    for _ in 0..extent.rounds.max(10) {
        let begun = Instant::now();
        let due = list
            .query(move |rows| due_complaints(rows, until, usize::MAX))
            .await
            .map_err(|error: ReadError| anyhow!("{error}"))?;
        scans.push(millis(begun, Instant::now()));
        ensure!(due.len() == DUE, "{} are due", due.len());
    }
    let what = format!("{DUE} due found among {complaints} open complaints");
    let row = Row::new(what, median(scans), "ms");
    table.add(row.target(Target::AtMost(SCAN_MILLIS)));
    pages(extent, &served, complaints, first_due, table).await?;
    served.close().await?;
    place.remove("work-lists")
}

/// Pages of different lists, one after the other, while commands go on.
async fn pages(
    extent: Extent,
    served: &workflow::Served,
    complaints: u64,
    first_due: Timestamp,
    table: &mut Table,
) -> Result<()> {
    let load = tokio::spawn(load(served.client().await?, complaints));
    let mut client = served.client().await?;
    let questions = questions(first_due);
    let mut all = Vec::new();
    for (what, question) in &questions {
        let (mut latencies, mut page_token) = (Vec::new(), String::new());
        for _ in 0..extent.pick(50, 400) {
            let request = ListComplaintsRequest {
                page_token,
                page_size: PAGE,
                ..question.clone()
            };
            let begun = Instant::now();
            let page = client.list_complaints(request).await?.into_inner();
            ensure!(
                !latencies.is_empty() || !page.complaints.is_empty(),
                "there is nothing in {what}"
            );
            latencies.push(millis(begun, Instant::now()));
            page_token = page.next_page_token;
        }
        all.extend_from_slice(&latencies);
        let [_, p99] = p50_p99(latencies);
        let what = format!("a page of {PAGE}, {what}, p99");
        table.add(Row::new(what, p99, "ms"));
    }
    load.abort();
    let [p50, p99] = p50_p99(all);
    let what = format!("a page of {PAGE} at {complaints} complaints, {LOAD} commands/s beside it");
    table.add(Row::new(format!("{what}, p50"), p50, "ms"));
    let row = Row::new(format!("{what}, p99"), p99, "ms");
    table.add(row.target(Target::AtMost(PAGE_MILLIS)));
    table.note(
        "work lists: over gRPC, page after page of each list, client and server in one process",
    );
    Ok(())
}

fn questions(first_due: Timestamp) -> Vec<(&'static str, ListComplaintsRequest)> {
    let ask = |order: ComplaintOrder, filter| ListComplaintsRequest {
        filter: Some(filter),
        order: order.into(),
        ..ListComplaintsRequest::default()
    };
    let words = |word: &str| vec![word.to_owned()];
    let none = ComplaintFilter::default;
    let (newest, oldest, due) = (
        ComplaintOrder::ReceivedDesc,
        ComplaintOrder::ReceivedAsc,
        ComplaintOrder::DueAsc,
    );
    vec![
        ("the newest of all", ask(newest, none())),
        (
            "the oldest of the open ones",
            ask(
                oldest,
                ComplaintFilter {
                    open_only: true,
                    ..none()
                },
            ),
        ),
        (
            "a queue by what is due",
            ask(
                due,
                ComplaintFilter {
                    queues: words("claims"),
                    ..none()
                },
            ),
        ),
        (
            "a handler's by what is due",
            ask(
                due,
                ComplaintFilter {
                    handlers: words("user:handler-7"),
                    ..none()
                },
            ),
        ),
        (
            "two queues and a product by what is due",
            ask(
                due,
                ComplaintFilter {
                    queues: ["claims", "quality"].map(str::to_owned).to_vec(),
                    products: words(PRODUCTS[0]),
                    ..none()
                },
            ),
        ),
        (
            "what is due in ten days",
            ask(
                due,
                ComplaintFilter {
                    due_to: Some(time_to_wire(first_due + SignedDuration::from_hours(240))),
                    ..none()
                },
            ),
        ),
    ]
}

/// Assigns, so many a second, until it is ended.
async fn load(client: Client, complaints: u64) {
    let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / LOAD));
    let mut rng = fastrand::Rng::with_seed(11);
    let mut calls = JoinSet::new();
    loop {
        ticks.tick().await;
        let subject = lives::complaint(rng.u64(..complaints)).subject;
        let request = AssignComplaintRequest {
            complaint_id: subject.id().to_owned(),
            handler: format!("user:handler-{}", rng.u32(0..200)),
            queue: "claims".to_owned(),
            ..AssignComplaintRequest::default()
        };
        let mut client = client.clone();
        // One that was assigned so already is answered, too.
        calls.spawn(async move { client.assign_complaint(request).await.map(drop) });
        while calls.try_join_next().is_some() {}
    }
}

/// Open complaints with a handler, a queue and a clock; they come due one a minute.
async fn fill(data: &std::path::Path, complaints: u64, first_due: Timestamp) -> Result<()> {
    eprintln!("filling a log with {complaints} open complaints ..");
    let log = workflow::log(data)?;
    let numbers = Arc::new(std::sync::Mutex::new(0..complaints));
    let mut tasks: JoinSet<Result<()>> = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let (log, numbers) = (log.clone(), Arc::clone(&numbers));
        tasks.spawn(async move {
            loop {
                let next = numbers
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .next();
                let Some(number) = next else { return Ok(()) };
                open(&log, number, first_due).await?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(log.close().await?)
}

async fn open(log: &Log, number: u64, first_due: Timestamp) -> Result<()> {
    let life = lives::complaint(number);
    let steps = life.steps.into_iter().map(|step| step.event);
    let is_first = |event: &Event| matches!(event, Event::Opened(_) | Event::Assigned(_));
    let mut events: Vec<Kept> = steps
        .filter(is_first)
        .map(|event| Kept::Complaint(Box::new(event)))
        .collect();
    let due_at = first_due + SignedDuration::from_mins(number.cast_signed());
    events.push(Kept::Clock(Box::new(started(due_at)?)));
    let command = Command::new(life.subject, Context::by(Actor::System));
    let decide = |(): &(), _| Ok::<_, std::convert::Infallible>(events);
    let done = log.transact::<Filled, _>(command, decide).await;
    done.map(drop)
        .map_err(|error| anyhow!("nothing was appended: {error}"))
}

fn started(due_at: Timestamp) -> Result<clock::Event> {
    Ok(clock::Event::Started(Started {
        clock: "bench/answer".to_owned(),
        by: "received".to_owned(),
        occurred_at: due_at - SignedDuration::from_hours(240),
        terms: Terms {
            policy: "bench@1:000000000000".to_owned(),
            target: "10 calendar days".parse()?,
            calendar: "always".to_owned(),
            warn_at_percent: Vec::new(),
        },
        due: Due {
            due_at,
            warnings: Vec::new(),
            engine: Engine::current(),
        },
    }))
}

/// A complaint with its clocks, as workflow writes it.
struct Filled;

enum Kept {
    Complaint(Box<Event>),
    Clock(Box<clock::Event>),
}

impl Life for Filled {
    type State = ();
    type Event = Kept;

    fn decode(record: &Record) -> Result<Kept, UnreadableEvent> {
        let unreadable = |why: &dyn std::fmt::Display| UnreadableEvent {
            kind: record.kind.clone(),
            position: record.position,
            why: why.to_string(),
        };
        if clock::Event::KINDS.contains(&&*record.kind) {
            let event = clock::Event::decode(&record.kind, &record.data);
            event
                .map(|it| Kept::Clock(Box::new(it)))
                .map_err(|error| unreadable(&error))
        } else {
            let event = redress_complaint::decode(&record.kind, &record.data);
            event
                .map(|it| Kept::Complaint(Box::new(it)))
                .map_err(|error| unreadable(&error))
        }
    }

    fn encode(event: &Kept) -> Draft {
        match event {
            Kept::Complaint(event) => redress_complaint::encode(event),
            Kept::Clock(event) => event.encode(),
        }
    }

    fn evolve((): &mut (), _: &Kept) {}
}
