//! `[clocks.<name>]`: what starts, pauses and stops a clock, and what it promises.

use std::collections::BTreeMap;

use super::Policy;
use super::reader::{Reader, Span, Table, Value, list, listed};
use crate::Target;
use crate::clock::Terms;

/// A step of a complaint that starts or stops clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The organisation got it.
    Received,
    /// The organisation became aware of it, which may be before.
    Aware,
    Acknowledged,
    Assessed,
    InvestigationStarted,
    /// The complainant was told how it stands.
    Informed,
    ResponseProposed,
    DecisionCommunicated,
    /// The complainant accepted it.
    Accepted,
    Disputed,
    /// An authority was told.
    Reported,
    Withdrawn,
    Closed,
}

impl Moment {
    const ALL: [(&'static str, Self); 13] = [
        ("received", Self::Received),
        ("aware", Self::Aware),
        ("acknowledged", Self::Acknowledged),
        ("assessed", Self::Assessed),
        ("investigation_started", Self::InvestigationStarted),
        ("informed", Self::Informed),
        ("response_proposed", Self::ResponseProposed),
        ("decision_communicated", Self::DecisionCommunicated),
        ("accepted", Self::Accepted),
        ("disputed", Self::Disputed),
        ("reported", Self::Reported),
        ("withdrawn", Self::Withdrawn),
        ("closed", Self::Closed),
    ];

    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, moment)| *moment == self);
        found.map_or("", |(word, _)| word)
    }
}

/// What a reopening or a dispute does to a clock that was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It goes on where it stood.
    Continue,
    /// It begins anew.
    Restart,
    /// What was promised was done.
    StayStopped,
}

impl Again {
    const ALL: [(&'static str, Self); 3] = [
        ("continue", Self::Continue),
        ("restart", Self::Restart),
        ("stay_stopped", Self::StayStopped),
    ];

    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, it)| *it == self);
        found.map_or("", |(word, _)| word)
    }
}

/// The causes for which a clock may stand still.
pub const PAUSE_CAUSES: [&str; 4] = [
    "awaiting_complainant",
    "awaiting_third_party",
    "on_hold",
    "merged",
];

/// The severities that targets may differ by, the worst first.
pub const SEVERITIES: [&str; 5] = ["critical", "major", "moderate", "minor", "unfounded"];

/// One clock of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    pub name: String,
    pub about: Option<String>,
    /// A scope of the policy: only the complaints in it have the clock; without it all have.
    pub scope: Option<String>,
    pub starts: Moment,
    /// With the first of them what was promised is done.
    pub stops: Vec<Moment>,
    /// With the first of them nothing is promised any more.
    pub cancels: Vec<Moment>,
    /// Each of them begins it anew, as long as it runs.
    pub restarts: Vec<Moment>,
    /// Causes of [`PAUSE_CAUSES`].
    pub pauses: Vec<&'static str>,
    pub on_reopening: Again,
    pub on_dispute: Again,
    pub target: Target,
    /// By severity, where that is another one.
    pub severity: BTreeMap<&'static str, Target>,
    /// From the clock's own start, once the time was extended; without it nobody can extend it.
    pub extended_target: Option<Target>,
    pub calendar: String,
    pub warn_at_percent: Vec<u8>,
}

impl ClockRule {
    /// What the clock promises for a severity, if that is known yet; `None` where it was extended and
    /// cannot be.
    pub fn terms(
        &self,
        policy: &Policy,
        severity: Option<&str>,
        is_extended: bool,
    ) -> Option<Terms> {
        if is_extended {
            self.extended(policy)
        } else {
            Some(self.promise(policy, severity))
        }
    }

    /// What it promises once its time was extended; nothing where nobody can extend it.
    pub fn extended(&self, policy: &Policy) -> Option<Terms> {
        Some(self.of_target(policy, self.extended_target?))
    }

