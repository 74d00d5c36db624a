//! What `/metrics` says of logs, followers and views; `docs/metrics.md` lists it.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use redress_service::Metrics;
use redress_view::ViewStatus;

use crate::watch::Seen;

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
        it
    }

    pub(crate) fn set(&self, part: &Seen, views: &[ViewStatus]) {
        let label = OfLog {
            log: part.log.identity().place(),
        };
        self.records
            .get_or_create(&label)
            .set(part.log.head().size.cast_signed());
        self.sealed
            .get_or_create(&label)
            .set(part.log.sealed().cast_signed());
        for consumption in &part.consumed {
            let label = OfFollower {
                service: part.name,
                log: consumption.place().to_owned(),
            };
            let of_log = OfLog {
                log: consumption.place().to_owned(),
            };
            let count = consumption.count().cast_signed();
            self.consumed.get_or_create(&label).set(count);
            // How long a log is that is elsewhere, nobody here knows.
            if let Some(head) = self.records.get(&of_log).map(|records| records.get()) {
                let lag = (head - count).max(0);
                self.follower_lag.get_or_create(&label).set(lag);
            }
        }
        for status in views {
            self.set_view(part.name, status);
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
}
