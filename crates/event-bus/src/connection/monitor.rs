//! Asking a server whether it syncs before it acknowledges. A client cannot see that: only the
//! monitoring address tells, and a name for its answer is all that is needed of HTTP.

use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The most bytes of an answer that are read.
const MOST_BYTES: u64 = 1 << 20;

/// When a server's acknowledged messages are on its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// `sync_interval: always`
    BeforeAcknowledging,
    /// At the next of these intervals: a power cut takes what came since the last.
    Every(Duration),
}

#[derive(Deserialize)]
struct Answer {
    config: Config,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    sync_always: bool,
    /// Nanoseconds.
    #[serde(default)]
    sync_interval: u64,
}

/// Asks the monitoring address, `http://host:8222`.
pub async fn persistence(address: &str, patience: Duration) -> Result<Persistence, String> {
    let answer = tokio::time::timeout(patience, get(address)).await;
    let bytes = answer
        .map_err(|_| "it does not answer in time".to_owned())?
        .map_err(|error| error.to_string())?;
    read(&bytes)
}

async fn get(address: &str) -> std::io::Result<Vec<u8>> {
    let host = address.strip_prefix("http://").unwrap_or(address);
    let host = host.trim_end_matches('/');
    let mut connection = TcpStream::connect(host).await?;
    // HTTP 1.0: the answer ends with the connection, and in one piece.
    let question = format!("GET /jsz?config=true HTTP/1.0\r\nHost: {host}\r\n\r\n");
    connection.write_all(question.as_bytes()).await?;
    let mut bytes = Vec::new();
    connection.take(MOST_BYTES).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn read(bytes: &[u8]) -> Result<Persistence, String> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let body = &bytes[end.ok_or("that is no answer of HTTP")? + 4..];
    let answer: Answer = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    Ok(if answer.config.sync_always {
        Persistence::BeforeAcknowledging
    } else {
        Persistence::Every(Duration::from_nanos(answer.config.sync_interval))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_tells_when_messages_are_on_the_disk() {
        let answer = |config: &str| {
            read(format!("HTTP/1.0 200 OK\r\nA: b\r\n\r\n{{\"config\":{config}}}").as_bytes())
        };
        assert_eq!(
            answer(r#"{"sync_interval":120000000000,"sync_always":true}"#),
            Ok(Persistence::BeforeAcknowledging)
        );
        assert_eq!(
            answer(r#"{"sync_interval":120000000000}"#),
            Ok(Persistence::Every(Duration::from_mins(2)))
        );
        assert!(read(b"").is_err());
        assert!(read(b"HTTP/1.0 404 Not Found\r\n\r\nno").is_err());
    }
}
