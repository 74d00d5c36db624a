//! `GetFeedback`: one piece of feedback with its words, now or as of an earlier moment.

use redress_complaint::Reference;
use redress_envelope::{ItemId, Subject, VaultRef};
use redress_feedback::Content;
use redress_log_service::{
    as_of, content_damaged, content_lost, load_problem, read_problem, wait_for_log,
};
use redress_service::{Problem, Refused};
use redress_vault::Read;
use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{Feedback, GetFeedbackRequest, GetFeedbackResponse};

use crate::intake::Inner;
use crate::item::Item;
use crate::names::{Origin, required};
use crate::reply;
use crate::sealing::vault_problem;
use crate::submit::FEEDBACK;

pub(crate) async fn get(
    intake: &Inner,
    request: GetFeedbackRequest,
) -> Result<GetFeedbackResponse, Refused> {
    wait_for_log(&intake.log, &[], &request.wait_for).await?;
    let size = as_of(&intake.log, request.as_of.as_ref()).await?;
    let item = match request.key {
        None => return Err(required("feedback_id").into()),
        Some(Key::FeedbackId(id)) => load(intake, &feedback_id(&id)?, size).await?,
        Some(Key::InboundKey(key)) => {
            let mut problems = Vec::new();
            let Some(Origin { source, id, .. }) = Origin::new(key.source, &key.id, &mut problems)
            else {
                return Err(Refused::unless_none(problems)
                    .err()
                    .unwrap_or_else(not_found_at_all));
            };
            let item = intake
                .names
                .item_of_reference(&intake.names.reference(&source, &id));
            load(intake, &item.to_string(), size).await?
        }
        Some(Key::Reference(text)) => by_reference(intake, &text, size).await?,
    };
    let item = item.ok_or_else(not_found)?;
    let mut feedback = reply::feedback(&item, &intake.names);
    add_words(intake, &item, &mut feedback).await?;
    let token = intake.log.token(size).to_string();
    Ok(GetFeedbackResponse {
        feedback: Some(feedback),
        token,
    })
}

pub(crate) fn not_found() -> Problem {
    Problem::not_found("FEEDBACK_NOT_FOUND", "there is no such feedback")
        .with_remedy("check the id; with `as_of` it may not have been there yet")
}

fn not_found_at_all() -> Refused {
    not_found().into()
}

pub(crate) fn feedback_id(text: &str) -> Result<String, Problem> {
    match text.parse::<ItemId>() {
        Ok(id) => Ok(id.to_string()),
        Err(_) if text.is_empty() => Err(required("feedback_id")),
        Err(_) => Err(
            Problem::invalid("FIELD_MALFORMED", "feedback_id", "this is no feedback id")
                .with_remedy("send the id as it was given: a number, a hyphen and 32 hex digits"),
        ),
    }
}

/// The item when the log had `size` records.
pub(crate) async fn load(intake: &Inner, id: &str, size: u64) -> Result<Option<Item>, Problem> {
    let Ok(subject) = Subject::new(FEEDBACK, id) else {
        return Ok(None);
    };
    let stream = intake.log.read_stream(subject, size).await;
    let stream = stream.map_err(|error| read_problem(&error))?;
    Item::fold(&stream).map_err(|error| load_problem(error.into()))
}

/// The number of a reference says which record is the item's first.
async fn by_reference(intake: &Inner, text: &str, size: u64) -> Result<Option<Item>, Problem> {
    let wanted: Reference = text.parse().map_err(|_| {
        // Its message repeats the text, and that can be anything.
        let why =
            "this is no reference: a digit is wrong, two were swapped, or something is missing";
        Problem::invalid("REFERENCE_INVALID", "reference", why)
            .with_remedy("write it as RD-2026-000123-7, with all its digits")
    })?;
    if wanted.position() >= size {
        return Ok(None);
    }
    let found = intake.log.read(wanted.position(), 1, usize::MAX).await;
    let found = found.map_err(|error| read_problem(&error))?;
    let subject = found.first().and_then(|stored| {
        let record = redress_envelope::Record::decode(&stored.bytes).ok()?;
        (record.subject.kind() == FEEDBACK).then(|| record.subject.id().to_owned())
    });
    let Some(id) = subject else { return Ok(None) };
    let item = load(intake, &id, size).await?;
    Ok(item.filter(|item| item.reference == Some(wanted)))
}

async fn add_words(intake: &Inner, item: &Item, feedback: &mut Feedback) -> Result<(), Problem> {
    let Some(reference) = item.facts.content.clone() else {
        return Ok(());
    };
    match words(intake, reference).await? {
        Read::Content(content) => reply::add_words(feedback, content),
        Read::Erased => feedback.erased = true,
        Read::Unknown => feedback.missing = true,
    }
    Ok(())
}

/// What is sealed under a reference.
pub(crate) async fn words(intake: &Inner, reference: VaultRef) -> Result<Read<Content>, Problem> {
    Ok(match read(intake, reference).await? {
        Read::Content(bytes) => {
            let content = Content::decode(&bytes).map_err(|error| {
                tracing::error!(%error, "a content cannot be read");
                content_damaged("the sealed words cannot be read")
            });
            Read::Content(content?)
        }
        Read::Erased => Read::Erased,
        Read::Unknown => Read::Unknown,
    })
}

/// The bytes that are sealed under a reference; none if they were erased.
pub(crate) async fn unseal(
    intake: &Inner,
    reference: VaultRef,
) -> Result<Option<Vec<u8>>, Problem> {
    match read(intake, reference).await? {
        Read::Content(bytes) => Ok(Some(bytes)),
        Read::Erased => Ok(None),
        Read::Unknown => Err(content_lost("what was sealed of this record is")),
    }
}

pub(crate) async fn read(intake: &Inner, reference: VaultRef) -> Result<Read, Problem> {
    let vault = std::sync::Arc::clone(&intake.vault);
    let read = tokio::task::spawn_blocking(move || vault.read_committed(&reference)).await;
    let read = read.map_err(|_| Problem::internal("a reading task was ended"))?;
    read.map_err(|error| vault_problem(intake, &error))
}
