//! Whether the process can do its work, and if not, why.
//!
//! Liveness depends on nothing: a process that answers is alive. Readiness is what its parts say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

/// What the parts of the process say of themselves.
#[derive(Debug, Clone)]
pub struct Readiness {
    parts: Arc<Mutex<BTreeMap<String, Option<String>>>>,
    warnings: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
    changes: Arc<watch::Sender<bool>>,
}

/// One part that must be ready before the process is.
#[derive(Debug, Clone)]
pub struct Component {
    name: String,
    readiness: Readiness,
}

/// The answer of `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub ready: bool,
    /// Why not.
    pub reasons: Vec<Reason>,
    /// What does not keep it from working, and wants to be looked at all the same.
    pub warnings: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub component: String,
    pub why: String,
}

impl Readiness {
    /// Ready until a part is added.
    pub fn new() -> Self {
        Self {
            parts: Arc::default(),
            warnings: Arc::default(),
            changes: Arc::new(watch::Sender::new(true)),
        }
    }

    /// Adds a part, which is not ready at first. Its name is for operators: `intake.log`.
    pub fn component(&self, name: impl Into<String>) -> Component {
        let component = Component {
            name: name.into(),
            readiness: self.clone(),
        };
        component.not_ready("starting");
        component
    }

    pub fn report(&self) -> Report {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = |(name, why): (&String, &Option<String>)| {
            Some(Reason {
                component: name.clone(),
                why: why.clone()?,
            })
        };
        let reasons: Vec<Reason> = parts.iter().filter_map(reason).collect();
        let warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        let warnings = warnings.iter().flat_map(|(component, all)| {
            all.iter().map(|why| Reason {
                component: component.clone(),
                why: why.clone(),
            })
        });
        Report {
            ready: reasons.is_empty(),
            reasons,
            warnings: warnings.collect(),
        }
    }

    /// Says what is to be looked at in a part, in place of what was said of it before. For operators,
    /// and without personal data.
    pub fn warn(&self, component: &str, warnings: Vec<String>) {
        let mut all = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(component.to_owned(), warnings);
    }

    /// Tells of each change between ready and not ready.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.changes.subscribe()
    }

    fn set(&self, name: &str, why: Option<String>) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(name.to_owned(), why);
        let ready = parts.values().all(Option::is_none);
        // Still under the lock, so that the last change is the last that is told.
        self.changes
            .send_if_modified(|known| std::mem::replace(known, ready) != ready);
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

impl Component {
    pub fn ready(&self) {
        self.readiness.set(&self.name, None);
    }

    /// `why` is for operators and holds no personal data: `rebuilding, 40 %`.
    pub fn not_ready(&self, why: impl Into<String>) {
        self.readiness.set(&self.name, Some(why.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_ready_once_every_part_is() {
        let readiness = Readiness::new();
        let (log, view) = (readiness.component("log"), readiness.component("view"));
        let told = readiness.watch();
        log.ready();
        view.not_ready("rebuilding, 40 %");
        let report = readiness.report();
        assert!(!report.ready && !*told.borrow());
        let why = Reason {
            component: "view".into(),
            why: "rebuilding, 40 %".into(),
        };
        assert_eq!(report.reasons, [why]);
        view.ready();
        assert!(readiness.report().ready && *told.borrow());
        readiness.warn("imports", vec!["one is open".to_owned()]);
        let report = readiness.report();
        assert!(report.ready && report.warnings[0].component == "imports");
        readiness.warn("imports", Vec::new());
        assert_eq!(readiness.report().warnings, []);
    }
}
