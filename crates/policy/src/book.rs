//! The policies of an organisation, as they were put in force one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clocks::Policies;
use crate::{Calendar, Calendars, Policy};

/// Every version that ever was in force, and which are. A version stays for as long as a clock may be
/// under it: for ever.
#[derive(Debug, Clone, Default)]
pub struct Book {
    versions: BTreeMap<String, Arc<Policy>>,
    /// By name.
    in_force: BTreeMap<String, String>,
}

impl Book {
    /// From now on the policy is in force, and no other version of it.
    pub fn apply(&mut self, policy: Policy) {
        let version = policy.version().to_owned();
        self.in_force
            .insert(policy.name().to_owned(), version.clone());
        self.versions.insert(version, Arc::new(policy));
    }

    /// From now on no policy of this name is in force.
    pub fn retire(&mut self, name: &str) {
        self.in_force.remove(name);
    }

    /// All that ever were in force.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        self.versions.keys().map(String::as_str)
    }

    /// The version of a policy that is in force.
    pub fn version_of(&self, name: &str) -> Option<&str> {
        self.in_force.get(name).map(String::as_str)
    }
}

impl Calendars for Book {
    fn calendar(&self, policy: &str, name: &str) -> Option<&Calendar> {
        self.versions.get(policy)?.calendars().get(name)
    }
}

impl Policies for Book {
    fn version(&self, version: &str) -> Option<&Policy> {
        self.versions.get(version).map(Arc::as_ref)
    }

    fn in_force(&self) -> impl Iterator<Item = &Policy> {
        let versions = self.in_force.values();
        versions.filter_map(|version| self.version(version))
    }
}
