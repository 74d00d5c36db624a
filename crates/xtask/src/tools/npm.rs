//! Packages of JavaScript, as the lock file in `tests/clients` names them: every one by its version and
//! its hash.
//!
//! A test runs `node` with `NODE_PATH` naming `node_modules` in the folder of the tools. Where that is
//! not there, node or npm were not, and the test says SKIPPED.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{process, test};

/// Where the manifest and its lock file are, below the root.
const MANIFESTS: &str = "tests/clients";
const MANIFEST: &str = "package.json";
const LOCK: &str = "package-lock.json";
/// Holds the lock file that the packages were installed from; written last.
const MARK: &str = "installed-package-lock.json";

/// Installs the packages unless they are there already.
pub(super) fn prepare(root: &Path, folder: &Path) -> Result<()> {
    let manifests = root.join(MANIFESTS);
    let read = |name: &str| {
        let path = manifests.join(name);
        fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))
    };
    let (manifest, lock) = (read(MANIFEST)?, read(LOCK)?);
    if fs::read_to_string(folder.join(MARK)).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if let Some(missing) = ["node", "npm"].into_iter().find(|it| !is_there(it)) {
        return leave_out(missing);
    }
    for (name, text) in [(MANIFEST, &manifest), (LOCK, &lock)] {
        fs::write(folder.join(name), text).context("failed to write the list of packages")?;
    }
    let mut npm = Command::new("npm");
    // No package runs anything when it is installed, and nothing is looked up that the lock has.
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    npm.args(["--prefer-offline", "--loglevel", "error"]);
    process::run(npm.current_dir(folder)).context(
        "the JavaScript clients could not be installed; `--no-python` leaves out the tests that \
         use clients that we did not write",
    )?;
    fs::write(folder.join(MARK), lock).context("failed to mark the packages as installed")
}

fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn leave_out(missing: &str) -> Result<()> {
    if test::forbids_skips() {
        bail!(
            "the end-to-end tests need node and npm (Debian: nodejs, npm), and there is no {missing}"
        );
    }
    println!("SKIPPED the JavaScript clients: there is no {missing} (Debian: nodejs, npm)");
    Ok(())
}
