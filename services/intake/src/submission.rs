//! A request's submission as the domain's, held against the domain's rules.

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::Money;
use redress_feedback::{
    Answer, Checked, ExternalId, ReportedHistory, ResponseClass, Submission, SubmittedAttachment,
    SubmittedCustomer, SubmittedReference, SubmittedRemedy, SubmittedScore,
};
use redress_service::{Problem, Refused};
use redress_vault::MAX_CONTENT_BYTES;
use redress_wire::intake::v1 as wire;
use redress_wire::optional_time;

use crate::names::{Origin, required};
use crate::refused::problem_of;

/// A submission, and the bytes of its attachments in their order.
pub(crate) struct Handed {
    pub(crate) submission: Submission,
    pub(crate) files: Vec<Vec<u8>>,
}

/// What met the rules.
pub(crate) struct Accepted {
    pub(crate) checked: Checked,
    pub(crate) files: Vec<Vec<u8>>,
}

/// Reads a request's submission; what cannot even be read is among `problems`.
pub(crate) fn read(
    submission: Option<wire::Submission>,
    problems: &mut Vec<Problem>,
) -> Result<Handed, Problem> {
    let s = submission.ok_or_else(|| required("submission"))?;
    let (attachments, files) = s.attachments.into_iter().map(attachment).unzip();
    let mut time = |field: &str, value| {
        optional_time(value).unwrap_or_else(|error| {
            problems.push(
                Problem::invalid(
                    error.code(),
                    format!("submission.{field}"),
                    error.to_string(),
                )
                .with_remedy(error.remedy()),
            );
            None
        })
    };
    let (occurred_at, received_at) = (
        time("occurred_at", s.occurred_at),
        time("received_at", s.received_at),
    );
    let aware_at = time("aware_at", s.aware_at);
    let submission = Submission {
        occurred_at,
        received_at,
        aware_at,
        occurred_on: day(&s.occurred_on, "submission.occurred_on", problems),
        received_on: day(&s.received_on, "submission.received_on", problems),
        kind: text(s.kind),
        channel: text(s.channel),
        reported_channel: text(s.reported_channel),
        product: text(s.product),
        sub_product: text(s.sub_product),
        issue: text(s.issue),
        sub_issue: text(s.sub_issue),
        site: text(s.site),
        supplier: text(s.supplier),
        business_unit: text(s.business_unit),
        segment: text(s.segment),
        jurisdiction: text(s.jurisdiction),
        language: text(s.language),
        tags: s.tags,
        remedy_sought: s.remedy_sought.map(remedy),
        immediate_action: text(s.immediate_action),
        scores: s.scores.into_iter().map(score).collect(),
        attachments,
        accessibility_need: s.accessibility_need,
        vulnerable: s.vulnerable,
        assisted_by: text(s.assisted_by),
        reported: s.reported.map(|reported| history(reported, problems)),
        description: text(s.description),
        customer: s.customer.map(customer).unwrap_or_default(),
        external_references: s.external_references.into_iter().map(reference).collect(),
        unmapped: s.unmapped,
    };
    Ok(Handed { submission, files })
}

/// Holds what was handed in against every rule, the one about the inbound key too. Everything that
/// is wrong is told, `problems` first.
pub(crate) fn check(
    handed: Handed,
    origin: Option<&Origin>,
    now: Timestamp,
    mut problems: Vec<Problem>,
) -> Result<Accepted, Refused> {
    let Handed {
        mut submission,
        files,
    } = handed;
    if files.len() != submission.attachments.len() {
        problems.push(
            Problem::invalid(
                "FIELD_MALFORMED",
                "files",
                "a file is missing, or has no attachment",
            )
            .with_remedy("give one file for each attachment"),
        );
    }
    for (index, (file, attachment)) in files.iter().zip(&mut submission.attachments).enumerate() {
        attachment.bytes = file.len() as u64;
        if file.len() > MAX_CONTENT_BYTES {
            let field = format!("submission.attachments[{index}].content");
            problems.push(
                Problem::invalid("FIELD_TOO_LARGE", field, "the attachment is too large")
                    .with_remedy(format!("keep it to {MAX_CONTENT_BYTES} bytes")),
            );
        }
    }
    match redress_feedback::check(submission, now) {
        Ok(mut checked) => {
            Refused::unless_none(problems)?;
            if let Some(origin) = origin {
                checked.refer_to(own_reference(origin));
            }
            Ok(Accepted { checked, files })
        }
        Err(refusals) => {
            problems.extend(refusals.iter().map(|refusal| problem_of(refusal, path)));
            match Refused::unless_none(problems) {
                Err(refused) => Err(refused),
                Ok(()) => Err(Problem::internal("refused for no reason").into()),
            }
        }
    }
}

