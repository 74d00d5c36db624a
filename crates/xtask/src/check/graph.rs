//! The dependency graph as cargo knows it, and the arrows that must not be in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::rules::{self, Exception};
use super::violation::{Violation, line_of};
use crate::process;

const ARROW: &str = "dependencies point one way";
const OUTSIDE: &str = "one crate per outside thing";
const PURE: &str = "a pure crate knows nothing of the outside";
const EXCEPTION: &str = "an exception is needed";

/// One crate of ours and what its manifest names.
#[derive(Debug)]
pub(crate) struct Member {
    /// The name of its folder.
    name: String,
    manifest_path: String,
    manifest: String,
    ours: BTreeSet<String>,
    foreign: BTreeSet<String>,
    /// Foreign crates that are not only for its tests.
    foreign_shipped: BTreeSet<String>,
    package: String,
}

#[derive(Debug)]
pub(crate) struct Workspace {
    members: Vec<Member>,
    /// Package id to (name, version).
    packages: BTreeMap<String, (String, String)>,
    /// Package id to the packages it is built with, tests left out.
    shipped_with: BTreeMap<String, Vec<String>>,
}

impl Workspace {
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let mut command = process::cargo(root);
        command.args([
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            &host()?,
        ]);
        let metadata = serde_json::from_str(&process::output(&mut command)?)
            .context("failed to read the output of `cargo metadata`")?;
        let mut workspace = Self::read(&metadata).context("`cargo metadata` lacks a part")?;
        for member in &mut workspace.members {
            let path = Path::new(&member.manifest_path);
            member.manifest = fs::read_to_string(path)
                .with_context(|| format!("failed to read {}", path.display()))?;
            let below = path.strip_prefix(root).unwrap_or(path);
            member.manifest_path = below.to_string_lossy().replace('\\', "/");
        }
        Ok(workspace)
    }

    fn read(metadata: &Value) -> Option<Self> {
        let mut members = Vec::new();
        let mut packages = BTreeMap::new();
        for package in metadata["packages"].as_array()? {
            let name = package["name"].as_str()?.to_owned();
            let version = package["version"].as_str()?.to_owned();
            packages.insert(package["id"].as_str()?.to_owned(), (name, version));
            if package["source"].is_null() {
                members.push(Member::read(package)?);
            }
        }
        let mut shipped_with = BTreeMap::new();
        for node in metadata["resolve"]["nodes"].as_array()? {
            shipped_with.insert(node["id"].as_str()?.to_owned(), shipped(node)?);
        }
        Some(Self {
            members,
            packages,
            shipped_with,
        })
    }

    /// Arrows between our crates, and to outside things that belong to another crate.
    pub(crate) fn wrong_arrows(&self) -> Vec<Violation> {
        self.wrong_arrows_but(rules::EXCEPTIONS)
    }

    fn wrong_arrows_but(&self, exceptions: &[Exception]) -> Vec<Violation> {
        let mut wanted = Vec::new();
        let mut found = Vec::new();
        for member in &self.members {
            for (to, violation) in member.wrong_arrows() {
                match exceptions
                    .iter()
                    .find(|it| it.from == member.name && it.to == to)
                {
                    Some(exception) => wanted.push((exception.from, exception.to)),
                    None => found.push(violation),
                }
            }
        }
        for Exception { from, to, reason } in exceptions {
            if !wanted.contains(&(*from, *to)) {
                let what = format!("nothing needs {from} -> {to} any more ({reason})");
                found.push(Violation::new(
                    "crates/xtask/src/check/rules.rs",
                    1,
                    EXCEPTION,
                    what,
                ));
            }
        }
        found
    }

    /// Outside things that a pure crate reaches through what it uses.
    pub(crate) fn impure_closures(&self) -> Vec<Violation> {
        let pure = self
            .members
            .iter()
            .filter(|member| rules::PURE.contains(&&*member.name));
        pure.flat_map(|member| {
            let reached = self.reached_from(&member.package);
            let forbidden = rules::PURE_NEVER_REACHES.iter();
            forbidden
                .filter(move |name| reached.contains(**name))
                .map(|name| member.violation(name, PURE, format!("{} reaches {name}", member.name)))
        })
        .collect()
    }

    fn reached_from(&self, package: &str) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![package];
        while let Some(next) = waiting.pop() {
            if seen.insert(next) {
                let uses = self.shipped_with.get(next).into_iter().flatten();
                waiting.extend(uses.map(String::as_str));
            }
        }
        let names = seen.iter().filter_map(|id| self.packages.get(*id));
        names.map(|(name, _)| name.as_str()).collect()
    }

    /// Every foreign crate that a manifest of ours names.
    pub(crate) fn named_crates(&self) -> BTreeSet<&str> {
        self.members
            .iter()
            .flat_map(|member| &member.foreign)
            .map(String::as_str)
            .collect()
    }

    /// The versions of a crate that are built for this machine.
    pub(crate) fn versions_of(&self, name: &str) -> BTreeSet<&str> {
        let built = self
            .packages
            .iter()
            .filter(|(id, _)| self.shipped_with.contains_key(*id));
        built
            .filter(|(_, (each, _))| each == name)
            .map(|(_, (_, version))| version.as_str())
            .collect()
    }
}

