//! What of this process hangs on NATS: asked when somebody wants to know how it is getting on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redress_event_bus::{BusSource, Relay};

/// The relays of the process, and the logs elsewhere that its services follow.
#[derive(Debug, Clone, Default)]
pub struct Links {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    relays: Vec<Relay>,
    sources: Vec<(String, Arc<BusSource>)>,
}

impl Links {
    pub(crate) fn relays(&self) -> Vec<Relay> {
        self.inner().relays.clone()
    }

    /// The log at `service/partition`, as it is followed from here over NATS.
    pub(crate) fn source(&self, place: &str) -> Option<Arc<BusSource>> {
        let inner = self.inner();
        let mut sources = inner.sources.iter();
        let found = sources.find(|(of, _)| of == place);
        found.map(|(_, source)| Arc::clone(source))
    }

    pub(crate) fn add_relay(&self, relay: Relay) {
        self.inner().relays.push(relay);
    }

    pub(crate) fn add_source(&self, place: String, source: Arc<BusSource>) {
        self.inner().sources.push((place, source));
    }

    /// Lets go of logs, so that they can be closed.
    pub(crate) fn clear(&self) {
        let mut inner = self.inner();
        inner.relays.clear();
        inner.sources.clear();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
