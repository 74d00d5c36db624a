//! `redress ready`: asks a process beside this one whether it can do its work. Container engines have
//! nothing else in the image to ask with.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use redress_service::Kind;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::Failure;
use crate::global::Global;

/// Whoever asks often must not wait long.
const PATIENCE: Duration = Duration::from_secs(4);
/// The most bytes of an answer that are read.
const MOST_BYTES: u64 = 1 << 20;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where its health answers; without it where the settings say that it listens
    #[arg(long, value_name = "ADDRESS")]
    http: Option<String>,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let given = arguments.http.map(|http| ("http.listen", http));
    // The address is asked and not listened on, so it may be any.
    let wanted = ("allow_insecure_non_loopback", "true".to_owned());
    let config = global.load(given.into_iter().chain([wanted]).collect())?;
    let address = reached(config.http.listen);
    let unreachable = |why: String| {
        let message = format!("nothing that is ours answers at http://{address}: {why}");
        Failure::new(Kind::Unavailable, "UNREACHABLE", message).with_remedy(
            "start it, or name its address: --http ADDRESS, or the setting http.listen",
        )
    };
    let answer = tokio::time::timeout(PATIENCE, ask(address)).await;
    let bytes = answer
        .map_err(|_| unreachable("no answer in time".to_owned()))?
        .map_err(|error| unreachable(error.to_string()))?;
    let report = read(&bytes).ok_or_else(|| unreachable("that is another program".to_owned()))?;
    if report["ready"] != true {
        return Err(not_ready(&report));
    }
    let text = lines(&report["warnings"]);
    global.output.print_line(
        || report.clone(),
        || [vec!["ready".to_owned()], text].concat().join("\n"),
    );
    Ok(())
}

/// An address that stands for all of a machine's is asked at the machine's own.
fn reached(listen: SocketAddr) -> SocketAddr {
    let mut address = listen;
    if listen.ip().is_unspecified() {
        address.set_ip(match listen {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

async fn ask(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(address).await?;
    // HTTP 1.0: the answer ends with the connection, and in one piece.
    let question = format!("GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n");
    connection.write_all(question.as_bytes()).await?;
    let mut bytes = Vec::new();
    connection.take(MOST_BYTES).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// The report in an answer; `None` if it has none.
fn read(bytes: &[u8]) -> Option<Value> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let report: Value = serde_json::from_slice(&bytes[end + 4..]).ok()?;
    report["ready"].is_boolean().then_some(report)
}

fn not_ready(report: &Value) -> Failure {
    let why = lines(&report["reasons"]).join("; ");
    Failure::new(
        Kind::Unavailable,
        "NOT_READY",
        format!("it is not ready: {why}"),
    )
    .with_remedy("wait, or do what the reasons say")
}

/// `component: why`
fn lines(reasons: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |reason: &Value| format!("{}: {}", text(&reason["component"]), text(&reason["why"]));
    reasons.as_array().into_iter().flatten().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_all_interfaces_is_asked_on_this_machine() {
        for (listen, asked) in [
            ("0.0.0.0:7401", "127.0.0.1:7401"),
            ("[::]:7401", "[::1]:7401"),
            ("10.0.0.7:80", "10.0.0.7:80"),
        ] {
            assert_eq!(reached(listen.parse().unwrap()).to_string(), asked);
        }
    }

    #[test]
    fn only_a_report_is_taken_for_an_answer() {
        let head = "HTTP/1.0 503 Service Unavailable\r\nA: b\r\n\r\n";
        let report = format!(
            r#"{head}{{"ready":false,"reasons":[{{"component":"log","why":"starting"}}]}}"#
        );
        let report = read(report.as_bytes()).unwrap();
        assert!(not_ready(&report).to_string().contains("log: starting"));
        for other in [
            "",
            "HTTP/1.0 200 OK\r\n\r\nalive\n",
            "HTTP/1.0 200 OK\r\n\r\n{}",
        ] {
            assert_eq!(read(other.as_bytes()), None, "{other:?}");
        }
    }
}
