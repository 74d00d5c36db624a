//! Feedback of the kind complaint opens a complaint, or is taken over with what was reported of it.

use jiff::tz::TimeZone;
use redress_complaint::command::{Open, ReportHistory, TakeOver};
use redress_complaint::{self as complaint, Reference, Slices};
use redress_envelope::{ItemId, Record, Subject};
use redress_feedback::{self as feedback, Event, Feedback, Kind, Vocabulary};

use super::{Effect, Plan};
use crate::reaction::Why;

const OPEN: &str = "open_complaint";
const REPORT: &str = "report_history";

/// What a record of intake's leads to; nothing, if it is about something else.
pub(super) fn plan(record: &Record) -> Option<Plan> {
    if record.subject.kind() != "feedback" {
        return None;
    }
    let (event, id) = match read(record) {
        Ok(read) => read,
        Err(why) => return Some(Plan::failed(OPEN, None, why)),
    };
    let (reaction, command) = match event {
        Event::Received(feedback) if feedback.kind == Kind::Complaint => {
            (OPEN, opening(id, record.position, &feedback))
        }
        Event::HistoryReported(feedback) if feedback.kind == Kind::Complaint => {
            (REPORT, report(&feedback))
        }
        Event::Received(_)
        | Event::HistoryReported(_)
        | Event::ImportStarted(_)
        | Event::ImportReopened(_)
        | Event::ImportCompleted(_)
        | Event::InputRejected(_)
        | Event::RejectedInputAccepted(_)
        | Event::RejectedInputDiscarded(_) => return None,
    };
    Some(Plan {
        reaction,
        about: Some(Subject::item("complaint", id)),
        effect: command.map(Effect::Complaint),
    })
}

fn read(record: &Record) -> Result<(Event, ItemId), Why> {
    let unreadable = || Why::new("FEEDBACK_UNREADABLE").fact("type", &record.kind);
    let event =
        feedback::decode(&record.kind, &record.data).map_err(|error| match error.unknown() {
            Some(what) => Why::new("FEEDBACK_UNKNOWN").fact("what", what),
            None => unreadable(),
        })?;
    let id = record.subject.id().parse();
    let id = id.map_err(|_| unreadable().fact("subject", &record.subject))?;
    Ok((event, id))
}

fn opening(id: ItemId, position: u64, feedback: &Feedback) -> Result<complaint::Command, Why> {
    let year = feedback.received_at.to_zoned(TimeZone::UTC).year();
    let out_of_range = |_| {
        Why::new("REFERENCE_OUT_OF_RANGE")
            .fact("year", year)
            .fact("position", position)
    };
    let reference = Reference::of_position(year, position).map_err(out_of_range)?;
    let about = Box::new(slices(feedback));
    Ok(match &feedback.reported {
        None => Open {
            feedback: id,
            reference,
            about,
        }
        .into(),
        Some(reported) => TakeOver {
            feedback: id,
            reference,
            about,
            history: reported.clone(),
        }
        .into(),
    })
}

fn report(feedback: &Feedback) -> Result<complaint::Command, Why> {
    let reported = feedback.reported.as_ref();
    let reported = reported.ok_or_else(|| Why::new("FEEDBACK_UNREADABLE"))?;
    Ok(ReportHistory {
        history: reported.clone(),
    }
    .into())
}

fn slices(feedback: &Feedback) -> Slices {
    let kind = feedback.kind.as_str();
    Slices {
        occurred_at: feedback.occurred_at,
        occurred_on: feedback.occurred_on,
        received_on: feedback.received_on,
        aware_at: feedback.aware_at,
        reported_channel: feedback.reported_channel.clone(),
        product: feedback.product.clone(),
        sub_product: feedback.sub_product.clone(),
        issue: feedback.issue.clone(),
        sub_issue: feedback.sub_issue.clone(),
        site: feedback.site.clone(),
        supplier: feedback.supplier.clone(),
        business_unit: feedback.business_unit.clone(),
        segment: feedback.segment.clone(),
        jurisdiction: feedback.jurisdiction.clone(),
        language: feedback.language.clone(),
        tags: feedback.tags.clone(),
        remedy_sought: feedback
            .remedy_sought
            .as_ref()
            .map(|it| it.kind.as_str().to_owned()),
        immediate_action_taken: feedback.immediate_action_taken,
        vulnerable: feedback.vulnerable,
        accessibility_need: feedback.accessibility_need,
        ..Slices::new(feedback.received_at, kind, feedback.channel.as_str())
    }
}
