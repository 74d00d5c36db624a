//! One thing that a customer said, and what the company did about it.
//!
//! Words of the domain are the ones that the services take (`complaint`, `upheld`, ...).

use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DemoItem {
    /// From 1, in the order in which the company received them.
    pub(crate) number: u32,
    pub(crate) kind: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) product: &'static str,
    pub(crate) sub_product: &'static str,
    pub(crate) issue: Option<&'static str>,
    pub(crate) site: Option<&'static str>,
    pub(crate) supplier: Option<&'static str>,
    pub(crate) business_unit: &'static str,
    pub(crate) customer: Customer,
    pub(crate) external_references: Vec<ExternalReference>,
    pub(crate) remedy_sought: Option<RemedySought>,
    pub(crate) immediate_action: Option<&'static str>,
    pub(crate) assisted_by: Option<&'static str>,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) scores: Vec<Score>,
    pub(crate) text: String,
    pub(crate) occurred_at: Option<Timestamp>,
    pub(crate) received_at: Timestamp,
    /// In the order of their times; empty unless it is a complaint.
    pub(crate) story: Vec<Step>,
}

impl DemoItem {
    /// The same for the same seed, so that a second run repeats and adds nothing.
    pub(crate) fn request_id(&self, seed: u64) -> String {
        format!("demo-{seed}-{:06}", self.number)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Customer {
    /// The company's own number for the customer.
    pub(crate) reference: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    pub(crate) jurisdiction: &'static str,
    pub(crate) language: &'static str,
    pub(crate) segment: &'static str,
    pub(crate) vulnerable: bool,
    pub(crate) accessibility_need: bool,
}

impl Customer {
    pub(crate) fn currency(&self) -> &'static str {
        if self.jurisdiction == "GB" {
            "GBP"
        } else {
            "EUR"
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExternalReference {
    pub(crate) system: &'static str,
    pub(crate) id: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemedySought {
    pub(crate) kind: &'static str,
    pub(crate) amount: Option<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Money {
    pub(crate) minor_units: i64,
    pub(crate) currency: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Score {
    /// `nps`, `csat` or `ces`.
    pub(crate) measure: &'static str,
    pub(crate) value: i64,
}

/// One command on a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) occurred_at: Timestamp,
    /// An opaque name of somebody at the company, e.g. `agent-07`.
    pub(crate) actor: &'static str,
    pub(crate) action: Action,
}

impl Step {
    /// The earlier item whose investigation the step relies on.
    pub(crate) fn relies_on(&self) -> Option<u32> {
        if let Action::RecordInvestigationNotRequired { relies_on, .. } = self.action {
            relies_on
        } else {
            None
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    Acknowledge {
        channel: &'static str,
    },
    Assign {
        handler: &'static str,
        queue: &'static str,
    },
    Assess {
        severity: &'static str,
        safety_implication: &'static str,
        complexity: &'static str,
        impact: &'static str,
        /// What must be done at once; nothing where it is absent.
        immediate_action: Option<&'static str>,
    },
    /// The investigator declared that there is no conflict of interest.
    StartInvestigation {
        investigator: &'static str,
    },
    RecordInvestigationNotRequired {
        reason: &'static str,
        explanation: &'static str,
        decided_by: &'static str,
        /// The number of an earlier item whose investigation covers this one.
        relies_on: Option<u32>,
    },
    ProposeResponse {
        remedies: Vec<Remedy>,
        refusal: Option<Refusal>,
        /// Absent: no cause was established.
        cause: Option<&'static str>,
    },
    /// The remedy's number within its complaint: from 1, in the order of the proposals.
    FulfilRemedy {
        remedy: u32,
    },
    CommunicateDecision {
        outcome: &'static str,
        channel: &'static str,
        recourse_explained: bool,
    },
    RecordAcceptance,
    Dispute {
        reason: &'static str,
        explanation: &'static str,
    },
    Close {
        basis: &'static str,
    },
    Reopen {
        reason: &'static str,
        explanation: &'static str,
    },
    Withdraw {
        reason: &'static str,
    },
    AddNote {
        text: &'static str,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remedy {
    pub(crate) kind: &'static str,
    pub(crate) amount: Option<Money>,
    pub(crate) promised_by: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: &'static str,
    /// What the complainant is told.
    pub(crate) explanation: &'static str,
}
