//! The rules that a submission must meet. All that is wrong is told at once.

mod field;
mod shape;

use jiff::{SignedDuration, Timestamp};
use redress_envelope::{Money, VaultRef};

use crate::content::{Content, Customer, ExternalId};
use crate::event::{Attachment, ExternalReference, Feedback, RemedySought, Score};
use crate::history::ReportedHistory;
use crate::refusal::{Refusal, Rule};
use crate::submission::{
    Submission, SubmittedAttachment, SubmittedCustomer, SubmittedReference, SubmittedRemedy,
    SubmittedScore,
};
use crate::vocabulary::{Kind, Measure};
use field::{Findings, at};

/// Codes and names: product, site, segment and their like.
const NAME_CHARS: usize = 200;
const DESCRIPTION_CHARS: usize = 32_000;
const NOTE_CHARS: usize = 1_000;
const CODE_CHARS: usize = 60;
const MAX_TAGS: usize = 20;
const MAX_SCORES: usize = 10;
const MAX_ATTACHMENTS: usize = 20;
const MAX_ATTACHMENT_BYTES: u64 = 25 * 1024 * 1024;
const MAX_REFERENCES: usize = 10;
const MAX_UNMAPPED: usize = 50;
/// How far a caller's clock may be ahead of ours.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// 1900-01-01: a story may be older than the organisation's computers.
const EARLIEST_OCCURRED: Timestamp = Timestamp::constant(-2_208_988_800, 0);

/// A submission that met the rules: the personal part to seal, and the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    content: Content,
    attachments: Vec<SubmittedAttachment>,
    feedback: Feedback,
}

/// What the service made of the personal part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seal {
    /// Of the sealed content; none where [`Content::is_empty`].
    pub content: Option<VaultRef>,
    pub data_subject: Option<String>,
    pub customer_hash: Option<String>,
    pub external_references: Vec<ExternalReference>,
    pub attachments: Vec<Attachment>,
    /// Keyed hash of the report's digest, which it replaces: a plain digest over a postal code and a
    /// number can be guessed back. Without a report it has no effect.
    pub report_digest: Option<String>,
}

impl Checked {
    /// What is to be sealed.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The files that the service has to seal, with the media types that were accepted.
    pub fn attachments(&self) -> &[SubmittedAttachment] {
        &self.attachments
    }

    /// The rest; its references into the vault are not there yet.
    pub fn feedback(&self) -> &Feedback {
        &self.feedback
    }

    pub fn seal(mut self, seal: Seal) -> Feedback {
        if let (Some(report), Some(digest)) = (&mut self.feedback.reported, seal.report_digest) {
            report.digest = digest;
        }
        Feedback {
            content: seal.content,
            data_subject: seal.data_subject,
            customer_hash: seal.customer_hash,
            external_references: seal.external_references,
            attachments: seal.attachments,
            ..self.feedback
        }
    }
}

