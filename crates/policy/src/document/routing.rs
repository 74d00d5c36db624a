//! `[queues.<name>]`, `[skills.<name>]` and `[[routing]]`: where a complaint waits, who may handle it, and who is
//! chosen. Of the rules the first that fits counts.

use std::collections::BTreeMap;

use super::clock::SEVERITIES;
use super::reader::{Reader, Span, Table, Value, list, listed};
use super::scope::{self, Facts, Scope};

/// What a policy says of people: it names no person, only what a person must have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    /// With what each is for.
    pub queues: BTreeMap<String, Option<String>>,
    /// With what each is.
    pub skills: BTreeMap<String, Option<String>>,
    /// In their order.
    pub rules: Vec<RoutingRule>,
}

/// One rule: the complaints that it fits, and where they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingRule {
    pub name: String,
    pub about: Option<String>,
    /// Each of these must hold.
    pub fits: Fits,
    pub queue: String,
    /// Who handles such a complaint has all of them.
    pub skills: Vec<String>,
    pub choose: Choose,
}

/// Which complaints a rule fits. Without anything it is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fits {
    pub scope: Scope,
    /// One of these; of a complaint that is not assessed nothing is known.
    pub severities: Vec<&'static str>,
    /// One of these; `de` with `de-AT`.
    pub languages: Vec<String>,
    /// Whether the complainant is said to be vulnerable. Nobody said: it is neither.
    pub vulnerable: Option<bool>,
}

/// How a handler is chosen where nobody is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choose {
    /// Who has the fewest open complaints.
    #[default]
    LeastLoad,
    /// A person says who.
    ByHand,
}

impl Choose {
    const ALL: [(&'static str, Self); 2] =
        [("least_load", Self::LeastLoad), ("by_hand", Self::ByHand)];

    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, it)| *it == self);
        found.map_or("", |(word, _)| word)
    }
}

/// What is known of a complaint that is to be routed.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub facts: &'a Facts,
    /// `None`: not assessed.
    pub severity: Option<&'a str>,
    pub language: Option<&'a str>,
    /// `None`: nobody asked.
    pub vulnerable: Option<bool>,
}

impl Routing {
    /// The first rule that fits.
    pub fn of(&self, known: &Known<'_>) -> Option<&RoutingRule> {
        self.rules.iter().find(|rule| rule.fits.includes(known))
    }

    pub fn rule(&self, name: &str) -> Option<&RoutingRule> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}

impl Fits {
    pub fn includes(&self, known: &Known<'_>) -> bool {
        let is_language = |wanted: &String| known.language.is_some_and(|it| speaks(wanted, it));
        let is_severity = |wanted: &&str| known.severity == Some(*wanted);
        self.scope.includes(known.facts)
            && (self.severities.is_empty() || self.severities.iter().any(is_severity))
            && (self.languages.is_empty() || self.languages.iter().any(is_language))
            && self
                .vulnerable
                .is_none_or(|wanted| known.vulnerable == Some(wanted))
    }

    /// Whether it fits every complaint that `other` fits.
    fn covers(&self, other: &Self) -> bool {
        let in_languages = |it: &String| self.languages.iter().any(|wanted| speaks(wanted, it));
        let languages = !other.languages.is_empty() && other.languages.iter().all(in_languages);
        let in_severities = |it: &&str| self.severities.contains(it);
        let severities = !other.severities.is_empty() && other.severities.iter().all(in_severities);
        self.scope.covers(&other.scope)
            && (self.severities.is_empty() || severities)
            && (self.languages.is_empty() || languages)
            && (self.vulnerable.is_none() || self.vulnerable == other.vulnerable)
    }
}

