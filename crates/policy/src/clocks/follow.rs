//! What a step of a complaint does to its clocks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Clocks, Policies, rule_of};
use crate::Policy;
use crate::clock::{Clock, ClockRefusal, Event, Retargeting, Status, Terms};
use crate::document::{Again, ClockRule, Facts, Moment};

/// Where a complaint stands after the step, as far as clocks ask.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    pub facts: &'a Facts,
    pub severity: Option<&'a str>,
    /// The clocks whose time was extended, by name.
    pub extended: &'a BTreeSet<String>,
    /// The causes for which it stands still, each with the time since when.
    pub causes: &'a BTreeMap<&'static str, Timestamp>,
    /// What has happened, each with the last time.
    pub moments: &'a BTreeMap<Moment, Timestamp>,
}

/// What happened to the complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    Moment(Moment),
    StoodStill(&'a str),
    WentOn(&'a str),
    Reopened,
    Changed(Change),
}

/// What became another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Severity,
    /// What it is about: other policies may apply.
    Facts,
}

impl Clocks {
    /// The events that a step makes, in the order of the clocks' names. Times that a clock cannot take,
    /// because what they follow was later, are moved to what they follow: no step of a complaint is
    /// refused for its clocks.
    pub fn follow(
        &self,
        step: Step<'_>,
        at: Timestamp,
        now: &Situation<'_>,
        policies: &impl Policies,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let mut after = self.clone();
        let mut events = Vec::new();
        let mut happens = |after: &mut Self, decided: Vec<Event>| {
            for event in &decided {
                after.evolve(event);
            }
            events.extend(decided);
        };
        for clock in self.iter() {
            let Some((policy, rule)) = rule_of(clock, policies) else {
                // Nobody knows what stops it: it runs until somebody stops it.
                continue;
            };
            let of = Running {
                clock,
                policy,
                rule,
            };
            happens(&mut after, of.follow(step, at, now, policies)?);
        }
        for policy in policies.in_force() {
            for rule in policy.clocks_of(now.facts) {
                let name = format!("{}/{}", policy.name(), rule.name);
                if after.get(&name).is_none()
                    && let Some((by, from)) = begins(rule, step, at, now)
                {
                    let begun = Begun {
                        name: &name,
                        by,
                        from,
                    };
                    happens(&mut after, begun.start(policy, rule, now, policies)?);
                }
            }
        }
        Ok(events)
    }
}

/// Whether a clock that never ran begins, by what and when. What became another one may bring a promise
/// whose time has begun long ago.
fn begins(
    rule: &ClockRule,
    step: Step<'_>,
    at: Timestamp,
    now: &Situation<'_>,
) -> Option<(&'static str, Timestamp)> {
    match step {
        Step::Moment(moment) => (rule.starts == moment).then(|| (moment.word(), at)),
        Step::Changed(Change::Facts) => {
            let from = *now.moments.get(&rule.starts)?;
            let ends = rule.stops.iter().chain(&rule.cancels);
            let is_over = ends
                .filter_map(|it| now.moments.get(it))
                .any(|end| *end >= from);
            (!is_over).then(|| (rule.starts.word(), from))
        }
        Step::Changed(Change::Severity)
        | Step::StoodStill(_)
        | Step::WentOn(_)
        | Step::Reopened => None,
    }
}

struct Begun<'a> {
    name: &'a str,
    by: &'a str,
    from: Timestamp,
}

impl Begun<'_> {
    /// It starts, and stands still where the complaint does.
    fn start(
        &self,
        policy: &Policy,
        rule: &ClockRule,
        now: &Situation<'_>,
        policies: &impl Policies,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let terms = terms_of(policy, rule, self.name, now);
        let started = Clock::start(self.name, self.by, self.from, terms, policies)?;
        let mut clock = Clock::new(&started);
        let mut events = vec![Event::Started(started)];
        events.extend(stand_still(&mut clock, rule, now)?);
        Ok(events)
    }
}

fn terms_of(policy: &Policy, rule: &ClockRule, name: &str, now: &Situation<'_>) -> Terms {
    let is_extended = now.extended.contains(name);
    let extended = rule.terms(policy, now.severity, is_extended);
    extended.unwrap_or_else(|| rule.promise(policy, now.severity))
}

