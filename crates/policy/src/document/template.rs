//! `[[template]]` and `[messages]`: what is said to who complained, in each language.

use std::collections::BTreeMap;

use super::reader::{Reader, Span, Table, Value, list, listed};

/// What can stand in a template, in braces: `{reference}`. `{{` and `}}` stand for braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// What people call the complaint on the phone.
    Reference,
    Product,
    Issue,
    /// The day of the receipt.
    ReceivedOn,
    /// The day until which something is to be heard next.
    NextDueOn,
    /// The words of whoever sends the message.
    Text,
}

impl Field {
    pub const ALL: [(&'static str, Self); 6] = [
        ("reference", Self::Reference),
        ("product", Self::Product),
        ("issue", Self::Issue),
        ("received_on", Self::ReceivedOn),
        ("next_due_on", Self::NextDueOn),
        ("text", Self::Text),
    ];

    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, field)| *field == self);
        found.map_or("", |(word, _)| word)
    }
}

/// Whether, and when, a message tells the complainant how it stands.
pub const INFORMS: [&str; 3] = ["on_request", "on_delivery", "never"];

/// What a message is where its template does not say.
const USUALLY: &str = "on_delivery";

/// A message with gaps, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub name: String,
    /// As in BCP 47.
    pub language: String,
    /// A word of [`INFORMS`].
    pub informs: &'static str,
    subject: Vec<Part>,
    text: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Gap(Field),
}

/// A message whose gaps are filled.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// One line.
    pub subject: String,
    pub text: String,
}

/// What stands in it may be personal.
impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filled").finish_non_exhaustive()
    }
}

impl Template {
    /// The message; or the first gap for which there is nothing.
    pub fn fill(&self, value: impl Fn(Field) -> Option<String>) -> Result<Filled, Field> {
        let filled = |parts: &[Part]| {
            let texts = parts.iter().map(|part| match part {
                Part::Words(words) => Ok(words.clone()),
                Part::Gap(field) => value(*field).ok_or(*field),
            });
            texts.collect::<Result<String, Field>>()
        };
        let line = |c: char| if c.is_control() { ' ' } else { c };
        Ok(Filled {
            subject: filled(&self.subject)?.chars().map(line).collect(),
            text: filled(&self.text)?,
        })
    }

    /// Whether it has a gap for that.
    pub fn asks_for(&self, field: Field) -> bool {
        let mut parts = self.subject.iter().chain(&self.text);
        parts.any(|part| *part == Part::Gap(field))
    }
}

/// All templates of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    all: Vec<Template>,
    fallback: String,
}

impl Templates {
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.all.iter()
    }

    /// The language in which every template is there. Empty where there are none.
    pub fn fallback(&self) -> &str {
        &self.fallback
    }

    /// The template of that name in a language, in that language without its region, or in the one that
    /// the policy falls back on.
    pub fn find(&self, name: &str, language: Option<&str>) -> Option<&Template> {
        let mut wanted = language;
        while let Some(language) = wanted {
            if let Some(found) = self.exactly(name, language) {
                return Some(found);
            }
            wanted = language.rsplit_once('-').map(|(without, _)| without);
        }
        self.exactly(name, &self.fallback)
    }

    fn exactly(&self, name: &str, language: &str) -> Option<&Template> {
        let is_it = |it: &&Template| it.name == name && is_same(&it.language, language);
        self.all.iter().find(is_it)
    }
}

fn is_same(language: &str, other: &str) -> bool {
    language.eq_ignore_ascii_case(other)
}

/// The languages of each template, and where it stands first.
type Named = BTreeMap<String, (Span, Vec<String>)>;

pub(super) fn read(reader: &mut Reader<'_>, document: &Table<'_>) -> Option<Templates> {
    let fallback = document.get("messages").and_then(|value| {
        let table = reader.table(value)?;
        reader.only(table, &["fallback_language"], "`messages`");
        reader.required(table, "fallback_language", &value.span(), language)
    });
    let Some(value) = document.get("template") else {
        return Some(Templates::default());
    };
    let (mut all, mut named) = (Vec::new(), Named::new());
    for value in list(value) {
        all.extend(template(reader, value, &mut named));
    }
    let Some(fallback) = fallback else {
        if document.get("messages").is_none() {
            let message = "nothing says in which language a message is, where there is none in the complaint's";
            let remedy = "write `[messages]` with `fallback_language = \"en\"`";
            reader.flaw(value.span(), "KEY_MISSING", message, remedy);
        }
        return None;
    };
    for (name, (span, languages)) in named {
        if !languages.iter().any(|it| is_same(it, &fallback)) {
            let message =
                format!("there is no `{name}` in `{fallback}`, on which messages fall back");
            let remedy = format!("write one with `language = \"{fallback}\"`");
            reader.flaw(span, "TEMPLATE_WITHOUT_FALLBACK", message, remedy);
        }
    }
    Some(Templates { all, fallback })
}

const KEYS: [&str; 6] = ["about", "name", "language", "subject", "text", "informs"];

