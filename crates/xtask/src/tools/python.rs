//! A virtual environment: clients in Python, and programs that Python's registry carries.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

const REQUIREMENTS: &str = include_str!("../../tools/requirements.txt");
/// Holds the requirements that the environment was made from; written last.
const MARK: &str = "installed-requirements.txt";
const PYTHON: &str = "python3";

/// Makes the environment unless it is there already.
pub(super) fn prepare(folder: &Path) -> Result<()> {
    if is_current(folder) {
        return Ok(());
    }
    require_python()?;
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("failed to remove the old {}", folder.display()))?;
    }
    process::run(Command::new(PYTHON).args(["-m", "venv"]).arg(folder))?;
    install(folder)?;
    fs::write(folder.join(MARK), REQUIREMENTS).context("failed to mark the tools as installed")
}

fn is_current(folder: &Path) -> bool {
    fs::read_to_string(folder.join(MARK)).is_ok_and(|installed| installed == REQUIREMENTS)
}

/// Hashes are required and nothing is built from source, so the same bytes run everywhere.
fn install(folder: &Path) -> Result<()> {
    let list = folder.join("requirements.txt");
    fs::write(&list, REQUIREMENTS).context("failed to write the list of tools")?;
    let mut pip = Command::new(folder.join("bin").join("python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    pip.args([
        "--require-hashes",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--requirement",
    ]);
    process::run(pip.arg(&list)).context(
        "the test clients could not be installed; `--no-python` leaves out the tests that use them",
    )
}

fn require_python() -> Result<()> {
    let check = Command::new(PYTHON)
        .args(["-c", "import ensurepip, venv"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !check.is_ok_and(|status| status.success()) {
        bail!(
            "the end-to-end tests need {PYTHON} with venv and pip (Debian: python3-venv); \
             install them, or leave those tests out with `cargo xtask test --no-python`"
        );
    }
    Ok(())
}
