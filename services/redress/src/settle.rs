//! Waiting until the services have dealt with everything that each of them recorded.

mod patience;
mod standing;

use std::collections::BTreeMap;
use std::time::Duration;

use redress_wire::log::v1::{CatchUpRequest, GetHeadRequest, ListViewsRequest, ViewStatus};
use tokio::time::Instant;
use tonic::Code;

use crate::client::Client;
use crate::failure::Failure;
use crate::log::Service;
use crate::progress;
use patience::Patience;
use standing::{Behind, behind, follower, follower_stopped, views_stand_still};

/// How often views are asked how far they are.
const LOOK: Duration = Duration::from_millis(50);
/// How long a service is waited for before it is asked how far it is.
const WAIT_MILLIS: u32 = 2000;

/// Feedback has opened its complaints, months are judged, signals have opened their candidates.
pub(crate) async fn settle(client: &Client) -> Result<(), Failure> {
    use Service::{Intake, Reporting, Workflow};
    for (of, by) in [
        (Intake, Workflow),
        (Workflow, Reporting),
        (Intake, Reporting),
        (Reporting, Workflow),
    ] {
        wait(client, of, by).await?;
    }
    views(client).await
}

/// What is asked for is read from views, and these follow the logs by themselves: waits until they hold
/// what the logs hold now. One that has stopped, or that gets no further, is an error.
async fn views(client: &Client) -> Result<(), Failure> {
    let mut heads = BTreeMap::new();
    for service in [Service::Intake, Service::Workflow, Service::Reporting] {
        heads.insert(place(service), head(client, service).await?.0);
    }
    let bar = progress::of_counts("building views", 0);
    let mut patience = Patience::new(Instant::now());
    let done = loop {
        let left = match left(client, &heads).await {
            Ok(Some(left)) => left,
            Ok(None) => break Ok(()),
            Err(failure) => break Err(failure),
        };
        bar.set_length(left.wanted);
        bar.set_position(left.reached);
        if !patience.lasts(left.reached, Instant::now()) {
            break Err(views_stand_still(&left));
        }
        tokio::time::sleep(LOOK).await;
    };
    bar.finish_and_clear();
    done
}

/// What the views of all services still lack; none if nothing.
async fn left(client: &Client, heads: &BTreeMap<String, u64>) -> Result<Option<Behind>, Failure> {
    let mut views: Vec<ViewStatus> = Vec::new();
    for place in client.places().await {
        let mut door = client.views(place).await?;
        let told = door.list_views(ListViewsRequest {}).await?.into_inner();
        views.extend(told.views);
    }
    behind(&views, heads)
}

fn place(service: Service) -> String {
    format!("{}/0", service.name())
}

/// How many records a log has, and the token of that.
async fn head(client: &Client, service: Service) -> Result<(u64, String), Failure> {
    let log = Some(service.log_name());
    let mut door = client.log(service.name()).await?;
    let head = door.get_head(GetHeadRequest { log }).await?.into_inner();
    Ok((head.head, head.token))
}

/// Waits until the service `by` has consumed what the log of `of` holds now, for as long as it goes on;
/// a follower that has stopped, or that gets no further, is an error.
pub(crate) async fn wait(client: &Client, of: Service, by: Service) -> Result<(), Failure> {
    let (head, token) = head(client, of).await?;
    let bar = progress::of_counts("catching up", head);
    let mut log = client.log(by.name()).await?;
    let mut views = client.views(by.name()).await?;
    let request = CatchUpRequest {
        log: Some(by.log_name()),
        token,
        timeout_millis: WAIT_MILLIS,
    };
    let mut patience = Patience::new(Instant::now());
    let done = loop {
        match log.catch_up(request.clone()).await {
            Ok(_) => break Ok(()),
            Err(status) if status.code() == Code::DeadlineExceeded => {}
            Err(status) => {
                let told = views.list_views(ListViewsRequest {}).await;
                let followers = told.map(|it| it.into_inner().followers);
                let followers = followers.unwrap_or_default();
                let stopped = follower(&followers, by, &place(of)).and_then(follower_stopped);
                break Err(stopped.unwrap_or_else(|| status.into()));
            }
        }
        let told = views.list_views(ListViewsRequest {}).await?.into_inner();
        let found = follower(&told.followers, by, &place(of));
        let consumed = found.map_or(0, |it| it.consumed);
        bar.set_position(consumed);
        if !patience.lasts(consumed, Instant::now()) {
            break Err(standing::follower_stands_still(by, of, found, head));
        }
    };
    bar.finish_and_clear();
    done
}
