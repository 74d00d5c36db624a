//! A program that publishes, in a language that is not ours, with the libraries that others use.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use serde_json::Value;

use crate::started::root;
use crate::three::nats::Nats;

const TENANT: &str = "default";

fn tools() -> PathBuf {
    PathBuf::from(std::env::var_os("REDRESS_TOOLS").unwrap())
}

fn has_node() -> bool {
    let node = Command::new("node").arg("--version").output();
    let has = node.is_ok() && tools().join("node_modules").is_dir();
    let may_be_missing = std::env::var_os("REDRESS_FORBID_SKIP").is_none();
    assert!(
        has || may_be_missing,
        "must not be skipped: there is no node"
    );
    if !has {
        println!("SKIPPED the publisher in JavaScript: there is no node, or not its packages");
    }
    has
}

/// Those that can run here, each a source of its own.
pub(crate) fn sources() -> Vec<&'static str> {
    let mut sources = vec!["python"];
    sources.extend(has_node().then_some("node"));
    sources
}

/// A program that publishes what a file holds, and writes its receipts to another.
#[derive(Debug)]
pub(crate) struct Publisher {
    pub(crate) source: &'static str,
    child: Child,
    receipts: PathBuf,
    /// How much of the receipts was read, and how many these were.
    counted: (u64, usize),
}

impl Publisher {
    pub(crate) fn start(source: &'static str, folder: &Path, nats: &Nats, lines: &str) -> Self {
        let (input, receipts) = (folder.join(source), folder.join(format!("{source}.out")));
        std::fs::write(&input, lines).unwrap();
        let programs = root().join("tests/publishers");
        let mut command = if source == "python" {
            let mut python = Command::new(tools().join("bin/python"));
            python.arg(programs.join("publish.py"));
            python
        } else {
            let mut node = Command::new("node");
            // Packages are found beside a program or above it, and ours are elsewhere.
            node.env("NODE_PATH", tools().join("node_modules"));
            node.arg(programs.join("publish.mjs"));
            node
        };
        command.args([&nats.address(), TENANT, source]);
        command.stdin(File::open(&input).unwrap());
        command.stdout(File::create(&receipts).unwrap());
        command.stderr(File::create(folder.join(format!("{source}.err"))).unwrap());
        let child = command.spawn().unwrap();
        Self {
            source,
            child,
            receipts,
            counted: (0, 0),
        }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        match self.child.try_wait().unwrap() {
            None => false,
            Some(status) => {
                let err = self.receipts.with_extension("err");
                let err = std::fs::read_to_string(err).unwrap_or_default();
                assert!(status.success(), "{}: {err}", self.source);
                true
            }
        }
    }

    /// How many receipts it has written.
    pub(crate) fn received(&mut self) -> usize {
        let (from, lines) = &mut self.counted;
        let mut file = File::open(&self.receipts).unwrap();
        let mut more = Vec::new();
        file.seek(SeekFrom::Start(*from)).unwrap();
        file.read_to_end(&mut more).unwrap();
        *from += more.len() as u64;
        // The last piece has no line end yet, or is empty.
        *lines += more.split(|byte| *byte == b'\n').count() - 1;
        *lines
    }

    pub(crate) fn receipts(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.receipts).unwrap();
        text.lines()
            .map(|it| serde_json::from_str(it).unwrap())
            .collect()
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
