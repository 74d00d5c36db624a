//! What the policies in force say together about one complaint. The strictest wins: the longest silence,
//! only the bases and kinds of remedy that all allow, the lowest limit, every record that any asks for,
//! the worst severity, the highest level of escalation.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::clocks::Policies;
use crate::document::{ExternalRecourse, Facts, Found, SEVERITIES, SeverityRow, Trigger};
use crate::{OutOfRange, Pauses, Policy, due};

/// The policies in force that a complaint is under, in the order of their names.
#[derive(Debug, Clone)]
pub struct Ruling<'p> {
    policies: Vec<&'p Policy>,
}

/// A severity that is proposed, and what proposes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProposedSeverity<'p> {
    pub severity: &'static str,
    /// The version of the policy.
    pub policy: &'p str,
    /// The number of the row in its matrix, from 1.
    pub number: usize,
    pub row: &'p SeverityRow,
}

/// A level to which a complaint is escalated, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Raised {
    pub level: u32,
    /// The policy and its name of the rule: `ours/answer_late`.
    pub rule: String,
}

/// Where an escalated complaint goes on to, if it is still escalated then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    pub level: u32,
    pub at: Timestamp,
    /// The policy and its name of the level that goes on: `ours/team_lead`.
    pub rule: String,
}

/// What happened, as far as escalations ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened<'a> {
    /// A clock by its whole name: `ours/final_response`.
    ClockWarned(&'a str),
    ClockBreached(&'a str),
    Severity(&'a str),
    /// It was received from somebody in a vulnerable situation.
    Vulnerable,
}

impl<'p> Ruling<'p> {
    /// Of the policies in force, those that include the complaint.
    pub fn of(policies: &'p impl Policies, facts: &Facts) -> Self {
        let in_force = policies.in_force();
        let policies = in_force.filter(|it| it.applies_to().includes(facts));
        Self {
            policies: policies.collect(),
        }
    }

    /// From when on the complainant's silence counts, where a policy says so: the latest.
    pub fn silence_ends_at(&self, explained: Timestamp) -> Option<Result<Timestamp, OutOfRange>> {
        let ends = self.policies.iter().filter_map(|policy| {
            let silence = policy.closing().silence.as_ref()?;
            let calendar = policy.calendars().get(&silence.calendar)?;
            Some(due(calendar, silence.target, explained, &Pauses::NONE))
        });
        ends.reduce(|one, other| Ok(one?.max(other?)))
    }

    /// The grounds on which it may be closed, where a policy says which: those that all of them allow.
    pub fn close_bases(&self) -> Option<Vec<&'static str>> {
        let said = self
            .policies
            .iter()
            .filter_map(|it| it.closing().bases.clone());
        said.reduce(|mut all, more| {
            all.retain(|it| more.contains(it));
            all
        })
    }

    pub fn external_recourse(&self) -> ExternalRecourse {
        let asked = self
            .policies
            .iter()
            .map(|it| it.closing().external_recourse);
        asked.max().unwrap_or_default()
    }

    /// Everything that any policy asks for before closing.
    pub fn records(&self) -> BTreeSet<&'static str> {
        let all = self.policies.iter().flat_map(|it| &it.records().records);
        all.copied().collect()
    }

    /// The kinds of evidence that any policy asks for where somebody investigated.
    pub fn evidence(&self) -> BTreeSet<&'p str> {
        let all = self.policies.iter().flat_map(|it| &it.records().evidence);
        all.map(String::as_str).collect()
    }

    /// The worst of what the matrices propose, the first policy's where they agree.
    pub fn severity(&self, found: Found<'_>) -> Option<ProposedSeverity<'p>> {
        let proposed = self.policies.iter().filter_map(|policy| {
            let (number, row) = policy.severities().row(found)?;
            Some(ProposedSeverity {
                severity: row.severity,
                policy: policy.version(),
                number,
                row,
            })
        });
        let rank = |it: &ProposedSeverity<'_>| SEVERITIES.iter().position(|s| *s == it.severity);
        proposed.min_by_key(rank)
    }

    /// The kinds of remedy that may be offered, where a policy says which: those that all of them allow.
    pub fn remedy_kinds(&self) -> Option<BTreeSet<&'p str>> {
        let said = self
            .policies
            .iter()
            .filter_map(|it| it.remedies().kinds.as_ref());
        let said = said.map(|kinds| kinds.iter().map(String::as_str).collect::<BTreeSet<_>>());
        said.reduce(|all, more| all.intersection(&more).copied().collect())
    }

    /// In minor units by currency, what one person may offer without approval, where a policy sets
    /// limits: the lowest. A currency that is not there has the limit 0.
    pub fn remedy_limits(&self) -> Option<BTreeMap<&'p str, i64>> {
        let all = self.policies.iter();
        let all = all.filter_map(|it| it.remedies().limits.as_ref());
        let said = all.map(|limits| {
            let limits = limits.iter();
            limits
                .map(|(currency, limit)| (currency.as_str(), limit.minor_units))
                .collect::<BTreeMap<_, _>>()
        });
        // What one of them does not name has the limit 0 there, and so here.
        said.reduce(|one, other| {
            let both = one.into_iter().filter_map(|(currency, limit)| {
                let there = other.get(currency)?;
                Some((currency, limit.min(*there)))
            });
            both.collect()
        })
    }

    /// The highest level to which what happened brings the complaint.
    pub fn raised(&self, happened: Happened<'_>) -> Option<Raised> {
        let all = self.policies.iter().flat_map(|policy| {
            let rules = policy.escalations().values();
            let rules = rules.filter(move |rule| is_meant(policy.name(), &rule.on, happened));
            rules.filter_map(move |rule| {
                Some(Raised {
                    level: policy.escalation_levels().get(&rule.to)?.level,
                    rule: format!("{}/{}", policy.name(), rule.name),
                })
            })
        });
        // Of several to one level the first by name.
        all.reduce(|one, other| if other.level > one.level { other } else { one })
    }

    /// Where a complaint goes on to that came to a level at a time: the soonest, and of those the highest.
    pub fn next(&self, level: u32, since: Timestamp) -> Option<Next> {
        let all = self.policies.iter().filter_map(|policy| {
            let levels = policy.escalation_levels();
            let here = levels.values().find(|it| it.level == level)?;
            let onward = here.next.as_ref()?;
            let calendar = policy.calendars().get(&onward.calendar)?;
            // Beyond what can be computed is never.
            let at = due(calendar, onward.after, since, &Pauses::NONE).ok()?;
            let level = levels.get(&onward.to)?.level;
            let rule = format!("{}/{}", policy.name(), here.name);
            Some(Next { level, at, rule })
        });
        all.min_by_key(|next| (next.at, std::cmp::Reverse(next.level)))
    }
}

fn is_meant(policy: &str, on: &Trigger, happened: Happened<'_>) -> bool {
    let is_one = |clocks: &[String], whole: &str| {
        let Some((of, clock)) = whole.split_once('/') else {
            return false;
        };
        of == policy && (clocks.is_empty() || clocks.iter().any(|it| it == clock))
    };
    match (on, happened) {
        (Trigger::ClockWarned { clocks }, Happened::ClockWarned(clock))
        | (Trigger::ClockBreached { clocks }, Happened::ClockBreached(clock)) => {
            is_one(clocks, clock)
        }
        (Trigger::Severity { severities }, Happened::Severity(severity)) => {
            severities.contains(&severity)
        }
        (Trigger::Vulnerable, Happened::Vulnerable) => true,
        (
            Trigger::ClockWarned { .. }
            | Trigger::ClockBreached { .. }
            | Trigger::Severity { .. }
            | Trigger::Vulnerable,
            Happened::ClockWarned(_)
            | Happened::ClockBreached(_)
            | Happened::Severity(_)
            | Happened::Vulnerable,
        ) => false,
    }
}
