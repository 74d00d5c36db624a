//! Day after day: who writes, through which door, about what.

mod other;

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::calendar::{SHIFT, busyness, day_of, first_day, midnight, minutes_after, shift_begins};
use super::catalogue::{
    CARRIERS, CONTACT_CENTRES, Origin, PRODUCTS, Product, SHIFTED_MODEL, WAREHOUSES, origin,
};
use super::chance::Chance;
use super::customers::Customers;
use super::item::{Action, Customer, DemoItem, ExternalReference, Money, RemedySought, Step};
use super::story::{self, Case};
use super::words;
use other::Asked;

const DAYS_IN_A_MONTH: f64 = 30.44;

/// (Kind, items in an average month); complaints have their rates in the catalogue.
const OTHER_KINDS: &[(&str, f64)] = &[
    ("compliment", 22.0),
    ("suggestion", 13.0),
    ("enquiry", 34.0),
    ("survey_response", 70.0),
    ("safety_report", 0.6),
];

const CHANNELS: &[(&str, u32)] = &[
    ("web", 30),
    ("email", 26),
    ("phone", 20),
    ("chat", 9),
    ("app", 6),
    ("partner_system", 3),
    ("social", 3),
    ("in_person", 2),
    ("letter", 1),
];

pub(super) const REMEDIES_SOUGHT: &[(Option<&str>, u32)] = &[
    (None, 34),
    (Some("refund"), 20),
    (Some("replacement"), 17),
    (Some("repair"), 14),
    (Some("compensation"), 5),
    (Some("information"), 6),
    (Some("apology"), 4),
];

/// Every item that was received before the midnight (UTC) that begins `end`, in order.
pub(crate) fn generate(seed: u64, end: Date) -> Generator {
    Generator {
        chance: Chance::new(seed),
        customers: Customers::default(),
        today: first_day(end),
        shift_begins: shift_begins(end),
        end: midnight(end),
        made: 0,
        ready: VecDeque::new(),
        asked: BTreeMap::new(),
        investigated: BTreeMap::new(),
    }
}

/// The items to come; see [`generate`].
#[derive(Debug)]
pub(crate) struct Generator {
    chance: Chance,
    customers: Customers,
    today: Date,
    shift_begins: Date,
    end: Timestamp,
    made: u32,
    ready: VecDeque<DemoItem>,
    /// Customers who answer the survey about their closed complaint, by the day of the answer.
    asked: BTreeMap<Date, Vec<Asked>>,
    /// (Model, issue) to the items whose investigation led to a response, and when.
    investigated: BTreeMap<(&'static str, &'static str), Vec<(Timestamp, u32)>>,
}

/// What comes in on a day, before the day is put in order.
#[derive(Debug)]
enum Incoming {
    Complaint {
        product: &'static Product,
        model: &'static str,
        issue: &'static str,
    },
    Other {
        kind: &'static str,
    },
    Answer(Box<Asked>),
}

impl Iterator for Generator {
    type Item = DemoItem;

    fn next(&mut self) -> Option<DemoItem> {
        while self.ready.is_empty() && midnight(self.today) < self.end {
            self.make_today();
            self.today = self.today.saturating_add(1.day());
        }
        self.ready.pop_front()
    }
}

impl Generator {
    fn make_today(&mut self) {
        let mut incoming: Vec<(Timestamp, Incoming)> = Vec::new();
        for what in self
            .complaints_today()
            .into_iter()
            .chain(self.others_today())
        {
            let minute = self.chance.between(6 * 60, 22 * 60 - 1);
            incoming.push((minutes_after(midnight(self.today), minute), what));
        }
        incoming.sort_by_key(|(received_at, _)| *received_at);
        for (received_at, what) in incoming {
            self.made += 1;
            let item = match what {
                Incoming::Complaint {
                    product,
                    model,
                    issue,
                } => self.complaint(received_at, product, model, issue),
                Incoming::Other { kind } => self.other(received_at, kind),
                Incoming::Answer(asked) => self.answer(received_at, *asked),
            };
            self.ready.push_back(item);
        }
    }

    fn complaints_today(&mut self) -> Vec<Incoming> {
        let mut incoming = Vec::new();
        for product in PRODUCTS {
            for (issue, monthly) in product.issues {
                let usual = monthly / DAYS_IN_A_MONTH * busyness(self.today);
                for _ in 0..self.chance.poisson(usual) {
                    let model = self.chance.weighted(product.models);
                    incoming.push(Incoming::Complaint {
                        product,
                        model,
                        issue,
                    });
                }
                if self.is_shifted(product, issue) {
                    let model = SHIFTED_MODEL;
                    for _ in 0..self.chance.poisson(usual * (SHIFT.factor - 1.0)) {
                        incoming.push(Incoming::Complaint {
                            product,
                            model,
                            issue,
                        });
                    }
                }
            }
        }
        incoming
    }

    fn is_shifted(&self, product: &Product, issue: &str) -> bool {
        product.name == SHIFT.product && issue == SHIFT.issue && self.today >= self.shift_begins
    }

