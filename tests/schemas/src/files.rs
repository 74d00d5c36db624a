//! The generated files: written, or held against what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::golden::Golden;
use crate::{asyncapi, event, json, yaml};

pub(crate) type Files = BTreeMap<String, String>;

pub(crate) fn all(goldens: &[Golden]) -> Result<Files> {
    let types = event::types(goldens)?;
    let mut files = Files::from([
        (
            "record.schema.json".to_owned(),
            json::written(&event::record()),
        ),
        (
            "submission.schema.json".to_owned(),
            json::written(&event::submission()),
        ),
        (
            "asyncapi.yaml".to_owned(),
            yaml::written(&asyncapi::document(&types)),
        ),
    ]);
    files.extend(
        types
            .iter()
            .map(|it| (it.file(), json::written(&it.schema))),
    );
    Ok(files)
}

/// Writes them, and removes what does not belong there.
pub(crate) fn write(folder: &Path, files: &Files) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    for name in there(folder)?
        .iter()
        .filter(|name| !files.contains_key(*name))
    {
        fs::remove_file(folder.join(name)).with_context(|| format!("failed to remove {name}"))?;
    }
    for (name, text) in files {
        fs::write(folder.join(name), text).with_context(|| format!("failed to write {name}"))?;
    }
    println!("{} files in {}", files.len(), folder.display());
    Ok(())
}

/// Fails where a file is missing, other, or too many.
pub(crate) fn check(folder: &Path, files: &Files) -> Result<()> {
    let there = there(folder)?;
    let mut wrong = Vec::new();
    for (name, text) in files {
        match fs::read_to_string(folder.join(name)) {
            Ok(found) if found == *text => {}
            Ok(_) => wrong.push(format!("{name} is not what the types say")),
            Err(_) => wrong.push(format!("{name} is missing")),
        }
    }
    let extra = there.iter().filter(|name| !files.contains_key(*name));
    wrong.extend(extra.map(|name| format!("{name} belongs to no type")));
    if wrong.is_empty() {
        return Ok(());
    }
    bail!(
        "{}: {}; run `cargo xtask schemas`",
        folder.display(),
        wrong.join(", ")
    )
}

fn there(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).context("failed to list the files")? {
            names.insert(entry?.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}
