//! A NATS server as `docs/three-processes.md` sets one up: it syncs before it acknowledges.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use redress_event_bus::{Bus, BusConfig};
use serde_json::Value;

use super::bare_nats;
use super::port::free_port;

/// Set by `cargo xtask bench`.
const TOOLS: &str = "REDRESS_TOOLS";
const PATIENCE: Duration = Duration::from_secs(10);
/// Of each event stream, as in the document.
pub(crate) const EVENT_STREAM_BYTES: u64 = 1 << 30;

/// Where the server's program is, unless nobody has installed it.
pub(crate) fn program() -> Result<PathBuf> {
    let tools = match std::env::var_os(TOOLS) {
        Some(tools) => PathBuf::from(tools),
        // Beside the folder that this program was built into.
        None => std::env::current_exe()?
            .ancestors()
            .nth(2)
            .context("a program lies in a folder")?
            .join("tools"),
    };
    let program = tools.join("bin/nats-server");
    ensure!(
        program.is_file(),
        "there is no {}: `cargo xtask bench` installs it",
        program.display()
    );
    Ok(program)
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Nats {
    child: Child,
    address: SocketAddr,
}

impl Nats {
    /// With its store in a folder.
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let config = folder.join("nats.conf");
        let store = folder.join("nats");
        let text = format!(
            "listen: \"{address}\"\njetstream {{ store_dir: {:?}, sync_interval: always }}\n",
            store.display().to_string()
        );
        std::fs::write(&config, text)?;
        let log = File::create(folder.join("nats.log"))?;
        let child = Command::new(program()?)
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let server = Self { child, address };
        let begun = std::time::Instant::now();
        while begun.elapsed() < PATIENCE {
            if bare_nats::connect(address).await.is_ok() {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let why = std::fs::read_to_string(folder.join("nats.log"))?;
        bail!("the NATS server does not start: {why}")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connection of a service, in the installation of a tenant: it makes streams as they are
    /// shipped.
    pub(crate) async fn bus(&self, tenant: &str) -> Result<Bus> {
        let servers = vec![format!("nats://{}", self.address)];
        let mut config = BusConfig::new(servers, tenant, "redress-bench");
        config.events.max_bytes = EVENT_STREAM_BYTES;
        Ok(Bus::connect(config).await?)
    }

    /// Asks `JetStream` for something, as an operator does.
    pub(crate) async fn ask(&self, what: &str, about: &Value) -> Result<Value> {
        bare_nats::ask(self.address, &format!("$JS.API.{what}"), about).await
    }

    pub(crate) async fn delete_stream(&self, name: &str) -> Result<()> {
        let what = format!("STREAM.DELETE.{name}");
        self.ask(&what, &Value::Null).await.map(drop)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _gone = self.child.wait();
    }
}
