//! What is wrong with a document, where, and what would make it right.

use std::fmt::{Display, Formatter};

/// Where something stands; both count from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

/// | Code | The rule |
/// |---|---|
/// | `POLICY_SYNTAX` | A policy is a TOML document. |
/// | `KEY_UNKNOWN` | Nothing is said that would not be read. |
/// | `KEY_MISSING` | What is needed is said. |
/// | `VALUE_MALFORMED` | A value is of the kind that its key asks for. |
/// | `NAME_INVALID` | A name is 1 to 40 of `a-z 0-9 _ -`, a letter or digit first. |
/// | `WORD_UNKNOWN` | A word is one of its list. |
/// | `ZONE_UNKNOWN` | A zone is one of the IANA database. |
/// | `WINDOW_INVALID` | A window is `09:00-17:30`. |
/// | `WINDOWS_OVERLAP` | The windows of a day follow each other. |
/// | `CALENDAR_WITHOUT_HOURS` | Somebody works some time. |
/// | `CALENDAR_UNKNOWN` | A clock's calendar is one of the policy. |
/// | `SCOPE_UNKNOWN` | A clock's scope is one of the policy. |
/// | `QUEUE_UNKNOWN` | A queue that a rule routes to is one of the policy. |
/// | `SKILL_UNKNOWN` | A skill that a rule asks for is one of the policy. |
/// | `RULE_NEVER_FITS` | Some complaint can come to each rule of routing. |
/// | `TARGET_INVALID` | A target can be read. |
/// | `PERCENT_OUT_OF_RANGE` | A warning comes after the start and before the due time. |
/// | `REPEATED` | A thing is said once. |
/// | `CLOCK_STOPS_AT_ITS_START` | A clock stops at something else than what it starts at. |
/// | `CLOCK_UNKNOWN` | An escalation's clocks are some of the policy. |
/// | `SEVERITY_MATRIX_GAP` | Some row fits whatever an assessment finds. |
/// | `SEVERITY_ROW_UNREACHABLE` | A row fits something that no row before it does. |
/// | `CURRENCY_UNKNOWN` | A limit is one of an ISO 4217 currency. |
/// | `AMOUNT_INVALID` | A limit is an amount with the decimals of its currency. |
/// | `ESCALATION_LEVEL_INVALID` | Levels are 1 to 9. |
/// | `ESCALATION_LEVEL_UNKNOWN` | An escalation goes to a level of the policy. |
/// | `ESCALATION_CYCLE` | An escalation ends somewhere. |
/// | `ESCALATION_NOT_UPWARDS` | An escalation goes on to a higher level. |
/// | `LANGUAGE_INVALID` | A language is written as in BCP 47. |
/// | `TEMPLATE_FIELD_UNKNOWN` | What stands in braces is a field that a message has. |
/// | `TEMPLATE_BRACE_ALONE` | Each brace has its counterpart. |
/// | `TEMPLATE_WITHOUT_FALLBACK` | Each template is there in the language that messages fall back on. |
/// | `HOLIDAY_FILE_MISSING` | A file of holidays lies beside the policy. |
/// | `HOLIDAY_FILE_INVALID` | A file of holidays is a whole iCalendar with events of whole days. |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub place: Place,
    /// Stable: programs may branch on it.
    pub code: &'static str,
    pub message: String,
    /// What would make it right.
    pub remedy: String,
}

impl Display for Flaw {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Place { file, line, column } = &self.place;
        let Self {
            code,
            message,
            remedy,
            ..
        } = self;
        write!(f, "{file}:{line}:{column}: {message} ({code}): {remedy}")
    }
}