fn template(reader: &mut Reader<'_>, value: &Value<'_>, named: &mut Named) -> Option<Template> {
    let (table, span) = (reader.table(value)?, value.span());
    reader.only(table, &KEYS, "a template");
    let _about = reader.optional(table, "about", Reader::text);
    let name = reader.required(table, "name", &span, Reader::name);
    let language = reader.required(table, "language", &span, language);
    let subject = reader.required(table, "subject", &span, subject);
    let text = reader.required(table, "text", &span, body);
    let informs = table.get("informs");
    let informs = informs.map_or(Some(USUALLY), |value| reader.word(value, &INFORMS));
    if let (Some(name), Some(language)) = (&name, &language) {
        let place = table.get("name").map_or(span, Value::span);
        let (_, languages) = named
            .entry(name.clone())
            .or_insert_with(|| (place.clone(), Vec::new()));
        if languages.iter().any(|it| is_same(it, language)) {
            let message = format!("there are two templates `{name}` in `{language}`");
            reader.flaw(place, "REPEATED", message, "keep one of the two");
        }
        languages.push(language.clone());
    }
    Some(Template {
        name: name?,
        language: language?,
        informs: informs?,
        subject: subject?,
        text: text?,
    })
}

/// `de`, `de-AT`
fn language(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    let text = reader.text(value)?;
    let mut subtags = text.split('-');
    let first = subtags.next().unwrap_or_default();
    let is_language =
        (2..=8).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let is_subtag =
        |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric());
    if text.len() <= 35 && is_language && subtags.all(is_subtag) {
        return Some(text);
    }
    let message = format!("`{text}` is no language");
    let remedy = "write it as in BCP 47: `de`, `de-AT`";
    reader.flaw(value.span(), "LANGUAGE_INVALID", message, remedy);
    None
}

/// One line, without the words of whoever sends it.
fn subject(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<Part>> {
    if reader.text(value)?.trim().contains(['\n', '\r']) {
        let message = "a subject is one line";
        reader.flaw(value.span(), "VALUE_MALFORMED", message, "write one line");
        return None;
    }
    let known = |field: &Field| *field != Field::Text;
    parts(reader, value, known)
}

fn body(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<Part>> {
    parts(reader, value, |_| true)
}

/// Words and gaps; everything that is wrong with them is told.
fn parts(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    may_stand: impl Fn(&Field) -> bool,
) -> Option<Vec<Part>> {
    let text = reader.text(value)?;
    if text.trim().is_empty() {
        reader.flaw(
            value.span(),
            "VALUE_MALFORMED",
            "nothing is said here",
            "write what is said",
        );
        return None;
    }
    let (mut parts, mut words, mut whole) = (Vec::new(), String::new(), true);
    let (mut rest, mut braces) = (text.as_str(), 0);
    while let Some(at) = rest.find(['{', '}']) {
        words.push_str(&rest[..at]);
        let (brace, behind) = rest[at..].split_at(1);
        if behind.starts_with(brace) {
            words.push_str(brace);
            (rest, braces) = (&behind[1..], braces + 2);
            continue;
        }
        let end = behind
            .find(['{', '}'])
            .filter(|end| behind[*end..].starts_with('}'));
        let Some(end) = end.filter(|_| brace == "{") else {
            brace_alone(reader, value, braces, brace);
            (rest, braces, whole) = (behind, braces + 1, false);
            continue;
        };
        let found = Field::ALL.iter().find(|(word, _)| *word == &behind[..end]);
        let found = found.map(|(_, field)| *field).filter(&may_stand);
        if let Some(field) = found {
            parts.push(Part::Words(std::mem::take(&mut words)));
            parts.push(Part::Gap(field));
        } else {
            let known = Field::ALL.iter().filter(|(_, field)| may_stand(field));
            let known: Vec<&str> = known.map(|(word, _)| *word).collect();
            let message = format!("nothing is known as `{}` here", &behind[..end]);
            let remedy = format!(
                "write one of {} in braces, or `{{{{` for a brace",
                listed(&known)
            );
            let place = brace_in(reader, value, braces);
            reader.flaw(place, "TEMPLATE_FIELD_UNKNOWN", message, remedy);
            whole = false;
        }
        (rest, braces) = (&behind[end + 1..], braces + 2);
    }
    words.push_str(rest);
    parts.push(Part::Words(words));
    whole.then_some(parts)
}

fn brace_alone(reader: &mut Reader<'_>, value: &Value<'_>, number: usize, brace: &str) {
    let message = format!("this `{brace}` has no counterpart");
    let remedy = format!("write `{brace}{brace}` for a brace, or a field as `{{reference}}`");
    let place = brace_in(reader, value, number);
    reader.flaw(place, "TEMPLATE_BRACE_ALONE", message, remedy);
}

/// The place of a brace in the document, by its number in the text.
fn brace_in(reader: &Reader<'_>, value: &Value<'_>, number: usize) -> Span {
    let span = value.span();
    let written = reader.written(&span);
    let found = written.match_indices(['{', '}']).nth(number);
    let at = span.start + found.map_or(0, |(at, _)| at);
    at..at + 1
}
