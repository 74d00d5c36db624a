//! Durable `SubmitFeedback` over loopback, words sealed, beside a server that does nothing.
//!
//! Client and server share the machine and the process, for both alike.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use bytes::Bytes;
use fastrand::Rng;
use redress_vault::{Class, NewEntry, Vault};
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::intake::v1::{Customer, Submission, SubmitFeedbackRequest};
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};

use super::Extent;
use super::bare_file;
use super::bare_server::BareServer;
use super::cfpb_rows::narrative;
use super::intake;
use super::lives::{ISSUES, PRODUCTS, one_of, uuid};
use super::logs::IN_FLIGHT;
use super::place::Place;
use super::rounds::{alternate, rate};
use super::table::{Row, Table, Target};

pub(crate) type Client = IntakeServiceClient<Channel>;

const MANY_IN_FLIGHT: usize = 256;

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let bare = BareServer::default();
    let served = intake::serve(&place.fresh("submit")?).await?;
    let (client, bare_client) = (
        client(served.address).await?,
        client(bare.start().await?).await?,
    );
    let mut numbers = 0..;
    let mut requests = |count: u64| -> Vec<SubmitFeedbackRequest> {
        numbers.by_ref().take(count as usize).map(request).collect()
    };
    // Both are warm before anything counts.
    submit(&client, requests(200), IN_FLIGHT).await?;
    submit(&bare_client, requests(200), IN_FLIGHT).await?;
    for (in_flight, count) in [
        (1, extent.pick(200, 1_000)),
        (IN_FLIGHT, extent.pick(2_000, 20_000)),
        (MANY_IN_FLIGHT, extent.pick(2_000, 20_000)),
    ] {
        let mut rounds = Vec::new();
        for _ in 0..2 * extent.rounds {
            rounds.push(requests(count));
        }
        let rounds = Mutex::new(rounds);
        let next = || rounds.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let compared = alternate(
            extent.rounds,
            async || submit(&client, next().unwrap_or_default(), in_flight).await,
            async || submit(&bare_client, next().unwrap_or_default(), in_flight).await,
        )
        .await?;
        let what = format!("SubmitFeedback, durable, {in_flight} in flight");
        let beside = format!("a gRPC server that does nothing, {in_flight} in flight");
        let row = Row::compared(what, "/s", beside, &compared);
        let is_target = in_flight == IN_FLIGHT;
        table.add(if is_target {
            row.target(Target::RatioAtLeast(0.65))
        } else {
            row
        });
    }
    let bytes = bare.request_bytes();
    let count = extent.pick(200, 1_000);
    let same = vec![Bytes::from(vec![0; bytes]); count as usize];
    let compared = alternate(
        extent.rounds,
        async || submit(&client, requests(count), 1).await,
        async || bare_file::one_by_one(&place.path("bare"), &same),
    )
    .await?;
    table.add(Row::compared(
        "SubmitFeedback, durable, 1 in flight (two flushes: the words, then the record)",
        "/s",
        "a bare file, one write and fdatasync each",
        &compared,
    ));
    table.note(format!(
        "a SubmitFeedback request has {bytes} bytes; client and server in one process"
    ));
    for (in_flight, count) in [
        (1, extent.pick(200, 2_000)),
        (IN_FLIGHT, extent.pick(2_000, 40_000)),
    ] {
        let vault = served.intake().vault();
        let sealed = rate(count, seal(vault, in_flight, count)).await?;
        let what = format!("vault entries sealed, {in_flight} in flight");
        table.add(Row::new(what, sealed, "/s"));
    }
    drop((client, bare_client));
    served.close().await?;
    place.remove("submit")
}

async fn client(address: SocketAddr) -> Result<Client> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?
        .connect()
        .await?;
    Ok(IntakeServiceClient::new(channel))
}

/// A complaint; the same number is the same request.
pub(crate) fn request(number: u64) -> SubmitFeedbackRequest {
    let mut rng = Rng::with_seed(number);
    let customer = Customer {
        reference: format!("C-{}", rng.u32(..)),
        name: "Erika Mustermann".to_owned(),
        email: format!("erika.{}@example.org", rng.u16(..)),
        ..Customer::default()
    };
    let submission = Submission {
        kind: "complaint".to_owned(),
        channel: "web".to_owned(),
        product: one_of(&mut rng, &PRODUCTS).to_owned(),
        issue: one_of(&mut rng, &ISSUES).to_owned(),
        language: "en".to_owned(),
        description: narrative(&mut rng, 400),
        customer: Some(customer),
        ..Submission::default()
    };
    let request_id = uuid(&mut rng).to_string();
    SubmitFeedbackRequest {
        submission: Some(submission),
        request_id,
        ..Default::default()
    }
}

/// How many a second are answered.
async fn submit(
    client: &Client,
    requests: Vec<SubmitFeedbackRequest>,
    in_flight: usize,
) -> Result<f64> {
    ensure!(!requests.is_empty(), "nothing to submit");
    let count = requests.len() as u64;
    let requests = Arc::new(Mutex::new(requests.into_iter()));
    let calls = async {
        let mut tasks: JoinSet<Result<()>> = JoinSet::new();
        for _ in 0..in_flight {
            let (mut client, requests) = (client.clone(), Arc::clone(&requests));
            tasks.spawn(async move {
                loop {
                    let next = requests
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .next();
                    let Some(request) = next else { return Ok(()) };
                    client.submit_feedback(request).await?;
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    };
    rate(count, calls).await
}

/// The vault's part of the work by itself.
async fn seal(vault: &Arc<Vault>, in_flight: usize, count: u64) -> Result<()> {
    let mut rng = Rng::with_seed(1);
    let content = narrative(&mut rng, 600).into_bytes();
    let numbers = Arc::new(Mutex::new(0..count));
    let mut tasks: JoinSet<Result<()>> = JoinSet::new();
    for _ in 0..in_flight {
        let (vault, numbers, content) = (Arc::clone(vault), Arc::clone(&numbers), content.clone());
        tasks.spawn(async move {
            loop {
                let next = numbers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .next();
                let Some(number) = next else { return Ok(()) };
                let who = format!("{in_flight} {number}");
                let entry = NewEntry {
                    subject: vault.subject_of_item(&who),
                    class: Class::of("bench"),
                    content: content.clone(),
                };
                vault.seal(vec![entry]).await?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