/// Pauses a clock that has just begun to run for what the complaint stands still for.
fn stand_still(
    clock: &mut Clock,
    rule: &ClockRule,
    now: &Situation<'_>,
) -> Result<Vec<Event>, ClockRefusal> {
    let mut events = Vec::new();
    for (cause, since) in now.causes {
        if rule.pauses.contains(cause) {
            for event in clock.pause(cause, (*since).max(clock.begun_at()))? {
                clock.evolve(&event);
                events.push(event);
            }
        }
    }
    Ok(events)
}

/// A clock that has run, with the rule under which it started.
struct Running<'a> {
    clock: &'a Clock,
    policy: &'a Policy,
    rule: &'a ClockRule,
}

impl Running<'_> {
    fn follow(
        &self,
        step: Step<'_>,
        at: Timestamp,
        now: &Situation<'_>,
        policies: &impl Policies,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let is_stopped = matches!(self.clock.status(), Status::Stopped { .. });
        let (clock, rule) = (self.clock, self.rule);
        let begun = clock.begun_at();
        match step {
            Step::Moment(Moment::Disputed) if is_stopped => {
                self.again(rule.on_dispute, Moment::Disputed.word(), at, now, policies)
            }
            Step::Reopened if is_stopped => {
                self.again(rule.on_reopening, "reopened", at, now, policies)
            }
            Step::Moment(moment) if !is_stopped => {
                if rule.stops.contains(&moment) {
                    clock.stop_at(moment.word(), true, at.max(begun), policies)
                } else if rule.cancels.contains(&moment) {
                    clock.stop_at(moment.word(), false, at.max(begun), policies)
                } else if rule.restarts.contains(&moment) && at > begun {
                    self.anew(moment.word(), at, now, policies)
                } else {
                    Ok(Vec::new())
                }
            }
            Step::StoodStill(cause) if !is_stopped && rule.pauses.contains(&cause) => {
                clock.pause(cause, at.max(begun))
            }
            Step::WentOn(cause) => {
                let since = clock.causes().and_then(|causes| causes.get(cause));
                let at = since.map_or(at, |since| at.max(*since));
                clock.resume(cause, at, policies)
            }
            Step::Changed(change) if !is_stopped => self.changed(change, at, now, policies),
            Step::Moment(_) | Step::StoodStill(_) | Step::Reopened | Step::Changed(_) => {
                Ok(Vec::new())
            }
        }
    }

    /// A complaint that is handled again.
    fn again(
        &self,
        how: Again,
        by: &str,
        at: Timestamp,
        now: &Situation<'_>,
        policies: &impl Policies,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let Status::Stopped { at: stopped_at, .. } = self.clock.status() else {
            return Ok(Vec::new());
        };
        let at = at.max(stopped_at);
        match how {
            Again::StayStopped => Ok(Vec::new()),
            Again::Restart => self.anew(by, at, now, policies),
            Again::Continue => {
                let mut events = self.clock.go_on(by, at, policies)?;
                let mut clock = self.clock.clone();
                for event in &events {
                    clock.evolve(event);
                }
                events.extend(stand_still(&mut clock, self.rule, now)?);
                Ok(events)
            }
        }
    }

    /// Begins anew, under the version of its policy that is in force; under its own where none is.
    fn anew(
        &self,
        by: &str,
        from: Timestamp,
        now: &Situation<'_>,
        policies: &impl Policies,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let name = self.clock.name();
        let in_force = policies
            .in_force()
            .find(|it| it.name() == self.policy.name());
        let ruled = in_force.and_then(|it| Some((it, it.clocks().get(&self.rule.name)?)));
        let (policy, rule) = ruled.unwrap_or((self.policy, self.rule));
        Begun { name, by, from }.start(policy, rule, now, policies)
    }

    fn changed(
        &self,
        change: Change,
        at: Timestamp,
        now: &Situation<'_>,
        policies: &impl Policies,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let (clock, rule) = (self.clock, self.rule);
        let at = at.max(clock.begun_at());
        match change {
            Change::Facts => {
                let has_it = self
                    .policy
                    .clocks_of(now.facts)
                    .any(|it| it.name == rule.name);
                if has_it {
                    Ok(Vec::new())
                } else {
                    clock.stop_at("reclassified", false, at, policies)
                }
            }
            Change::Severity => {
                let terms = terms_of(self.policy, rule, clock.name(), now);
                clock.retarget(terms, Retargeting::by("severity"), at, policies)
            }
        }
    }
}
