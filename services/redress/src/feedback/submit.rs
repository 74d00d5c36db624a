//! `redress feedback submit`

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use redress_feedback::{Submission, SubmittedCustomer, SubmittedScore};
use redress_wire::intake::v1::{InboundKey, SubmitFeedbackRequest};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line, text};
use crate::moment::{Told, told};
use crate::submission::to_wire;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A JSON object with any of the fields of `docs/json.md`; `-` is standard input. Flags win
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// complaint, compliment, suggestion, enquiry, `survey_response`, ..
    #[arg(long)]
    kind: Option<String>,

    /// web, email, phone, letter, chat, `in_person`, ..
    #[arg(long)]
    channel: Option<String>,

    /// The customer's own words; `-` reads them from standard input
    #[arg(long)]
    description: Option<String>,

    /// The language of the words: en, de-AT, ..
    #[arg(long)]
    language: Option<String>,

    /// What it is about, as reports call it
    #[arg(long)]
    product: Option<String>,

    /// What is wrong with it, as reports call it
    #[arg(long)]
    issue: Option<String>,

    /// Where it happened
    #[arg(long)]
    site: Option<String>,

    /// Who the customer is in your books
    #[arg(long)]
    customer_reference: Option<String>,

    /// `nps=9`, `csat=4` or `ces=6`, each at most once
    #[arg(long = "score", value_name = "MEASURE=VALUE", value_parser = score)]
    scores: Vec<(String, i64)>,

    /// A word to find it by, without personal data; may be given several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// Whether the customer is in a vulnerable situation; leave it out if nobody asked
    #[arg(long, value_name = "true|false")]
    vulnerable: Option<bool>,

    /// Whether something is needed to take part; leave it out if nobody asked
    #[arg(long, value_name = "true|false")]
    accessibility_need: Option<bool>,

    /// When it happened: a time, or the day where the time is not known
    ///
    /// A day is kept as a day.
    #[arg(long, value_name = "TIME", value_parser = told)]
    occurred_at: Option<Told>,

    /// When you got it: a time, or the day where the time is not known; now, if absent
    ///
    /// A day is kept as a day. Clocks and statistics take its first moment in UTC for it, or when it
    /// happened where that was later on the same day.
    #[arg(long, value_name = "TIME", value_parser = told)]
    received_at: Option<Told>,

    /// The same again is answered as the first time
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,

    /// Its name in another system, for ever: `crm:4711`
    #[arg(long, value_name = "SOURCE:ID", value_parser = key)]
    inbound_key: Option<(String, String)>,
}

fn score(text: &str) -> Result<(String, i64), String> {
    let (measure, value) = text.split_once('=').ok_or("write it as in nps=9")?;
    let value = value
        .parse()
        .map_err(|_| "the value is no whole number".to_owned())?;
    Ok((measure.to_owned(), value))
}

pub(super) fn key(text: &str) -> Result<(String, String), String> {
    let (source, id) = text.split_once(':').ok_or("write it as in crm:4711")?;
    Ok((source.to_owned(), id.to_owned()))
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let client = Client::of(global)?;
    let request = SubmitFeedbackRequest {
        request_id: arguments.request_id.clone().unwrap_or_default(),
        inbound_key: arguments
            .inbound_key
            .clone()
            .map(|(source, id)| InboundKey { source, id }),
        submission: Some(to_wire(submission(arguments)?)),
    };
    let answer = client
        .intake()
        .await?
        .submit_feedback(request)
        .await?
        .into_inner();
    global.output.print(
        || {
            json!({
                "feedback_id": answer.feedback_id,
                "reference": text(&answer.reference),
                "recorded": recorded(answer.recorded.as_ref()),
            })
        },
        || {
            let line = recorded_line(answer.recorded.as_ref());
            format!("{} {}\n{line}", answer.feedback_id, answer.reference)
        },
    );
    Ok(())
}

