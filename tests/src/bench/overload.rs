//! `redress-intake` when it is asked for five times what it can do: how much it still does, and what
//! memory it takes. Service and load have half of the cores each: otherwise the load alone would take
//! what it is to measure.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tonic::Code;

use super::Extent;
use super::cores::{Halves, confine, seconds_used};
use super::lean_client::{LeanClient, framed};
use super::memory::MIB;
use super::paced::{millis, paced};
use super::place::Place;
use super::rounds::{Compared, median, p50_p99, per_second};
use super::site::{Service, Site};
use super::submit::{self, Client};
use super::table::{Row, Table, Target};

const METHOD: &str = "redress.intake.v1.IntakeService/SubmitFeedback";
/// Where more in flight make no more a second.
const AT_PEAK: usize = 256;
const TIMES: f64 = 5.0;
/// Several, so that no limit of one connection holds requests back.
const CONNECTIONS: usize = 8;
/// An answer that comes later than this is of no use to anybody.
const DEADLINE: Duration = Duration::from_secs(2);
/// For the last answers.
const PATIENCE: Duration = Duration::from_secs(20);
const AFTERWARDS: Duration = Duration::from_secs(2);

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let folder = place.fresh("overload")?;
    let span = Duration::from_secs(extent.pick(1, 4));
    let mut site = Site::new(&folder).await?;
    let numbers = Arc::new(AtomicU64::new(0));
    let (mut goodputs, mut memories, mut afterwards) = (Vec::new(), Vec::new(), Vec::new());
    let mut told = Vec::new();
    let halves = Halves::of_this_machine()?;
    confine(std::process::id(), &halves.load)?;
    for _ in 0..extent.rounds.min(3) {
        site.start(&[Service::Intake])?;
        site.server(Service::Intake)?.confine(&halves.service)?;
        let address = site.address(Service::Intake);
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            clients.push(site.intake().await?);
        }
        let memory = || -> Result<f64> {
            let memory = site.server(Service::Intake)?.memory()?;
            Ok(memory.resident_bytes as f64 / MIB)
        };
        // Caches are full before anything counts.
        at_peak(&clients, &numbers, span).await?;
        let peak = at_peak(&clients, &numbers, span).await?;
        let memory_at_peak = memory()?;
        let over = overloaded(address, &numbers, peak * TIMES, span).await?;
        let memory_over = memory()?;
        tokio::time::sleep(AFTERWARDS).await;
        goodputs.push((over.accepted, peak));
        memories.push((memory_over, memory_at_peak));
        afterwards.push((memory()?, memory_at_peak));
        told.push(over);
        drop(clients);
        site.stop()?;
    }
    confine(std::process::id(), &halves.all())?;
    let what = "SubmitFeedback accepted by `redress-intake` at five times its peak";
    let beside = format!("its peak: {AT_PEAK} in flight, as many cores");
    let row = Row::compared(what, "/s", beside, &Compared::of(&goodputs));
    table.add(row.target(Target::RatioAtLeast(0.8)));
    let beside = "its memory at the end of as long a peak";
    let what = "memory of `redress-intake` at the end of that overload";
    let row = Row::compared(what, "MiB", beside, &Compared::of(&memories));
    table.add(row.target(Target::RatioAtMost(1.2)));
    let what = "memory of `redress-intake` two seconds after that overload";
    let row = Row::compared(what, "MiB", beside, &Compared::of(&afterwards));
    table.add(row.target(Target::RatioAtMost(1.2)));
    let of = |value: fn(&Over) -> f64| median(told.iter().map(value).collect());
    table.note(format!(
        "overload: {:.0} a second were sent for {span:?}, each at its time; {:.0} a second were \
         refused as overloaded, {:.0} were answered after the load or later than {DEADLINE:?}, or \
         failed; of all accepted p50 {:.0} ms, p99 {:.0} ms; half of the cores are the service's, the \
         other half the load's, which took {:.0} % of them",
        of(|over| over.sent),
        of(|over| over.refused),
        of(|over| over.others),
        of(|over| over.latency[0]),
        of(|over| over.latency[1]),
        of(|over| over.seconds) / halves.load.len() as f64 * 100.0,
    ));
    drop(site);
    place.remove("overload")
}

