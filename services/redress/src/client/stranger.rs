//! Who answers at an address where a service should be, and does not speak as it does.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::transport::Uri;

/// Who greets does so at once.
const GREETING: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(2);
const QUESTION: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// By the first bytes that are said; none where it may be a service after all, or is not there.
pub(super) async fn who(address: &str) -> Option<&'static str> {
    let said = tokio::time::timeout(PATIENCE, first_bytes(address)).await;
    match said {
        Err(_) => Some("it says nothing"),
        Ok(said) => named(&said.ok()?),
    }
}

async fn first_bytes(address: &str) -> io::Result<Vec<u8>> {
    let uri: Uri = address.parse().map_err(io::Error::other)?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let mut connection = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
    let mut bytes = vec![0; 16];
    let greeted = tokio::time::timeout(GREETING, connection.read(&mut bytes)).await;
    let count = if let Ok(greeted) = greeted {
        greeted?
    } else {
        connection.write_all(QUESTION).await?;
        connection.read(&mut bytes).await?
    };
    bytes.truncate(count);
    Ok(bytes)
}

fn named(said: &[u8]) -> Option<&'static str> {
    match said {
        // The settings with which HTTP/2 begins.
        [_, _, _, 4, ..] => None,
        [b'I', b'N', b'F', b'O', b' ', ..] => Some("it is a NATS server"),
        [b'H', b'T', b'T', b'P', b'/', ..] => Some("it is an HTTP server without gRPC"),
        [] => Some("it hangs up"),
        _ => Some("it is another program"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_says_who_it_is() {
        for (said, who) in [
            (&b"INFO {\"server_id\""[..], Some("it is a NATS server")),
            (
                b"HTTP/1.1 400 Bad",
                Some("it is an HTTP server without gRPC"),
            ),
            (b"SSH-2.0-OpenSSH_", Some("it is another program")),
            (b"", Some("it hangs up")),
            (&[0, 0, 18, 4, 0, 0, 0, 0, 0], None),
        ] {
            assert_eq!(named(said), who, "{said:?}");
        }
    }
}
