//! Feedback that is no complaint.

use jiff::{Timestamp, ToSpan};

use super::super::calendar::day_of;
use super::super::catalogue::{LEAKS_WATER, PRODUCTS, Product};
use super::super::item::{Action, Customer, DemoItem, Score, Step};
use super::super::words;
use super::{CHANNELS, Generator};

/// Somebody who answers a survey.
#[derive(Debug)]
pub(super) struct Asked {
    customer: Customer,
    product: &'static Product,
    model: &'static str,
    is_content: bool,
}

impl Generator {
    pub(super) fn other(&mut self, received_at: Timestamp, kind: &'static str) -> DemoItem {
        let popular: Vec<_> = PRODUCTS.iter().map(|it| (it, it.popularity)).collect();
        let product = self.chance.weighted(&popular);
        let model = self.chance.weighted(product.models);
        let customer = self.customers.somebody(&mut self.chance);
        if kind == "survey_response" {
            let trouble = if self.is_shifted(product, LEAKS_WATER) {
                45
            } else {
                20
            };
            let is_content = !self.chance.percent(trouble);
            return self.answer(
                received_at,
                Asked {
                    customer,
                    product,
                    model,
                    is_content,
                },
            );
        }
        let language = words::of(customer.language);
        let texts = match kind {
            "compliment" => language.compliments,
            "suggestion" => language.suggestions,
            "safety_report" => language.safety_reports,
            _ => language.enquiries,
        };
        let text = self.chance.pick(texts);
        let channel = self.chance.weighted(CHANNELS);
        let mut item = self.item(kind, channel, received_at, product, model, customer);
        if kind == "suggestion" && self.chance.percent(20) {
            item.tags.push("environmental");
        }
        self.write(&mut item, text);
        item
    }

    pub(super) fn answer(&mut self, received_at: Timestamp, asked: Asked) -> DemoItem {
        let Asked {
            customer,
            product,
            model,
            is_content,
        } = asked;
        let language = words::of(customer.language);
        let comments = if is_content {
            language.content_comments
        } else {
            language.discontent_comments
        };
        let text = if self.chance.percent(55) {
            self.chance.pick(comments)
        } else {
            ""
        };
        let channel = self
            .chance
            .weighted(&[("email", 6), ("app", 3), ("web", 1)]);
        let mut item = self.item(
            "survey_response",
            channel,
            received_at,
            product,
            model,
            customer,
        );
        item.scores = self.scores(is_content);
        self.write(&mut item, text);
        item
    }

    fn scores(&mut self, is_content: bool) -> Vec<Score> {
        let ranges: &[(&str, i64, i64)] = if is_content {
            &[("nps", 7, 10), ("csat", 4, 5), ("ces", 5, 7)]
        } else {
            &[("nps", 0, 7), ("csat", 1, 3), ("ces", 1, 4)]
        };
        let mut scores = Vec::new();
        for (measure, low, high) in ranges {
            if scores.is_empty() || self.chance.percent(60) {
                scores.push(Score {
                    measure,
                    value: self.chance.between(*low, *high),
                });
            }
        }
        scores
    }

    /// Some answer the survey that goes out when their complaint is closed.
    pub(super) fn ask_for_an_opinion(
        &mut self,
        customer: &Customer,
        product: &'static Product,
        model: &'static str,
        story: &[Step],
    ) {
        let closed = story
            .iter()
            .find(|step| matches!(step.action, Action::Close { .. }));
        let Some(closed) = closed.filter(|_| self.chance.percent(28)) else {
            return;
        };
        let is_refused = story.iter().any(|step| {
            matches!(
                step.action,
                Action::ProposeResponse {
                    refusal: Some(_),
                    ..
                }
            )
        });
        let is_content = !self.chance.percent(if is_refused { 70 } else { 15 });
        let days = self.chance.between(1, 6);
        let day = day_of(closed.occurred_at).saturating_add(days.days());
        let customer = customer.clone();
        self.asked.entry(day).or_default().push(Asked {
            customer,
            product,
            model,
            is_content,
        });
    }
}
