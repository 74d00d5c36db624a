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
    Disputed,
    /// An authority was told.
    Reported,
    Withdrawn,
    Closed,
}

impl Moment {
    const ALL: [(&'static str, Self); 12] = [
        ("received", Self::Received),
        ("aware", Self::Aware),
        ("acknowledged", Self::Acknowledged),
        ("assessed", Self::Assessed),
        ("investigation_started", Self::InvestigationStarted),
        ("informed", Self::Informed),
        ("response_proposed", Self::ResponseProposed),
        ("decision_communicated", Self::DecisionCommunicated),
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

/// What a reopened complaint does to a clock that was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnReopening {
    /// It goes on where it stood.
    Continue,
    /// It begins anew.
    Restart,
    /// What was promised was done.
    StayStopped,
}

impl OnReopening {
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
pub const PAUSE_CAUSES: [&str; 3] = ["awaiting_complainant", "awaiting_third_party", "on_hold"];

/// The severities that targets may differ by, the worst first.
pub const SEVERITIES: [&str; 5] = ["critical", "major", "moderate", "minor", "unfounded"];

/// One clock of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    pub name: String,
    pub about: Option<String>,
    /// Only complaints of this kind have the clock; without it all have.
    pub scope: Option<String>,
    pub starts: Moment,
    /// The first of them stops it.
    pub stops: Vec<Moment>,
    /// Each of them begins it anew, as long as it runs.
    pub restarts: Vec<Moment>,
    /// Causes of [`PAUSE_CAUSES`].
    pub pauses: Vec<&'static str>,
    pub on_reopening: OnReopening,
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
        let of_severity = severity.and_then(|it| self.severity.get(it)).copied();
        let target = if is_extended {
            self.extended_target?
        } else {
            of_severity.unwrap_or(self.target)
        };
        Some(Terms {
            policy: policy.version().to_owned(),
            target,
            calendar: self.calendar.clone(),
            warn_at_percent: self.warn_at_percent.clone(),
        })
    }
}

const KEYS: [&str; 12] = [
    "about",
    "scope",
    "starts",
    "stops",
    "restarts",
    "pauses",
    "on_reopening",
    "target",
    "severity",
    "extended_target",
    "calendar",
    "warn_at_percent",
];

pub(super) fn read(
    reader: &mut Reader<'_>,
    name: &str,
    span: &Span,
    table: &Table<'_>,
    calendars: &[String],
) -> Option<ClockRule> {
    reader.only(table, &KEYS, "a clock");
    let about = reader.optional(table, "about", Reader::text);
    let scope = reader.optional(table, "scope", Reader::name);
    let starts = reader.required(table, "starts", span, moment);
    let stops = reader.required(table, "stops", span, stops);
    let restarts = table
        .get("restarts")
        .map_or(Vec::new(), |it| each(reader, it, moment));
    if let Some(stops) = &stops {
        let place = table.get("stops").map_or(span.clone(), Value::span);
        stopped_at_once(reader, place, starts.iter().chain(&restarts), stops);
    }
    let pauses = table.get("pauses").map(|it| each(reader, it, cause));
    let on_reopening = reader.optional(table, "on_reopening", on_reopening);
    let target = reader.required(table, "target", span, target);
    let severity = reader
        .optional(table, "severity", severities)
        .unwrap_or_default();
    let extended_target = reader.optional(table, "extended_target", self::target);
    let calendar = reader.required(table, "calendar", span, Reader::text);
    if let (Some(name), Some(value)) = (&calendar, table.get("calendar"))
        && !calendars.contains(name)
    {
        let remedy = if calendars.is_empty() {
            format!("write a table `[calendars.{name}]`")
        } else {
            format!(
                "write one of {}, or a table `[calendars.{name}]`",
                listed(calendars)
            )
        };
        let message = format!("the policy has no calendar `{name}`");
        reader.flaw(value.span(), "CALENDAR_UNKNOWN", message, remedy);
    }
    let warnings = table.get("warn_at_percent");
    let mut warn_at_percent = warnings.map_or(Vec::new(), |it| each(reader, it, percent));
    warn_at_percent.sort_unstable();
    Some(ClockRule {
        name: name.to_owned(),
        about,
        scope,
        starts: starts?,
        stops: stops?,
        restarts,
        pauses: pauses.unwrap_or_default(),
        on_reopening: on_reopening.unwrap_or(OnReopening::Continue),
        target: target?,
        severity,
        extended_target,
        calendar: calendar?,
        warn_at_percent,
    })
}

/// A moment that begins the clock ends it in the same moment.
fn stopped_at_once<'m>(
    reader: &mut Reader<'_>,
    place: Span,
    begins: impl Iterator<Item = &'m Moment>,
    stops: &[Moment],
) {
    for moment in begins.filter(|it| stops.contains(it)) {
        let message = format!("`{}` begins the clock and stops it at once", moment.word());
        let remedy = "take it out of `stops`";
        reader.flaw(place.clone(), "CLOCK_STOPS_AT_ITS_START", message, remedy);
    }
}

fn moment(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Moment> {
    let words = Moment::ALL.map(|(word, _)| word);
    let word = reader.word(value, &words)?;
    let found = Moment::ALL.iter().find(|(it, _)| *it == word);
    found.map(|(_, moment)| *moment)
}

fn on_reopening(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<OnReopening> {
    let words = OnReopening::ALL.map(|(word, _)| word);
    let word = reader.word(value, &words)?;
    let found = OnReopening::ALL.iter().find(|(it, _)| *it == word);
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
fn each<T: PartialEq>(
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

fn target(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Target> {
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
