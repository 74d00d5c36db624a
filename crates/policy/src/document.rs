//! A policy as a TOML document: read whole, with every error and its place, or not at all.

mod calendar;
mod clock;
mod closing;
mod escalation;
mod flaw;
mod holidays;
mod reader;
mod remedies;
mod routing;
mod scope;
mod separation;
mod severity;
mod template;
mod version;

use std::collections::BTreeMap;

use crate::{Calendar, Calendars};

pub use clock::{Again, ClockRule, Moment, PAUSE_CAUSES, SEVERITIES};
pub use closing::{
    CLOSE_BASES, ClosingRule, ExternalRecourse, REQUIRED_RECORDS, RecordsRule, Silence,
};
pub use escalation::{EscalationLevel, EscalationRule, Onward, Trigger};
pub use flaw::{Flaw, Place};
use reader::Reader;
pub use remedies::RemedyRule;
pub use routing::{Choose, Fits, Known, Routing, RoutingRule};
pub use scope::{Fact, Facts, Scope};
pub use separation::Separation;
pub use severity::{Found, LEVELS, SAFETY_IMPLICATIONS, SeverityMatrix, SeverityRow};
pub use template::{Field, Filled, INFORMS, Template, Templates};
use version::version_of;

/// What a policy says, checked: every name in it is there, every target can be counted.
#[derive(Debug, Clone)]
pub struct Policy {
    name: String,
    version: String,
    about: Option<String>,
    applies_to: Scope,
    scopes: BTreeMap<String, Scope>,
    calendars: BTreeMap<String, Calendar>,
    clocks: BTreeMap<String, ClockRule>,
    routing: Routing,
    separation: Option<Separation>,
    closing: ClosingRule,
    records: RecordsRule,
    severities: SeverityMatrix,
    remedies: RemedyRule,
    levels: BTreeMap<String, EscalationLevel>,
    escalations: BTreeMap<String, EscalationRule>,
    templates: Templates,
}

/// A document, and what it is called in messages.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

/// Hands in the text of a file beside the policy, by its bare name, or says why there is none.
pub type Beside<'a> = dyn FnMut(&str) -> Result<String, String> + 'a;

