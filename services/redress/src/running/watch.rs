//! Looks at the parts of the process now and then: readiness and metrics say what it saw.

use std::time::Duration;

use redress_service::{Component, Metrics, Readiness, Shutdown};
use redress_view::ViewStatus;
use tokio::runtime::Handle;

use super::gauges::Gauges;
use crate::assemble::Services;

const WHILE_STARTING: Duration = Duration::from_millis(50);
const WHILE_READY: Duration = Duration::from_secs(1);

pub(super) async fn run(
    services: Services,
    metrics: Metrics,
    readiness: Readiness,
    shutdown: Shutdown,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let gauges = Gauges::register(&metrics);
    let part = |name: &str| readiness.component(format!("{name}.views"));
    let parts = ["intake", "workflow", "reporting"].map(|name| (name, part(name)));
    loop {
        let views = services.view_statuses().await;
        for (service, component) in &parts {
            tell(
                component,
                views
                    .iter()
                    .filter(|(of, _)| of == service)
                    .map(|(_, it)| it),
            );
        }
        let failed = failed_reactions(&services).await;
        gauges.set(&services, &views, failed);
        let pause = if readiness.report().ready {
            WHILE_READY
        } else {
            WHILE_STARTING
        };
        tokio::select! {
            () = shutdown.soft() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The future of the status is bound to its thread, so it is waited for on one of its own.
async fn failed_reactions(services: &Services) -> Option<u64> {
    let (workflow, runtime) = (services.workflow.clone(), Handle::current());
    let status = tokio::task::spawn_blocking(move || runtime.block_on(workflow.status()));
    status.await.ok()?.failed_reactions
}

/// A service is ready when its views are served and go on folding.
fn tell<'a>(component: &Component, views: impl Iterator<Item = &'a ViewStatus>) {
    let mut why = None;
    for view in views {
        if let Some(stop) = &view.stopped {
            why = Some(format!("the view {} has stopped: {stop}", view.name));
        } else if !view.served {
            let done = view.rebuilding.as_ref().map_or(0, |building| {
                building.done() * 100 / building.total().max(1)
            });
            why = Some(format!("the view {} is built, {done} %", view.name));
        }
    }
    match why {
        None => component.ready(),
        Some(why) => component.not_ready(why),
    }
}
