//! What the policies in force say to one command about one complaint, as it stands: what they say
//! together, already applied to this complaint. Whoever decides works it out; nothing here reads a policy.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_envelope::Actor;

use crate::vocabulary::computed_words;
use crate::{CloseBasis, Severity};

/// The default asks for nothing that is not asked for under every policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How long the complainant may stay silent, after recourse was explained, before the complaint
    /// may be closed on that ground: days of 24 hours. Where a policy says so, that counts.
    pub silence_days: u16,
    /// What a policy says of it: when this complainant's silence becomes a ground.
    pub silence_ends_at: Option<Timestamp>,
    /// The bases on which the complaint may be closed. `None`: all.
    pub close_bases: Option<Vec<CloseBasis>>,
    pub external_recourse: ExternalRecourse,
    /// What has to be there before the complaint is closed.
    pub records: BTreeSet<RequiredRecord>,
    /// The same of what its feedback does not say: evidence of that kind does as well.
    pub unknown_facts: BTreeSet<String>,
    /// The kinds of evidence that have to be there, where somebody investigated.
    pub evidence: BTreeSet<String>,
    /// What the policies propose for what this assessment finds.
    pub proposed_severity: Option<Severity>,
    /// The kinds of remedy that may be offered. `None`: all.
    pub remedy_kinds: Option<BTreeSet<String>>,
    /// In minor units by currency, what one person may offer alone; 0 in any other currency. `None`:
    /// whatever it is.
    pub approval_limits: Option<BTreeMap<String, i64>>,
    /// Who gives the command, where a person or a program does.
    pub caller: Option<Actor>,
}

/// Whether the body outside that the complainant can turn to has to be named before closing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ExternalRecourse {
    #[default]
    NotAskedFor,
    /// Where something was refused.
    UnlessUpheld,
    Always,
}

computed_words! {
    /// A step of a complaint that a policy may ask for before it is closed. That nobody need investigate is
    /// one of an investigation, and then no finding is asked for; recourse is that it was explained.
    RequiredRecord {
        Acknowledgement = "acknowledgement",
        Assessment = "assessment",
        Investigation = "investigation",
        Finding = "finding",
        Response = "response",
        Decision = "decision",
        Recourse = "recourse",
    }
}

impl Default for Rules {
    /// Fourteen days is this product's choice: ISO 10002 leaves the number to the organisation.
    fn default() -> Self {
        Self {
            silence_days: 14,
            silence_ends_at: None,
            close_bases: None,
            external_recourse: ExternalRecourse::NotAskedFor,
            records: BTreeSet::new(),
            unknown_facts: BTreeSet::new(),
            evidence: BTreeSet::new(),
            proposed_severity: None,
            remedy_kinds: None,
            approval_limits: None,
            caller: None,
        }
    }
}
