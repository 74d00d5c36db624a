//! A NATS server with the shipped configuration; only its addresses and its folder are others.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::nats::Client;
use super::site::Site;
use crate::port::free_port;
use crate::started::{folder_named_by, skip};

#[derive(Debug)]
pub(crate) struct Server {
    site: Site,
    port: u16,
    monitor: u16,
    child: Child,
}

/// The server's program; `None` where it is missing and may be.
pub(crate) fn program() -> Option<PathBuf> {
    let tools = folder_named_by("REDRESS_TOOLS", "nats-server (`cargo xtask test` makes it)")?;
    let program = tools.join("bin/nats-server");
    if !program.is_file() {
        skip(&format!("{} is missing", program.display()));
        return None;
    }
    Some(program)
}

impl Server {
    /// `None` where there is no program, and the test is over.
    pub(crate) fn start() -> Option<Self> {
        let program = program()?;
        let (site, port, monitor) = (Site::new(), free_port(), free_port());
        site.make_secrets();
        let secrets = site.deploy().join("secrets");
        let mut text = fs::read_to_string(site.deploy().join("nats.conf")).unwrap();
        let store = site.beside("store");
        for (shipped, here) in [
            ("\"0.0.0.0:4222\"", format!("\"127.0.0.1:{port}\"")),
            ("\"0.0.0.0:8222\"", format!("\"127.0.0.1:{monitor}\"")),
            ("\"/data\"", format!("\"{}\"", store.display())),
        ] {
            assert_eq!(text.matches(shipped).count(), 1, "{shipped} in nats.conf");
            text = text.replace(shipped, &here);
        }
        // Beside the passwords, as `nats.conf` includes them.
        let config = secrets.join("nats.conf");
        fs::write(&config, text).unwrap();
        let log = fs::File::create(site.beside("log")).unwrap();
        let child = Command::new(program)
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Self {
            site,
            port,
            monitor,
            child,
        };
        server.wait();
        Some(server)
    }

    fn wait(&self) {
        for _ in 0..500 {
            if self.connect("reader").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = fs::read_to_string(self.site.beside("log")).unwrap();
        panic!("the server does not let the reader in: {log}");
    }

    pub(crate) fn connect(&self, user: &str) -> Result<Client, String> {
        self.connect_with(user, &self.site.password(user))
    }

    pub(crate) fn connect_with(&self, user: &str, password: &str) -> Result<Client, String> {
        Client::connect(self.port, user, password)
    }

    pub(crate) fn site(&self) -> &Site {
        &self.site
    }

    /// A page of the monitoring address.
    pub(crate) fn monitoring(&self, page: &str) -> String {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.monitor)).unwrap();
        let question = format!("GET {page} HTTP/1.0\r\n\r\n");
        connection.write_all(question.as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
