//! A NATS server of the test's own.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redress_event_bus::{Bus, BusConfig};
use tempfile::TempDir;

use crate::port::free_port;

/// The server's program; `None` where it is missing and may be.
pub(crate) fn program() -> Option<PathBuf> {
    let missing = match std::env::var_os("REDRESS_TOOLS") {
        Some(tools) => {
            let program = Path::new(&tools).join("bin/nats-server");
            if program.is_file() {
                return Some(program);
            }
            format!("{} is missing", program.display())
        }
        None => "REDRESS_TOOLS names no folder with bin/nats-server".to_owned(),
    };
    assert!(
        std::env::var_os("REDRESS_FORBID_SKIP").is_none(),
        "a skip is a failure here: {missing}"
    );
    println!("SKIPPED: {missing} (`cargo xtask test` makes it)");
    None
}

/// A server with a folder and a port that it keeps when it is started again.
#[derive(Debug)]
pub(crate) struct Server {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    monitor: u16,
    /// Lines of the configuration beside the usual ones.
    more: String,
    /// More settings of `JetStream`.
    jetstream: String,
    running: Option<Child>,
}

impl Server {
    /// `None` where there is no program, and the test is over.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// One that syncs before it acknowledges, as the inbox asks for.
    pub(crate) fn synced() -> Option<Self> {
        Self::with_jetstream("sync_interval: always")
    }

    /// One with further settings of `JetStream`.
    pub(crate) fn with_jetstream(settings: &str) -> Option<Self> {
        let mut server = Self::prepared("")?;
        server.set_jetstream(settings);
        server.run();
        Some(server)
    }

    /// From the next start on.
    pub(crate) fn set_jetstream(&mut self, settings: &str) {
        self.jetstream = format!(", {settings}");
    }

    pub(crate) fn start_with(more: &str) -> Option<Self> {
        let mut server = Self::prepared(more)?;
        server.run();
        Some(server)
    }

    /// One that does not run yet.
    pub(crate) fn prepared(more: &str) -> Option<Self> {
        Some(Self {
            program: program()?,
            folder: tempfile::tempdir().unwrap(),
            port: free_port(),
            monitor: free_port(),
            more: more.to_owned(),
            jetstream: String::new(),
            running: None,
        })
    }

    pub(crate) fn run(&mut self) {
        let config = self.folder.path().join("nats.conf");
        let text = format!(
            "listen: 127.0.0.1:{}\nhttp: 127.0.0.1:{}\njetstream {{ store_dir: \"{}\"{} }}\n{}\n",
            self.port,
            self.monitor,
            self.store().display(),
            self.jetstream,
            self.more
        );
        std::fs::write(&config, text).unwrap();
        for _ in 0..3 {
            let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
            let mut command = Command::new(&self.program);
            command.arg("-c").arg(&config).stdin(Stdio::null());
            command.stdout(log.try_clone().unwrap()).stderr(log);
            self.running = Some(command.spawn().unwrap());
            if self.answers() {
                return;
            }
            self.kill();
        }
        let log = std::fs::read_to_string(self.folder.path().join("log"));
        panic!("the server does not start: {}", log.unwrap());
    }

    fn answers(&self) -> bool {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        for _ in 0..500 {
            if let Ok(mut stream) = TcpStream::connect(address) {
                let mut greeting = [0; 4];
                if stream.read_exact(&mut greeting).is_ok() && &greeting == b"INFO" {
                    return true;
                }
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// The way an operator stops it: what it holds in memory is written.
    pub(crate) fn stop(&mut self) {
        let child = self.running.as_mut().unwrap();
        let pid = rustix::process::Pid::from_child(child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        child.wait().unwrap();
        self.running = None;
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub(crate) fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) fn monitor(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitor)
    }

    pub(crate) fn config(&self) -> BusConfig {
        let mut config = BusConfig::new(vec![self.address()], "acme", "redress-test");
        // A server sets the room aside, and a test must not need a large disk.
        config.events.max_bytes = 64 << 20;
        config.inbox.max_bytes = 64 << 20;
        config.request_timeout = Duration::from_secs(2);
        config.longest_pause = Duration::from_millis(200);
        config.first_contact = Duration::from_secs(10);
        config
    }

    pub(crate) async fn bus(&self) -> Bus {
        Bus::connect(self.config()).await.unwrap()
    }

    /// A client that does what operators and strangers do.
    pub(crate) async fn admin(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::new(async_nats::connect(self.address()).await.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
