//! A gRPC server that does nothing: what a call costs on this machine without anything behind it.
//!
//! It takes the name of the intake service, so that the very same client and requests meet it; it
//! does not even look at what comes, and answers as many bytes as the service does.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use anyhow::Result;
use bytes::{Buf, BufMut, Bytes};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

#[derive(Debug, Clone, Default)]
pub(crate) struct BareServer {
    request_bytes: Arc<AtomicUsize>,
}

impl BareServer {
    /// Answers until the runtime ends.
    pub(crate) async fn start(&self) -> Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let serving = Server::builder()
            .add_service(self.clone())
            .serve_with_incoming(incoming);
        tokio::spawn(serving);
        Ok(address)
    }

    /// The same for whoever calls workflow.
    pub(crate) async fn start_as_workflow(self) -> Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let serving = Server::builder()
            .add_service(AsWorkflow(self))
            .serve_with_incoming(incoming);
        tokio::spawn(serving);
        Ok(address)
    }

    /// The size of the last request.
    pub(crate) fn request_bytes(&self) -> usize {
        self.request_bytes.load(Ordering::Relaxed)
    }
}

impl NamedService for BareServer {
    const NAME: &'static str = "redress.intake.v1.IntakeService";
}

impl Service<http::Request<Body>> for BareServer {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = self.clone();
        Box::pin(async move { Ok(Grpc::new(AsItIs).unary(method, request).await) })
    }
}

#[derive(Debug, Clone)]
struct AsWorkflow(BareServer);

impl NamedService for AsWorkflow {
    const NAME: &'static str = "redress.workflow.v1.WorkflowService";
}

impl Service<http::Request<Body>> for AsWorkflow {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Service::call(&mut self.0, request)
    }
}

/// `feedback_id` of a `SubmitFeedbackResponse`, as long as a whole one is.
const ANSWER: [u8; 203] = {
    let mut answer = [b'0'; 203];
    answer[0] = 0x12;
    answer[1] = 0xc8;
    answer[2] = 0x01;
    answer
};

impl UnaryService<Bytes> for BareServer {
    type Response = Bytes;
    type Future = std::future::Ready<Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        self.request_bytes
            .store(request.get_ref().len(), Ordering::Relaxed);
        std::future::ready(Ok(Response::new(Bytes::from_static(&ANSWER))))
    }
}

/// Messages as bytes.
#[derive(Debug, Clone, Copy)]
struct AsItIs;

impl Codec for AsItIs {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(item);
        Ok(())
    }
}

impl Decoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