    /// What the clock promises before anybody extends it.
    pub fn promise(&self, policy: &Policy, severity: Option<&str>) -> Terms {
        let of_severity = severity.and_then(|it| self.severity.get(it)).copied();
        self.of_target(policy, of_severity.unwrap_or(self.target))
    }

    fn of_target(&self, policy: &Policy, target: Target) -> Terms {
        Terms {
            policy: policy.version().to_owned(),
            target,
            calendar: self.calendar.clone(),
            warn_at_percent: self.warn_at_percent.clone(),
        }
    }
}

const KEYS: [&str; 14] = [
    "about",
    "scope",
    "starts",
    "stops",
    "cancels",
    "restarts",
    "pauses",
    "on_reopening",
    "on_dispute",
    "target",
    "severity",
    "extended_target",
    "calendar",
    "warn_at_percent",
];

/// The names that a clock may use.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) calendars: Vec<String>,
    pub(super) scopes: Vec<String>,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    name: &str,
    span: &Span,
    table: &Table<'_>,
    known: &Known,
) -> Option<ClockRule> {
    reader.only(table, &KEYS, "a clock");
    let about = reader.optional(table, "about", Reader::text);
    let scope = reader.optional(table, "scope", Reader::name);
    is_known(reader, table, "scope", scope.as_ref(), &known.scopes);
    let starts = reader.required(table, "starts", span, moment);
    let stops = reader.required(table, "stops", span, stops);
    let moments = |reader: &mut Reader<'_>, key| {
        let value = table.get(key);
        value.map_or(Vec::new(), |it| each(reader, it, moment))
    };
    let (cancels, restarts) = (moments(reader, "cancels"), moments(reader, "restarts"));
    let begins: Vec<Moment> = starts.iter().chain(&restarts).copied().collect();
    for (key, ends) in [("stops", stops.as_deref()), ("cancels", Some(&*cancels))] {
        let place = table.get(key).map_or(span.clone(), Value::span);
        stopped_at_once(reader, place, key, &begins, ends.unwrap_or_default());
    }
    stopped_in_both(
        reader,
        table,
        stops.as_deref().unwrap_or_default(),
        &cancels,
    );
    let pauses = table.get("pauses").map(|it| each(reader, it, cause));
    let on_reopening = reader.optional(table, "on_reopening", again);
    let on_dispute = reader.optional(table, "on_dispute", again);
    let target = reader.required(table, "target", span, target);
    let severity = reader
        .optional(table, "severity", severities)
        .unwrap_or_default();
    let extended_target = reader.optional(table, "extended_target", self::target);
    let calendar = reader.required(table, "calendar", span, Reader::text);
    is_known(
        reader,
        table,
        "calendar",
        calendar.as_ref(),
        &known.calendars,
    );
    let warnings = table.get("warn_at_percent");
    let mut warn_at_percent = warnings.map_or(Vec::new(), |it| each(reader, it, percent));
    warn_at_percent.sort_unstable();
    Some(ClockRule {
        name: name.to_owned(),
        about,
        scope,
        starts: starts?,
        stops: stops?,
        cancels,
        restarts,
        pauses: pauses.unwrap_or_default(),
        on_reopening: on_reopening.unwrap_or(Again::Continue),
        on_dispute: on_dispute.unwrap_or(match starts {
            // Each dispute is a matter of its own.
            Some(Moment::Disputed) => Again::Restart,
            Some(_) | None => Again::StayStopped,
        }),
        target: target?,
        severity,
        extended_target,
        calendar: calendar?,
        warn_at_percent,
    })
}

/// What a rule is under has to be in the policy: its calendar, its scope.
pub(super) fn is_known(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    what: &'static str,
    name: Option<&String>,
    known: &[String],
) {
    let (Some(name), Some(value)) = (name, table.get(what)) else {
        return;
    };
    if known.contains(name) {
        return;
    }
    let table = format!("a table `[{what}s.{name}]`");
    let remedy = if known.is_empty() {
        format!("write {table}")
    } else {
        format!("write one of {}, or {table}", listed(known))
    };
    let code = match what {
        "scope" => "SCOPE_UNKNOWN",
        _ => "CALENDAR_UNKNOWN",
    };
    let message = format!("the policy has no {what} `{name}`");
    reader.flaw(value.span(), code, message, remedy);
}

