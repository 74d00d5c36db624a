//! A gRPC client with nothing around a call, for a load that must not cost more than what it is a
//! load for: messages are encoded beforehand, and of an answer only the status is looked at.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use bytes::{BufMut, Bytes, BytesMut};
use h2::client::{ResponseFuture, SendRequest};
use redress_wire::Message;
use tokio::net::TcpStream;
use tonic::Code;
use tonic::codegen::http::{HeaderMap, Request};

/// One connection, whose requests do not wait for each other.
#[derive(Debug)]
pub(crate) struct LeanClient {
    requests: SendRequest<Bytes>,
    uri: String,
}

impl LeanClient {
    /// `method` as `redress.intake.v1.IntakeService/SubmitFeedback`.
    pub(crate) async fn connect(address: SocketAddr, method: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = h2::client::handshake(stream).await?;
        // What ends it is seen by every call.
        tokio::spawn(connection);
        let uri = format!("http://{address}/{method}");
        Ok(Self { requests, uri })
    }

    /// Sends a framed message, as soon as the server lets one more be under way.
    pub(crate) async fn send(&mut self, framed: Bytes) -> Result<Sent> {
        let mut requests = self.requests.clone().ready().await?;
        let head = Request::post(&self.uri)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())?;
        let (answer, mut body) = requests.send_request(head, false)?;
        // Refused already where it is an error: the answer says so.
        let _refused = body.send_data(framed, true);
        Ok(Sent(answer))
    }
}

/// A call that waits for its answer.
#[derive(Debug)]
pub(crate) struct Sent(ResponseFuture);

impl Sent {
    pub(crate) async fn status(self) -> Result<Code> {
        let answer = self.0.await?;
        if let Some(code) = code_in(answer.headers()) {
            return Ok(code);
        }
        let mut body = answer.into_body();
        while let Some(data) = body.data().await {
            let length = data?.len();
            // An error where it was all: there is nothing to make room for.
            let _all = body.flow_control().release_capacity(length);
        }
        let trailers = body.trailers().await?.context("no trailers")?;
        code_in(&trailers).context("no grpc-status")
    }
}

fn code_in(headers: &HeaderMap) -> Option<Code> {
    let status = headers.get("grpc-status")?;
    Some(Code::from_bytes(status.as_bytes()))
}

/// As it stands in a body: one byte that says it is not compressed, its length, and it.
pub(crate) fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(5 + length);
    frame.put_u8(0);
    frame.put_u32(length as u32);
    frame.put_slice(&message.encode_to_vec());
    frame.freeze()
}