impl Member {
    fn read(package: &Value) -> Option<Self> {
        let manifest_path = package["manifest_path"].as_str()?.to_owned();
        let mut member = Self {
            name: folder_name(&manifest_path)?.to_owned(),
            manifest_path,
            manifest: String::new(),
            ours: BTreeSet::new(),
            foreign: BTreeSet::new(),
            foreign_shipped: BTreeSet::new(),
            package: package["id"].as_str()?.to_owned(),
        };
        for dependency in package["dependencies"].as_array()? {
            let name = dependency["name"].as_str()?.to_owned();
            if let Some(path) = dependency["path"].as_str() {
                member.ours.insert(last_part(path).to_owned());
                continue;
            }
            if dependency["kind"].as_str() != Some("dev") {
                member.foreign_shipped.insert(name.clone());
            }
            member.foreign.insert(name);
        }
        Some(member)
    }

    fn wrong_arrows(&self) -> Vec<(&str, Violation)> {
        let Some(may_use) = rules::may_use(&self.name) else {
            let what = format!("{} has no place in rules.rs", self.name);
            return vec![("", self.violation("name", ARROW, what))];
        };
        let mut found = Vec::new();
        for to in self
            .ours
            .iter()
            .filter(|to| !may_use.contains(&to.as_str()))
        {
            found.push((
                to.as_str(),
                ARROW,
                format!("{} must not use {to}", self.name),
            ));
        }
        for to in &self.foreign {
            if let Some((_, owner)) = outside_thing(to).filter(|(_, owner)| *owner != self.name) {
                found.push((to, OUTSIDE, format!("only {owner} may use {to}")));
            }
        }
        if rules::PURE.contains(&self.name.as_str()) {
            let others = self.foreign_shipped.iter();
            for to in others.filter(|to| !rules::PURE_MAY_USE.contains(&to.as_str())) {
                found.push((to, PURE, format!("{} must not use {to}", self.name)));
            }
        }
        let named = found.into_iter();
        named
            .map(|(to, rule, what)| (to, self.violation(to, rule, what)))
            .collect()
    }

    fn violation(&self, dependency: &str, rule: &'static str, what: String) -> Violation {
        let line = line_of(&self.manifest, dependency);
        Violation::new(&self.manifest_path, line, rule, what)
    }
}

fn outside_thing(name: &str) -> Option<&'static (&'static str, &'static str)> {
    rules::OUTSIDE_THINGS
        .iter()
        .find(|(begins, _)| name.starts_with(begins))
}

fn shipped(node: &Value) -> Option<Vec<String>> {
    let mut packages = Vec::new();
    for dependency in node["deps"].as_array()? {
        let kinds = dependency["dep_kinds"].as_array()?;
        if kinds.iter().any(|kind| kind["kind"].is_null()) {
            packages.push(dependency["pkg"].as_str()?.to_owned());
        }
    }
    Some(packages)
}

fn folder_name(manifest_path: &str) -> Option<&str> {
    let folder = manifest_path.strip_suffix("Cargo.toml")?;
    Some(last_part(folder.trim_end_matches(['/', '\\'])))
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let shown = process::output(std::process::Command::new(rustc).arg("-vV"))?;
    let line = shown.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("`rustc -vV` names no host")
}

#[cfg(test)]
mod tests;
