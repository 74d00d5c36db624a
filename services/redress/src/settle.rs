//! Waiting until the services have dealt with everything that each of them recorded.

use std::collections::BTreeMap;
use std::time::Duration;

use redress_wire::log::v1::{CatchUpRequest, GetHeadRequest, ListViewsRequest, ViewStatus};
use tonic::Code;

use crate::client::Client;
use crate::failure::Failure;
use crate::log::Service;
use crate::progress;

/// How often views are asked how far they are.
const LOOK: Duration = Duration::from_millis(50);

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
/// what the logs hold now. One that has stopped is not waited for: whoever reads it is told.
async fn views(client: &Client) -> Result<(), Failure> {
    let mut heads = BTreeMap::new();
    for service in [Service::Intake, Service::Workflow, Service::Reporting] {
        let log = Some(service.log_name());
        let mut door = client.log(service.name()).await?;
        let head = door.get_head(GetHeadRequest { log }).await?.into_inner();
        heads.insert(format!("{}/0", service.name()), head.head);
    }
    let behind = |view: &ViewStatus| {
        let mut logs = view.logs.iter();
        view.stopped.is_empty() && logs.any(|it| heads.get(&it.log) > Some(&it.position))
    };
    for place in client.places().await {
        let mut door = client.views(place).await?;
        while let told = door.list_views(ListViewsRequest {}).await?.into_inner()
            && told.views.iter().any(behind)
        {
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}

/// Waits until the service `by` has consumed what the log of `of` holds now, for as long as it
/// takes; a follower that has stopped is an error.
pub(crate) async fn wait(client: &Client, of: Service, by: Service) -> Result<(), Failure> {
    let request = GetHeadRequest {
        log: Some(of.log_name()),
    };
    let head = client
        .log(of.name())
        .await?
        .get_head(request)
        .await?
        .into_inner();
    let bar = progress::of_unknown("catching up");
    let mut log = client.log(by.name()).await?;
    let request = CatchUpRequest {
        log: Some(by.log_name()),
        token: head.token,
        timeout_millis: 10_000,
    };
    let done = loop {
        match log.catch_up(request.clone()).await {
            Ok(_) => break Ok(()),
            Err(status) if status.code() == Code::DeadlineExceeded => {}
            Err(status) => break Err(status.into()),
        }
    };
    bar.finish_and_clear();
    done
}
