//! The rules that a submission must meet. All that is wrong is told at once.

mod field;
pub(crate) mod limits;
mod shape;
mod times;

use std::collections::BTreeMap;

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
use limits::{
    CODE_CHARS, DESCRIPTION_CHARS, MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, MAX_REFERENCES,
    MAX_SCORES, MAX_TAGS, MAX_UNMAPPED, NAME_CHARS, NOTE_CHARS,
};

const CURRENCY: &str = "a code of ISO 4217, as EUR";
const TIME: &str = "a time of RFC 3339, such as `2026-05-20T08:00:00Z`";
/// How far a caller's clock may be ahead of ours.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// 1900-01-01: a story may be older than the organisation's computers.
pub const EARLIEST: Timestamp = Timestamp::constant(-2_208_988_800, 0);

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

    /// Adds the item's own id where it comes from, unless that was said.
    pub fn refer_to(&mut self, own: ExternalId) {
        let references = &mut self.content.external_references;
        if !references.contains(&own) {
            references.push(own);
        }
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
    if !says_something(&submission) {
        found.refuse_all(Rule::NothingSaid);
    }
    let mut rest = submission;
    times::settle(&mut found, &mut rest, now);
    let attachments = attachments(&mut found, std::mem::take(&mut rest.attachments));
    let content = content(&mut found, &mut rest, &attachments);
    let feedback = facts(&mut found, rest, &content, now);
    match feedback {
        Some(feedback) if found.is_empty() => Ok(Checked {
            content,
            attachments,
            feedback,
        }),
        Some(_) | None => Err(found.into_refusals()),
    }
}

/// How a field is written that has a form of its own.
pub(crate) fn form_of(field: &str) -> &'static str {
    let name = field.rsplit('.').next().unwrap_or(field);
    match name {
        "jurisdiction" => shape::JURISDICTION.expected,
        "language" => shape::LANGUAGE.expected,
        "media_type" => shape::MEDIA_TYPE.expected,
        "digest" => shape::DIGEST.expected,
        "currency" => CURRENCY,
        "time" => TIME,
        "source" | "subject" => shape::SOURCE.expected,
        _ => shape::CODE.expected,
    }
}

/// Whether a text can name who sends: the last part of a subject of the inbox, what an import calls its
/// source, and the source of an inbound key and of a report. If not, how one is written.
pub fn is_source(text: &str) -> Result<(), &'static str> {
    if (shape::SOURCE.fits)(text) {
        return Ok(());
    }
    Err(shape::SOURCE.expected)
}

/// Whether a text is a code; if not, how one is written.
pub(crate) fn is_code(text: &str) -> Result<(), &'static str> {
    if (shape::CODE.fits)(text) {
        return Ok(());
    }
    Err(shape::CODE.expected)
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

/// Takes the personal part out of the submission.
fn content(found: &mut Findings, s: &mut Submission, files: &[SubmittedAttachment]) -> Content {
    let content = Content {
        description: found.text("description", s.description.take(), DESCRIPTION_CHARS),
        immediate_action: found.text("immediate_action", s.immediate_action.take(), NOTE_CHARS),
        customer: customer(found, std::mem::take(&mut s.customer)),
        external_references: references(found, std::mem::take(&mut s.external_references)),
        attachment_names: names(files),
        unmapped: unmapped(found, std::mem::take(&mut s.unmapped)),
    };
    if content.encode().len() > Content::MAX_BYTES {
        let max_bytes = Content::MAX_BYTES as u64;
        found.refuse("description", Rule::TooLarge { max_bytes });
    }
    content
}

