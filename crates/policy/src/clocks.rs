//! All clocks of one complaint, and what its steps do to them.
//!
//! A clock that runs follows the version of its policy under which it started, whatever is in force by
//! now; one that starts does so under what is in force then. So what is decided here depends on nothing
//! but the complaint's own past and the policies applied before.

mod follow;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::clock::{ClockRefusal, Deadline, Event, Retargeting};
use crate::{Calendars, Clock, ClockRule, Policy};

/// What makes another promise of a clock whose time is extended.
pub const EXTENDED: &str = "extended";

pub use follow::{Change, Situation, Step};

/// The clocks by their names: `uk-disp/final_response`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clocks(BTreeMap<String, Clock>);

/// The policies of an organisation: every version that ever was in force, and those that are.
pub trait Policies: Calendars {
    fn version(&self, version: &str) -> Option<&Policy>;

    fn in_force(&self) -> impl Iterator<Item = &Policy>;
}

impl Clocks {
    /// Folds an event. What happens to a clock that never started changes nothing.
    pub fn evolve(&mut self, event: &Event) {
        match (self.0.get_mut(event.clock()), event) {
            (Some(clock), event) => clock.evolve(event),
            (None, Event::Started(started)) => {
                self.0.insert(started.clock.clone(), Clock::new(started));
            }
            (None, _) => {}
        }
    }

    pub fn get(&self, name: &str) -> Option<&Clock> {
        self.0.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Clock> {
        self.0.values()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives a clock the time that its policy allows where it is extended, from its own start on.
    pub fn extend(
        &self,
        name: &str,
        reason: &str,
        at: Timestamp,
        policies: &impl Policies,
    ) -> Result<Vec<Event>, ClockRefusal> {
        let clock = self.known(name)?;
        let extended = rule_of(clock, policies).and_then(|(policy, rule)| rule.extended(policy));
        let terms = extended.ok_or_else(|| ClockRefusal::NotExtendable {
            clock: name.to_owned(),
        })?;
        let why = Retargeting {
            by: EXTENDED,
            reason: Some(reason),
        };
        clock.retarget(terms, why, at, policies)
    }

    /// The clock of a name.
    pub fn known(&self, name: &str) -> Result<&Clock, ClockRefusal> {
        self.get(name).ok_or_else(|| {
            let all: Vec<&str> = self.0.keys().map(String::as_str).collect();
            ClockRefusal::Unknown {
                clock: name.to_owned(),
                known: all.join(", "),
            }
        })
    }

    /// When a ticker has to look again, if nothing else happens.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let all = self.iter().filter_map(Clock::next_deadline);
        all.map(Deadline::at).min()
    }

    /// What the time alone has brought about by `now` and nobody was told of yet, in its order.
    pub fn tick(&self, now: Timestamp) -> Vec<Event> {
        let mut told: Vec<Event> = self.iter().flat_map(|clock| clock.tick(now)).collect();
        told.sort_by_key(Event::occurred_at);
        told
    }
}

/// The rule under which a clock started.
fn rule_of<'p>(clock: &Clock, policies: &'p impl Policies) -> Option<(&'p Policy, &'p ClockRule)> {
    let policy = policies.version(&clock.terms().policy)?;
    let (_, name) = clock.name().split_once('/')?;
    Some((policy, policy.clocks().get(name)?))
}
