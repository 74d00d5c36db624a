//! `[separation]`: from a severity on, who does one thing does not do the other.

use super::clock::SEVERITIES;
use super::reader::{Reader, Table, Value, list};
use super::routing::{Routing, is_named};

/// From a severity on: who is complained of neither investigates nor approves, and who investigated does not
/// approve; what both must have; and whether a response is approved before it is communicated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separation {
    /// This one, and everything worse.
    pub from_severity: &'static str,
    pub investigator_skills: Vec<String>,
    pub approval: bool,
    pub approver_skills: Vec<String>,
}

impl Separation {
    pub fn holds(&self, severity: &str) -> bool {
        let rank = |word: &str| SEVERITIES.iter().position(|it| *it == word);
        match (rank(severity), rank(self.from_severity)) {
            // The worst is the first.
            (Some(severity), Some(from)) => severity <= from,
            (None, _) | (_, None) => false,
        }
    }
}

const KEYS: [&str; 4] = [
    "from_severity",
    "investigator_skills",
    "approval",
    "approver_skills",
];

pub(super) fn read(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    known: &Routing,
) -> Option<Separation> {
    let table = reader.table(value)?;
    reader.only(table, &KEYS, "separation");
    let severity = reader.required(table, "from_severity", &value.span(), |reader, value| {
        reader.word(value, &SEVERITIES)
    });
    let approval = reader.optional(table, "approval", Reader::truth);
    let approver_skills = skills(reader, table, "approver_skills", known);
    if approval != Some(true)
        && let Some(value) = table.get("approver_skills")
    {
        let message = "nobody approves, because `approval = true` is missing";
        let remedy = "write `approval = true`, or take this out";
        reader.flaw(value.span(), "KEY_MISSING", message, remedy);
    }
    Some(Separation {
        investigator_skills: skills(reader, table, "investigator_skills", known),
        from_severity: severity?,
        approval: approval.unwrap_or_default(),
        approver_skills,
    })
}

fn skills(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, known: &Routing) -> Vec<String> {
    let all = table.get(key).map_or(Vec::new(), list);
    let mut skills = Vec::new();
    for value in all {
        if let Some(skill) = reader.name(value) {
            is_named(reader, value, &skill, "skill", &known.skills);
            skills.push(skill);
        }
    }
    skills
}