/// Where a field of the domain's submission is in a request.
fn path(field: Option<&str>) -> String {
    let Some(field) = field else {
        return "submission".to_owned();
    };
    match field.strip_suffix(".bytes") {
        Some(attachment) => format!("submission.{attachment}.content"),
        None => format!("submission.{field}"),
    }
}

/// The inbound key is an id in another system like any other: sealed, and found by its keyed hash.
fn own_reference(origin: &Origin) -> ExternalId {
    ExternalId {
        system: origin.source.clone(),
        source: origin.space.clone(),
        id: origin.id.clone(),
    }
}

/// Protobuf cannot tell an empty text from an absent one.
fn text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn attachment(attachment: wire::Attachment) -> (SubmittedAttachment, Vec<u8>) {
    let submitted = SubmittedAttachment {
        name: text(attachment.name),
        media_type: text(attachment.media_type),
        bytes: attachment.content.len() as u64,
    };
    (submitted, attachment.content.into())
}

fn remedy(remedy: wire::RemedySought) -> SubmittedRemedy {
    SubmittedRemedy {
        kind: text(remedy.kind),
        amount: remedy.amount.map(|it| Money {
            minor_units: it.minor_units,
            currency: it.currency,
        }),
    }
}

fn score(score: wire::Score) -> SubmittedScore {
    SubmittedScore {
        measure: text(score.measure),
        value: score.value,
    }
}

fn customer(customer: wire::Customer) -> SubmittedCustomer {
    SubmittedCustomer {
        reference: text(customer.reference),
        name: text(customer.name),
        email: text(customer.email),
        phone: text(customer.phone),
        address: text(customer.address),
        postal_code: text(customer.postal_code),
    }
}

fn reference(reference: wire::ExternalReference) -> SubmittedReference {
    SubmittedReference {
        system: text(reference.system),
        source: text(reference.source),
        id: text(reference.id),
    }
}

fn history(reported: wire::ReportedHistory, problems: &mut Vec<Problem>) -> ReportedHistory {
    let field = |part: &str| format!("submission.reported.{part}");
    let mut time = |part: &str, value| {
        optional_time(value).unwrap_or_else(|error| {
            problems.push(
                Problem::invalid(error.code(), field(part), error.to_string())
                    .with_remedy(error.remedy()),
            );
            None
        })
    };
    let acknowledged_at = time("acknowledged_at", reported.acknowledged_at);
    let closed_at = time("closed_at", reported.closed_at);
    ReportedHistory {
        source: reported.source,
        digest: reported.digest,
        response: text(reported.response),
        response_class: word(
            ResponseClass::ALL,
            ResponseClass::as_str,
            &reported.response_class,
            || field("response_class"),
            problems,
        ),
        timely: word(
            Answer::ALL,
            Answer::as_str,
            &reported.timely,
            || field("timely"),
            problems,
        ),
        disputed: word(
            Answer::ALL,
            Answer::as_str,
            &reported.disputed,
            || field("disputed"),
            problems,
        ),
        acknowledged_at,
        closed_at,
        sent_to_company_on: day(
            &reported.sent_to_company_on,
            &field("sent_to_company_on"),
            problems,
        ),
        sent_before_received: reported.sent_before_received,
        public_response: text(reported.public_response),
        submitted_narrative: reported.submitted_narrative,
    }
}

/// One of a closed set of words; an empty text is the default.
fn word<T: Copy + Default>(
    known: &[T],
    as_str: fn(T) -> &'static str,
    text: &str,
    field: impl Fn() -> String,
    problems: &mut Vec<Problem>,
) -> T {
    if text.is_empty() {
        return T::default();
    }
    let found = known.iter().copied().find(|value| as_str(*value) == text);
    found.unwrap_or_else(|| {
        let words: Vec<&str> = known.iter().map(|value| as_str(*value)).collect();
        problems.push(
            Problem::invalid("FIELD_UNKNOWN_VALUE", field(), "the word is not known")
                .with_remedy(format!("use one of {}", words.join(", "))),
        );
        T::default()
    })
}

/// A day written `YYYY-MM-DD`; an empty text is none.
pub(crate) fn day(text: &str, field: &str, problems: &mut Vec<Problem>) -> Option<Date> {
    if text.is_empty() {
        return None;
    }
    // The parser would also take a time of that day.
    let day = text
        .parse()
        .ok()
        .filter(|day: &Date| day.to_string() == text);
    if day.is_none() {
        problems.push(
            Problem::invalid(
                "FIELD_MALFORMED",
                field,
                "the day is not written YYYY-MM-DD",
            )
            .with_remedy("write it as YYYY-MM-DD"),
        );
    }
    day
}
