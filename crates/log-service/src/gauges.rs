//! What `/metrics` says of logs, followers and views; `docs/metrics.md` lists it.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use redress_event_bus::RelayStatus;
use redress_service::Metrics;
use redress_view::ViewStatus;

use crate::follower::FollowerLook;
use crate::part::Part;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfLog {
    log: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFollower {
    service: &'static str,
    log: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfView {
    service: &'static str,
    view: &'static str,
    log: String,
}

#[derive(Debug, Default)]
pub(crate) struct Gauges {
    records: Family<OfLog, Gauge>,
    sealed: Family<OfLog, Gauge>,
    consumed: Family<OfFollower, Gauge>,
    follower_lag: Family<OfFollower, Gauge>,
    view_position: Family<OfView, Gauge>,
    view_lag: Family<OfView, Gauge>,
    view_incomplete: Family<OfView, Gauge>,
    bus_connected: Gauge,
    relay_published: Family<OfLog, Gauge>,
    relay_lag: Family<OfLog, Gauge>,
    relay_halted: Family<OfLog, Gauge>,
}

impl Gauges {
    pub(crate) fn register(metrics: &Metrics) -> Self {
        let it = Self::default();
        metrics.register("log_records", "Records in the log", it.records.clone());
        metrics.register(
            "log_sealed_records",
            "Records in sealed segments",
            it.sealed.clone(),
        );
        metrics.register(
            "follower_consumed_records",
            "Records of a log that a service has consumed",
            it.consumed.clone(),
        );
        metrics.register(
            "follower_lag_records",
            "Records of a log that a service has not consumed yet",
            it.follower_lag.clone(),
        );
        metrics.register(
            "view_position_records",
            "Records of a log that a view includes",
            it.view_position.clone(),
        );
        metrics.register(
            "view_lag_records",
            "Records of a log that a view does not include yet",
            it.view_lag.clone(),
        );
        metrics.register(
            "view_incomplete",
            "1 where a view passes over records that this version cannot read",
            it.view_incomplete.clone(),
        );
        it.register_bus(metrics);
        it
    }

    fn register_bus(&self, metrics: &Metrics) {
        metrics.register(
            "bus_connected",
            "1 while the connection to NATS stands",
            self.bus_connected.clone(),
        );
        metrics.register(
            "relay_published_records",
            "Records of a log that NATS has acknowledged",
            self.relay_published.clone(),
        );
        metrics.register(
            "relay_lag_records",
            "Records of a log that are not in its stream yet",
            self.relay_lag.clone(),
        );
        metrics.register(
            "relay_halted",
            "1 where a relay needs an operator; readiness says why",
            self.relay_halted.clone(),
        );
    }

    pub(crate) fn set(&self, part: &dyn Part, views: &[ViewStatus], followers: &[FollowerLook]) {
        let log = part.log();
        let label = OfLog {
            log: log.identity().place(),
        };
        self.records
            .get_or_create(&label)
            .set(log.head().size.cast_signed());
        self.sealed
            .get_or_create(&label)
            .set(log.sealed().cast_signed());
        for follower in followers {
            let label = OfFollower {
                service: part.name(),
                log: follower.place.clone(),
            };
            let consumed = follower.consumed.cast_signed();
            self.consumed.get_or_create(&label).set(consumed);
            // How long a log is of which nobody answers, nobody here knows.
            if let Some(lag) = follower.lag() {
                self.follower_lag
                    .get_or_create(&label)
                    .set(lag.cast_signed());
            }
        }
        for status in views {
            self.set_view(part.name(), status);
        }
    }

    fn set_view(&self, service: &'static str, status: &ViewStatus) {
        for source in &status.sources {
            let label = OfView {
                service,
                view: status.name,
                log: source.place.clone(),
            };
            self.view_position
                .get_or_create(&label)
                .set(source.position.cast_signed());
            let lag = source
                .head
                .unwrap_or(source.position)
                .saturating_sub(source.position);
            self.view_lag.get_or_create(&label).set(lag.cast_signed());
            let incomplete = i64::from(source.incomplete_from.is_some());
            self.view_incomplete.get_or_create(&label).set(incomplete);
        }
    }

    pub(crate) fn set_bus(&self, is_connected: bool) {
        self.bus_connected.set(i64::from(is_connected));
    }

    pub(crate) fn set_relay(&self, log: &str, status: &RelayStatus) {
        let label = OfLog {
            log: log.to_owned(),
        };
        let halted = i64::from(status.state.is_fault());
        let set = |family: &Family<OfLog, Gauge>, value: i64| {
            family.get_or_create(&label).set(value);
        };
        set(&self.relay_published, status.acknowledged.cast_signed());
        set(&self.relay_lag, status.lag().cast_signed());
        set(&self.relay_halted, halted);
    }
}