/// A moment that begins the clock ends it in the same moment.
fn stopped_at_once(
    reader: &mut Reader<'_>,
    place: Span,
    key: &str,
    begins: &[Moment],
    ends: &[Moment],
) {
    for moment in begins.iter().filter(|it| ends.contains(it)) {
        let message = format!("`{}` begins the clock and stops it at once", moment.word());
        let remedy = format!("take it out of `{key}`");
        reader.flaw(place.clone(), "CLOCK_STOPS_AT_ITS_START", message, remedy);
    }
}

fn stopped_in_both(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    stops: &[Moment],
    cancels: &[Moment],
) {
    let Some(place) = table.get("cancels").map(Value::span) else {
        return;
    };
    for moment in cancels.iter().filter(|it| stops.contains(it)) {
        let word = moment.word();
        let message = format!("`{word}` both does what the clock promises and ends the promise");
        let remedy = "take it out of `stops` or out of `cancels`";
        reader.flaw(place.clone(), "REPEATED", message, remedy);
    }
}

fn moment(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Moment> {
    let words = Moment::ALL.map(|(word, _)| word);
    let word = reader.word(value, &words)?;
    let found = Moment::ALL.iter().find(|(it, _)| *it == word);
    found.map(|(_, moment)| *moment)
}

fn again(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Again> {
    let words = Again::ALL.map(|(word, _)| word);
    let word = reader.word(value, &words)?;
    let found = Again::ALL.iter().find(|(it, _)| *it == word);
    found.map(|(_, it)| *it)
}

fn stops(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<Moment>> {
    if value.get_ref().as_array().is_some_and(|it| it.is_empty()) {
        let remedy = "write what stops it, as `closed`";
        reader.flaw(
            value.span(),
            "VALUE_MALFORMED",
            "nothing stops this clock",
            remedy,
        );
        return None;
    }
    Some(each(reader, value, moment))
}

fn cause(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static str> {
    reader.word(value, &PAUSE_CAUSES)
}

fn percent(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<u8> {
    let number = reader.number(value)?;
    let percent = u8::try_from(number).ok().filter(|it| (1..100).contains(it));
    if percent.is_none() {
        let message = format!("a warning at {number} % is none");
        let remedy = "write whole numbers from 1 to 99: shares of the target's time";
        reader.flaw(value.span(), "PERCENT_OUT_OF_RANGE", message, remedy);
    }
    percent
}

/// The values of a list that can be read; what is there twice is told.
pub(super) fn each<T: PartialEq>(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    read: fn(&mut Reader<'_>, &Value<'_>) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    for value in list(value) {
        match read(reader, value) {
            Some(it) if all.contains(&it) => {
                let message = "this is said twice".to_owned();
                reader.flaw(value.span(), "REPEATED", message, "keep one of the two");
            }
            Some(it) => all.push(it),
            None => {}
        }
    }
    all
}

pub(super) fn target(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Target> {
    let text = reader.text(value)?;
    match text.parse::<Target>() {
        Ok(target) => Some(target),
        Err(error) => {
            let remedy = "docs/policy.md says what each target means";
            reader.flaw(value.span(), "TARGET_INVALID", error.to_string(), remedy);
            None
        }
    }
}

fn severities(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
) -> Option<BTreeMap<&'static str, Target>> {
    let table = reader.table(value)?;
    reader.only(table, &SEVERITIES, "a clock of severities");
    let mut all = BTreeMap::new();
    for severity in SEVERITIES {
        if let Some(found) = reader.optional(table, severity, target) {
            all.insert(severity, found);
        }
    }
    Some(all)
}
