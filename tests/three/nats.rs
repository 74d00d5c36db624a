//! A NATS server of the test's own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use tempfile::TempDir;

use crate::host::Host;
use crate::port::free_port;

/// A server with a folder and a port that it keeps when it is started again.
#[derive(Debug)]
pub(crate) struct Nats {
    program: PathBuf,
    folder: TempDir,
    host: Host,
    port: u16,
    running: Option<Child>,
}

fn program() -> Option<PathBuf> {
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

impl Nats {
    /// `None` where there is no program, and the test is over.
    pub(crate) fn start() -> Option<Self> {
        let mut nats = Self::prepared()?;
        nats.run();
        Some(nats)
    }

    /// One that does not run yet.
    pub(crate) fn prepared() -> Option<Self> {
        Self::prepared_on(Host::here())
    }

    pub(crate) fn prepared_on(host: Host) -> Option<Self> {
        Some(Self {
            program: program()?,
            folder: tempfile::tempdir().unwrap(),
            host,
            port: free_port(),
            running: None,
        })
    }

    pub(crate) fn run(&mut self) {
        let config = self.folder.path().join("nats.conf");
        let text = format!(
            "listen: {}\njetstream {{ store_dir: \"{}\", sync_interval: always }}\n",
            self.place(),
            self.store().display(),
        );
        std::fs::write(&config, text).unwrap();
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let mut command = self.host.command(&self.program);
        command.arg("-c").arg(&config);
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.running = Some(command.spawn().unwrap());
        for _ in 0..3000 {
            if self.said().contains("Server is ready") {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server does not start: {}", self.said());
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// As if the machine with its store had been replaced.
    pub(crate) fn lose_everything(&mut self) {
        self.kill();
        std::fs::remove_dir_all(self.store()).unwrap();
        self.run();
    }

    /// What an operator does by hand: `$JS.API.STREAM.PURGE` and the like.
    pub(crate) fn ask(&self, subject: &str) {
        self.ask_with(subject, "");
    }

    pub(crate) fn ask_with(&self, subject: &str, body: &str) {
        let bytes = body.len();
        let stream = TcpStream::connect(self.place()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let mut lines = BufReader::new(stream);
        let question = format!(
            "CONNECT {{\"verbose\":false}}\r\nSUB answer 1\r\nPUB {subject} answer {bytes}\r\n{body}\r\n"
        );
        lines.get_mut().write_all(question.as_bytes()).unwrap();
        let mut line = String::new();
        while !line.starts_with("MSG answer") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it hung up");
        }
        line.clear();
        lines.read_line(&mut line).unwrap();
        assert!(line.contains("\"success\":true"), "{subject}: {line}");
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn place(&self) -> SocketAddr {
        SocketAddr::from((self.host.address, self.port))
    }

    pub(crate) fn address(&self) -> String {
        format!("nats://{}", self.place())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}