/// Holds a submission against every rule. `now` bounds the times and stands in for a missing
/// `received_at`.
pub fn check(submission: Submission, now: Timestamp) -> Result<Checked, Vec<Refusal>> {
    let mut found = Findings::default();
    let says_something = says_something(&submission);
    let s = submission;
    let kind = found.required_word("kind", s.kind.as_deref());
    let channel = found.required_word("channel", s.channel.as_deref());
    let scores = scores(&mut found, s.scores);
    if kind == Some(Kind::SurveyResponse) && scores.is_empty() {
        found.refuse("scores", Rule::SurveyWithoutScore);
    }
    if !says_something {
        found.refuse_all(Rule::NothingSaid);
    }
    let received_at = s.received_at.unwrap_or(now);
    found.time("received_at", received_at, Timestamp::UNIX_EPOCH, now);
    if let Some(occurred_at) = s.occurred_at {
        found.time("occurred_at", occurred_at, EARLIEST_OCCURRED, now);
        found.not_before(occurred_at, "received_at", Some(received_at));
        found.not_before(occurred_at, "aware_at", s.aware_at);
    }
    if let Some(aware_at) = s.aware_at {
        found.time("aware_at", aware_at, EARLIEST_OCCURRED, now);
    }
    let attachments = attachments(&mut found, s.attachments);
    let content = Content {
        description: found.text("description", s.description, DESCRIPTION_CHARS),
        customer: customer(&mut found, s.customer),
        external_references: references(&mut found, s.external_references),
        attachment_names: names(&attachments),
        unmapped: found.map("unmapped", s.unmapped, MAX_UNMAPPED, NAME_CHARS, NOTE_CHARS),
    };
    let product = found.line("product", s.product, NAME_CHARS);
    let sub_product = found.line("sub_product", s.sub_product, NAME_CHARS);
    let issue = found.line("issue", s.issue, NAME_CHARS);
    let sub_issue = found.line("sub_issue", s.sub_issue, NAME_CHARS);
    let site = found.line("site", s.site, NAME_CHARS);
    let supplier = found.line("supplier", s.supplier, NAME_CHARS);
    let business_unit = found.line("business_unit", s.business_unit, NAME_CHARS);
    let segment = found.line("segment", s.segment, NAME_CHARS);
    let reported_channel = found.line("reported_channel", s.reported_channel, NAME_CHARS);
    let jurisdiction = found.shaped("jurisdiction", s.jurisdiction, shape::JURISDICTION);
    let language = found
        .shaped("language", s.language, shape::LANGUAGE)
        .map(|tag| shape::customary_case(&tag));
    let tags = tags(&mut found, s.tags);
    let remedy_sought = remedy(&mut found, s.remedy_sought);
    let immediate_action = found.text("immediate_action", s.immediate_action, NOTE_CHARS);
    let assisted_by = found.shaped("assisted_by", s.assisted_by, shape::CODE);
    let reported = reported(&mut found, s.reported);
    if content.encode().len() > Content::MAX_BYTES {
        let max_bytes = Content::MAX_BYTES as u64;
        found.refuse("description", Rule::TooLarge { max_bytes });
    }
    let (Some(kind), Some(channel), true) = (kind, channel, found.is_empty()) else {
        return Err(found.into_refusals());
    };
    let feedback = Feedback {
        kind,
        channel,
        reported_channel,
        product,
        sub_product,
        issue,
        sub_issue,
        site,
        supplier,
        business_unit,
        segment,
        jurisdiction,
        language,
        tags,
        remedy_sought,
        immediate_action,
        scores,
        attachments: Vec::new(),
        accessibility_need: s.accessibility_need,
        vulnerable: s.vulnerable,
        assisted_by,
        occurred_at: s.occurred_at,
        received_at,
        aware_at: s.aware_at,
        reported,
        content: None,
        data_subject: None,
        customer_hash: None,
        external_references: Vec::new(),
    };
    Ok(Checked {
        content,
        attachments,
        feedback,
    })
}

fn says_something(submission: &Submission) -> bool {
    [
        &submission.description,
        &submission.product,
        &submission.issue,
    ]
    .into_iter()
    .flatten()
    .any(|text| !text.trim().is_empty())
        || !submission.scores.is_empty()
        || !submission.attachments.is_empty()
}

fn tags(found: &mut Findings, submitted: Vec<String>) -> Vec<String> {
    let submitted = found.at_most("tags", submitted, MAX_TAGS);
    let mut tags = Vec::new();
    for (index, tag) in submitted.into_iter().enumerate() {
        if let Some(tag) = found.line(&at("tags", index, ""), Some(tag), CODE_CHARS)
            && !tags.contains(&tag)
        {
            tags.push(tag);
        }
    }
    tags
}

fn scores(found: &mut Findings, submitted: Vec<SubmittedScore>) -> Vec<Score> {
    let submitted = found.at_most("scores", submitted, MAX_SCORES);
    let mut scores = Vec::new();
    for (index, score) in submitted.into_iter().enumerate() {
        let path = at("scores", index, ".measure");
        let Some(measure) = found.required_word::<Measure>(&path, score.measure.as_deref()) else {
            continue;
        };
        let value = score.value;
        match measure.range() {
            Some((from, to)) if !(from..=to).contains(&value) => {
                found.refuse(at("scores", index, ".value"), Rule::OutOfRange { from, to });
            }
            Some(_) | None => scores.push(Score { measure, value }),
        }
    }
    scores
}

