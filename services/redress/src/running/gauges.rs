//! What `/metrics` says of logs, followers and views; `docs/metrics.md` lists it.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use redress_service::Metrics;
use redress_view::ViewStatus;

use crate::assemble::Services;

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
pub(super) struct Gauges {
    records: Family<OfLog, Gauge>,
    sealed: Family<OfLog, Gauge>,
    consumed: Family<OfFollower, Gauge>,
    follower_lag: Family<OfFollower, Gauge>,
    view_position: Family<OfView, Gauge>,
    view_lag: Family<OfView, Gauge>,
    view_incomplete: Family<OfView, Gauge>,
    failed_reactions: Gauge,
}

impl Gauges {
    pub(super) fn register(metrics: &Metrics) -> Self {
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
        metrics.register(
            "reactions_failed",
            "Reactions of workflow that a rule refused; the records say which and why",
            it.failed_reactions.clone(),
        );
        it
    }

    pub(super) fn set(
        &self,
        services: &Services,
        views: &[(&'static str, ViewStatus)],
        failed: Option<u64>,
    ) {
        for log in services.logs() {
            let label = OfLog {
                log: log.identity().place(),
            };
            self.records
                .get_or_create(&label)
                .set(log.head().size.cast_signed());
            self.sealed
                .get_or_create(&label)
                .set(log.sealed().cast_signed());
        }
        let workflow = services
            .workflow
            .consumed()
            .into_iter()
            .map(|it| ("workflow", it));
        let reporting = services
            .reporting
            .consumed()
            .into_iter()
            .map(|it| ("reporting", it));
        for (service, consumption) in workflow.chain(reporting) {
            let label = OfFollower {
                service,
                log: consumption.place().to_owned(),
            };
            let of_log = OfLog {
                log: consumption.place().to_owned(),
            };
            let (head, count) = (
                self.records.get_or_create(&of_log).get(),
                consumption.count(),
            );
            self.consumed.get_or_create(&label).set(count.cast_signed());
            self.follower_lag
                .get_or_create(&label)
                .set((head - count.cast_signed()).max(0));
        }
        for (service, status) in views {
            self.set_view(service, status);
        }
        if let Some(failed) = failed {
            self.failed_reactions.set(failed.cast_signed());
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
