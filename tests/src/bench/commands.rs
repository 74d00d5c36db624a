//! Durable commands on complaints over loopback, beside a server that does nothing.
//!
//! Client and server share the machine and the process, for both alike.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use redress_wire::workflow::v1::AssignComplaintRequest;
use tokio::task::JoinSet;

use super::Extent;
use super::bare_server::BareServer;
use super::lives;
use super::logs::{self, Complaints, IN_FLIGHT};
use super::place::Place;
use super::rounds::{alternate, rate};
use super::table::{Row, Table, Target};
use super::workflow::{self, Client};

const RATIO: f64 = 0.5;

pub(crate) async fn measure(extent: Extent, place: &Place, table: &mut Table) -> Result<()> {
    let data = place.fresh("commands")?;
    let complaints = extent.pick(500, 5_000);
    // Its vault and its keys are there before its log has anything.
    workflow::open(&data)?.close().await?;
    let opened = (0..complaints).map(lives::complaint).map(|mut life| {
        life.steps.truncate(1);
        logs::stream_of(life)
    });
    let log = workflow::log(&data)?;
    logs::fill::<Complaints>(&log, opened, IN_FLIGHT).await?;
    log.close().await?;
    let served = workflow::serve(&data).await?;
    let client = served.client().await?;
    let bare = BareServer::default().start_as_workflow().await?;
    let bare = workflow::client(bare).await?;
    let mut numbers = 0_u64..;
    let mut requests = |count: u64| -> Vec<AssignComplaintRequest> {
        let numbers = numbers.by_ref().take(count as usize);
        numbers.map(|number| assign(number, complaints)).collect()
    };
    // Both are warm before anything counts.
    assigned(&client, requests(complaints)).await?;
    assigned(&bare, requests(500)).await?;
    let count = extent.pick(2_000, 20_000);
    let mut rounds = Vec::new();
    for _ in 0..2 * extent.rounds {
        rounds.push(requests(count));
    }
    let rounds = Mutex::new(rounds);
    let next = || rounds.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let compared = alternate(
        extent.rounds,
        async || assigned(&client, next().unwrap_or_default()).await,
        async || assigned(&bare, next().unwrap_or_default()).await,
    )
    .await?;
    let what = format!("AssignComplaint, durable, {IN_FLIGHT} in flight");
    let beside = format!("a gRPC server that does nothing, {IN_FLIGHT} in flight");
    let row = Row::compared(what, "/s", beside, &compared);
    table.add(row.target(Target::RatioAtLeast(RATIO)));
    drop((client, bare));
    served.close().await?;
    place.remove("commands")
}

/// To another handler than before.
fn assign(number: u64, complaints: u64) -> AssignComplaintRequest {
    let life = lives::complaint(number % complaints);
    AssignComplaintRequest {
        complaint_id: life.subject.id().to_owned(),
        handler: format!("user:handler-{number}"),
        queue: "claims".to_owned(),
        request_id: format!("bench-{number}"),
        ..AssignComplaintRequest::default()
    }
}

/// How many a second are answered.
async fn assigned(client: &Client, requests: Vec<AssignComplaintRequest>) -> Result<f64> {
    ensure!(!requests.is_empty(), "nothing to assign");
    let count = requests.len() as u64;
    let requests = Arc::new(Mutex::new(requests.into_iter()));
    let calls = async {
        let mut tasks: JoinSet<Result<()>> = JoinSet::new();
        for _ in 0..IN_FLIGHT {
            let (mut client, requests) = (client.clone(), Arc::clone(&requests));
            tasks.spawn(async move {
                loop {
                    let next = requests
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .next();
                    let Some(request) = next else { return Ok(()) };
                    client.assign_complaint(request).await?;
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
