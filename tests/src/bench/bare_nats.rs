//! NATS without a client library: what the broker itself can do, at the least cost for whoever asks.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bytes::Bytes;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex, Semaphore};

use super::rounds::rate;

const BUFFER: usize = 64 << 10;
const VERSION: &str = "NATS/1.0\r\n";

/// A message to be published.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) subject: String,
    /// `Name: value\r\n` each.
    pub(crate) headers: String,
    pub(crate) payload: Bytes,
}

/// What `JetStream` says to a message that was published with a reply subject: its sequence.
pub(crate) fn acknowledged(answer: &[u8]) -> Result<u64> {
    let answer: Value = serde_json::from_slice(answer).context("no acknowledgement")?;
    answer["seq"]
        .as_u64()
        .ok_or_else(|| anyhow!("not acknowledged: {answer}"))
}

#[derive(Debug, Clone)]
pub(crate) struct Writer {
    stream: Arc<Mutex<BufWriter<OwnedWriteHalf>>>,
}

#[derive(Debug)]
pub(crate) struct Reader {
    stream: BufReader<OwnedReadHalf>,
    /// A server that asks whether anybody is there is answered.
    answers: Writer,
}

pub(crate) async fn connect(address: SocketAddr) -> Result<(Writer, Reader)> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (read, write) = stream.into_split();
    let stream = Arc::new(Mutex::new(BufWriter::with_capacity(BUFFER, write)));
    let writer = Writer { stream };
    let mut reader = Reader {
        stream: BufReader::with_capacity(BUFFER, read),
        answers: writer.clone(),
    };
    let greeting = reader.line().await?;
    ensure!(greeting.starts_with("INFO"), "that is no NATS server");
    let hello = r#"CONNECT {"verbose":false,"headers":true,"no_responders":true}"#;
    writer.write(format!("{hello}\r\n").as_bytes()).await?;
    writer.flush().await?;
    Ok((writer, reader))
}

impl Writer {
    async fn write(&self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.lock().await.write_all(bytes).await?)
    }

    pub(crate) async fn flush(&self) -> Result<()> {
        Ok(self.stream.lock().await.flush().await?)
    }

    pub(crate) async fn subscribe(&self, subject: &str) -> Result<()> {
        self.write(format!("SUB {subject} 1\r\n").as_bytes())
            .await?;
        self.flush().await
    }

    /// It goes out with the next [`flush`](Self::flush), or before.
    pub(crate) async fn publish(&self, message: &Outgoing, reply: &str) -> Result<()> {
        let Outgoing {
            subject,
            headers,
            payload,
        } = message;
        let mut bytes = Vec::with_capacity(128 + headers.len() + payload.len());
        let size = payload.len();
        if headers.is_empty() {
            bytes.extend_from_slice(format!("PUB {subject} {reply} {size}\r\n").as_bytes());
        } else {
            let head = VERSION.len() + headers.len() + 2;
            let line = format!("HPUB {subject} {reply} {head} {}\r\n", head + size);
            for part in [&*line, VERSION, headers, "\r\n"] {
                bytes.extend_from_slice(part.as_bytes());
            }
        }
        bytes.extend_from_slice(payload);
        bytes.extend_from_slice(b"\r\n");
        self.write(&bytes).await
    }
}

impl Reader {
    /// The next message, without its headers.
    pub(crate) async fn next(&mut self) -> Result<Vec<u8>> {
        loop {
            let line = self.line().await?;
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            match words.as_slice() {
                ["MSG", .., size] => return self.payload(0, size.parse()?).await,
                ["HMSG", .., head, size] => {
                    return self.payload(head.parse()?, size.parse()?).await;
                }
                ["PING"] => {
                    self.answers.write(b"PONG\r\n").await?;
                    self.answers.flush().await?;
                }
                ["-ERR", ..] => bail!("NATS says {line}"),
                _ => {}
            }
        }
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await?;
        ensure!(read > 0, "NATS has ended the connection");
        Ok(line)
    }

    async fn payload(&mut self, head: usize, size: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; size + 2];
        self.stream.read_exact(&mut bytes).await?;
        bytes.truncate(size);
        Ok(bytes.split_off(head.min(size)))
    }
}

/// One question, and its answer, which is no error.
pub(crate) async fn ask(address: SocketAddr, subject: &str, about: &Value) -> Result<Value> {
    let (writer, mut reader) = connect(address).await?;
    writer.subscribe("answer").await?;
    let payload = if about.is_null() {
        Bytes::new()
    } else {
        serde_json::to_vec(about)?.into()
    };
    let question = Outgoing {
        subject: subject.to_owned(),
        headers: String::new(),
        payload,
    };
    writer.publish(&question, "answer").await?;
    writer.flush().await?;
    let answer: Value = serde_json::from_slice(&reader.next().await?)
        .with_context(|| format!("nobody answers at {subject}"))?;
    ensure!(answer["error"].is_null(), "{subject}: {answer}");
    Ok(answer)
}

/// Publishes into a stream, with so many acknowledgements under way; answers how many a second were
/// acknowledged.
pub(crate) async fn publish_all(
    address: SocketAddr,
    in_flight: usize,
    messages: &[Outgoing],
) -> Result<f64> {
    let (writer, reader) = connect(address).await?;
    writer.subscribe("acknowledged").await?;
    let places = Arc::new(Semaphore::new(in_flight));
    let count = messages.len();
    let publishing = async {
        let acknowledging = tokio::spawn(acknowledge(reader, count, Arc::clone(&places)));
        for message in messages {
            let place = if let Ok(place) = places.try_acquire() {
                place
            } else {
                writer.flush().await?;
                places.acquire().await?
            };
            place.forget();
            writer.publish(message, "acknowledged").await?;
        }
        writer.flush().await?;
        acknowledging.await?
    };
    rate(count as u64, publishing).await
}

async fn acknowledge(mut reader: Reader, count: usize, places: Arc<Semaphore>) -> Result<()> {
    // Nobody waits for a place any more once there is an error.
    let _closed_at_the_end = Closing(Arc::clone(&places));
    for _ in 0..count {
        acknowledged(&reader.next().await?)?;
        places.add_permits(1);
    }
    Ok(())
}

struct Closing(Arc<Semaphore>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}
