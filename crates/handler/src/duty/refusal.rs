//! A refused duty as whoever asked for it is told.

use super::{Duty, DutyRefused, Reason};

impl DutyRefused {
    /// Stable: programs may branch on it.
    pub fn code(&self) -> &'static str {
        match self.reason {
            Reason::NotRegistered => "HANDLER_NOT_REGISTERED",
            Reason::Retired => "HANDLER_RETIRED",
            Reason::Absent => "HANDLER_ABSENT",
            Reason::NotInQueue => "HANDLER_NOT_IN_QUEUE",
            Reason::SkillMissing => "SKILL_MISSING",
            Reason::SkillExpired => "SKILL_EXPIRED",
            Reason::ConflictOfInterest if self.duty == Duty::Approving => "APPROVER_HAS_CONFLICT",
            Reason::ConflictOfInterest => "HANDLER_HAS_CONFLICT",
            Reason::AtLoadLimit => "HANDLER_AT_LOAD_LIMIT",
            Reason::ComplainedOf => "COMPLAINED_OF",
            Reason::Investigated => "APPROVER_INVESTIGATED",
            Reason::Other(_) => "HANDLER_UNFIT",
        }
    }

    /// The field of a request that names the person. Who approves is who asks.
    pub fn field(&self) -> Option<&'static str> {
        match self.duty {
            Duty::Handling | Duty::Other(_) => Some("handler"),
            Duty::Investigating => Some("investigator"),
            Duty::Approving => None,
        }
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        let skill = self.skill.as_deref().unwrap_or_default();
        let whose = self.rule.as_deref().map_or_else(String::new, |rule| {
            format!(", for which the rule `{rule}` asks")
        });
        match &self.reason {
            Reason::NotRegistered => "the person is not in the register of handlers".to_owned(),
            Reason::Retired => "the person was taken out of the register of handlers".to_owned(),
            Reason::Absent => self.absent_until.map_or_else(
                || "the person is absent, nobody knows how long".to_owned(),
                |until| format!("the person is absent until {until}"),
            ),
            Reason::NotInQueue => {
                let queue = self.queue.as_deref().unwrap_or_default();
                format!("the person does not take complaints from the queue `{queue}`")
            }
            Reason::SkillMissing => format!("the person has not got the skill `{skill}`{whose}"),
            Reason::SkillExpired => {
                let at = self.expired_at.map(|at| format!(" at {at}"));
                let at = at.unwrap_or_default();
                format!("the person's skill `{skill}`{whose}, expired{at}")
            }
            Reason::ConflictOfInterest => {
                "the person has a conflict of interest in the complaint".to_owned()
            }
            Reason::AtLoadLimit => "the person has as many complaints as may be given".to_owned(),
            Reason::ComplainedOf => "the complaint is about the person".to_owned(),
            Reason::Investigated => "the person investigated what is to be approved".to_owned(),
            Reason::Other(word) => format!("the person may not: {word}"),
        }
    }

    /// What would make it right.
    pub fn remedy(&self) -> &'static str {
        match self.reason {
            Reason::NotRegistered => {
                "register the person (`redress handler register`), or name somebody else"
            }
            Reason::Absent => {
                "name somebody else, or say that the person is there (`redress handler present`)"
            }
            Reason::NotInQueue => {
                "name somebody of the queue, or let the person join it (`redress handler join`)"
            }
            Reason::SkillMissing | Reason::SkillExpired => {
                "name somebody who has it, or grant it (`redress handler skill grant`)"
            }
            Reason::ConflictOfInterest => "name somebody else, or clear the conflict if it is none",
            Reason::AtLoadLimit => {
                "name somebody else, or raise the limit (`redress handler limit`)"
            }
            Reason::ComplainedOf => {
                "name somebody else, or clear it (`redress complaint clear-complained-of`)"
            }
            Reason::Retired | Reason::Investigated | Reason::Other(_) => "name somebody else",
        }
    }
}
