//! Looks at the parts of the process now and then: readiness and metrics say what it saw.

use std::time::Duration;

use redress_event_log::{Consumption, Log};
use redress_service::Component;
use redress_service::lifecycle::TaskError;
use redress_view::{View, ViewStatus};

use crate::gauges::Gauges;
use crate::part::{Around, Part};

const WHILE_STARTING: Duration = Duration::from_millis(50);
const WHILE_READY: Duration = Duration::from_secs(1);

/// What is looked at of one part.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) name: &'static str,
    pub(crate) log: Log,
    pub(crate) views: Vec<View>,
    pub(crate) consumed: Vec<Consumption>,
}

impl Seen {
    pub(crate) fn of(part: &dyn Part) -> Self {
        Self {
            name: part.name(),
            log: part.log().clone(),
            views: part.views(),
            consumed: part.consumed(),
        }
    }
}

pub(crate) async fn run(seen: Vec<Seen>, around: Around) -> Result<(), TaskError> {
    let gauges = Gauges::register(&around.metrics);
    let component = |seen: &Seen| around.readiness.component(format!("{}.views", seen.name));
    let components: Vec<Component> = seen.iter().map(component).collect();
    loop {
        for (part, component) in seen.iter().zip(&components) {
            let mut views = Vec::with_capacity(part.views.len());
            for view in &part.views {
                views.push(view.status().await);
            }
            tell(component, &views);
            gauges.set(part, &views);
        }
        let pause = if around.readiness.report().ready {
            WHILE_READY
        } else {
            WHILE_STARTING
        };
        tokio::select! {
            () = around.shutdown.soft() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// A service is ready when its views are served and go on folding.
fn tell(component: &Component, views: &[ViewStatus]) {
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
