//! Why there is no connection. The client library says that there is none; a port says more, above all
//! where something else listens at it.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::ServerAddr;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// A NATS server greets at once, whoever comes.
const GREETING: &[u8] = b"INFO";
const PATIENCE: Duration = Duration::from_millis(500);
/// For so long what was seen is taken for what is there: it is tried to connect more often.
const AGAIN: Duration = Duration::from_secs(5);

/// The servers that were named, and what was last seen of them.
#[derive(Debug)]
pub(super) struct Ports {
    named: Vec<(String, u16)>,
    seen: Mutex<Option<(Instant, Option<String>)>>,
}

impl Ports {
    pub(super) fn new(servers: &[ServerAddr]) -> Self {
        let named = servers.iter().map(|it| (it.host().to_owned(), it.port()));
        Self {
            named: named.collect(),
            seen: Mutex::default(),
        }
    }

    /// Why nothing is there that could be connected to; none where a NATS server is.
    pub(super) async fn why(&self) -> Option<String> {
        let seen = self.seen.lock();
        let seen = seen.unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, why)) = seen.filter(|(at, _)| at.elapsed() < AGAIN) {
            return why;
        }
        let mut first = None;
        for (host, port) in &self.named {
            match why_not(host, *port).await {
                // What the library says is about this one.
                None => {
                    first = None;
                    break;
                }
                why => first = first.or(why),
            }
        }
        let seen = Some((Instant::now(), first.clone()));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        first
    }
}

async fn why_not(host: &str, port: u16) -> Option<String> {
    let host = host.trim_matches(['[', ']']);
    match tokio::time::timeout(PATIENCE, greeting(host, port)).await {
        Ok(Ok(said)) if said == GREETING => None,
        Ok(Ok(_)) => Some("what answers is no NATS server".to_owned()),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("nothing greets as a NATS server does".to_owned()),
    }
}

/// The first bytes that are said; fewer if it hangs up.
async fn greeting(host: &str, port: u16) -> io::Result<Vec<u8>> {
    let connection = TcpStream::connect((host, port)).await?;
    let mut said = Vec::new();
    connection
        .take(GREETING.len() as u64)
        .read_to_end(&mut said)
        .await?;
    Ok(said)
}