/// What is left when the personal part is out. None where the kind or the channel is not known.
fn facts(
    found: &mut Findings,
    s: Submission,
    content: &Content,
    now: Timestamp,
) -> Option<Feedback> {
    let kind = found.required_word("kind", s.kind.as_deref());
    let channel = found.required_word("channel", s.channel.as_deref());
    let scores = scores(found, s.scores);
    if kind == Some(Kind::SurveyResponse) && scores.is_empty() {
        found.refuse("scores", Rule::SurveyWithoutScore);
    }
    let mut name = |field, value| found.line(field, value, NAME_CHARS);
    Some(Feedback {
        reported_channel: name("reported_channel", s.reported_channel),
        product: name("product", s.product),
        sub_product: name("sub_product", s.sub_product),
        issue: name("issue", s.issue),
        sub_issue: name("sub_issue", s.sub_issue),
        site: name("site", s.site),
        supplier: name("supplier", s.supplier),
        business_unit: name("business_unit", s.business_unit),
        segment: name("segment", s.segment),
        jurisdiction: jurisdiction(found, s.jurisdiction),
        language: language(found, s.language),
        tags: tags(found, s.tags),
        remedy_sought: remedy(found, s.remedy_sought),
        immediate_action_taken: content.immediate_action.as_ref().map(|_| true),
        scores,
        attachments: Vec::new(),
        accessibility_need: s.accessibility_need,
        vulnerable: s.vulnerable,
        assisted_by: found.shaped("assisted_by", s.assisted_by, shape::CODE),
        occurred_at: s.occurred_at,
        occurred_on: s.occurred_on,
        received_at: s.received_at.unwrap_or(now),
        received_on: s.received_on,
        aware_at: s.aware_at,
        reported: reported(found, s.reported),
        content: None,
        data_subject: None,
        customer_hash: None,
        external_references: Vec::new(),
        // Last, because what is missing here must not hide what is wrong elsewhere.
        kind: kind?,
        channel: channel?,
    })
}

fn jurisdiction(found: &mut Findings, submitted: Option<String>) -> Option<String> {
    let code = found.shaped("jurisdiction", submitted, shape::JURISDICTION)?;
    Some(code.to_ascii_uppercase())
}

fn language(found: &mut Findings, submitted: Option<String>) -> Option<String> {
    let tag = found.shaped("language", submitted, shape::LANGUAGE)?;
    Some(shape::customary_case(&tag))
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
    let mut scores: Vec<Score> = Vec::new();
    for (index, score) in submitted.into_iter().enumerate() {
        let path = at("scores", index, ".measure");
        let Some(measure) = found.required_word::<Measure>(&path, score.measure.as_deref()) else {
            continue;
        };
        let value = score.value;
        // A person answers a question once: two answers would count as two people's.
        if scores.iter().any(|earlier| earlier.measure == measure) {
            found.refuse(path, Rule::Repeated);
            continue;
        }
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
                let expected = CURRENCY;
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

fn unmapped(found: &mut Findings, submitted: BTreeMap<String, String>) -> BTreeMap<String, String> {
    if submitted.len() > MAX_UNMAPPED {
        found.refuse("unmapped", Rule::TooMany { max: MAX_UNMAPPED });
        return BTreeMap::new();
    }
    let mut kept = BTreeMap::new();
    for (name, value) in submitted {
        // A name can be anything, so the path does not repeat it.
        let name = found.line("unmapped", Some(name), NAME_CHARS);
        let value = found.text("unmapped", Some(value), NOTE_CHARS);
        kept.extend(name.zip(value));
    }
    kept
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
        let source = found.line(&path(".source"), reference.source, NAME_CHARS);
        if let (Some(system), Some(id)) = (system, id) {
            references.push(ExternalId { system, source, id });
        }
    }
    references
}

fn reported(found: &mut Findings, submitted: Option<ReportedHistory>) -> Option<ReportedHistory> {
    let submitted = submitted?;
    let (source, digest) = (Some(submitted.source), Some(submitted.digest));
    Some(ReportedHistory {
        source: found.required_shaped("reported.source", source, shape::SOURCE)?,
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
        acknowledged_at: submitted.acknowledged_at,
        closed_at: submitted.closed_at,
        sent_to_company_on: submitted.sent_to_company_on,
        sent_before_received: submitted.sent_before_received,
        submitted_narrative: submitted.submitted_narrative,
    })
}
