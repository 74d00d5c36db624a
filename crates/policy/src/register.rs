//! The register of policies: which were put in force, one after the other, with all of their text.
//!
//! It is one stream, so that there is one order of all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::{Flaw, Source};
use crate::{Book, Policies, Policy};

/// Storage format: a field may be added with a default, nothing else changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Applied(Applied),
    Retired(Retired),
}

/// A policy is in force from now on, and no other version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Applied {
    /// As the document calls it: `uk-disp`.
    pub policy: String,
    /// As clocks and decisions cite it: `uk-disp@1:9f86d081884c`.
    pub version: String,
    /// The document, as it was handed in.
    pub document: String,
    /// The files of holidays that it names, in the order in which they were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was put in force.
    pub occurred_at: Timestamp,
}

/// No version of a policy is in force from now on. Clocks that began under one go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Retired {
    /// The name of the policy.
    pub policy: String,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ceased to be in force.
    pub occurred_at: Timestamp,
}

/// A file beside a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct File {
    /// Its bare name.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// A policy with all of the text that it was read from.
#[derive(Debug, Clone)]
pub struct Written {
    pub policy: Policy,
    pub document: String,
    pub files: Vec<File>,
}

impl Written {
    /// Reads a document and the files that it names.
    pub fn read(
        file: &str,
        document: String,
        beside: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Self, Vec<Flaw>> {
        let mut files = Vec::new();
        let mut kept = |name: &str| {
            let text = beside(name)?;
            files.push(File {
                name: name.to_owned(),
                text: text.clone(),
            });
            Ok(text)
        };
        let text = &document;
        let policy = Policy::read(Source { file, text }, &mut kept)?;
        Ok(Self {
            policy,
            document,
            files,
        })
    }
}

impl Applied {
    /// The policy that was put in force.
    fn read(&self) -> Result<Policy, Vec<Flaw>> {
        let source = Source {
            file: &self.policy,
            text: &self.document,
        };
        let mut beside = |name: &str| {
            let file = self.files.iter().find(|file| file.name == name);
            let file = file.ok_or_else(|| "it was not kept".to_owned())?;
            Ok(file.text.clone())
        };
        Policy::read(source, &mut beside)
    }
}

/// Where the register stands.
#[derive(Debug, Clone, Default)]
pub struct Register {
    book: Arc<Book>,
    /// Versions whose text this program cannot read, and why.
    unreadable: BTreeMap<String, String>,
}

/// Why the register stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "`{policy}` has a version {number} already, and its text is another one; number this one \
         {free}, so that nobody takes one for the other"
    )]
    NumberTaken {
        policy: String,
        number: String,
        free: u64,
    },
    #[error("no policy `{policy}` is in force; in force are {in_force}")]
    NotInForce { policy: String, in_force: String },
    #[error("`{policy}` is the last policy in force; apply another one first")]
    Last { policy: String },
}

impl Refusal {
    /// Stable: programs may branch on it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NumberTaken { .. } => "POLICY_NUMBER_TAKEN",
            Self::NotInForce { .. } => "POLICY_NOT_IN_FORCE",
            Self::Last { .. } => "POLICY_IS_THE_LAST",
        }
    }
}

impl Register {
    /// All policies that ever were in force, and those that are.
    pub fn book(&self) -> &Arc<Book> {
        &self.book
    }

    /// Versions whose text this program cannot read, and why. Clocks under them run on; nothing about
    /// them can be computed again.
    pub fn unreadable(&self) -> &BTreeMap<String, String> {
        &self.unreadable
    }

    /// Puts a policy in force. What is in force already is nothing new.
    pub fn apply(
        &self,
        written: &Written,
        reason: Option<String>,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let (policy, version) = (written.policy.name(), written.policy.version());
        if self.book.version_of(policy) == Some(version) {
            return Ok(Vec::new());
        }
        let (numbered, _) = split(version);
        let known = || self.versions_of(policy).map(split);
        if self.book.version(version).is_none() && known().any(|(it, _)| it == numbered) {
            let numbers = known().filter_map(|(_, number)| number.parse::<u64>().ok());
            return Err(Refusal::NumberTaken {
                policy: policy.to_owned(),
                number: split(version).1.to_owned(),
                free: numbers.max().unwrap_or(0) + 1,
            });
        }
        Ok(vec![Event::Applied(Applied {
            policy: policy.to_owned(),
            version: version.to_owned(),
            document: written.document.clone(),
            files: written.files.clone(),
            reason,
            occurred_at: at,
        })])
    }

    /// Puts a policy out of force.
    pub fn retire(
        &self,
        policy: &str,
        reason: Option<String>,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let in_force: Vec<&str> = self.book.in_force().map(Policy::name).collect();
        if !in_force.contains(&policy) {
            return Err(Refusal::NotInForce {
                policy: policy.to_owned(),
                in_force: in_force.join(", "),
            });
        }
        if in_force.len() == 1 {
            let policy = policy.to_owned();
            return Err(Refusal::Last { policy });
        }
        Ok(vec![Event::Retired(Retired {
            policy: policy.to_owned(),
            reason,
            occurred_at: at,
        })])
    }

    pub fn evolve(&mut self, event: &Event) {
        match event {
            Event::Applied(applied) => match applied.read() {
                Ok(policy) => Arc::make_mut(&mut self.book).apply(policy),
                Err(flaws) => {
                    let why: Vec<String> = flaws.iter().map(ToString::to_string).collect();
                    self.unreadable
                        .insert(applied.version.clone(), why.join("; "));
                }
            },
            Event::Retired(retired) => Arc::make_mut(&mut self.book).retire(&retired.policy),
        }
    }

    fn versions_of<'a>(&'a self, policy: &'a str) -> impl Iterator<Item = &'a str> {
        let unreadable = self.unreadable.keys().map(String::as_str);
        let all = self.book.versions().chain(unreadable);
        all.filter(move |version| version.split('@').next() == Some(policy))
    }
}

/// The version without its digest, and its number: `uk-disp@1` and `1` of `uk-disp@1:9f86d081884c`.
fn split(version: &str) -> (&str, &str) {
    let numbered = version.rsplit_once(':').map_or(version, |(it, _)| it);
    let number = numbered.rsplit_once('@').map_or("", |(_, it)| it);
    (numbered, number)
}