/// A language is meant with all its regions: `de` with `de-AT`. Case does not count (BCP 47).
fn speaks(wanted: &str, known: &str) -> bool {
    let rest = known
        .get(..wanted.len())
        .filter(|start| start.eq_ignore_ascii_case(wanted))
        .and_then(|_| known.get(wanted.len()..));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

const OWN_KEYS: [&str; 8] = [
    "rule",
    "about",
    "queue",
    "skills",
    "choose",
    "severities",
    "languages",
    "vulnerable",
];

/// `applies_to` is which complaints the whole policy is about.
pub(super) fn read(reader: &mut Reader<'_>, document: &Table<'_>, applies_to: &Scope) -> Routing {
    let mut routing = Routing {
        queues: named(reader, document, "queues", "a queue"),
        skills: named(reader, document, "skills", "a skill"),
        rules: Vec::new(),
    };
    let all = document.get("routing").map_or(Vec::new(), list);
    for value in all {
        let Some(table) = reader.table(value) else {
            continue;
        };
        let Some(rule) = rule(reader, value.span(), table, &routing) else {
            continue;
        };
        never_fits(reader, table, &rule, &routing.rules, applies_to);
        routing.rules.push(rule);
    }
    routing
}

/// Names, and what each stands for.
fn named(
    reader: &mut Reader<'_>,
    document: &Table<'_>,
    key: &str,
    what: &str,
) -> BTreeMap<String, Option<String>> {
    let mut all = BTreeMap::new();
    for (name, _, table) in reader.tables(document, key) {
        reader.only(table, &["about"], what);
        let about = reader.optional(table, "about", Reader::text);
        all.insert(name, about);
    }
    all
}

fn rule(
    reader: &mut Reader<'_>,
    span: Span,
    table: &Table<'_>,
    routing: &Routing,
) -> Option<RoutingRule> {
    let keys: Vec<&str> = OWN_KEYS.into_iter().chain(scope::KEYS).collect();
    reader.only(table, &keys, "a rule of routing");
    let name = reader.required(table, "rule", &span, Reader::name);
    if let Some(name) = name.as_ref().filter(|it| routing.rule(it).is_some()) {
        let place = table.get("rule").map_or(span.clone(), Value::span);
        let message = format!("there is a rule `{name}` before this one");
        reader.flaw(place, "REPEATED", message, "give it another name");
    }
    let about = reader.optional(table, "about", Reader::text);
    let queue = reader.required(table, "queue", &span, Reader::name);
    if let (Some(queue), Some(value)) = (&queue, table.get("queue")) {
        is_named(reader, value, queue, "queue", &routing.queues);
    }
    let mut skills = Vec::new();
    for value in table.get("skills").map_or(Vec::new(), list) {
        if let Some(skill) = reader.name(value) {
            is_named(reader, value, &skill, "skill", &routing.skills);
            once(reader, value, &mut skills, skill);
        }
    }
    let choose = reader.optional(table, "choose", choose);
    let fits = fits(reader, table);
    Some(RoutingRule {
        name: name?,
        about,
        fits,
        queue: queue?,
        skills,
        choose: choose.unwrap_or_default(),
    })
}

fn fits(reader: &mut Reader<'_>, table: &Table<'_>) -> Fits {
    let scope = scope::of_facts(reader, table);
    let mut severities = Vec::new();
    if let Some(value) = table.get("severities") {
        for value in some(reader, value) {
            if let Some(word) = reader.word(value, &SEVERITIES) {
                once(reader, value, &mut severities, word);
            }
        }
    }
    let mut languages = Vec::new();
    if let Some(value) = table.get("languages") {
        for value in some(reader, value) {
            if let Some(language) = reader.text(value) {
                once(reader, value, &mut languages, language);
            }
        }
    }
    let vulnerable = reader.optional(table, "vulnerable", Reader::truth);
    Fits {
        scope,
        severities,
        languages,
        vulnerable,
    }
}

/// The values of a list, of which there must be one.
fn some<'v, 'i>(reader: &mut Reader<'_>, value: &'v Value<'i>) -> Vec<&'v Value<'i>> {
    let all = list(value);
    if all.is_empty() {
        let remedy = "write at least one value, or take the key out";
        let message = "no complaint has none of these";
        reader.flaw(value.span(), "VALUE_MALFORMED", message, remedy);
    }
    all
}

fn once<T: PartialEq>(reader: &mut Reader<'_>, value: &Value<'_>, all: &mut Vec<T>, it: T) {
    if all.contains(&it) {
        let message = "this is said twice";
        reader.flaw(value.span(), "REPEATED", message, "keep one of the two");
    } else {
        all.push(it);
    }
}

fn choose(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Choose> {
    let words = Choose::ALL.map(|(word, _)| word);
    let word = reader.word(value, &words)?;
    let found = Choose::ALL.iter().find(|(it, _)| *it == word);
    found.map(|(_, it)| *it)
}

/// Queues and skills are named before they are used, so that a slip of the pen makes no new one.
pub(super) fn is_named(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    name: &str,
    what: &str,
    known: &BTreeMap<String, Option<String>>,
) {
    if known.contains_key(name) {
        return;
    }
    let table = format!("a table `[{what}s.{name}]`");
    let names: Vec<&String> = known.keys().collect();
    let remedy = if names.is_empty() {
        format!("write {table}")
    } else {
        format!("write one of {}, or {table}", listed(&names))
    };
    let code = match what {
        "queue" => "QUEUE_UNKNOWN",
        _ => "SKILL_UNKNOWN",
    };
    let message = format!("the policy has no {what} `{name}`");
    reader.flaw(value.span(), code, message, remedy);
}

/// A rule that no complaint ever comes to.
fn never_fits(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    rule: &RoutingRule,
    before: &[RoutingRule],
    applies_to: &Scope,
) {
    let Some(place) = table.get("rule").map(Value::span) else {
        return;
    };
    if let Some(fact) = rule.fits.scope.excludes(applies_to) {
        let word = fact.word();
        let message = format!("the policy applies to no complaint with these `{word}`");
        let remedy = format!("write `{word}` that `[applies_to]` has, or widen that");
        let place = table.get(word).map_or(place, Value::span);
        reader.flaw(place, "RULE_NEVER_FITS", message, remedy);
        return;
    }
    if let Some(wider) = before.iter().find(|it| it.fits.covers(&rule.fits)) {
        let wider = &wider.name;
        let message = format!("the rule `{wider}` before it takes every complaint that fits");
        let remedy = format!("put it before `{wider}`, or take it out");
        reader.flaw(place, "RULE_NEVER_FITS", message, remedy);
    }
}
