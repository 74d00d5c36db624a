//! Waiting until the services have dealt with everything that each of them recorded.

use redress_wire::log::v1::{CatchUpRequest, GetHeadRequest};
use tonic::Code;

use crate::client::Client;
use crate::failure::Failure;
use crate::log::Service;
use crate::progress;

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
