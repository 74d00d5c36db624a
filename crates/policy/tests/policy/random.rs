//! The engine and the clock equal a count of minutes, whatever the calendar, zone, pauses and targets.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::sample::Index;
use redress_policy::clock::{Clock, Retargeting, Status, Terms};
use redress_policy::{Basis, Calendar, Pause, Pauses, Target, Unit, Week, due, elapsed, explain};

use crate::case::Book;
use crate::minutes::{Hours, STRETCHES, working};

/// So many are drawn; some of them end beyond the weeks that were counted, and are drawn again.
const CASES: u32 = 10_000;

#[derive(Debug, Clone)]
struct Drawn {
    stretch: Index,
    /// Of each day of the week, where windows open and close.
    week: [Vec<(i64, i64)>; 7],
    holidays: Vec<i64>,
    from: usize,
    lasts: usize,
    /// When it begins after the start, how long it lasts, and which of three causes.
    pauses: Vec<(usize, usize, u8)>,
    targets: Vec<Target>,
}

fn windows() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let bounds = proptest::collection::btree_set(0_i64..=1440, 0..=7);
    let drawn = bounds.prop_map(|bounds| {
        let bounds: Vec<i64> = bounds.into_iter().collect();
        bounds
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect()
    });
    prop_oneof![
        4 => drawn,
        3 => Just(vec![(9 * 60, 17 * 60)]),
        2 => Just(vec![(8 * 60 + 30, 12 * 60), (12 * 60 + 45, 17 * 60 + 15)]),
        2 => Just(vec![(0, 1440)]),
        1 => Just(vec![(0, 720), (720, 1440)]),
        2 => Just(Vec::new()),
    ]
}

fn targets() -> impl Strategy<Value = Target> {
    let basis = || prop_oneof![3 => Just(Basis::Business), 1 => Just(Basis::Calendar)];
    let time = |amounts: std::ops::Range<u32>, unit| {
        (amounts, basis()).prop_map(move |(amount, basis)| Target::Time {
            amount,
            unit,
            basis,
        })
    };
    prop_oneof![
        3 => time(1..3000, Unit::Minutes),
        3 => time(1..50, Unit::Hours),
        6 => (1_u32..9, basis()).prop_map(|(amount, basis)| Target::Days { amount, basis }),
        3 => (1_u32..9).prop_map(|ordinal| Target::CloseOfBusinessDay { ordinal }),
        1 => (1_u32..3).prop_map(|amount| Target::Weeks { amount }),
        1 => Just(Target::Months { amount: 1 }),
    ]
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let week = proptest::array::uniform7(windows())
        .prop_filter("a window", |week| week.iter().any(|it| !it.is_empty()));
    (
        any::<Index>(),
        week,
        proptest::collection::vec(5_i64..40, 0..4),
        // About the day on which something happens to the clocks, which is the fifteenth.
        (8 * 1440_usize)..(17 * 1440),
        0..(8 * 1440_usize),
        proptest::collection::vec((0..(8 * 1440_usize), 0..4000_usize, 0..3_u8), 0..4),
        proptest::collection::vec(targets(), 1..3),
    )
        .prop_map(
            |(stretch, week, holidays, from, lasts, pauses, targets)| Drawn {
                stretch,
                week,
                holidays,
                from,
                lasts,
                pauses,
                targets,
            },
        )
}

impl Drawn {
    fn hours(&self) -> Hours<'static> {
        let pause =
            |(after, lasts, _): &(usize, usize, u8)| (self.from + after, self.from + after + lasts);
        Hours {
            stretch: self.stretch.get(&STRETCHES),
            working: working(self.stretch.get(&STRETCHES), &self.week, &self.holidays),
            pauses: self.pauses.iter().map(pause).collect(),
        }
    }

    fn calendar(&self) -> Calendar {
        let stretch = self.stretch.get(&STRETCHES);
        let mut week = Week::default();
        for (day, windows) in self.week.iter().enumerate() {
            let text = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
            let windows = windows.iter().map(|(opens, closes)| {
                format!("{}-{}", text(*opens), text(*closes))
                    .parse()
                    .unwrap()
            });
            week[day] = windows.collect();
        }
        let holidays: BTreeMap<_, _> = self
            .holidays
            .iter()
            .map(|day| {
                (
                    stretch.first.checked_add(day.days()).unwrap(),
                    String::new(),
                )
            })
            .collect();
        Calendar::new("drawn", stretch.zone, week, holidays).unwrap()
    }

    fn at(&self, minute: usize) -> Timestamp {
        let stretch = self.stretch.get(&STRETCHES);
        stretch.begins + i64::try_from(minute).unwrap().minutes()
    }

    fn pauses(&self) -> Pauses {
        let pause = |(after, lasts, cause): &(usize, usize, u8)| Pause {
            from: self.at(self.from + after),
            to: self.at(self.from + after + lasts),
            cause: format!("cause_{cause}"),
        };
        Pauses::new(self.pauses.iter().map(pause).collect()).unwrap()
    }
}

