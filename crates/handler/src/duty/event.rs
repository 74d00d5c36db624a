//! What happened. The structs are the storage format: a field may be added with a default, nothing else changes.

use jiff::Timestamp;
use redress_envelope::Actor;
use serde::{Deserialize, Serialize};

use crate::fitness::Unfit;

/// Words that only grow: a stored one that this version does not know is kept, because no decision hangs on it.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$note])* #[serde(rename = $word)] $variant,)+
            /// A word of a later version.
            #[serde(untagged)]
            Other(String),
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $word,)+ Self::Other(word) => word }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

vocabulary! {
    /// What somebody is to do about a complaint.
    Duty {
        /// To have it in hand.
        Handling = "handling",
        /// To find out what happened.
        Investigating = "investigating",
        /// To say that the response may be communicated.
        Approving = "approving",
    }
}

vocabulary! {
    /// Why somebody does not do it.
    Reason {
        /// Not in the register, although a policy routes the complaint.
        NotRegistered = "not_registered",
        /// Taken out of the register.
        Retired = "retired",
        Absent = "absent",
        /// Of another queue.
        NotInQueue = "not_in_queue",
        SkillMissing = "skill_missing",
        SkillExpired = "skill_expired",
        /// Declared for this complaint.
        ConflictOfInterest = "conflict_of_interest",
        /// Has as many open complaints as a policy may give.
        AtLoadLimit = "at_load_limit",
        /// The complaint is about that person.
        ComplainedOf = "complained_of",
        /// Of who is to approve: that person investigated.
        Investigated = "investigated",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Routed(Routed),
    HandlerChosen(HandlerChosen),
    DutyRefused(DutyRefused),
    ComplainedOfNamed(ComplainedOfNamed),
    ComplainedOfCleared(ComplainedOfCleared),
    ResponseApproved(ResponseApproved),
}

/// Somebody of the staff is complained of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComplainedOfNamed {
    /// Who.
    pub person: Actor,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Somebody who was named is not complained of after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComplainedOfCleared {
    /// Who.
    pub person: Actor,
    /// Why not: a code of the organisation's own.
    pub reason: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The response that stands may be communicated. Another response is approved anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResponseApproved {
    /// Who says so.
    pub approved_by: Actor,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A rule of a policy put the complaint into a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Routed {
    /// A queue of the policy.
    pub queue: String,
    /// Skills of the policy: who handles it has all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// The version of the policy.
    pub policy: String,
    /// The rule, as that policy calls it: the first that fits.
    pub rule: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A policy chose who handles the complaint. That it is assigned is recorded beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandlerChosen {
    /// Who.
    pub handler: Actor,
    /// How: `least_load` is the fewest open complaints.
    pub by: String,
    /// The version of the policy.
    pub policy: String,
    /// The rule, as that policy calls it.
    pub rule: String,
    /// Of how many the choice was.
    pub candidates: u32,
    /// Who they were: those who could be chosen first, and at most 50.
    pub considered: Vec<Considered>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Somebody who was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Considered {
    /// Who.
    pub handler: Actor,
    /// The person's open complaints then.
    pub load: u32,
    /// Why the person could not be chosen. Absent: could be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<Reason>,
    /// The skill that is missing or has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
}

/// Somebody was to take a duty and was refused it. Who has it is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DutyRefused {
    /// Who.
    pub person: Actor,
    /// What the person was to do.
    pub duty: Duty,
    /// Why not.
    pub reason: Reason,
    /// The queue that the person is not of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// The skill that is missing or has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    /// When it expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Timestamp>,
    /// When the person is there again, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent_until: Option<Timestamp>,
    /// The version of the policy that asks for it. Absent: none is needed to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Its rule, as that policy calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl Event {
    pub fn occurred_at(&self) -> Timestamp {
        match self {
            Self::Routed(e) => e.occurred_at,
            Self::HandlerChosen(e) => e.occurred_at,
            Self::DutyRefused(e) => e.occurred_at,
            Self::ComplainedOfNamed(e) => e.occurred_at,
            Self::ComplainedOfCleared(e) => e.occurred_at,
            Self::ResponseApproved(e) => e.occurred_at,
        }
    }
}

impl DutyRefused {
    /// Because of a reason that needs no more words.
    pub fn because(person: Actor, duty: Duty, reason: Reason, occurred_at: Timestamp) -> Self {
        Self {
            person,
            duty,
            reason,
            queue: None,
            skill: None,
            expired_at: None,
            absent_until: None,
            policy: None,
            rule: None,
            occurred_at,
        }
    }

    pub fn unfit(person: Actor, duty: Duty, unfit: &Unfit, occurred_at: Timestamp) -> Self {
        let mut refused = Self::because(person, duty, unfit.reason(), occurred_at);
        match unfit {
            Unfit::NotRegistered | Unfit::Retired => {}
            Unfit::Absent { until } => refused.absent_until = *until,
            Unfit::NotInQueue { queue } => refused.queue = Some(queue.clone()),
            Unfit::SkillMissing { skill } => refused.skill = Some(skill.clone()),
            Unfit::SkillExpired { skill, expired_at } => {
                refused.skill = Some(skill.clone());
                refused.expired_at = Some(*expired_at);
            }
        }
        refused
    }

    /// By the rule that routed the complaint.
    #[must_use]
    pub fn by(mut self, routed: Option<&Routed>) -> Self {
        self.policy = routed.map(|it| it.policy.clone());
        self.rule = routed.map(|it| it.rule.clone());
        self
    }

    /// By a policy as a whole.
    #[must_use]
    pub fn under(mut self, policy: &str) -> Self {
        self.policy = Some(policy.to_owned());
        self
    }

    /// Whether it says the same, at whatever time.
    pub(super) fn is_the_same(&self, other: &Self) -> bool {
        let other = Self {
            occurred_at: self.occurred_at,
            ..other.clone()
        };
        *self == other
    }
}
