//! The owner over gRPC.

use std::sync::Arc;
use std::time::Duration;

use redress_event_bus::{Bus, BusConfig, BusSource, GrpcOwner, Owner, Place};
use redress_event_log::{Source, Stored};
use redress_wire::log::v1 as wire;
use redress_wire::log::v1::log_service_server::{LogService, LogServiceServer};
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

use crate::following::follow;
use crate::paper::Paper;

#[derive(Debug)]
struct Served(Arc<Paper>);

#[tonic::async_trait]
impl LogService for Served {
    async fn read_events(
        &self,
        request: Request<wire::ReadEventsRequest>,
    ) -> Result<Response<wire::ReadEventsResponse>, Status> {
        let actor = request.metadata().get("redress-actor").unwrap();
        assert_eq!(actor, "service:workflow");
        let request = request.into_inner();
        assert!(request.limit <= 1000);
        let records = self.0.read(request.from_position, request.limit as usize);
        let records = records.await.map_err(|it| Status::unavailable(it.0))?;
        let next = request.from_position + records.len() as u64;
        let wired = |stored: Stored| wire::EventRecord {
            position: stored.position,
            leaf_hash: Vec::new().into(),
            record: stored.bytes,
        };
        Ok(Response::new(wire::ReadEventsResponse {
            records: records.into_iter().map(wired).collect(),
            next,
            head: self.0.len(),
        }))
    }

    type FollowEventsStream = ReceiverStream<Result<wire::FollowEventsResponse, Status>>;

    async fn follow_events(
        &self,
        _: Request<wire::FollowEventsRequest>,
    ) -> Result<Response<Self::FollowEventsStream>, Status> {
        Err(Status::unimplemented("not asked for"))
    }

    async fn catch_up(
        &self,
        _: Request<wire::CatchUpRequest>,
    ) -> Result<Response<wire::CatchUpResponse>, Status> {
        Err(Status::unimplemented("not asked for"))
    }

    async fn get_head(
        &self,
        _: Request<wire::GetHeadRequest>,
    ) -> Result<Response<wire::GetHeadResponse>, Status> {
        let head = self.0.head().await;
        let head = head.map_err(|it| Status::unavailable(it.0))?;
        Ok(Response::new(wire::GetHeadResponse {
            log_id: head.lives.log.to_string(),
            head: head.size,
            ..wire::GetHeadResponse::default()
        }))
    }
}

async fn serve(paper: &Arc<Paper>) -> Channel {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = LogServiceServer::new(Served(Arc::clone(paper)));
    let serving = Server::builder()
        .add_service(service)
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(serving);
    Endpoint::from_shared(address).unwrap().connect_lazy()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_asked_page_by_page() {
    let paper = Paper::of(2_500);
    let channel = serve(&paper).await;
    let owner = GrpcOwner::new(channel, &Place::new("intake", 0)).by("service:workflow");
    let head = owner.head().await.unwrap();
    assert_eq!((head.lives.log, head.size), (paper.id, 2_500));
    let page = owner.read(0, 5_000).await.unwrap();
    assert_eq!(page.len(), 1_000);
    assert_eq!(page[999].bytes, paper.all()[999]);
    paper.go_away(true);
    let away = owner.read(0, 1).await.unwrap_err();
    assert!(away.to_string().contains("on purpose"), "{away}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_hangs_is_not_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let channel = Endpoint::from_shared(address).unwrap().connect_lazy();
    let place = Place::new("intake", 0);
    let owner = GrpcOwner::new(channel, &place).with_timeout(Duration::from_millis(200));
    let asked = tokio::time::timeout(Duration::from_secs(5), owner.head()).await;
    assert!(asked.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_followed_over_grpc_while_there_is_no_nats() {
    let paper = Paper::of(2_500);
    let owner = GrpcOwner::new(serve(&paper).await, &Place::new("intake", 0));
    let owner = Arc::new(owner.by("service:workflow"));
    let config = BusConfig {
        first_contact: Duration::from_millis(50),
        ..BusConfig::new(
            vec!["nats://127.0.0.1:1".to_owned()],
            "acme",
            "redress-test",
        )
    };
    let bus = Bus::connect(config).await.unwrap();
    let opened = BusSource::open(bus, owner, Place::new("intake", 0), None);
    let source = opened.await.unwrap();
    assert_eq!(source.log(), paper.id);
    assert_eq!(source.size().await.unwrap(), 2_500);
    assert_eq!(follow(&source, 0, 2_500).await, paper.all());
}
