//! How many, how fast, with what outcome.

use std::collections::HashMap;

use redress_complaint::Status;
use redress_feedback::Answer;
use redress_statistics::{Nps, StatisticsError, Summary, ces, csat, fixed, summary};
use redress_wire::reporting::v1 as wire;

use crate::dimension::Dimension;
use crate::facts::{Case, Course, Measure, Word};
use crate::tally::Tally;

/// The figures in the making.
#[derive(Debug, Default)]
pub(crate) struct Indicators {
    feedback_by_kind: Tally,
    received: u64,
    open: u64,
    closed: u64,
    withdrawn: u64,
    reopened: u64,
    disputed: u64,
    by: [Tally; LISTS.len()],
    timely: Reported,
    disputes: Reported,
    to_acknowledge: Durations,
    to_resolve: Durations,
    scores: Scores,
}

/// The lists, in the order of `Indicators::by`.
const LISTS: [Dimension; 9] = [
    Dimension::Status,
    Dimension::Outcome,
    Dimension::Product,
    Dimension::Issue,
    Dimension::Channel,
    Dimension::Language,
    Dimension::Severity,
    Dimension::ResponseClass,
    Dimension::ReportedResponse,
];

impl Indicators {
    pub(crate) fn add(&mut self, case: &Case<'_>) {
        if case.is_feedback {
            self.feedback_by_kind.add(case.word(Word::Kind));
            case.scores()
                .for_each(|(measure, value)| self.scores.add(measure, value));
        }
        let Some(course) = case.complaint() else {
            return;
        };
        self.received += 1;
        // One that is merged counts as open, whatever becomes of the other.
        match course.status() {
            Status::Closed | Status::FollowedUp => self.closed += 1,
            Status::Withdrawn => self.withdrawn += 1,
            Status::Received
            | Status::Acknowledged
            | Status::Assessed
            | Status::Investigating
            | Status::ResponseProposed
            | Status::DecisionCommunicated
            | Status::Disputed
            | Status::ReferredExternally
            | Status::Merged => self.open += 1,
        }
        self.reopened += u64::from(course.reopened());
        self.disputed += u64::from(course.disputed());
        for (dimension, tally) in LISTS.iter().zip(&mut self.by) {
            let value = dimension.of(case);
            if *dimension != Dimension::Outcome || !value.is_empty() {
                tally.add(value);
            }
        }
        let report = case.report.as_ref();
        let product = case.word(Word::Product);
        self.timely.add(
            product,
            report.map_or(Answer::Unknown, |report| report.timely),
        );
        self.disputes.add(
            product,
            report.map_or(Answer::Unknown, |report| report.disputed),
        );
        self.measure(case.received(), course);
    }

    fn measure(&mut self, received: i64, course: &Course) {
        // A complaint that is closed was acknowledged, if only by the answer.
        let acknowledged = course.is_closed() || course.acknowledged().is_some();
        self.to_acknowledge
            .add(acknowledged, received, course.acknowledged());
        self.to_resolve
            .add(course.is_closed(), received, course.closed());
    }

    pub(crate) fn into_wire(self) -> Result<wire::Indicators, StatisticsError> {
        let [
            status,
            outcome,
            product,
            issue,
            channel,
            language,
            severity,
            class,
            response,
        ] = self.by.map(Tally::sorted);
        Ok(wire::Indicators {
            feedback_by_kind: self.feedback_by_kind.sorted(),
            received: self.received,
            open: self.open,
            closed: self.closed,
            withdrawn: self.withdrawn,
            reopened: self.reopened,
            disputed: self.disputed,
            reported_timely: Some(self.timely.all),
            reported_disputed: Some(self.disputes.all),
            reported_timely_by_product: self.timely.in_order_of(&product),
            reported_disputed_by_product: self.disputes.in_order_of(&product),
            by_status: status,
            by_outcome: outcome,
            by_product: product,
            by_issue: issue,
            by_channel: channel,
            by_language: language,
            by_severity: severity,
            by_response_class: class,
            by_reported_response: response,
            time_to_acknowledge: Some(self.to_acknowledge.into_wire()?),
            time_to_resolve: Some(self.to_resolve.into_wire()?),
            nps: Some(self.scores.nps()?),
            csat: Some(self.scores.csat()?),
            ces: Some(self.scores.ces()?),
        })
    }
}

/// Yes, no and unknown, in all and by product.
#[derive(Debug, Default)]
struct Reported {
    all: wire::YesNoUnknown,
    by_product: HashMap<Box<str>, wire::YesNoUnknown>,
}

impl Reported {
    fn add(&mut self, product: &str, answer: Answer) {
        count(&mut self.all, answer);
        match self.by_product.get_mut(product) {
            Some(counts) => count(counts, answer),
            None => count(self.by_product.entry(product.into()).or_default(), answer),
        }
    }

