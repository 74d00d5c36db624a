//! Figures counted the slow and plain way, from the domain crates' own states.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each count looks at few events"
)]

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_complaint::{Event as Happened, State, Status};
use redress_envelope::Record;
use redress_feedback::{Answer, Event, Feedback, Kind, Vocabulary};
use redress_wire::reporting::v1 as wire;

/// One item as everything about it says.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) feedback: Option<Feedback>,
    pub(crate) state: State,
    pub(crate) events: Vec<Happened>,
}

pub(crate) type Items = BTreeMap<String, Item>;

pub(crate) fn items(intake: &[Record], workflow: &[Record]) -> Items {
    let mut items = Items::new();
    for record in intake {
        let event = redress_feedback::decode(&record.kind, &record.data).unwrap();
        let (Event::Received(said) | Event::HistoryReported(said)) = event else {
            continue;
        };
        let item = items.entry(record.subject.id().to_owned()).or_default();
        if item
            .feedback
            .as_ref()
            .is_none_or(|before| before.is_superseded_by(&said))
        {
            item.feedback = Some(*said);
        }
    }
    for record in workflow {
        let event = redress_complaint::decode(&record.kind, &record.data).unwrap();
        let item = items.entry(record.subject.id().to_owned()).or_default();
        redress_complaint::evolve(&mut item.state, &event);
        item.events.push(event);
    }
    items
}

impl Item {
    pub(crate) fn said(&self) -> &Feedback {
        self.feedback.as_ref().unwrap()
    }

    pub(crate) fn is_complaint(&self) -> bool {
        self.said().kind == Kind::Complaint
    }

    pub(crate) fn status(&self) -> Status {
        self.state.status().unwrap_or(Status::Received)
    }

    fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn severity(&self) -> &str {
        let mut severity = "";
        for event in &self.events {
            if let Happened::Assessed(assessed) = event {
                severity = assessed.assessment.severity.as_str();
            }
        }
        severity
    }

    fn acknowledged(&self) -> Option<Timestamp> {
        let here = self.events.iter().find_map(|event| match event {
            Happened::Acknowledged(acknowledged) => Some(acknowledged.occurred_at),
            _ => None,
        });
        here.or(self
            .state
            .report()
            .and_then(|report| report.acknowledged_at))
    }

    fn closed(&self) -> Option<Timestamp> {
        let State::Closed { closure, .. } = &self.state else {
            return None;
        };
        match closure.decided() {
            Some(decided) => Some(decided.at),
            None => self.state.report().unwrap().closed(),
        }
    }

    /// When a report closed it, where that says when.
    fn reported_closing(&self) -> Option<Timestamp> {
        let (mut state, mut closing) = (State::default(), None);
        for event in &self.events {
            redress_complaint::evolve(&mut state, event);
            let is_reported =
                matches!(&state, State::Closed { closure, .. } if closure.decided().is_none());
            if is_reported {
                closing = state.report().unwrap().closed();
            }
        }
        closing
    }

