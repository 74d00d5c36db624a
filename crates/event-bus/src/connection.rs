//! The connection to NATS: made once, kept for ever, and observable. Nobody has to wait for it: a
//! service works without, and its relay and followers go on when it is back.

mod monitor;
mod options;
mod state;
mod stranger;
mod version;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, connection};
use tokio::sync::watch;

pub use monitor::{Persistence, persistence};
pub use options::ConnectError;
pub use state::BusState;
pub use version::{OLDEST_SERVER, ServerFault};

use crate::config::BusConfig;
use options::Told;

/// Publishes that may wait for their acknowledgement, over all relays of the process.
const MAX_IN_FLIGHT: usize = 4096;

/// A connection to NATS that is made again whenever it breaks. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Bus {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: BusConfig,
    client: Client,
    context: Context,
    told: Arc<Told>,
    /// Held by whoever makes a stream.
    making: tokio::sync::Mutex<()>,
    watcher: tokio::task::JoinHandle<()>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

impl Bus {
    /// Connects, or begins to try. An error is what waiting does not heal: a setting, or a server
    /// that is older than [`OLDEST_SERVER`] or has no `JetStream`.
    pub async fn connect(config: BusConfig) -> Result<Self, ConnectError> {
        config.check()?;
        let servers = options::servers(&config)?;
        let told = Arc::new(Told::new(&config, &servers));
        let options = options::options(&config, &told).await?;
        let client = options
            .connect(servers)
            .await
            .map_err(|error| ConnectError::Client(error.to_string()))?;
        let context = ContextBuilder::new()
            .timeout(config.request_timeout)
            .max_ack_inflight(MAX_IN_FLIGHT)
            .build(client.clone());
        let watcher = tokio::spawn(options::watch(client.clone(), Arc::clone(&told)));
        let bus = Self {
            inner: Arc::new(Inner {
                config,
                client,
                context,
                told,
                making: tokio::sync::Mutex::new(()),
                watcher,
            }),
        };
        let patience = bus.config().first_contact;
        match tokio::time::timeout(patience, bus.judged()).await {
            Ok(BusState::Unusable(fault)) => Err(ConnectError::Server(fault)),
            Ok(_) => {
                bus.warn_of_lazy_servers().await;
                Ok(bus)
            }
            Err(_) => {
                tracing::warn!(state = %bus.state(), "going on without NATS until it is there");
                Ok(bus)
            }
        }
    }

    pub fn config(&self) -> &BusConfig {
        &self.inner.config
    }

    /// How it is now. Its text is a line for health and status pages.
    pub fn state(&self) -> BusState {
        let state = self.inner.told.state.borrow().clone();
        let up = self.inner.client.connection_state() == connection::State::Connected;
        // The end of a connection is told a moment after it ended.
        if matches!(state, BusState::Connected { .. }) && !up {
            return BusState::Away {
                why: "the connection broke".to_owned(),
            };
        }
        state
    }

    /// Tells of each change.
    pub fn watch_state(&self) -> watch::Receiver<BusState> {
        self.inner.told.state.subscribe()
    }

    pub fn is_connected(&self) -> bool {
        matches!(self.state(), BusState::Connected { .. })
    }

    /// Waits until a server that can be used is there.
    pub async fn connected(&self) {
        let mut states = self.watch_state();
        // The sender lives as long as this handle.
        let _open = states
            .wait_for(|state| matches!(state, BusState::Connected { .. }))
            .await;
    }

    /// Waits until the connection is lost.
    pub(crate) async fn lost(&self) {
        let mut states = self.watch_state();
        let _open = states
            .wait_for(|state| !matches!(state, BusState::Connected { .. }))
            .await;
    }

    async fn judged(&self) -> BusState {
        let mut states = self.watch_state();
        let judged =
            |state: &BusState| matches!(state, BusState::Connected { .. } | BusState::Unusable(_));
        match states.wait_for(judged).await {
            Ok(state) => state.clone(),
            Err(_) => BusState::Closed,
        }
    }

    async fn warn_of_lazy_servers(&self) {
        let Some(address) = &self.inner.config.monitor else {
            return;
        };
        match persistence(address, self.inner.config.request_timeout).await {
            Ok(Persistence::BeforeAcknowledging) => {}
            Ok(Persistence::Every(interval)) => tracing::warn!(
                ?interval,
                "NATS acknowledges before it is on the disk: what others publish to the inbox can \
                 be lost by a power cut; set `sync_interval: always` in the server's `jetstream`"
            ),
            Err(why) => tracing::warn!(why, "the server's monitoring address does not answer"),
        }
    }

    /// Hands over what waits to be sent, and ends the connection; gives up after `patience`.
    pub async fn drain(&self, patience: Duration) {
        let mut states = self.watch_state();
        let closed = async {
            if self.inner.client.drain().await.is_ok() {
                let _open = states.wait_for(|state| *state == BusState::Closed).await;
            }
        };
        if tokio::time::timeout(patience, closed).await.is_err() {
            tracing::warn!("the connection to NATS did not end in time");
        }
    }

    pub(crate) async fn making(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.making.lock().await
    }

    pub(crate) fn client(&self) -> &Client {
        &self.inner.client
    }

    pub(crate) fn context(&self) -> &Context {
        &self.inner.context
    }
}
