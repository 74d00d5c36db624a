//! `redress feedback submit`

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use redress_feedback::{Submission, SubmittedCustomer, SubmittedScore};
use redress_service::clock;
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

    #[arg(long)]
    language: Option<String>,

    #[arg(long)]
    product: Option<String>,

    #[arg(long)]
    issue: Option<String>,

    #[arg(long)]
    site: Option<String>,

    /// Who the customer is in your books
    #[arg(long)]
    customer_reference: Option<String>,

    /// `nps=9`, `csat=4` or `ces=6`
    #[arg(long = "score", value_name = "MEASURE=VALUE", value_parser = score)]
    scores: Vec<(String, i64)>,

    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// Whether the customer is in a vulnerable situation; leave it out if nobody asked
    #[arg(long, value_name = "true|false")]
    vulnerable: Option<bool>,

    /// Whether something is needed to take part; leave it out if nobody asked
    #[arg(long, value_name = "true|false")]
    accessibility_need: Option<bool>,

    /// When it happened: a time, or a day in UTC
    #[arg(long, value_name = "TIME", value_parser = told)]
    occurred_at: Option<Told>,

    /// When you got it: a time, or a day in UTC; now, if absent
    ///
    /// A day is its first moment, or when it happened where that was later on the same day.
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
    let (now, told) = (clock::now(), arguments.occurred_at);
    let occurred_at = told.map(|it| it.moment(&[], now)).or(given.occurred_at);
    let told = arguments.received_at;
    let received_at = told.map(|it| it.moment(occurred_at.as_slice(), now));
    let scores = arguments
        .scores
        .into_iter()
        .map(|(measure, value)| SubmittedScore {
            measure: Some(measure),
            value,
        });
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
        received_at: received_at.or(given.received_at),
        scores: given.scores.into_iter().chain(scores).collect(),
        tags: given.tags.into_iter().chain(arguments.tag).collect(),
        customer: SubmittedCustomer {
            reference: arguments.customer_reference.or(given.customer.reference),
            ..given.customer
        },
        ..given
    })
}

fn read(path: &std::path::Path) -> Result<Submission, Failure> {
    let bytes = if path.as_os_str() == "-" {
        stdin()?.into_bytes()
    } else {
        std::fs::read(path).map_err(|error| Failure::file(path, error))?
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::usage(
            "SUBMISSION_MALFORMED",
            format!("the file is no submission ({place})"),
        )
        .with_remedy("write one JSON object with the fields of docs/json.md")
    })
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| Failure::file(std::path::Path::new("-"), error))?;
    Ok(text)
}
