//! Looks at the parts of the process now and then: readiness and metrics say what it saw.

use std::sync::Arc;
use std::time::Duration;

use redress_event_bus::{Bus, BusState, Narrowed, Persistence, RelayStatus, persistence};
use redress_service::Component;
use redress_service::lifecycle::TaskError;
use redress_view::ViewStatus;

use crate::follower::{self, FollowerLook};
use crate::gauges::Gauges;
use crate::part::{Around, Part};

const WHILE_STARTING: Duration = Duration::from_millis(50);
const WHILE_READY: Duration = Duration::from_secs(1);
/// Whoever is not ready by then waits for an operator.
const STARTING_LOOKS: u32 = 1200;

/// A part, and what readiness knows of it.
struct Seen {
    part: Arc<dyn Part>,
    log: Component,
    views: Component,
    followers: Component,
}

/// Nothing is ready from now on before it was looked at.
pub(crate) fn over(
    parts: Vec<Arc<dyn Part>>,
    around: Around,
) -> impl Future<Output = Result<(), TaskError>> + Send + 'static {
    let gauges = Gauges::register(&around.metrics);
    let component =
        |part: &dyn Part, of| around.readiness.component(format!("{}.{of}", part.name()));
    let seen: Vec<Seen> = parts
        .iter()
        .map(|part| Seen {
            log: component(part.as_ref(), "log"),
            views: component(part.as_ref(), "views"),
            followers: component(part.as_ref(), "followers"),
            part: Arc::clone(part),
        })
        .collect();
    run(parts, seen, gauges, around)
}

async fn run(
    parts: Vec<Arc<dyn Part>>,
    seen: Vec<Seen>,
    gauges: Gauges,
    around: Around,
) -> Result<(), TaskError> {
    let mut inbox = InboxServer::default();
    let mut looks: u32 = 0;
    loop {
        for it in &seen {
            let mut views = Vec::new();
            for view in it.part.views() {
                views.push(view.status().await);
            }
            let followers = follower::look(it.part.as_ref(), &parts, &around.links).await;
            tell(it, &views);
            gauges.set(it.part.as_ref(), &views, &followers);
            warn_of_followers(&around, it.part.as_ref(), &followers);
        }
        if let Some(bus) = &around.bus {
            let warning = inbox.look(bus, &parts).await;
            tell_of_bus(bus, &around, &gauges, warning).await;
        }
        looks = looks.saturating_add(1);
        let is_starting = looks < STARTING_LOOKS && !around.readiness.report().ready;
        let pause = if is_starting {
            WHILE_STARTING
        } else {
            WHILE_READY
        };
        tokio::select! {
            () = around.shutdown.soft() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// A service is ready when its log takes commands, its views are served and go on folding, and
/// nothing that it follows has turned out to be another history.
fn tell(seen: &Seen, views: &[ViewStatus]) {
    say(&seen.log, seen.part.log().held());
    let followers = follower::stopped(seen.part.as_ref());
    say(&seen.followers, followers.or_else(|| seen.part.waits_for()));
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
    say(&seen.views, why);
}

fn say(component: &Component, why: Option<String>) {
    match why {
        None => component.ready(),
        Some(why) => component.not_ready(why),
    }
}

/// Whoever is not followed yet keeps nothing from working that does not need it.
fn warn_of_followers(around: &Around, part: &dyn Part, followers: &[FollowerLook]) {
    let waiting = part.follows().iter().filter(|service| {
        let of = |place: &str| place.split('/').next() == Some(service);
        !followers.iter().any(|follower| of(&follower.place))
    });
    let warnings = waiting.map(|service| {
        format!("{service} is not followed yet: neither it nor NATS has told which log it has")
    });
    let component = format!("{}.followers", part.name());
    around.readiness.warn(&component, warnings.collect());
}

async fn tell_of_bus(bus: &Bus, around: &Around, gauges: &Gauges, inbox: Option<String>) {
    let mut warnings = Vec::new();
    match bus.state() {
        BusState::Connected { .. } => {}
        BusState::Away { why } => warnings.push(format!("NATS is away: {why}")),
        state @ (BusState::Connecting | BusState::Unusable(_) | BusState::Closed) => {
            warnings.push(format!("NATS is away: {state}"));
        }
    }
    warnings.extend(inbox);
    gauges.set_bus(bus.is_connected());
    for relay in around.links.relays() {
        // A log that cannot be read ends the process with its reason.
        let Ok(status) = relay.status().await else {
            continue;
        };
        gauges.set_relay(&relay.place().to_string(), &status);
        warnings.extend(halted(&relay.place().to_string(), &status));
        warnings.extend(status.narrowed.as_ref().map(narrow));
    }
    around.readiness.warn("bus", warnings);
}

fn halted(place: &str, status: &RelayStatus) -> Option<String> {
    let state = &status.state;
    let is_halted = state.is_fault();
    is_halted.then(|| format!("the relay of {place} has halted: {state}"))
}

fn narrow(narrowed: &Narrowed) -> String {
    format!(
        "{narrowed}; what leaves it sooner is read from the service that owns the log: give NATS more \
         room, or set `bus.events.max_bytes` to what it may take"
    )
}

/// Whether the server that holds the inbox syncs before it acknowledges: asked once each time it is
/// there again.
#[derive(Debug, Default)]
struct InboxServer {
    was_connected: bool,
    warning: Option<String>,
}

impl InboxServer {
    async fn look(&mut self, bus: &Bus, parts: &[Arc<dyn Part>]) -> Option<String> {
        let is_connected = bus.is_connected();
        let holds_inbox = parts.iter().any(|part| part.name() == "intake");
        if is_connected && !self.was_connected && holds_inbox {
            self.warning = warning_of_inbox(bus).await;
        }
        self.was_connected = is_connected;
        self.warning.clone()
    }
}

async fn warning_of_inbox(bus: &Bus) -> Option<String> {
    let address = bus.config().monitor.as_deref()?;
    match persistence(address, bus.config().request_timeout).await {
        Ok(Persistence::BeforeAcknowledging) => None,
        Ok(Persistence::Every(interval)) => Some(format!(
            "the server of the inbox acknowledges before it is on the disk (it syncs every \
             {interval:?}): set `sync_interval: always` in its `jetstream`"
        )),
        Err(why) => Some(format!(
            "whether the server of the inbox syncs cannot be asked at {address}: {why}"
        )),
    }
}
