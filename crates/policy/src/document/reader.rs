//! Reading values out of a document, and keeping what is wrong with them.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Flaw, Place, Source};

pub(super) type Span = Range<usize>;
pub(super) type Value<'i> = Spanned<DeValue<'i>>;
pub(super) type Table<'i> = DeTable<'i>;

#[derive(Debug)]
pub(super) struct Reader<'s> {
    source: Source<'s>,
    flaws: Vec<Flaw>,
}

/// How one value is read; `None` where it was told what is wrong with it.
type Read<'s, T> = fn(&mut Reader<'s>, &Value<'_>) -> Option<T>;

impl<'s> Reader<'s> {
    pub(super) fn new(source: Source<'s>) -> Self {
        let flaws = Vec::new();
        Self { source, flaws }
    }

    /// Where the text itself is broken, what seems to be missing may only not have been understood.
    pub(super) fn into_flaws(mut self, is_broken: bool) -> Vec<Flaw> {
        if is_broken {
            let follows = |it: &Flaw| {
                matches!(
                    it.code,
                    "KEY_MISSING"
                        | "CALENDAR_UNKNOWN"
                        | "SCOPE_UNKNOWN"
                        | "QUEUE_UNKNOWN"
                        | "SKILL_UNKNOWN"
                        | "CLOCK_UNKNOWN"
                        | "ESCALATION_LEVEL_UNKNOWN"
                        | "TEMPLATE_WITHOUT_FALLBACK"
                )
            };
            self.flaws.retain(|it| !follows(it));
        }
        self.flaws.sort_by(|a, b| a.place.cmp(&b.place));
        self.flaws
    }

    /// A part of the document, as it is written.
    pub(super) fn written(&self, span: &Span) -> &'s str {
        self.source.text.get(span.clone()).unwrap_or_default()
    }

    pub(super) fn flaw(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let before = self
            .source
            .text
            .get(..span.start)
            .unwrap_or(self.source.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let place = Place {
            file: self.source.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        };
        self.flaw_at(place, code, message, remedy);
    }

    /// In another file than the document.
    pub(super) fn flaw_at(
        &mut self,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (message, remedy) = (message.into(), remedy.into());
        self.flaws.push(Flaw {
            place,
            code,
            message,
            remedy,
        });
    }

    /// Tells every key that is none of these.
    pub(super) fn only(&mut self, table: &Table<'_>, known: &[&str], what: &str) {
        for key in table
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()))
        {
            let message = format!("`{}` is nothing that {what} says", key.get_ref());
            let remedy = format!("take it out, or write one of {}", listed(known));
            self.flaw(key.span(), "KEY_UNKNOWN", message, remedy);
        }
    }

    pub(super) fn optional<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        read: Read<'s, T>,
    ) -> Option<T> {
        read(self, table.get(key)?)
    }

    /// `holder` is where the table begins.
    pub(super) fn required<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        holder: &Span,
        read: Read<'s, T>,
    ) -> Option<T> {
        let Some(value) = table.get(key) else {
            let message = format!("`{key}` is missing");
            self.flaw(
                holder.clone(),
                "KEY_MISSING",
                message,
                format!("write `{key} = ..` here"),
            );
            return None;
        };
        read(self, value)
    }

    fn malformed<T>(&mut self, value: &Value<'_>, wanted: &str) -> Option<T> {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("this is {found}, and not {wanted}");
        self.flaw(
            value.span(),
            "VALUE_MALFORMED",
            message,
            format!("write {wanted}"),
        );
        None
    }

    pub(super) fn text(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref().as_str() {
            Some(text) => Some(text.to_owned()),
            None => self.malformed(value, "a text, as in \"text\""),
        }
    }

    pub(super) fn truth(&mut self, value: &Value<'_>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        found.or_else(|| self.malformed(value, "true or false"))
    }

    pub(super) fn number(&mut self, value: &Value<'_>) -> Option<u32> {
        let found = match value.get_ref() {
            DeValue::Integer(it) => u32::from_str_radix(it.as_str(), it.radix()).ok(),
            DeValue::String(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        found.or_else(|| self.malformed(value, "a whole number from 0 to 4294967295"))
    }

    pub(super) fn date(&mut self, value: &Value<'_>) -> Option<jiff::civil::Date> {
        let found = match value.get_ref() {
            DeValue::Datetime(it) if it.time.is_none() => it.date,
            DeValue::Datetime(_)
            | DeValue::Integer(_)
            | DeValue::String(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        let date = found.and_then(|it| {
            let (year, month) = (i16::try_from(it.year).ok()?, i8::try_from(it.month).ok()?);
            jiff::civil::Date::new(year, month, i8::try_from(it.day).ok()?).ok()
        });
        date.or_else(|| self.malformed(value, "a date without quotes, as in 2026-12-25"))
    }

    pub(super) fn name(&mut self, value: &Value<'_>) -> Option<String> {
        let text = self.text(value)?;
        self.is_name(&text, value.span()).then_some(text)
    }

    fn is_name(&mut self, text: &str, span: Span) -> bool {
        let first = text.bytes().next();
        let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        let is_name = first.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && text.len() <= 40
            && text.bytes().all(inside);
        if !is_name {
            let message = format!("`{text}` is no name");
            let remedy = "write 1 to 40 of a-z 0-9 _ -, a letter or digit first";
            self.flaw(span, "NAME_INVALID", message, remedy);
        }
        is_name
    }

    pub(super) fn table<'v, 'i>(&mut self, value: &'v Value<'i>) -> Option<&'v Table<'i>> {
        match value.get_ref().as_table() {
            Some(table) => Some(table),
            None => self.malformed(value, "a table"),
        }
    }

    /// The named tables under a key, with the places of their names.
    pub(super) fn tables<'v, 'i>(
        &mut self,
        table: &'v Table<'i>,
        key: &str,
    ) -> Vec<(String, Span, &'v Table<'i>)> {
        let Some(all) = table.get(key).and_then(|value| self.table(value)) else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (name, value) in all {
            let named = |name: &Spanned<DeString<'_>>| name.get_ref().to_string();
            if let Some(table) = self.table(value)
                && self.is_name(&named(name), name.span())
            {
                tables.push((named(name), name.span(), table));
            }
        }
        tables
    }

    /// The table under a key, with the place of the key.
    pub(super) fn section<'v, 'i>(
        &mut self,
        table: &'v Table<'i>,
        key: &str,
    ) -> Option<(Span, &'v Table<'i>)> {
        let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((name.span(), self.table(value)?))
    }

    pub(super) fn word<'w>(&mut self, value: &Value<'_>, words: &[&'w str]) -> Option<&'w str> {
        let text = self.text(value)?;
        let found = words.iter().find(|word| **word == text).copied();
        if found.is_none() {
            let remedy = format!("write one of {}", listed(words));
            self.flaw(
                value.span(),
                "WORD_UNKNOWN",
                format!("`{text}` is not known here"),
                remedy,
            );
        }
        found
    }
}

pub(super) fn listed<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|it| format!("`{}`", it.as_ref()))
        .collect();
    words.join(", ")
}

/// A list, or one thing in place of a list of one.
pub(super) fn list<'v, 'i>(value: &'v Value<'i>) -> Vec<&'v Value<'i>> {
    match value.get_ref().as_array() {
        Some(all) => all.iter().collect(),
        None => vec![value],
    }
}
