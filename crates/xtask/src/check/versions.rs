//! One version of each crate that we name ourselves: two of them are two types with one name, and
//! twice the code.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::graph::Workspace;
use super::rules;
use super::violation::{Violation, line_of};

const LOCK: &str = "Cargo.lock";
const RULE: &str = "one version of each crate that we name";

pub(crate) fn duplicates(root: &Path, workspace: &Workspace) -> Result<Vec<Violation>> {
    let lock = fs::read_to_string(root.join(LOCK)).context("failed to read Cargo.lock")?;
    let named = workspace.named_crates();
    let versions = named.into_iter().map(|name| {
        let built = workspace.versions_of(name).into_iter().collect();
        (name, built)
    });
    Ok(judged(&lock, versions, rules::MORE_THAN_ONCE))
}

fn judged<'a>(
    lock: &str,
    versions: impl Iterator<Item = (&'a str, Vec<&'a str>)>,
    exceptions: &[(&str, &str)],
) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut used = Vec::new();
    for (name, built) in versions.filter(|(_, built)| built.len() > 1) {
        if exceptions.iter().any(|(excepted, _)| *excepted == name) {
            used.push(name);
            continue;
        }
        let line = line_of(lock, &format!("name = \"{name}\""));
        let what = format!("{name} is built as {}", built.join(" and "));
        found.push(Violation::new(LOCK, line, RULE, what));
    }
    for (name, _) in exceptions.iter().filter(|(name, _)| !used.contains(name)) {
        let what = format!("{name} is built once: its exception in rules.rs is not needed");
        found.push(Violation::new(LOCK, 1, RULE, what));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONS: [(&str, &[&str]); 2] = [("bytes", &["1.0.0"]), ("sha2", &["0.10.9", "0.11.0"])];

    fn found(exceptions: &[(&str, &str)]) -> Vec<String> {
        let versions = VERSIONS.iter().map(|(name, built)| (*name, built.to_vec()));
        let lock = "[[package]]\nname = \"sha2\"\n";
        judged(lock, versions, exceptions)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn two_versions_of_a_named_crate_are_found() {
        assert_eq!(
            found(&[]),
            ["Cargo.lock:2: one version of each crate that we name: \
              sha2 is built as 0.10.9 and 0.11.0"]
        );
    }

    #[test]
    fn an_exception_must_be_needed() {
        assert_eq!(found(&[("sha2", "a reason")]).len(), 0);
        assert_eq!(
            found(&[("sha2", "a reason"), ("bytes", "a reason")]).len(),
            1
        );
    }
}