fn minutes(minutes: usize) -> SignedDuration {
    SignedDuration::from_mins(i64::try_from(minutes).unwrap())
}

/// A clock that lives through all of it: it is put under one target after the other in the middle of
/// its pauses, and has the due time of the last one at their end.
fn lived(drawn: &Drawn, calendar: &Calendar) -> Option<Clock> {
    let book = Book::of(calendar.clone());
    let terms = |target: &Target| Terms {
        policy: "v1".to_owned(),
        target: *target,
        calendar: "office".to_owned(),
        warn_at_percent: vec![50],
    };
    let mut steps: Vec<(Timestamp, usize, String)> = Vec::new();
    for (number, pause) in drawn.pauses().as_slice().iter().enumerate() {
        let cause = format!("{} {number}", pause.cause);
        steps.push((pause.from, 0, cause.clone()));
        steps.push((pause.to, 1, cause));
    }
    steps.sort();
    let started = Clock::start(
        "it",
        "received",
        drawn.at(drawn.from),
        terms(&drawn.targets[0]),
        &book,
    )
    .ok()?;
    let mut clock = Clock::new(&started);
    for (number, (at, kind, cause)) in steps.iter().enumerate() {
        let target = terms(&drawn.targets[number % drawn.targets.len()]);
        let mut events = clock
            .retarget(target, Retargeting::by("severity"), *at, &book)
            .ok()?;
        events.extend(match kind {
            0 => clock.pause(cause, *at).unwrap(),
            _ => Vec::new(),
        });
        for event in &events {
            clock.evolve(event);
        }
        if *kind == 1 {
            for event in &clock.resume(cause, *at, &book).ok()? {
                clock.evolve(event);
            }
        }
    }
    let end = steps.last().map_or(started.occurred_at, |it| it.0);
    let last = clock
        .retarget(
            terms(drawn.targets.last()?),
            Retargeting::by("severity"),
            end,
            &book,
        )
        .ok()?;
    for event in &last {
        clock.evolve(event);
    }
    Some(clock)
}

#[test]
fn deadlines_and_elapsed_times_are_those_of_a_count_of_minutes() {
    let compared = AtomicU32::new(0);
    let mut config = ProptestConfig::with_cases(CASES);
    config.failure_persistence = None;
    config.max_global_rejects = CASES;
    proptest!(config, |(drawn in drawn())| {
        let (hours, calendar, pauses) = (drawn.hours(), drawn.calendar(), drawn.pauses());
        let (from, to) = (drawn.at(drawn.from), drawn.at(drawn.from + drawn.lasts));
        let target = *drawn.targets.last().unwrap();
        for basis in [Basis::Business, Basis::Calendar] {
            let counted = minutes(hours.elapsed(basis, drawn.from, drawn.from + drawn.lasts));
            let found = elapsed(&calendar, basis, from, to, &pauses).unwrap();
            prop_assert_eq!(found, counted, "elapsed, {:?}", basis);
            let spans = explain(&calendar, basis, from, to, &pauses).unwrap();
            let explained: SignedDuration = spans.iter().map(redress_policy::Span::counted).sum();
            prop_assert_eq!(explained, counted, "explained, {:?}", basis);
            let whole: SignedDuration = spans.iter().map(redress_policy::Span::duration).sum();
            prop_assert_eq!(whole, minutes(drawn.lasts));
        }
        let counted = hours.due(target, drawn.from);
        prop_assume!(counted.is_some());
        let counted = drawn.at(counted.unwrap());
        prop_assert_eq!(due(&calendar, target, from, &pauses).unwrap(), counted, "due {}", target);
        let clock = lived(&drawn, &calendar).unwrap();
        prop_assert_eq!(clock.status(), Status::Running);
        prop_assert_eq!(clock.due_at(), Some(counted), "retargeted to {}", target);
        compared.fetch_add(1, Ordering::Relaxed);
    });
    assert!(compared.into_inner() >= CASES);
}