fn submission(arguments: Arguments) -> Result<Submission, Failure> {
    let given = match &arguments.file {
        Some(path) => read(path)?,
        None => Submission::default(),
    };
    let description = match arguments.description.as_deref() {
        Some("-") => Some(stdin()?),
        _ => arguments.description,
    };
    let (occurred_at, occurred_on) = match arguments.occurred_at {
        Some(told) => told.parts(),
        None => (given.occurred_at, given.occurred_on),
    };
    let (received_at, received_on) = match arguments.received_at {
        Some(told) => told.parts(),
        None => (given.received_at, given.received_on),
    };
    let scores = scores(given.scores, arguments.scores);
    Ok(Submission {
        kind: arguments.kind.or(given.kind),
        channel: arguments.channel.or(given.channel),
        description: description.or(given.description),
        language: arguments.language.or(given.language),
        product: arguments.product.or(given.product),
        issue: arguments.issue.or(given.issue),
        site: arguments.site.or(given.site),
        vulnerable: arguments.vulnerable.or(given.vulnerable),
        accessibility_need: arguments.accessibility_need.or(given.accessibility_need),
        occurred_at,
        occurred_on,
        received_at,
        received_on,
        scores,
        tags: given.tags.into_iter().chain(arguments.tag).collect(),
        customer: SubmittedCustomer {
            reference: arguments.customer_reference.or(given.customer.reference),
            ..given.customer
        },
        ..given
    })
}

/// The file's scores, but for measures of which a flag says something else.
fn scores(file: Vec<SubmittedScore>, flags: Vec<(String, i64)>) -> Vec<SubmittedScore> {
    let is_flag = |it: &SubmittedScore| {
        flags
            .iter()
            .any(|(measure, _)| it.measure.as_ref() == Some(measure))
    };
    let mut scores = file;
    scores.retain(|it| !is_flag(it));
    scores.extend(flags.into_iter().map(|(measure, value)| SubmittedScore {
        measure: Some(measure),
        value,
    }));
    scores
}

fn read(path: &std::path::Path) -> Result<Submission, Failure> {
    let bytes = if path.as_os_str() == "-" {
        stdin()?.into_bytes()
    } else {
        std::fs::read(path).map_err(|error| Failure::file(path, error))?
    };
    serde_json::from_slice(&bytes).map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> Failure {
    let place = format!("line {}, column {}", error.line(), error.column());
    let failure = |why: &str| {
        Failure::usage("SUBMISSION_MALFORMED", format!("{why} ({place})"))
            .with_remedy("write one JSON object with the fields of docs/json.md")
    };
    match unknown_field(error) {
        Some(name) => failure("the file has a field that a submission has not").with_field(name),
        None => failure("the file is no submission"),
    }
}

/// The name of a field that does not exist. Nothing else of the parser's words is told: they can quote
/// values.
fn unknown_field(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let name = text.strip_prefix("unknown field `")?.split('`').next()?;
    Some(
        name.chars()
            .filter(|it| !it.is_control())
            .take(60)
            .collect(),
    )
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| Failure::file(std::path::Path::new("-"), error))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_does_not_exist_is_named_and_no_value_is_quoted() {
        let read = |text: &str| serde_json::from_str::<Submission>(text).unwrap_err();
        for (text, field) in [
            (r#"{"kind":"complaint","colour":"red"}"#, Some("colour")),
            (r#"{"customer":{"mail":"a@b.c"}}"#, Some("mail")),
            (r#"{"kind":7}"#, None),
            (r#"{"vulnerable":"unknown field `secret`"}"#, None),
            ("", None),
        ] {
            let error = read(text);
            assert_eq!(unknown_field(&error).as_deref(), field, "{text}");
            let failure = malformed(&error).to_string();
            assert!(!failure.contains("secret"), "{failure}");
            assert!(
                field.is_none_or(|field| failure.contains(field)),
                "{failure}"
            );
        }
    }

    #[test]
    fn a_score_of_a_flag_takes_the_place_of_that_of_the_file() {
        let score = |measure: &str, value| SubmittedScore {
            measure: Some(measure.to_owned()),
            value,
        };
        let file = vec![score("nps", 2), score("csat", 4)];
        let flags = vec![("nps".to_owned(), 9), ("ces".to_owned(), 6)];
        let expected = vec![score("csat", 4), score("nps", 9), score("ces", 6)];
        assert_eq!(scores(file, flags), expected);
        // What is said twice with the same breath is for the service to refuse.
        let twice = vec![("nps".to_owned(), 9), ("nps".to_owned(), 2)];
        assert_eq!(scores(Vec::new(), twice).len(), 2);
    }
}
