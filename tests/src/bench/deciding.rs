//! Decisions and deadlines by themselves, in one thread: no log and no server.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, anyhow, ensure};
use jiff::{SignedDuration, Timestamp};
use redress_complaint::command::{
    Acknowledge, Assess, Assign, Close, CommunicateDecision, FulfilRemedy, Open, ProposeResponse,
    RecordAcceptance, StartInvestigation,
};
use redress_complaint::{
    Cause, CloseBasis, Command, ConflictDeclaration, Event, ImmediateAction, Level, Outcome,
    RemedyKind, RemedyOffer, Rules, SafetyImplication, Severity, State, decide, evolve,
};
use redress_envelope::{Actor, Money};
use redress_policy::{Calendar, Pauses, Target as Promised, Week, Window, due, elapsed};

use super::Extent;
use super::lives;
use super::rounds::{median, per_second};
use super::table::{Row, Table, Target};

const A_SECOND: f64 = 1_000_000.0;
const MICROSECONDS: f64 = 2.0;

pub(crate) fn measure(extent: Extent, table: &mut Table) -> Result<()> {
    let lives = extent.pick(2_000, 100_000);
    let commands = life()?;
    let mut rates = Vec::new();
    for _ in 0..extent.rounds {
        rates.push(decided(&commands, lives)?);
    }
    table.add(
        Row::new(
            "commands on a complaint decided and folded, one thread",
            median(rates),
            "/s",
        )
        .target(Target::AtLeast(A_SECOND)),
    );
    let calendar = calendar()?;
    let starts = starts(extent.pick(1_000, 50_000));
    let (mut dues, mut elapses) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        dues.push(each(&starts, |from| {
            due(&calendar, TEN_DAYS, from, &Pauses::NONE).map(drop)
        })?);
        elapses.push(each(&starts, |from| {
            let to = from + SignedDuration::from_hours(14 * 24);
            let basis = TEN_DAYS.basis();
            elapsed(&calendar, basis, from, to, &Pauses::NONE).map(drop)
        })?);
    }
    let what = "a clock of ten business days evaluated, on a calendar with breaks and holidays";
    table.add(
        Row::new(format!("{what}: when it is due"), median(dues), "us")
            .target(Target::AtMost(MICROSECONDS)),
    );
    let what = format!("{what}: what was used of it after a fortnight");
    table.add(Row::new(what, median(elapses), "us").target(Target::AtMost(MICROSECONDS)));
    Ok(())
}

const TEN_DAYS: Promised = Promised::Days {
    amount: 10,
    basis: redress_policy::Basis::Business,
};

/// An ordinary complaint from beginning to end, as commands.
fn life() -> Result<Vec<Command>> {
    let opened = lives::complaint(1).steps.into_iter().next();
    let Some(Event::Opened(opened)) = opened.map(|step| step.event) else {
        return Err(anyhow!("a life begins with its opening"));
    };
    let offer = RemedyOffer {
        kind: RemedyKind::Refund,
        amount: Money::new(1_250, "EUR").ok(),
        promised_by: None,
    };
    let (handler, occurred_at) = (Actor::User("handler-1".to_owned()), None);
    Ok(vec![
        Command::Open(Open {
            feedback: opened.feedback,
            reference: opened.reference,
            about: opened.about,
        }),
        Command::Acknowledge(Acknowledge {
            channel: "email".to_owned(),
            occurred_at,
        }),
        Command::Assign(Assign {
            handler: Some(handler.clone()),
            queue: Some("claims".to_owned()),
            occurred_at,
        }),
        Command::Assess(Assess {
            severity: Some(Severity::Major),
            safety_implication: Some(SafetyImplication::None),
            complexity: Some(Level::Low),
            impact: Some(Level::Low),
            immediate_action: Some(ImmediateAction::NotNeeded),
            reason: None,
            because: None,
            occurred_at,
        }),
        Command::StartInvestigation(StartInvestigation {
            investigator: handler,
            declaration: ConflictDeclaration::NoConflict,
            occurred_at,
        }),
        Command::ProposeResponse(ProposeResponse {
            remedies: vec![offer],
            refusal: None,
            cause: Some(Cause::Established {
                code: "seal_worn".to_owned(),
            }),
            occurred_at,
        }),
        Command::CommunicateDecision(CommunicateDecision {
            outcome: Outcome::Upheld,
            channel: "email".to_owned(),
            recourse_explained: true,
            external_recourse: None,
            occurred_at,
        }),
        Command::RecordAcceptance(RecordAcceptance { occurred_at }),
        Command::FulfilRemedy(FulfilRemedy {
            remedy: 1,
            occurred_at,
        }),
        Command::Close(Close {
            basis: CloseBasis::Accepted,
            occurred_at,
        }),
    ])
}

fn decided(commands: &[Command], lives: u64) -> Result<f64> {
    let rules = Rules::default();
    let begun = Instant::now();
    for life in 0..lives {
        let mut complaint = State::default();
        // After all that was received.
        let mut at = Timestamp::from_second(1_800_000_000 + life.cast_signed())?;
        for command in commands {
            at += SignedDuration::from_hours(1);
            let events = decide(&complaint, black_box(command), &rules, at);
            let events = events.map_err(|refusal| anyhow!("refused: {refusal}"))?;
            ensure!(!events.is_empty(), "nothing new");
            for event in &events {
                evolve(&mut complaint, event);
            }
        }
        black_box(&complaint);
    }
    Ok(per_second(lives * commands.len() as u64, begun.elapsed()))
}

/// Two windows a day with a break between them, and ten holidays.
fn calendar() -> Result<Calendar> {
    let mut windows: Vec<Window> = Vec::new();
    for window in ["09:00-12:30", "13:30-17:00"] {
        windows.push(window.parse()?);
    }
    let week: Week = std::array::from_fn(|day| if day < 5 { windows.clone() } else { Vec::new() });
    let mut holidays = BTreeMap::new();
    for day in 1..=10 {
        holidays.insert(jiff::civil::date(2026, day, 6), "a holiday".to_owned());
    }
    Calendar::new("bench", "Europe/Vienna", week, holidays)
        .map_err(|errors| anyhow!("no calendar: {errors:?}"))
}

fn starts(count: u64) -> Vec<Timestamp> {
    let mut rng = fastrand::Rng::with_seed(7);
    let start = |_| lives::received_at(&mut rng);
    (0..count).map(start).collect()
}

/// Microseconds for each.
fn each<E: std::error::Error + Send + Sync + 'static>(
    starts: &[Timestamp],
    work: impl Fn(Timestamp) -> Result<(), E>,
) -> Result<f64> {
    let begun = Instant::now();
    for start in starts {
        work(black_box(*start))?;
    }
    Ok(begun.elapsed().as_secs_f64() * 1e6 / starts.len() as f64)
}