    fn others_today(&mut self) -> Vec<Incoming> {
        let mut incoming = Vec::new();
        for (kind, monthly) in OTHER_KINDS {
            let usual = monthly / DAYS_IN_A_MONTH * busyness(self.today);
            for _ in 0..self.chance.poisson(usual) {
                incoming.push(Incoming::Other { kind });
            }
        }
        let answers = self.asked.remove(&self.today).unwrap_or_default();
        incoming.extend(
            answers
                .into_iter()
                .map(|asked| Incoming::Answer(Box::new(asked))),
        );
        incoming
    }

    fn complaint(
        &mut self,
        received_at: Timestamp,
        product: &'static Product,
        model: &'static str,
        issue: &'static str,
    ) -> DemoItem {
        let customer = self.customers.somebody(&mut self.chance);
        let channel = self.chance.weighted(CHANNELS);
        let remedy = self.chance.weighted(REMEDIES_SOUGHT);
        let case = Case {
            issue,
            channel,
            customer: &customer,
            remedy_sought: remedy,
            price_minor_units: product.price_minor_units,
            received_at,
            precedent: self.precedent(model, issue, received_at),
        };
        let story = story::tell(&case, self.end, &mut self.chance);
        self.remember_investigation(model, issue, &story);
        self.ask_for_an_opinion(&customer, product, model, &story);
        let text = words::of(customer.language).complaint(issue, remedy, &mut self.chance);
        let mut item = self.item("complaint", channel, received_at, product, model, customer);
        let happened_before = self.chance.between(20, 9 * 24 * 60);
        item.occurred_at = Some(minutes_after(received_at, -happened_before));
        item.remedy_sought = remedy.map(|kind| sought(kind, product, &item.customer));
        item.issue = Some(issue);
        self.attribute(&mut item, product, issue);
        self.write(&mut item, &text);
        item.story = story;
        item
    }

    fn item(
        &mut self,
        kind: &'static str,
        channel: &'static str,
        received_at: Timestamp,
        product: &'static Product,
        model: &'static str,
        customer: Customer,
    ) -> DemoItem {
        let assisted = channel == "phone" && self.chance.percent(5);
        DemoItem {
            number: self.made,
            kind,
            channel,
            product: product.name,
            sub_product: model,
            issue: None,
            site: None,
            supplier: None,
            business_unit: product.business_unit,
            customer,
            external_references: Vec::new(),
            remedy_sought: None,
            immediate_action: None,
            assisted_by: assisted.then_some("family_member"),
            tags: Vec::new(),
            scores: Vec::new(),
            text: String::new(),
            occurred_at: None,
            received_at,
            story: Vec::new(),
        }
    }

    /// Which site and which supplier a complaint concerns.
    fn attribute(&mut self, item: &mut DemoItem, product: &Product, issue: &str) {
        match origin(issue) {
            Origin::Machine => {
                item.site = Some(product.plant);
                item.supplier = Some(product.supplier);
            }
            Origin::Delivery => {
                item.site = Some(self.chance.weighted(WAREHOUSES));
                item.supplier = Some(self.chance.weighted(CARRIERS));
            }
            Origin::Service => item.site = Some(self.chance.weighted(CONTACT_CENTRES)),
        }
        if issue == super::catalogue::OVERHEATS && self.chance.percent(50) {
            item.immediate_action = Some("customer asked to unplug the machine");
        }
        if item.channel == "social" && self.chance.percent(30) {
            item.tags.push("public");
        }
    }

    fn write(&mut self, item: &mut DemoItem, text: &str) {
        let order = format!("O-{}-{:05}", day_of(item.received_at).year(), item.number);
        item.text = words::filled(text, item.sub_product, self.chance.between(3, 40), &order);
        if item.kind == "complaint" || text.contains("{order}") {
            item.external_references.push(ExternalReference {
                system: "orders",
                id: order,
            });
        }
        if item.channel == "partner_system" {
            let id = format!("MP-{:07}", self.chance.between(0, 9_999_999));
            item.external_references.push(ExternalReference {
                system: "marketplace",
                id,
            });
        }
    }

    fn precedent(&self, model: &'static str, issue: &'static str, by: Timestamp) -> Option<u32> {
        let earlier = self.investigated.get(&(model, issue))?;
        earlier
            .iter()
            .rev()
            .find(|(at, _)| *at < by)
            .map(|(_, number)| *number)
    }

    fn remember_investigation(&mut self, model: &'static str, issue: &'static str, story: &[Step]) {
        let is_investigated = story
            .iter()
            .any(|step| matches!(step.action, Action::StartInvestigation { .. }));
        let answered = story
            .iter()
            .find(|step| matches!(step.action, Action::ProposeResponse { .. }));
        if let Some(step) = answered.filter(|_| is_investigated) {
            let known = self.investigated.entry((model, issue)).or_default();
            known.push((step.occurred_at, self.made));
        }
    }
}

fn sought(kind: &'static str, product: &Product, customer: &Customer) -> RemedySought {
    let amount = (kind == "refund").then(|| Money {
        minor_units: product.price_minor_units,
        currency: customer.currency(),
    });
    RemedySought { kind, amount }
}

#[cfg(test)]
mod tests;
