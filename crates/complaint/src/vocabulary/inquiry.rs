//! What an investigation says.

use serde::{Deserialize, Serialize};

use super::{Assessment, Level, SafetyImplication, Severity};

known_words! {
    /// What a finding says of what was complained of.
    FindingResult {
        Substantiated = "substantiated",
        PartlySubstantiated = "partly_substantiated",
        Unsubstantiated = "unsubstantiated",
        /// It cannot be told.
        Inconclusive = "inconclusive",
    }
}

known_words! {
    /// Why something is seen otherwise than before.
    Revision {
        /// It was seen wrongly.
        Corrected = "corrected",
        /// More is known now.
        NewFacts = "new_facts",
    }
}

known_words! {
    /// Why a conflict of interest is none any more.
    Clearance {
        /// There was one, and it is over.
        Ended = "ended",
        /// There never was one.
        Unfounded = "unfounded",
    }
}

/// What of an assessment can be seen otherwise later on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Classification {
    /// How bad it is.
    pub severity: Severity,
    /// Whether somebody could come, or came, to harm.
    pub safety_implication: SafetyImplication,
    /// How complex the matter is.
    pub complexity: Level,
    /// How far its impact goes.
    pub impact: Level,
}

impl Assessment {
    pub fn classification(&self) -> Classification {
        Classification {
            severity: self.severity.clone(),
            safety_implication: self.safety_implication.clone(),
            complexity: self.complexity.clone(),
            impact: self.impact.clone(),
        }
    }

    pub(crate) fn reclassified(self, classification: Classification) -> Self {
        let Classification {
            severity,
            safety_implication,
            complexity,
            impact,
        } = classification;
        Self {
            severity,
            safety_implication,
            complexity,
            impact,
            immediate_action: self.immediate_action,
        }
    }
}