/// How many a second are accepted where each caller waits for its answer.
async fn at_peak(clients: &[Client], numbers: &Arc<AtomicU64>, span: Duration) -> Result<f64> {
    let begun = Instant::now();
    let mut callers: JoinSet<Result<u64>> = JoinSet::new();
    for client in clients.iter().cycle().take(AT_PEAK) {
        let (mut client, numbers) = (client.clone(), Arc::clone(numbers));
        callers.spawn(async move {
            let mut accepted = 0;
            while begun.elapsed() < span {
                let request = submit::request(numbers.fetch_add(1, Ordering::Relaxed));
                client.submit_feedback(request).await?;
                accepted += 1;
            }
            Ok(accepted)
        });
    }
    let mut accepted = 0;
    while let Some(caller) = callers.join_next().await {
        accepted += caller??;
    }
    Ok(per_second(accepted, begun.elapsed()))
}

/// What became of a load: each but the last a second.
#[derive(Debug)]
struct Over {
    sent: f64,
    /// In time, and while the load lasted.
    accepted: f64,
    refused: f64,
    /// Answered too late, or not at all.
    others: f64,
    /// Of all that were ever accepted, in milliseconds.
    latency: [f64; 2],
    /// Of a core, a second, for making the load.
    seconds: f64,
}

enum Answer {
    Accepted { at: Instant, millis: f64 },
    Refused,
    Failed,
}

/// What is to be sent, and when it was to be.
type Due = (Instant, Bytes);

async fn overloaded(
    address: SocketAddr,
    numbers: &Arc<AtomicU64>,
    rate: f64,
    span: Duration,
) -> Result<Over> {
    let pause = Duration::from_secs_f64(1.0 / rate);
    let count = (span.as_nanos() / pause.as_nanos()) as u64;
    // Made beforehand: whoever makes the load should be busy with nothing else.
    let first = numbers.fetch_add(count, Ordering::Relaxed);
    let mut messages = Vec::new();
    for number in first..first + count {
        messages.push(framed(&submit::request(number)));
    }
    let (mut connections, mut callers) = (Vec::new(), JoinSet::new());
    for _ in 0..CONNECTIONS {
        let (due, waiting) = mpsc::unbounded_channel();
        let client = LeanClient::connect(address, METHOD).await?;
        callers.spawn(call_each(client, waiting));
        connections.push(due);
    }
    let mut turns = (0..CONNECTIONS).cycle();
    let mut messages = messages.into_iter();
    let begun = Instant::now();
    let used = seconds_used()?;
    paced(rate, count, |_, intended| {
        if let (Some(turn), Some(message)) = (turns.next(), messages.next()) {
            // A connection that broke has lost what it was given: it shows in what was answered.
            let _sent = connections[turn].send((intended, message));
        }
    })
    .await;
    let sending = begun.elapsed();
    let seconds = (seconds_used()? - used) / sending.as_secs_f64();
    drop(connections);
    let (mut refused, mut accepted) = (0, 0);
    let mut latencies = Vec::new();
    let until = tokio::time::Instant::now() + PATIENCE;
    while let Ok(Some(answers)) = tokio::time::timeout_at(until, callers.join_next()).await {
        for answer in answers?? {
            match answer {
                Answer::Accepted { at, millis } => {
                    let in_time = millis <= DEADLINE.as_secs_f64() * 1_000.0;
                    accepted += u64::from(in_time && at - begun <= sending);
                    latencies.push(millis);
                }
                Answer::Refused => refused += 1,
                Answer::Failed => {}
            }
        }
    }
    ensure!(!latencies.is_empty(), "nothing was accepted");
    Ok(Over {
        sent: per_second(count, sending),
        accepted: per_second(accepted, sending),
        refused: per_second(refused, sending),
        others: per_second(count - refused - accepted, sending),
        latency: p50_p99(latencies),
        seconds,
    })
}

/// Sends on one connection what is due. Nobody hangs up: what was begun is answered, however late.
async fn call_each(
    mut client: LeanClient,
    mut waiting: mpsc::UnboundedReceiver<Due>,
) -> Result<Vec<Answer>> {
    let mut calls = JoinSet::new();
    while let Some((intended, message)) = waiting.recv().await {
        let sent = client.send(message).await?;
        calls.spawn(async move {
            match sent.status().await {
                Ok(Code::Ok) => {
                    let at = Instant::now();
                    let millis = millis(intended, at);
                    Answer::Accepted { at, millis }
                }
                Ok(Code::ResourceExhausted) => Answer::Refused,
                Ok(_) | Err(_) => Answer::Failed,
            }
        });
    }
    Ok(calls.join_all().await)
}
