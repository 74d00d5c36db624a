//! Feedback of the kind complaint opens a complaint, or is taken over with what was reported of it.

use std::sync::Arc;

use jiff::tz::TimeZone;
use redress_complaint::command::{Open, ReportHistory, TakeOver};
use redress_complaint::{
    self as complaint, Reference, Reported, ReportedHistory, ResponseClass, Slices,
};
use redress_envelope::{ItemId, Record, Subject};
use redress_event_log::{Consumed, Moment};
use redress_feedback::{self as feedback, Answer, Event, Feedback, Kind, Vocabulary};

use super::{Cause, Reaction, Reactor, Why};
use crate::life::ComplaintLife;

const OPEN: &str = "open_complaint";
const REPORT: &str = "report_history";

impl Reactor {
    /// What a record of intake's leads to; nothing, if it is about something else.
    pub(crate) fn on_intake(&self, record: &Record, consumed: Consumed) -> Option<Reaction> {
        if record.subject.kind() != "feedback" {
            return None;
        }
        let (reactor, cause) = (self.clone(), Cause::new(OPEN, record, consumed));
        let (event, id) = match read(record) {
            Ok(read) => read,
            Err(why) => return Some(Box::pin(reactor.write_down(cause, None, why))),
        };
        let (cause, command) = match event {
            Event::Received(feedback) if feedback.kind == Kind::Complaint => {
                (cause, opening(id, record.position, &feedback))
            }
            Event::HistoryReported(feedback) if feedback.kind == Kind::Complaint => (
                Cause {
                    reaction: REPORT,
                    ..cause
                },
                report(&feedback),
            ),
            Event::Received(_)
            | Event::HistoryReported(_)
            | Event::ImportStarted(_)
            | Event::ImportCompleted(_) => return None,
        };
        let subject = Subject::item("complaint", id);
        let command = match command {
            Ok(command) => command,
            Err(why) => return Some(Box::pin(reactor.write_down(cause, Some(subject), why))),
        };
        let rules = Arc::clone(&self.rules);
        let decide = move |state: &complaint::State, moment: Moment| {
            complaint::decide(state, &command, &rules, moment.time)
                .map_err(|refusal| Why::new(refusal.code(), refusal.to_string()))
        };
        Some(Box::pin(
            reactor.react::<ComplaintLife>(cause, subject, decide),
        ))
    }
}

fn read(record: &Record) -> Result<(Event, ItemId), Why> {
    let event = feedback::decode(&record.kind, &record.data)
        .map_err(|error| Why::new("FEEDBACK_UNREADABLE", error.to_string()))?;
    let id = record.subject.id().parse();
    let id = id.map_err(|_| Why::new("FEEDBACK_UNREADABLE", "its subject is no item"))?;
    Ok((event, id))
}

fn opening(id: ItemId, position: u64, feedback: &Feedback) -> Result<complaint::Command, Why> {
    let year = feedback.received_at.to_zoned(TimeZone::UTC).year();
    let reference = Reference::new(year, position)
        .map_err(|error| Why::new("REFERENCE_OUT_OF_RANGE", error.to_string()))?;
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
            history: history(reported),
        }
        .into(),
    })
}

fn report(feedback: &Feedback) -> Result<complaint::Command, Why> {
    let reported = feedback.reported.as_ref();
    let reported = reported.ok_or_else(|| Why::new("FEEDBACK_UNREADABLE", "it reports nothing"))?;
    Ok(ReportHistory {
        history: history(reported),
    }
    .into())
}

fn slices(feedback: &Feedback) -> Slices {
    let kind = feedback.kind.as_str();
    Slices {
        occurred_at: feedback.occurred_at,
        aware_at: feedback.aware_at,
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
        vulnerable: feedback.vulnerable,
        accessibility_need: feedback.accessibility_need,
        ..Slices::new(feedback.received_at, kind, feedback.channel.as_str())
    }
}

fn history(reported: &feedback::ReportedHistory) -> ReportedHistory {
    ReportedHistory {
        source: reported.source.clone(),
        digest: reported.digest.clone(),
        response: reported.response.clone(),
        response_class: class(reported.response_class),
        timely: answer(reported.timely),
        disputed: answer(reported.disputed),
        sent_to_company_on: reported.sent_to_company_on,
        sent_before_received: reported.sent_before_received,
        public_response: reported.public_response.clone(),
        submitted_narrative: reported.submitted_narrative,
    }
}

fn answer(answer: Answer) -> Reported {
    match answer {
        Answer::Unknown => Reported::Unknown,
        Answer::No => Reported::No,
        Answer::Yes => Reported::Yes,
    }
}

fn class(class: feedback::ResponseClass) -> ResponseClass {
    use feedback::ResponseClass as Theirs;
    match class {
        Theirs::InProgress => ResponseClass::InProgress,
        Theirs::UntimelyResponse => ResponseClass::UntimelyResponse,
        Theirs::ClosedWithMonetaryRelief => ResponseClass::ClosedWithMonetaryRelief,
        Theirs::ClosedWithNonMonetaryRelief => ResponseClass::ClosedWithNonMonetaryRelief,
        Theirs::ClosedWithRelief => ResponseClass::ClosedWithRelief,
        Theirs::ClosedWithExplanation => ResponseClass::ClosedWithExplanation,
        Theirs::ClosedWithoutRelief => ResponseClass::ClosedWithoutRelief,
        Theirs::Closed => ResponseClass::Closed,
        Theirs::Unknown => ResponseClass::Unknown,
        Theirs::Other => ResponseClass::Other,
    }
}
