//! Calendars and times, as short as a test wants them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_policy::clock::{Clock, Event, Terms};
use redress_policy::{Calendar, Calendars, ClockRefusal, Pause, Pauses, Target, Week, Window};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn target(text: &str) -> Target {
    text.parse().unwrap()
}

/// The same windows on some days of the week; Monday is 0.
pub(crate) fn week(days: &[usize], windows: &[&str]) -> Week {
    let windows: Vec<Window> = windows.iter().map(|it| it.parse().unwrap()).collect();
    std::array::from_fn(|day| {
        if days.contains(&day) {
            windows.clone()
        } else {
            Vec::new()
        }
    })
}

pub(crate) fn calendar(
    zone: &str,
    days: &[usize],
    windows: &[&str],
    holidays: &[&str],
) -> Calendar {
    let holidays: BTreeMap<_, _> = holidays
        .iter()
        .map(|date| (date.parse().unwrap(), "a holiday".to_owned()))
        .collect();
    Calendar::new("test", zone, week(days, windows), holidays).unwrap()
}

/// Monday to Friday from nine to five in London, with Christmas.
pub(crate) fn london() -> Calendar {
    let holidays = ["2026-12-25", "2026-12-28", "2027-01-01"];
    calendar(
        "Europe/London",
        &[0, 1, 2, 3, 4],
        &["09:00-17:00"],
        &holidays,
    )
}

pub(crate) fn pauses(all: &[(&str, &str)]) -> Pauses {
    let pause = |(from, to): &(&str, &str)| Pause {
        from: at(from),
        to: at(to),
        cause: "awaiting_complainant".to_owned(),
    };
    Pauses::new(all.iter().map(pause).collect()).unwrap()
}

/// Calendars by policy and name.
#[derive(Debug, Default)]
pub(crate) struct Book(pub(crate) BTreeMap<(String, String), Calendar>);

impl Book {
    pub(crate) fn of(calendar: Calendar) -> Self {
        Self::default().with("v1", "office", calendar)
    }

    pub(crate) fn with(mut self, policy: &str, name: &str, calendar: Calendar) -> Self {
        self.0
            .insert((policy.to_owned(), name.to_owned()), calendar);
        self
    }
}

impl Calendars for Book {
    fn calendar(&self, policy: &str, name: &str) -> Option<&Calendar> {
        self.0.get(&(policy.to_owned(), name.to_owned()))
    }
}

pub(crate) fn terms(target: &str) -> Terms {
    Terms {
        policy: "v1".to_owned(),
        target: target.parse().unwrap(),
        calendar: "office".to_owned(),
        warn_at_percent: Vec::new(),
    }
}

pub(crate) const NAME: &str = "ours/final_response";

pub(crate) fn started(target: &str, from: &str, book: &Book) -> Clock {
    Clock::new(&Clock::start(NAME, "received", at(from), terms(target), book).unwrap())
}

/// Folds what was decided.
#[track_caller]
pub(crate) fn so(clock: &mut Clock, decided: Result<Vec<Event>, ClockRefusal>) {
    let events = decided.unwrap();
    assert!(!events.is_empty(), "nothing new");
    for event in &events {
        clock.evolve(event);
    }
}
