//! Following the logs of services that are processes of their own.

use std::sync::Arc;
use std::time::Duration;

use redress_event_bus::{Bus, BusSource, GrpcOwner, Known, Owner, Place, SourceFault};
use redress_event_log::{Log, Source};
use redress_service::Config;
use redress_service::config::Client;
use tonic::transport::Endpoint;

use crate::links::Links;
use crate::part::Around;
use crate::process::PARTITION;

/// An owner that does not answer is asked again, and meanwhile not waited for longer than this.
const OWNER_PATIENCE: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Why a log elsewhere cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ElsewhereError {
    #[error(
        "no NATS server is named: a service that is a process of its own follows the others over NATS"
    )]
    NoBus,
    #[error("the address {address} of {service} cannot be read")]
    Address { service: String, address: String },
    #[error(transparent)]
    Source(#[from] SourceFault),
}

/// The other services, over NATS and, where a stream has not got what is needed, over gRPC.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    bus: Bus,
    addresses: Client,
    links: Links,
    by: String,
}

impl Elsewhere {
    /// As the settings say; `by` is the service that follows.
    pub fn of(config: &Config, around: &Around, by: &str) -> Result<Self, ElsewhereError> {
        Ok(Self {
            bus: around.bus.clone().ok_or(ElsewhereError::NoBus)?,
            addresses: config.client.clone(),
            links: around.links.clone(),
            by: by.to_owned(),
        })
    }

    /// The log of a service, for the service whose log is `own`. One that was followed before is
    /// there at once; of another, its owner or its stream has to say first which log it is, and that
    /// is waited for.
    pub async fn log_of(
        &self,
        service: &str,
        own: &Log,
    ) -> Result<Arc<dyn Source>, ElsewhereError> {
        let place = Place::new(service, PARTITION);
        let known = own.cursors().get(&place.to_string()).map(|cursor| Known {
            log: cursor.log,
            size: cursor.next,
        });
        let owner = self.owner(service, &place)?;
        let (bus, name) = (self.bus.clone(), place.to_string());
        let source = Arc::new(BusSource::open(bus, owner, place, known).await?);
        self.links.add_source(name, Arc::clone(&source));
        Ok(source)
    }

    fn owner(&self, service: &str, place: &Place) -> Result<Arc<dyn Owner>, ElsewhereError> {
        let address = match service {
            "workflow" => &self.addresses.workflow,
            "reporting" => &self.addresses.reporting,
            _ => &self.addresses.intake,
        };
        let endpoint = Endpoint::from_shared(address.clone()).map_err(|_| {
            let (service, address) = (service.to_owned(), address.clone());
            ElsewhereError::Address { service, address }
        })?;
        let channel = endpoint
            .connect_timeout(OWNER_PATIENCE)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(OWNER_PATIENCE)
            .tcp_nodelay(true)
            .connect_lazy();
        let owner = GrpcOwner::new(channel, place)
            .by(&format!("service:{}", self.by))
            .with_timeout(OWNER_PATIENCE);
        Ok(Arc::new(owner))
    }
}
