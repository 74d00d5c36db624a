//! `[applies_to]` and `[scopes.<name>]`: which complaints are meant.

use std::collections::BTreeMap;

use super::reader::{Reader, Table, Value, list};

/// What is known of a complaint and a policy may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    Kind,
    Channel,
    Jurisdiction,
    Product,
    Issue,
    Site,
    Supplier,
    BusinessUnit,
    Segment,
    Tag,
}

impl Fact {
    /// As the document calls them.
    const ALL: [(&'static str, Self); 10] = [
        ("kinds", Self::Kind),
        ("channels", Self::Channel),
        ("jurisdictions", Self::Jurisdiction),
        ("products", Self::Product),
        ("issues", Self::Issue),
        ("sites", Self::Site),
        ("suppliers", Self::Supplier),
        ("business_units", Self::BusinessUnit),
        ("segments", Self::Segment),
        ("tags", Self::Tag),
    ];

    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, fact)| *fact == self);
        found.map_or("", |(word, _)| word)
    }
}

/// What is known of one complaint; of some facts there are several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<Fact, Vec<String>>);

impl Facts {
    #[must_use]
    pub fn with(mut self, fact: Fact, value: impl Into<String>) -> Self {
        self.0.entry(fact).or_default().push(value.into());
        self
    }

    /// Whether anything is known of it.
    pub fn knows(&self, fact: Fact) -> bool {
        !self.all(fact).is_empty()
    }

    fn all(&self, fact: Fact) -> &[String] {
        self.0.get(&fact).map_or(&[], Vec::as_slice)
    }
}

/// Complaints of which each fact asked for has one of the values. Without any it is all complaints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope(BTreeMap<Fact, Vec<String>>);

impl Scope {
    pub const ALL: Self = Self(BTreeMap::new());

    pub fn includes(&self, facts: &Facts) -> bool {
        self.0.iter().all(|(fact, wanted)| {
            let known = facts.all(*fact);
            known
                .iter()
                .any(|it| wanted.iter().any(|wanted| is_meant(*fact, wanted, it)))
        })
    }

    /// Whether every complaint that `other` means is one that this means, as far as can be said
    /// without one at hand.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.0.iter().all(|(fact, wanted)| {
            let narrower = other.0.get(fact);
            narrower.is_some_and(|values| {
                let is_in = |it: &String| wanted.iter().any(|wanted| is_meant(*fact, wanted, it));
                values.iter().all(is_in)
            })
        })
    }

    /// The first fact by which no complaint can be meant by both.
    pub(super) fn excludes(&self, other: &Self) -> Option<Fact> {
        self.0.iter().find_map(|(fact, wanted)| {
            // A complaint may have several tags.
            let others = other.0.get(fact).filter(|_| *fact != Fact::Tag)?;
            let meets = |a: &String, b: &String| is_meant(*fact, a, b) || is_meant(*fact, b, a);
            let is_met = wanted.iter().any(|a| others.iter().any(|b| meets(a, b)));
            (!is_met).then_some(*fact)
        })
    }

    pub fn asks_for(&self) -> impl Iterator<Item = (Fact, &[String])> {
        self.0.iter().map(|(fact, all)| (*fact, all.as_slice()))
    }
}

/// A country is meant with all its parts: `US` with `US-CA`.
fn is_meant(fact: Fact, wanted: &str, known: &str) -> bool {
    let is_part = |rest: &str| fact == Fact::Jurisdiction && rest.starts_with('-');
    known
        .strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || is_part(rest))
}

pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> Scope {
    reader.only(table, &KEYS, "which complaints are meant");
    of_facts(reader, table)
}

/// What can be asked for.
pub(super) const KEYS: [&str; Fact::ALL.len()] = {
    let mut keys = [""; Fact::ALL.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = Fact::ALL[at].0;
        at += 1;
    }
    keys
};

/// As [`read`], of a table that says other things, too.
pub(super) fn of_facts(reader: &mut Reader<'_>, table: &Table<'_>) -> Scope {
    let mut scope = BTreeMap::new();
    for (word, fact) in Fact::ALL {
        if let Some(value) = table.get(word) {
            scope.insert(fact, values(reader, fact, value));
        }
    }
    Scope(scope)
}

fn values(reader: &mut Reader<'_>, fact: Fact, value: &Value<'_>) -> Vec<String> {
    let all = list(value);
    if all.is_empty() {
        let message = "no complaint has none of these";
        let remedy = "write at least one value, or take the key out";
        reader.flaw(value.span(), "VALUE_MALFORMED", message, remedy);
    }
    let mut values = Vec::new();
    for value in all {
        let Some(text) = reader.text(value) else {
            continue;
        };
        if fact == Fact::Jurisdiction && !is_jurisdiction(&text) {
            let message = format!("no complaint has the jurisdiction `{text}`");
            let remedy = "write a country or a part of it (ISO 3166), as `AT` or `GB-SCT`";
            reader.flaw(value.span(), "VALUE_MALFORMED", message, remedy);
        }
        values.push(text);
    }
    values
}

/// As complaints have it: a country, or a part of one.
fn is_jurisdiction(text: &str) -> bool {
    let (country, part) = text.split_once('-').unwrap_or((text, "0"));
    let is_part = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=3).contains(&part.len())
        && part.bytes().all(is_part)
}