    fn in_order_of(&self, products: &[wire::Count]) -> Vec<wire::YesNoUnknownOf> {
        let of = |product: &wire::Count| wire::YesNoUnknownOf {
            value: product.value.clone(),
            counts: self.by_product.get(product.value.as_str()).copied(),
        };
        products.iter().map(of).collect()
    }
}

fn count(counts: &mut wire::YesNoUnknown, answer: Answer) {
    match answer {
        Answer::Yes => counts.yes += 1,
        Answer::No => counts.no += 1,
        Answer::Unknown => counts.unknown += 1,
    }
}

/// How long something took, in seconds.
#[derive(Debug, Default)]
struct Durations {
    seconds: Vec<f64>,
    unknown: u64,
}

impl Durations {
    /// `over`: it has happened, whether or not it is known when.
    fn add(&mut self, over: bool, from: i64, to: Option<i64>) {
        match to {
            // Whole microseconds up to 2^53 are exact.
            Some(to) if over && to >= from => self.seconds.push((to - from) as f64 / 1e6),
            Some(_) | None if over => self.unknown += 1,
            Some(_) | None => {}
        }
    }

    fn into_wire(mut self) -> Result<wire::Duration, StatisticsError> {
        if self.seconds.is_empty() {
            let unknown = self.unknown;
            return Ok(wire::Duration {
                unknown,
                small: true,
                ..wire::Duration::default()
            });
        }
        // Sums of floats depend on their order; the order of reading may not show.
        self.seconds.sort_by(f64::total_cmp);
        let Summary {
            n,
            mean,
            p50,
            p90,
            p99,
            small,
        } = summary(&self.seconds)?;
        Ok(wire::Duration {
            n,
            unknown: self.unknown,
            mean_seconds: decimal(mean, 1),
            p50_seconds: decimal(p50, 1),
            p90_seconds: decimal(p90, 1),
            p99_seconds: decimal(p99, 1),
            small,
        })
    }
}

/// Everything that is written here is finite; what was not would be empty.
pub(crate) fn decimal(value: f64, digits: u8) -> String {
    fixed(value, digits).unwrap_or_default()
}

/// How often each score was given: its value is the place.
#[derive(Debug, Default)]
struct Scores {
    nps: [u64; 11],
    csat: [u64; 6],
    ces: [u64; 8],
}

impl Scores {
    fn add(&mut self, measure: Measure, value: u8) {
        let counts = match measure {
            Measure::Nps => &mut self.nps[..],
            Measure::Csat => &mut self.csat[..],
            Measure::Ces => &mut self.ces[..],
        };
        if let Some(count) = counts.get_mut(usize::from(value)) {
            *count += 1;
        }
    }

    fn nps(&self) -> Result<wire::Score, StatisticsError> {
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        let (detractors, passives) = (sum(&self.nps[..7]), sum(&self.nps[7..9]));
        let promoters = sum(&self.nps[9..]);
        if detractors + passives + promoters == 0 {
            return Ok(nobody());
        }
        let nps = Nps::from_counts(promoters, passives, detractors)?;
        let (lower, upper) = nps.interval_95();
        // Of few answers the normal does not hold: of one alone it would be certain.
        let limit = |limit| {
            if nps.small {
                String::new()
            } else {
                decimal(limit, 1)
            }
        };
        Ok(wire::Score {
            n: nps.n,
            value: decimal(nps.score, 1),
            lower: limit(lower),
            upper: limit(upper),
            small: nps.small,
        })
    }

    fn csat(&self) -> Result<wire::Score, StatisticsError> {
        let given = given(&self.csat);
        if given.is_empty() {
            return Ok(nobody());
        }
        let csat = csat(&given)?;
        Ok(wire::Score {
            n: csat.n,
            value: decimal(csat.score, 1),
            lower: decimal(csat.lower, 1),
            upper: decimal(csat.upper, 1),
            small: csat.small,
        })
    }

    fn ces(&self) -> Result<wire::Score, StatisticsError> {
        let given = given(&self.ces);
        if given.is_empty() {
            return Ok(nobody());
        }
        let ces = ces(&given)?;
        let (n, value, small) = (ces.n, decimal(ces.score, 2), ces.small);
        Ok(wire::Score {
            n,
            value,
            small,
            ..wire::Score::default()
        })
    }
}

fn nobody() -> wire::Score {
    wire::Score {
        small: true,
        ..wire::Score::default()
    }
}

fn given(counts: &[u64]) -> Vec<u8> {
    let places = counts.iter().zip(0_u8..);
    places
        .flat_map(|(count, score)| std::iter::repeat_n(score, *count as usize))
        .collect()
}