    /// What it did to the stock of open complaints; none where it is no complaint.
    fn stay(&self) -> Option<Stay> {
        let here = self.events.iter().filter_map(|event| match event {
            Happened::Closed(it) => Some((it.occurred_at, Turn::Closed)),
            Happened::Withdrawn(it) => Some((it.occurred_at, Turn::Withdrawn)),
            Happened::Reopened(it) => Some((it.occurred_at, Turn::Reopened)),
            _ => None,
        });
        let elsewhere = self.reported_closing().map(|at| (at, Turn::Closed));
        let received = self.said().received_at;
        let mut latest = received;
        let in_order = |(time, turn): (Timestamp, Turn)| {
            latest = latest.max(time);
            (latest, turn)
        };
        let turns: Vec<_> = elsewhere.into_iter().chain(here).map(in_order).collect();
        let began_closed = match turns.first() {
            Some((_, turn)) => *turn == Turn::Reopened,
            None => self.is_closed(),
        };
        self.is_complaint().then_some(Stay {
            received,
            began_closed,
            turns,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Closed,
    Withdrawn,
    Reopened,
}

/// A complaint, as the stock of open ones sees it.
#[derive(Debug)]
pub(crate) struct Stay {
    received: Timestamp,
    /// Closed by a report, at a time that nobody knows: never open before a reopening.
    began_closed: bool,
    /// In their order.
    turns: Vec<(Timestamp, Turn)>,
}

impl Stay {
    fn is_open_before(&self, end: Timestamp) -> bool {
        let last = self.turns.iter().rfind(|(time, _)| *time < end);
        let is_open = last.map_or(!self.began_closed, |(_, turn)| *turn == Turn::Reopened);
        self.received < end && is_open
    }
}

pub(crate) fn stays<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<Stay> {
    items.filter_map(Item::stay).collect()
}

fn list<'a>(values: impl Iterator<Item = &'a str>) -> Vec<wire::Count> {
    let mut counts = BTreeMap::<&str, u64>::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    let count = |(value, count): (&str, u64)| wire::Count {
        value: value.to_owned(),
        count,
    };
    let mut counts: Vec<_> = counts.into_iter().map(count).collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts
}

fn answers<'a>(
    items: impl Iterator<Item = &'a Item>,
    of: impl Fn(&Item) -> Answer,
) -> wire::YesNoUnknown {
    let mut counts = wire::YesNoUnknown::default();
    for item in items {
        match of(item) {
            Answer::Yes => counts.yes += 1,
            Answer::No => counts.no += 1,
            Answer::Unknown => counts.unknown += 1,
        }
    }
    counts
}

fn duration(over: &[(Timestamp, Option<Timestamp>)]) -> wire::Duration {
    let known = over.iter().filter_map(|(from, to)| {
        let to = (*to)?;
        (to >= *from).then(|| to.duration_since(*from).as_micros() as f64 / 1e6)
    });
    let mut known: Vec<f64> = known.collect();
    known.sort_by(f64::total_cmp);
    let unknown = (over.len() - known.len()) as u64;
    let n = known.len();
    if n == 0 {
        return wire::Duration {
            unknown,
            small: true,
            ..wire::Duration::default()
        };
    }
    #[expect(clippy::cast_sign_loss, reason = "neither n - 1 nor p is below zero")]
    let quantile = |p: f64| {
        let (whole, part) = (
            ((n - 1) as f64 * p).floor() as usize,
            ((n - 1) as f64 * p).fract(),
        );
        let next = known.get(whole + 1).copied().unwrap_or(known[whole]);
        format!("{:.1}", known[whole] + part * (next - known[whole]))
    };
    wire::Duration {
        n: n as u64,
        unknown,
        mean_seconds: format!("{:.1}", known.iter().sum::<f64>() / n as f64),
        p50_seconds: quantile(0.5),
        p90_seconds: quantile(0.9),
        p99_seconds: quantile(0.99),
        small: n < 30,
    }
}

/// The indicators of the items that a scope lets through, without the scores.
pub(crate) fn indicators(items: &[&Item]) -> wire::Indicators {
    let all: Vec<&Item> = items
        .iter()
        .copied()
        .filter(|item| item.is_complaint())
        .collect();
    let with = |status| all.iter().filter(|item| item.status() == status).count() as u64;
    let closed = with(Status::Closed) + with(Status::FollowedUp);
    let withdrawn = with(Status::Withdrawn);
    let word = |of: fn(&Feedback) -> Option<&str>| {
        list(all.iter().map(|item| of(item.said()).unwrap_or_default()))
    };
    let outcomes: Vec<_> = all.iter().filter_map(|item| item.state.outcome()).collect();
    let classes = |item: &&Item| {
        item.said()
            .reported
            .as_ref()
            .map_or("", |it| it.response_class.as_str())
    };
    let timely = |item: &Item| {
        item.said()
            .reported
            .as_ref()
            .map_or(Answer::Unknown, |it| it.timely)
    };
    let disputed = |item: &Item| {
        item.said()
            .reported
            .as_ref()
            .map_or(Answer::Unknown, |it| it.disputed)
    };
    let by_product = word(|it| it.product.as_deref());
    let of_each = |answer: &dyn Fn(&Item) -> Answer| {
        let of = |product: &wire::Count| {
            let has =
                |item: &&&Item| item.said().product.as_deref().unwrap_or_default() == product.value;
            let those = all.iter().filter(has).copied();
            wire::YesNoUnknownOf {
                value: product.value.clone(),
                counts: Some(answers(those, answer)),
            }
        };
        by_product.iter().map(of).collect::<Vec<_>>()
    };
    let happened = |of: fn(&Happened) -> bool| {
        let each = all
            .iter()
            .map(|item| item.events.iter().filter(|event| of(event)).count());
        each.sum::<usize>() as u64
    };
    let acknowledged: Vec<_> = all
        .iter()
        .filter(|item| item.is_closed() || item.acknowledged().is_some())
        .map(|item| (item.said().received_at, item.acknowledged()))
        .collect();
    let resolved: Vec<_> = all
        .iter()
        .filter(|item| item.is_closed())
        .map(|item| (item.said().received_at, item.closed()))
        .collect();
    wire::Indicators {
        feedback_by_kind: list(items.iter().map(|item| item.said().kind.as_str())),
        received: all.len() as u64,
        open: all.len() as u64 - closed - withdrawn,
        closed,
        withdrawn,
        reopened: happened(|event| matches!(event, Happened::Reopened(_))),
        disputed: happened(|event| matches!(event, Happened::Disputed(_))),
        by_status: list(all.iter().map(|item| item.status().as_str())),
        by_outcome: list(outcomes.iter().map(redress_complaint::Outcome::as_str)),
        by_issue: word(|it| it.issue.as_deref()),
        by_channel: word(|it| Some(it.channel.as_str())),
        by_language: word(|it| it.language.as_deref()),
        by_severity: list(all.iter().map(|item| item.severity())),
        by_response_class: list(all.iter().map(classes)),
        by_reported_response: word(|it| it.reported.as_ref()?.response.as_deref()),
        reported_timely: Some(answers(all.iter().copied(), timely)),
        reported_disputed: Some(answers(all.iter().copied(), disputed)),
        reported_timely_by_product: of_each(&timely),
        reported_disputed_by_product: of_each(&disputed),
        time_to_acknowledge: Some(duration(&acknowledged)),
        time_to_resolve: Some(duration(&resolved)),
        by_product,
        nps: None,
        csat: None,
        ces: None,
    }
}

/// What flowed between two instants, and what was open just before each of them: every figure is
/// counted for itself, so nothing makes them add up but that they are right.
pub(crate) fn bucket(stays: &[Stay], from: Timestamp, to: Timestamp) -> wire::SeriesPoint {
    let is_in = |time: Timestamp| from <= time && time < to;
    let count = |of: &dyn Fn(&Stay) -> bool| stays.iter().filter(|stay| of(stay)).count() as u64;
    let turned = |to: Turn| {
        let turns = stays.iter().flat_map(|stay| &stay.turns);
        turns
            .filter(|(time, turn)| is_in(*time) && *turn == to)
            .count() as u64
    };
    wire::SeriesPoint {
        open_at_start: count(&|stay| stay.is_open_before(from)),
        received: count(&|stay| is_in(stay.received)),
        reopened: turned(Turn::Reopened),
        closed: turned(Turn::Closed),
        withdrawn: turned(Turn::Withdrawn),
        closed_at_unknown_time: count(&|stay| is_in(stay.received) && stay.began_closed),
        open_at_end: count(&|stay| stay.is_open_before(to)),
        ..wire::SeriesPoint::default()
    }
}