impl Policy {
    /// All errors, in the order of their places.
    pub fn read(source: Source<'_>, beside: &mut Beside<'_>) -> Result<Self, Vec<Flaw>> {
        let (document, syntax) = toml::de::DeTable::parse_recoverable(source.text);
        let mut reader = Reader::new(source);
        for error in &syntax {
            let span = error.span().unwrap_or_default();
            let message = error.message().to_owned();
            reader.flaw(
                span,
                "POLICY_SYNTAX",
                message,
                "write it as TOML (https://toml.io)",
            );
        }
        let mut files = Vec::new();
        let mut recorded = |name: &str| {
            let text = beside(name)?;
            files.push((name.to_owned(), text.clone()));
            Ok(text)
        };
        let read = read(&mut reader, document.get_ref(), &mut recorded);
        let flaws = reader.into_flaws(!syntax.is_empty());
        match read {
            Some(mut policy) if flaws.is_empty() => {
                policy.version = version_of(&policy.name, &policy.version, source.text, &files);
                Ok(policy)
            }
            Some(_) | None => Err(flaws),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// `uk-disp@1:9f86d081884c`: the name, the version that the document gives itself, and the first
    /// digits of the SHA-256 of all that was read, so that no two policies have the same version.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn about(&self) -> Option<&str> {
        self.about.as_deref()
    }

    pub fn calendars(&self) -> &BTreeMap<String, Calendar> {
        &self.calendars
    }

    pub fn clocks(&self) -> &BTreeMap<String, ClockRule> {
        &self.clocks
    }

    /// Where complaints under the policy wait, and who may handle them.
    pub fn routing(&self) -> &Routing {
        &self.routing
    }

    pub fn separation(&self) -> Option<&Separation> {
        self.separation.as_ref()
    }

    /// Which duties are separated for a complaint; none where it is not under the policy or not as severe.
    pub fn separates(&self, facts: &Facts, severity: &str) -> Option<&Separation> {
        let applies = self.applies_to.includes(facts);
        let separation = self.separation.as_ref();
        separation.filter(|it| applies && it.holds(severity))
    }

    /// The rule that routes a complaint; none where it is not under the policy, or no rule fits.
    pub fn route(&self, known: &Known<'_>) -> Option<&RoutingRule> {
        let applies = self.applies_to.includes(known.facts);
        self.routing.of(known).filter(|_| applies)
    }

    /// When a complaint may be closed.
    pub fn closing(&self) -> &ClosingRule {
        &self.closing
    }

    /// What has to be there before a complaint is closed.
    pub fn records(&self) -> &RecordsRule {
        &self.records
    }

    /// Which severity is proposed for what an assessment finds.
    pub fn severities(&self) -> &SeverityMatrix {
        &self.severities
    }

    /// What may be offered, and how much without approval.
    pub fn remedies(&self) -> &RemedyRule {
        &self.remedies
    }

    pub fn escalation_levels(&self) -> &BTreeMap<String, EscalationLevel> {
        &self.levels
    }

    pub fn escalations(&self) -> &BTreeMap<String, EscalationRule> {
        &self.escalations
    }

    /// The complaints that are under the policy.
    pub fn applies_to(&self) -> &Scope {
        &self.applies_to
    }

    pub fn scopes(&self) -> &BTreeMap<String, Scope> {
        &self.scopes
    }

    /// What is said to complainants.
    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    /// The clocks that a complaint has under it; none where it is not under the policy.
    pub fn clocks_of(&self, facts: &Facts) -> impl Iterator<Item = &ClockRule> {
        let applies = self.applies_to.includes(facts);
        self.clocks.values().filter(move |rule| {
            let scope = rule.scope.as_ref().map(|name| self.scopes.get(name));
            applies && scope.is_none_or(|it| it.is_some_and(|it| it.includes(facts)))
        })
    }
}

impl Calendars for Policy {
    fn calendar(&self, policy: &str, name: &str) -> Option<&Calendar> {
        self.calendars.get(name).filter(|_| policy == self.version)
    }
}

const KEYS: [&str; 19] = [
    "policy",
    "version",
    "about",
    "applies_to",
    "scopes",
    "calendars",
    "clocks",
    "queues",
    "skills",
    "routing",
    "separation",
    "closing",
    "required_records",
    "severity_matrix",
    "remedies",
    "escalation_levels",
    "escalations",
    "messages",
    "template",
];

/// The policy as far as it can be read; what is wrong is told to the reader.
fn read(
    reader: &mut Reader<'_>,
    document: &reader::Table<'_>,
    beside: &mut Beside<'_>,
) -> Option<Policy> {
    let whole = 0..0;
    reader.only(document, &KEYS, "a policy");
    let name = reader.required(document, "policy", &whole, Reader::name);
    let version = reader.required(document, "version", &whole, Reader::number);
    let about = reader.optional(document, "about", Reader::text);
    let applies_to = document
        .get("applies_to")
        .map_or(Some(Scope::ALL), |value| {
            let table = reader.table(value)?;
            Some(scope::read(reader, table))
        });
    let mut known = clock::Known::default();
    let mut scopes = BTreeMap::new();
    for (key, _, value) in reader.tables(document, "scopes") {
        known.scopes.push(key.clone());
        scopes.insert(key, scope::read(reader, value));
    }
    let mut calendars = BTreeMap::new();
    for (key, span, value) in reader.tables(document, "calendars") {
        // A clock may name it, also where something in it is wrong.
        known.calendars.push(key.clone());
        if let Some(calendar) = calendar::read(reader, &key, &span, value, beside) {
            calendars.insert(key, calendar);
        }
    }
    let (mut clocks, mut clock_names) = (BTreeMap::new(), Vec::new());
    for (key, span, value) in reader.tables(document, "clocks") {
        clock_names.push(key.clone());
        if let Some(clock) = clock::read(reader, &key, &span, value, &known) {
            clocks.insert(key, clock);
        }
    }
    let all = Scope::ALL;
    let routing = routing::read(reader, document, applies_to.as_ref().unwrap_or(&all));
    let separation = document
        .get("separation")
        .and_then(|value| separation::read(reader, value, &routing));
    let closing = reader.section(document, "closing");
    let closing = closing.map(|(span, table)| closing::read(reader, &span, table, &known));
    let records = reader.section(document, "required_records");
    let records = records.map(|(_, table)| closing::records(reader, table));
    let severities = document.get("severity_matrix");
    let severities = severities.map(|value| severity::read(reader, value));
    let remedies = reader.section(document, "remedies");
    let remedies = remedies.map(|(_, table)| remedies::read(reader, table));
    let levels = escalation::levels(reader, document, &known);
    let escalations = escalation::rules(reader, document, &clock_names, &levels);
    let templates = template::read(reader, document);
    Some(Policy {
        name: name?,
        version: version?.to_string(),
        about,
        applies_to: applies_to?,
        scopes,
        calendars,
        clocks,
        routing,
        separation,
        closing: closing.unwrap_or_default(),
        records: records.unwrap_or_default(),
        severities: severities.unwrap_or_default(),
        remedies: remedies.unwrap_or_default(),
        levels,
        escalations,
        templates: templates?,
    })
}
