//! What a reason says in words. The record has its code, its field and its values; the words are made of
//! them here, so a rejection that is told again years later reads as it did.

use crate::check::form_of;
use crate::event::RejectionReason;

/// A code, what it says, and what would make it right. `{field}` and the names of values stand for what
/// they are; `{place}` for where in the text it is, `{form}` for how the field is written.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "DATA_NOT_JSON",
        "it is no JSON{place}",
        "send JSON, and name no other content type",
    ),
    (
        "DATA_MISSING",
        "`data` is missing",
        "put the submission in `data`",
    ),
    (
        "CLOUDEVENT_MALFORMED",
        "it is no CloudEvent{place}",
        "write it in the JSON format of CloudEvents 1.0",
    ),
    (
        "CLOUDEVENT_ATTRIBUTE_MISSING",
        "a CloudEvent needs `{field}`",
        "give it `id`, `source` and `type`",
    ),
    (
        "CLOUDEVENTS_VERSION_UNSUPPORTED",
        "only CloudEvents of the version 1.0 are read",
        "send `specversion` 1.0",
    ),
    (
        "CLOUDEVENTS_FORMAT_UNSUPPORTED",
        "CloudEvents are read one by one, as JSON",
        "publish each event in a message of its own, as JSON",
    ),
    (
        "SUBMISSION_MALFORMED",
        "it is no submission{place}",
        "write one JSON object with the fields of docs/json.md",
    ),
    (
        "ATTACHMENT_NOT_SUPPORTED",
        "a file cannot come this way",
        "submit it over gRPC, or publish it without its files",
    ),
    (
        "SOURCE_INVALID",
        "the last part of the subject is no source",
        "publish under {form}",
    ),
    (
        "INBOUND_KEY_REUSED",
        "another message was accepted under this id",
        "publish it under an id of its own: kept as it is, it can only be discarded",
    ),
    ("FIELD_REQUIRED", "`{field}` is missing", "give it a value"),
    (
        "FIELD_TOO_LONG",
        "`{field}` is longer than {max_chars} characters",
        "shorten it to {max_chars} characters",
    ),
    (
        "FIELD_TOO_MANY",
        "`{field}` has more than {max} entries",
        "give at most {max}",
    ),
    (
        "FIELD_TOO_LARGE",
        "`{field}` takes more than {max_bytes} bytes",
        "keep it to {max_bytes} bytes",
    ),
    (
        "FIELD_CONTROL_CHARACTER",
        "`{field}` contains a control character",
        "remove control characters",
    ),
    (
        "FIELD_REPEATED",
        "`{field}` was given before",
        "give it once",
    ),
    (
        "FIELD_UNKNOWN_VALUE",
        "`{field}` is none of {known}",
        "use one of {known}",
    ),
    (
        "FIELD_MALFORMED",
        "`{field}` is not {form}",
        "write it as {form}",
    ),
    (
        "FIELD_OUT_OF_RANGE",
        "`{field}` is not between {from} and {to}",
        "give a whole number from {from} to {to}",
    ),
    (
        "TIME_TOO_EARLY",
        "`{field}` is before {earliest}",
        "give a time from {earliest} on",
    ),
    (
        "TIME_IN_THE_FUTURE",
        "`{field}` lies in the future",
        "give a time that is past",
    ),
    (
        "TIME_BEFORE_OCCURRED",
        "`{field}` is before it happened",
        "give a time that is not before it happened",
    ),
    (
        "TIME_NOT_ON_DAY",
        "`{field}` is not on the day of `received_on`, in any time zone",
        "give `received_on` alone, or a time of that day",
    ),
    (
        "TIME_AND_DAY",
        "`{field}` is given beside `occurred_at`",
        "give the time, or the day where the time is not known",
    ),
    (
        "TIME_BEFORE_RECEIVED",
        "`{field}` is before `received_at`",
        "give a time that is not before `received_at`",
    ),
    (
        "SURVEY_WITHOUT_SCORE",
        "a survey response has no score",
        "give a score, or another kind",
    ),
    (
        "FEEDBACK_SAYS_NOTHING",
        "the feedback says nothing",
        "give a description, a product, an issue or a score",
    ),
];

/// All reasons for which a message is rejected.
pub fn codes() -> Vec<&'static str> {
    WORDS.iter().map(|(code, _, _)| *code).collect()
}

impl RejectionReason {
    /// One sentence, for people; nothing of the content.
    pub fn text(&self) -> String {
        match self.words() {
            Some((_, text, _)) => self.filled(text),
            None => "it could not be taken in".to_owned(),
        }
    }

    /// What would make it right.
    pub fn remedy(&self) -> String {
        match self.words() {
            Some((_, _, remedy)) => self.filled(remedy),
            None => "ask the operator, who finds it among what was rejected".to_owned(),
        }
    }

    fn words(&self) -> Option<&'static (&'static str, &'static str, &'static str)> {
        WORDS.iter().find(|(code, _, _)| *code == self.code)
    }

    fn filled(&self, words: &str) -> String {
        let mut text = String::new();
        for (index, part) in words.split(['{', '}']).enumerate() {
            if index % 2 == 0 {
                text.push_str(part);
            } else {
                text.push_str(&self.named(part));
            }
        }
        text
    }

    fn named(&self, name: &str) -> String {
        let field = self.field.as_deref().unwrap_or("it");
        let value = |name: &str| self.values.get(name).cloned();
        match name {
            "field" => field.to_owned(),
            "form" => form_of(field).to_owned(),
            "place" => match (value("line"), value("column")) {
                (Some(line), Some(column)) => format!(": line {line}, column {column}"),
                (_, None) | (None, _) => String::new(),
            },
            name => value(name).unwrap_or_else(|| "what it may be".to_owned()),
        }
    }
}
