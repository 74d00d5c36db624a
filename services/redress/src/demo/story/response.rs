//! What is offered or refused, told to the complainant, and made good.

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::calendar::day_of;
use super::super::catalogue::{CHARGED_WRONGLY, Origin, causes, origin};
use super::super::item::{Action, Money, Refusal, Remedy};
use super::super::words;
use super::{DAY, HOUR, Teller};

/// Promised for a day far ahead: a complaint may be closed while it is only scheduled.
const CHANGE_OF_PRACTICE: &str = "change_of_practice";

impl Teller<'_> {
    /// Proposes and communicates; hands back the numbers of the remedies that are to be fulfilled.
    pub(super) fn respond(&mut self, outcome: &'static str) -> Vec<u32> {
        self.wait(2 * HOUR, 3 * DAY);
        let is_refused = outcome == "not_upheld" || outcome == "out_of_scope";
        let remedies = if is_refused {
            Vec::new()
        } else {
            self.remedies()
        };
        let first = self.remedies + 1;
        self.remedies += remedies.len() as u32;
        let open = (first..)
            .zip(&remedies)
            .filter(|(_, remedy)| remedy.kind != CHANGE_OF_PRACTICE)
            .map(|(number, _)| number)
            .collect();
        let refusal = is_refused.then(|| Refusal {
            reason: if outcome == "out_of_scope" {
                "not our product"
            } else {
                "no fault found"
            },
            explanation: words::of(self.case.customer.language).refusal,
        });
        let has_cause = !is_refused && self.chance.percent(86);
        let cause = has_cause.then(|| self.chance.pick(causes(self.case.issue)));
        self.step(
            self.handler,
            Action::ProposeResponse {
                remedies,
                refusal,
                cause,
            },
        );
        self.communicate(outcome);
        open
    }

    fn communicate(&mut self, outcome: &'static str) {
        self.wait(HOUR, DAY);
        let channel = self.answering_channel();
        let tell = Action::CommunicateDecision {
            outcome,
            channel,
            recourse_explained: true,
        };
        self.step(self.handler, tell);
    }

    fn remedies(&mut self) -> Vec<Remedy> {
        let usual = match origin(self.case.issue) {
            Origin::Machine => self.chance.weighted(&[("repair", 5), ("replacement", 4)]),
            Origin::Delivery => self.chance.weighted(&[("replacement", 6), ("goodwill", 3)]),
            Origin::Service => self.chance.weighted(&[("refund", 5), ("apology", 4)]),
        };
        let first = self
            .case
            .remedy_sought
            .filter(|_| self.chance.percent(60))
            .unwrap_or(usual);
        let mut remedies = vec![self.remedy(first)];
        if self.chance.percent(12) && first != "goodwill" {
            remedies.push(self.remedy("goodwill"));
        }
        if self.chance.percent(4) {
            remedies.push(self.remedy(CHANGE_OF_PRACTICE));
        }
        remedies
    }

    fn remedy(&mut self, kind: &'static str) -> Remedy {
        let minor_units = match kind {
            // What was charged wrongly is paid back; for a machine, its price.
            "refund" if self.case.issue == CHARGED_WRONGLY => Some(self.case.price_minor_units),
            "refund" => Some(self.case.price_minor_units - 100 * self.chance.between(0, 2)),
            "compensation" => Some(500 * self.chance.between(4, 16)),
            "goodwill" => Some(500 * self.chance.between(2, 6)),
            _ => None,
        };
        let currency = self.case.customer.currency();
        let days = if kind == CHANGE_OF_PRACTICE {
            180
        } else {
            self.chance.between(14, 28)
        };
        Remedy {
            kind,
            amount: minor_units.map(|minor_units| Money {
                minor_units,
                currency,
            }),
            promised_by: Some(self.days_ahead(days)),
        }
    }

    fn days_ahead(&self, days: i64) -> Date {
        day_of(self.now).saturating_add(days.days())
    }

    pub(super) fn fulfil(&mut self, open: &[u32]) {
        for remedy in open {
            self.wait(6 * HOUR, 6 * DAY);
            self.step(self.handler, Action::FulfilRemedy { remedy: *remedy });
        }
    }
}