fn remedy(found: &mut Findings, submitted: Option<SubmittedRemedy>) -> Option<RemedySought> {
    let submitted = submitted?;
    let amount = submitted.amount.and_then(|money| {
        match Money::new(money.minor_units, &money.currency) {
            Ok(money) => return Some(money),
            Err(redress_envelope::MoneyError::Currency) => {
                let expected = "three upper-case letters (ISO 4217)";
                found.refuse(
                    "remedy_sought.amount.currency",
                    Rule::Malformed { expected },
                );
            }
            Err(redress_envelope::MoneyError::Amount) => {
                let to = Money::MAX_MINOR_UNITS;
                found.refuse(
                    "remedy_sought.amount.minor_units",
                    Rule::OutOfRange { from: 0, to },
                );
            }
        }
        None
    });
    let kind = found.required_word("remedy_sought.kind", submitted.kind.as_deref())?;
    Some(RemedySought { kind, amount })
}

fn attachments(
    found: &mut Findings,
    submitted: Vec<SubmittedAttachment>,
) -> Vec<SubmittedAttachment> {
    let submitted = found.at_most("attachments", submitted, MAX_ATTACHMENTS);
    let mut attachments = Vec::new();
    for (index, attachment) in submitted.into_iter().enumerate() {
        let path = |part| at("attachments", index, part);
        let media_type = found.required_shaped(
            &path(".media_type"),
            attachment.media_type,
            shape::MEDIA_TYPE,
        );
        if attachment.bytes > MAX_ATTACHMENT_BYTES {
            let max_bytes = MAX_ATTACHMENT_BYTES;
            found.refuse(path(".bytes"), Rule::TooLarge { max_bytes });
        }
        attachments.push(SubmittedAttachment {
            name: found.line(&path(".name"), attachment.name, NAME_CHARS),
            media_type,
            bytes: attachment.bytes,
        });
    }
    attachments
}

fn names(attachments: &[SubmittedAttachment]) -> Vec<String> {
    let names = attachments
        .iter()
        .map(|file| file.name.clone().unwrap_or_default());
    names.collect()
}

fn customer(found: &mut Findings, submitted: SubmittedCustomer) -> Customer {
    Customer {
        reference: found.line("customer.reference", submitted.reference, NAME_CHARS),
        name: found.line("customer.name", submitted.name, NAME_CHARS),
        email: found.line("customer.email", submitted.email, NAME_CHARS),
        phone: found.line("customer.phone", submitted.phone, CODE_CHARS),
        address: found.text("customer.address", submitted.address, NOTE_CHARS),
        postal_code: found.line("customer.postal_code", submitted.postal_code, CODE_CHARS),
    }
}

fn references(found: &mut Findings, submitted: Vec<SubmittedReference>) -> Vec<ExternalId> {
    let submitted = found.at_most("external_references", submitted, MAX_REFERENCES);
    let mut references = Vec::new();
    for (index, reference) in submitted.into_iter().enumerate() {
        let path = |part| at("external_references", index, part);
        let system = found.required_shaped(&path(".system"), reference.system, shape::CODE);
        let id = found.required_line(&path(".id"), reference.id, NAME_CHARS);
        if let (Some(system), Some(id)) = (system, id) {
            references.push(ExternalId { system, id });
        }
    }
    references
}

fn reported(found: &mut Findings, submitted: Option<ReportedHistory>) -> Option<ReportedHistory> {
    let submitted = submitted?;
    let (source, digest) = (Some(submitted.source), Some(submitted.digest));
    Some(ReportedHistory {
        source: found.required_shaped("reported.source", source, shape::CODE)?,
        digest: found.required_shaped("reported.digest", digest, shape::DIGEST)?,
        response: found.line("reported.response", submitted.response, NAME_CHARS),
        public_response: found.line(
            "reported.public_response",
            submitted.public_response,
            NOTE_CHARS,
        ),
        response_class: submitted.response_class,
        timely: submitted.timely,
        disputed: submitted.disputed,
        sent_to_company_on: submitted.sent_to_company_on,
        sent_before_received: submitted.sent_before_received,
        submitted_narrative: submitted.submitted_narrative,
    })
}
