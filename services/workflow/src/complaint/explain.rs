use redress_complaint::{Event as Step, Revision};
use redress_envelope::Record;
use redress_policy::document::Moment;
use redress_policy::{Book, Calendars as _, Clock, Policies as _, Span, Why};
use redress_service::{Problem, clock};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    ClockExplanation, ClockInterval, ClockRecord, ExplainComplaintRequest,
    ExplainComplaintResponse, Explained, explain_complaint_request,
};
use tonic::Request;

use super::case::{Case, decode, happened_at};
use super::clock_summary::clock_summary;
use super::get::{Key, find, stream, unreadable};
use super::{clocks, explain_duty, explain_rules};
use crate::clocked::{Event, facts};
use crate::waiting;
use crate::workflow::Inner;

pub(super) async fn explain(
    inner: &Inner,
    request: Request<ExplainComplaintRequest>,
) -> Result<ExplainComplaintResponse, Problem> {
    let request = request.into_inner();
    waiting::for_log(inner, &request.wait_for).await?;
    let key = request.key.map(|key| match key {
        explain_complaint_request::Key::ComplaintId(id) => Key::Id(id),
        explain_complaint_request::Key::Reference(reference) => Key::Reference(reference),
    });
    let subject = find(inner, key).await?;
    let size = inner.log.head().size;
    let records = stream(inner, &subject, size).await?;
    let (case, _) = Case::of(&records).map_err(unreadable)?;
    let in_force = inner.policies.in_force().await?;
    let (book, now) = (in_force.book(), clock::now());
    let mut answer = ExplainComplaintResponse {
        complaint_id: subject.id().to_owned(),
        reference: case
            .state
            .reference()
            .map_or(String::new(), |it| it.to_string()),
        token: inner.log.token(size).to_string(),
        ..ExplainComplaintResponse::default()
    };
    answer.closing = explain_rules::closing(inner, &case, book, now);
    let told = clocks::live(&case.clocks, book, now);
    for (clock, told) in case.clocks.iter().zip(told) {
        let explained = ClockExplanation {
            clock: Some(told),
            ..of_policy(clock, book)
        };
        answer.clocks.push(with_time(explained, clock, book, now));
    }
    let known = case.about.as_deref().map(facts).unwrap_or_default();
    for record in &records {
        match decode(record).map_err(unreadable)? {
            Some(Event::Complaint(step)) => {
                fact(&mut answer, record, &step);
                // Another response is approved anew. To what was told a remedy more is none.
                let is_told = case.state.decision().is_some();
                if matches!(step, Step::ResponseProposed(_))
                    || matches!(step, Step::RemedyOffered(_)) && !is_told
                {
                    answer.approval = None;
                }
                if let Step::Assessed(e) = &step {
                    answer.proposed_severity = explain_rules::proposed(record, e, &known, book);
                }
            }
            Some(Event::Duty(event)) => explain_duty::add(&mut answer, record, event, book),
            Some(Event::Clock(event)) => {
                let of = answer.clocks.iter_mut().find(|it| {
                    let name = it.clock.as_ref().map(|clock| &*clock.clock);
                    name == Some(event.clock())
                });
                if let Some(of) = of {
                    of.records.push(ClockRecord {
                        position: record.position,
                        r#type: record.kind.clone(),
                        occurred_at: Some(time_to_wire(event.occurred_at())),
                        summary: clock_summary(&event),
                    });
                }
            }
            Some(Event::Contact(_)) | None => {}
        }
    }
    Ok(answer)
}

/// What a step says of a fact that is to be explained; the last one counts.
fn fact(answer: &mut ExplainComplaintResponse, record: &Record, step: &Step) {
    let explained = |value: String, reason: &str| Explained {
        value,
        reason: reason.to_owned(),
        actor: record.context.actor.to_string(),
        occurred_at: happened_at(step).map(time_to_wire),
        position: record.position,
        policy_version: record.context.policy_version.clone().unwrap_or_default(),
    };
    if let Step::Assessed(e) = step {
        let because = e.because.as_ref().map_or("", Revision::as_str);
        let reason = e.severity_reason.as_deref().unwrap_or(because);
        answer.severity = Some(explained(e.assessment.severity.to_string(), reason));
    } else if let Step::Reclassified(e) = step {
        let severity = e.classification.severity.to_string();
        answer.severity = Some(explained(severity, &e.reason));
    } else if let Step::Assigned(e) = step {
        let handler = e.handler.as_ref();
        answer.handler = handler.map(|it| explained(it.to_string(), ""));
        answer.queue = e.queue.as_ref().map(|it| explained(it.clone(), ""));
    }
}

fn of_policy(clock: &Clock, book: &Book) -> ClockExplanation {
    let terms = clock.terms();
    let calendar = book.calendar(&terms.policy, &terms.calendar);
    let zone = calendar.map_or(String::new(), |it| it.zone().to_owned());
    let name = clock.name().split_once('/').map_or("", |(_, name)| name);
    let policy = book.version(&terms.policy);
    let Some(rule) = policy.and_then(|it| it.clocks().get(name)) else {
        return ClockExplanation {
            zone,
            ..ClockExplanation::default()
        };
    };
    let words = |moments: &[Moment]| moments.iter().map(|it| it.word().to_owned()).collect();
    ClockExplanation {
        about: rule.about.clone().unwrap_or_default(),
        starts: vec![rule.starts.word().to_owned()],
        stops: words(&rule.stops),
        cancels: words(&rule.cancels),
        restarts: words(&rule.restarts),
        pauses: rule.pauses.iter().map(|it| (*it).to_owned()).collect(),
        zone,
        ..ClockExplanation::default()
    }
}

/// With the time that was counted and that was not; nothing of it where it cannot be computed.
fn with_time(
    explained: ClockExplanation,
    clock: &Clock,
    book: &Book,
    now: jiff::Timestamp,
) -> ClockExplanation {
    match clock.explain(now, book) {
        Ok(time) => ClockExplanation {
            budget_seconds: Some(time.budget.as_secs()),
            recomputed_due_at: Some(time_to_wire(time.recomputed.due_at)),
            promised_by: time.promised.map_or(String::new(), |_| {
                let engine = &time.promised_by;
                if clock.is_manual() {
                    "a person".to_owned()
                } else {
                    format!("engine {}, time zones {}", engine.version, engine.tz_data)
                }
            }),
            intervals: time.spans.iter().map(interval).collect(),
            ..explained
        },
        Err(why) => {
            tracing::warn!(clock = clock.name(), %why, "a clock cannot be explained");
            explained
        }
    }
}

fn interval(span: &Span) -> ClockInterval {
    let mut interval = ClockInterval {
        from: Some(time_to_wire(span.from)),
        to: Some(time_to_wire(span.to)),
        counted: span.why.counts(),
        why: span.why.code().to_owned(),
        ..ClockInterval::default()
    };
    match &span.why {
        Why::Paused { causes } => interval.causes.clone_from(causes),
        Why::Holiday { date, name } => {
            interval.holiday = date.to_string();
            interval.holiday_name.clone_from(name);
        }
        Why::Working | Why::CalendarTime | Why::OutsideHours | Why::DayOff => {}
    }
    interval
}
