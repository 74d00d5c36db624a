//! A copy of `deploy/` in a folder of the test's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::started::{Answer, root};

/// Everybody whom `nats.conf` knows.
pub(crate) const USERS: [&str; 6] = [
    "intake",
    "workflow",
    "reporting",
    "reader",
    "operator",
    "shop",
];

#[derive(Debug)]
pub(crate) struct Site {
    folder: TempDir,
}

impl Site {
    /// What is checked in, and nothing that somebody else has made there.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let deploy = folder.path().join("deploy");
        fs::create_dir(&deploy).unwrap();
        for entry in fs::read_dir(root().join("deploy")).unwrap() {
            let from = entry.unwrap().path();
            let name = from.file_name().unwrap();
            if from.is_file() && name != ".env" {
                fs::copy(&from, deploy.join(name)).unwrap();
            }
        }
        Self { folder }
    }

    pub(crate) fn deploy(&self) -> PathBuf {
        self.folder.path().join("deploy")
    }

    /// A folder beside `deploy/`.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn make_secrets(&self) {
        let made = Answer::of(&mut Command::new(self.deploy().join("make-secrets")));
        assert_eq!(made.code, 0, "{made:?}");
    }

    pub(crate) fn password(&self, user: &str) -> String {
        let text = fs::read_to_string(self.deploy().join("secrets").join(user)).unwrap();
        text.trim().to_owned()
    }
}

/// A program in one of the folders of the system, which come before what else a user has.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
    let found = folders.map(|folder| Path::new(folder).join(name));
    found.into_iter().find(|path| path.is_file())
}
