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

    /// Whether it was open at a time, and when it was closed or withdrawn up to then.
    fn at(&self, end: Timestamp) -> (bool, Vec<Timestamp>) {
        let received = self.said().received_at;
        // Closed by a report, at a time that nobody knows: never open.
        let turns = self.events.iter().filter_map(|event| match event {
            Happened::Closed(it) => Some((it.occurred_at, false)),
            Happened::Withdrawn(it) => Some((it.occurred_at, false)),
            Happened::Reopened(it) => Some((it.occurred_at, true)),
            _ => None,
        });
        let turns = self
            .reported_closing()
            .map(|at| (at, false))
            .into_iter()
            .chain(turns);
        let mut latest = received;
        let in_order = |(time, open): (Timestamp, bool)| {
            latest = latest.max(time);
            (latest, open)
        };
        let turns: Vec<_> = turns.map(in_order).collect();
        let reported = match turns.first() {
            Some((_, opens)) => *opens,
            None => self.status() == Status::Closed,
        };
        let ends = turns.iter().filter(|(time, open)| *time < end && !open);
        let ends: Vec<_> = ends.map(|(time, _)| *time).collect();
        let last = turns.iter().rev().find(|(time, _)| *time < end);
        (last.map_or(!reported, |(_, open)| *open), ends)
    }
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
    let (closed, withdrawn) = (with(Status::Closed), with(Status::Withdrawn));
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
        .filter(|item| item.status() == Status::Closed || item.acknowledged().is_some())
        .map(|item| (item.said().received_at, item.acknowledged()))
        .collect();
    let resolved: Vec<_> = all
        .iter()
        .filter(|item| item.status() == Status::Closed)
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

/// Received, closed and open at the end of a bucket that lies between two instants.
pub(crate) fn bucket(items: &[&Item], from: Timestamp, to: Timestamp) -> (u64, u64, u64) {
    let (mut received, mut closed, mut open) = (0, 0, 0);
    for item in items.iter().filter(|item| item.is_complaint()) {
        let at = item.said().received_at;
        received += u64::from(from <= at && at < to);
        let (is_open, ends) = item.at(to);
        closed += ends.iter().filter(|end| **end >= from).count() as u64;
        open += u64::from(at < to && is_open);
    }
    (received, closed, open)
}
