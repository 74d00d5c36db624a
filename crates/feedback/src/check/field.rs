//! Rules about one field, collected instead of stopping at the first.

use jiff::Timestamp;

use super::CLOCK_TOLERANCE;
use super::shape::Shape;
use crate::refusal::{Refusal, Rule};
use crate::vocabulary::Vocabulary;

/// Path of an entry of a list, or of a field in it.
pub(super) fn at(list: &str, index: usize, part: &str) -> String {
    format!("{list}[{index}]{part}")
}

#[derive(Default)]
pub(super) struct Findings(Vec<Refusal>);

impl Findings {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_refusals(self) -> Vec<Refusal> {
        self.0
    }

    pub(super) fn refuse(&mut self, field: impl Into<String>, rule: Rule) {
        self.0.push(Refusal::of(field, rule));
    }

    pub(super) fn refuse_all(&mut self, rule: Rule) {
        self.0.push(Refusal::of_all(rule));
    }

    /// A text of one line, without the blanks around it.
    pub(super) fn line(
        &mut self,
        field: &str,
        value: Option<String>,
        max_chars: usize,
    ) -> Option<String> {
        let value = value?;
        let trimmed = value.trim();
        if trimmed.is_empty() {
            return None;
        }
        if trimmed.chars().any(char::is_control) {
            self.refuse(field, Rule::ControlCharacter);
        }
        self.length(field, trimmed, max_chars);
        if trimmed.len() == value.len() {
            return Some(value);
        }
        Some(trimmed.to_owned())
    }

    pub(super) fn required_line(
        &mut self,
        field: &str,
        value: Option<String>,
        max_chars: usize,
    ) -> Option<String> {
        let value = self.line(field, value, max_chars);
        if value.is_none() {
            self.refuse(field, Rule::Required);
        }
        value
    }

    /// A text of several lines, kept as it was written.
    pub(super) fn text(
        &mut self,
        field: &str,
        value: Option<String>,
        max_chars: usize,
    ) -> Option<String> {
        let value = value.filter(|text| !text.trim().is_empty())?;
        let forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if value.chars().any(forbidden) {
            self.refuse(field, Rule::ControlCharacter);
        }
        self.length(field, &value, max_chars);
        Some(value)
    }

    fn length(&mut self, field: &str, text: &str, max_chars: usize) {
        if text.len() > max_chars && text.chars().count() > max_chars {
            self.refuse(field, Rule::TooLong { max_chars });
        }
    }

    pub(super) fn shaped(
        &mut self,
        field: &str,
        value: Option<String>,
        shape: Shape,
    ) -> Option<String> {
        let value = value.filter(|text| !text.trim().is_empty())?;
        if !(shape.fits)(&value) {
            let expected = shape.expected;
            self.refuse(field, Rule::Malformed { expected });
            return None;
        }
        Some(value)
    }

    pub(super) fn required_shaped(
        &mut self,
        field: &str,
        value: Option<String>,
        shape: Shape,
    ) -> Option<String> {
        if value.as_deref().is_none_or(|text| text.trim().is_empty()) {
            self.refuse(field, Rule::Required);
        }
        self.shaped(field, value, shape)
    }

    pub(super) fn required_word<W: Vocabulary>(
        &mut self,
        field: &str,
        word: Option<&str>,
    ) -> Option<W> {
        // As it is written: a schema can say no more than which words there are.
        let word = word.filter(|it| !it.trim().is_empty()).unwrap_or_default();
        let value = W::known(word);
        match (&value, word) {
            (Some(_), _) => {}
            (None, "") => self.refuse(field, Rule::Required),
            (None, _) => self.refuse(field, Rule::UnknownWord { known: W::KNOWN }),
        }
        value
    }

    pub(super) fn at_most<T>(&mut self, field: &str, list: Vec<T>, max: usize) -> Vec<T> {
        if list.len() > max {
            self.refuse(field, Rule::TooMany { max });
            return Vec::new();
        }
        list
    }

    pub(super) fn time(
        &mut self,
        field: &str,
        time: Timestamp,
        earliest: Timestamp,
        now: Timestamp,
    ) {
        let latest = now.checked_add(CLOCK_TOLERANCE).unwrap_or(Timestamp::MAX);
        if time < earliest {
            self.refuse(field, Rule::BeforeTheEarliest { earliest });
        }
        if time > latest {
            self.refuse(field, Rule::InTheFuture { latest });
        }
    }
}
