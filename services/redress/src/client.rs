//! The services as the command line reaches them.

mod line;
mod stranger;

use std::sync::Arc;
use std::time::Duration;

use redress_service::Config;
use redress_service::caller::ACTOR;
use redress_service::config::{Client as Addresses, Role};
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::log::v1::log_service_client::LogServiceClient;
use redress_wire::log::v1::view_service_client::ViewServiceClient;
use redress_wire::reporting::v1::reporting_service_client::ReportingServiceClient;
use redress_wire::workflow::v1::handler_service_client::HandlerServiceClient;
use redress_wire::workflow::v1::improvement_service_client::ImprovementServiceClient;
use redress_wire::workflow::v1::message_service_client::MessageServiceClient;
use redress_wire::workflow::v1::policy_service_client::PolicyServiceClient;
use redress_wire::workflow::v1::status_service_client::StatusServiceClient;
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::{Request, Status};

use crate::failure::Failure;
use crate::global::Global;
use line::Line;

/// A page of events may hold a mebibyte of records, and what is written around them.
const MAX_ANSWER_BYTES: usize = 16 << 20;

/// Somebody on this machine answers at once, or nobody does.
const NEXT_DOOR: Duration = Duration::from_millis(500);

pub(crate) type Door = InterceptedService<Line, AsActor>;

/// Where the services are, and who asks.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    given: Addresses,
    found: Arc<OnceCell<Addresses>>,
    actor: AsActor,
}

impl Client {
    pub(crate) fn new(config: &Config, actor: Option<&str>) -> Result<Self, Failure> {
        Self::with(config.client.clone(), actor)
    }

    fn with(given: Addresses, actor: Option<&str>) -> Result<Self, Failure> {
        let actor = actor.map(AsActor::new).transpose()?.unwrap_or_default();
        Ok(Self {
            given,
            found: Arc::default(),
            actor,
        })
    }

    /// As the settings say.
    pub(crate) fn of(global: &Global) -> Result<Self, Failure> {
        Self::new(&global.load(Vec::new())?, global.actor.as_deref())
    }

    /// All three services at one address.
    pub(crate) fn at(address: &str, actor: Option<&str>) -> Result<Self, Failure> {
        let addresses = Addresses {
            intake: address.to_owned(),
            workflow: address.to_owned(),
            reporting: address.to_owned(),
            ..Addresses::default()
        };
        Self::with(addresses, actor)
    }

    /// As they were given; where nothing was, and the three are processes of their own on this machine,
    /// their own ports.
    async fn addresses(&self) -> &Addresses {
        let find = || async {
            let apart = Addresses::of(Role::Intake);
            let is_given = self.given != Addresses::default();
            if is_given || !(answers(&apart.workflow).await || answers(&apart.reporting).await) {
                return self.given.clone();
            }
            apart
        };
        self.found.get_or_init(find).await
    }

    pub(crate) async fn intake(&self) -> Result<IntakeServiceClient<Door>, Failure> {
        let door = self.door("intake").await?;
        Ok(IntakeServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    pub(crate) async fn workflow(&self) -> Result<WorkflowServiceClient<Door>, Failure> {
        let door = self.door("workflow").await?;
        Ok(WorkflowServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    pub(crate) async fn improvement(&self) -> Result<ImprovementServiceClient<Door>, Failure> {
        let door = self.door("workflow").await?;
        Ok(ImprovementServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    pub(crate) async fn handler(&self) -> Result<HandlerServiceClient<Door>, Failure> {
        let door = self.door("workflow").await?;
        Ok(HandlerServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    pub(crate) async fn policy(&self) -> Result<PolicyServiceClient<Door>, Failure> {
        let door = self.door("workflow").await?;
        Ok(PolicyServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    pub(crate) async fn messages(&self) -> Result<MessageServiceClient<Door>, Failure> {
        let door = self.door("workflow").await?;
        Ok(MessageServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    pub(crate) async fn status(&self) -> Result<StatusServiceClient<Door>, Failure> {
        let door = self.door("workflow").await?;
        Ok(StatusServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    pub(crate) async fn reporting(&self) -> Result<ReportingServiceClient<Door>, Failure> {
        let door = self.door("reporting").await?;
        Ok(ReportingServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    /// The log of a service.
    pub(crate) async fn log(&self, service: &str) -> Result<LogServiceClient<Door>, Failure> {
        let door = self.door(service).await?;
        Ok(LogServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    /// The views of a service, and of those at the same address.
    pub(crate) async fn views(&self, service: &str) -> Result<ViewServiceClient<Door>, Failure> {
        let door = self.door(service).await?;
        Ok(ViewServiceClient::new(door).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    /// One service of each address.
    pub(crate) async fn places(&self) -> Vec<&'static str> {
        let Addresses {
            intake,
            workflow,
            reporting,
            ..
        } = self.addresses().await;
        let mut places = vec!["intake"];
        if workflow != intake {
            places.push("workflow");
        }
        if reporting != intake && reporting != workflow {
            places.push("reporting");
        }
        places
    }

    async fn door(&self, service: &str) -> Result<Door, Failure> {
        let addresses = self.addresses().await;
        let address = match service {
            "workflow" => &addresses.workflow,
            "reporting" => &addresses.reporting,
            _ => &addresses.intake,
        };
        let timeout = Duration::from_millis(addresses.connect_timeout_millis);
        let line = Line::connect(service, address, timeout).await?;
        Ok(InterceptedService::new(line, self.actor.clone()))
    }
}

async fn answers(address: &str) -> bool {
    let place = address.strip_prefix("http://").unwrap_or(address);
    let connected = tokio::time::timeout(NEXT_DOOR, TcpStream::connect(place)).await;
    connected.is_ok_and(|it| it.is_ok())
}

/// Says on every request who acts, unless the request says so itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct AsActor(Option<AsciiMetadataValue>);

impl AsActor {
    fn new(actor: &str) -> Result<Self, Failure> {
        let value = actor.parse().map_err(|_| {
            Failure::usage("ACTOR_INVALID", "this is no actor")
                .with_field("actor")
                .with_remedy("write `user:<pseudonym>` or `service:<name>`")
        })?;
        Ok(Self(Some(value)))
    }
}

impl Interceptor for AsActor {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(actor) = &self.0
            && !request.metadata().contains_key(ACTOR)
        {
            request.metadata_mut().insert(ACTOR, actor.clone());
        }
        Ok(request)
    }
}
