//! `redress complaint explain`: why it stands as it does.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use redress_service::Kind;
use redress_wire::workflow::v1::explain_complaint_request::Key;
use redress_wire::workflow::v1::{
    ClockExplanation, ClockInterval, ClosingBasis, ExplainComplaintRequest,
    ExplainComplaintResponse, Explained, ProposedSeverity,
};
use serde_json::{Value, json};

use super::duty;
use super::json::clock;
use super::target::is_reference;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time};
use crate::policy::{Clocks, length};
use crate::table::{Table, fields};

/// A time as it came, if it is one.
macro_rules! moment {
    ($time:expr) => {
        $time.and_then(|it| redress_wire::time_from_wire(it).ok())
    };
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its id, or its reference (`RD-2026-000123-7`)
    complaint: String,

    /// Of its deadlines only this one, named as `complaint show` does: `uk-disp/final_response`
    #[arg(long)]
    clock: Option<String>,

    /// Wait until the answer includes what this token covers
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    wait_for: String,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let key = if is_reference(&arguments.complaint) {
        Key::Reference(arguments.complaint)
    } else {
        Key::ComplaintId(arguments.complaint)
    };
    let request = ExplainComplaintRequest {
        key: Some(key),
        wait_for: arguments.wait_for,
    };
    let mut client = Client::of(global)?.workflow().await?;
    let mut answer = client.explain_complaint(request).await?.into_inner();
    if let Some(asked) = arguments.clock {
        keep(&mut answer, &asked)?;
    }
    global
        .output
        .print(|| as_json(&answer), || as_text(&answer));
    Ok(())
}

/// Leaves one clock.
fn keep(answer: &mut ExplainComplaintResponse, asked: &str) -> Result<(), Failure> {
    let name = |it: &ClockExplanation| it.clock.as_ref().map(|it| it.clock.clone());
    let all: Vec<String> = answer.clocks.iter().filter_map(name).collect();
    answer
        .clocks
        .retain(|it| name(it).as_deref() == Some(asked));
    if answer.clocks.is_empty() {
        let message = format!("the complaint has no clock `{asked}`");
        return Err(
            Failure::new(Kind::FailedPrecondition, "CLOCK_UNKNOWN", message)
                .with_field("--clock")
                .with_remedy(format!("use one of its clocks: {}", all.join(", "))),
        );
    }
    Ok(())
}

fn as_json(it: &ExplainComplaintResponse) -> Value {
    json!({
        "complaint_id": it.complaint_id,
        "reference": it.reference,
        "severity": it.severity.as_ref().map(fact),
        "proposed_severity": it.proposed_severity.as_ref().map(proposed),
        "handler": it.handler.as_ref().map(fact),
        "queue": it.queue.as_ref().map(fact),
        "complained_of": it.complained_of,
        "approval": it.approval.as_ref().map(fact),
        "routing": it.routing.as_ref().map(duty::routing_json),
        "choice": it.choice.as_ref().map(duty::choice_json),
        "refused": it.refused.iter().map(duty::refused_json).collect::<Vec<_>>(),
        "closing": it.closing.iter().map(closing).collect::<Vec<_>>(),
        "clocks": it.clocks.iter().map(explanation).collect::<Vec<_>>(),
        "token": text(&it.token),
    })
}

fn fact(it: &Explained) -> Value {
    json!({
        "value": it.value,
        "reason": text(&it.reason),
        "actor": it.actor,
        "occurred_at": time!(it.occurred_at),
        "position": it.position,
        "policy_version": text(&it.policy_version),
    })
}

fn proposed(it: &ProposedSeverity) -> Value {
    json!({
        "severity": it.severity,
        "policy_version": it.policy_version,
        "row": it.row,
        "asks_for": it.asks_for,
    })
}

fn closing(it: &ClosingBasis) -> Value {
    let obstacles = it.obstacles.iter().map(|it| {
        json!({
            "code": it.code,
            "message": it.message,
            "remedy": it.remedy,
        })
    });
    json!({
        "basis": it.basis,
        "allowed": it.allowed,
        "allowed_from": time!(it.allowed_from),
        "obstacles": obstacles.collect::<Vec<_>>(),
    })
}

fn explanation(it: &ClockExplanation) -> Value {
    let intervals = it.intervals.iter().map(|it| {
        json!({
            "from": time!(it.from),
            "to": time!(it.to),
            "counted": it.counted,
            "why": it.why,
            "causes": it.causes,
            "holiday": text(&it.holiday),
            "holiday_name": text(&it.holiday_name),
        })
    });
    let records = it.records.iter().map(|it| {
        json!({
            "position": it.position,
            "type": it.r#type,
            "occurred_at": time!(it.occurred_at),
            "summary": it.summary,
        })
    });
    json!({
        "clock": it.clock.as_ref().map(clock),
        "about": text(&it.about),
        "starts": it.starts,
        "stops": it.stops,
        "cancels": it.cancels,
        "restarts": it.restarts,
        "pauses": it.pauses,
        "zone": text(&it.zone),
        "budget_seconds": it.budget_seconds,
        "recomputed_due_at": time!(it.recomputed_due_at),
        "promised_by": text(&it.promised_by),
        "intervals": intervals.collect::<Vec<_>>(),
        "records": records.collect::<Vec<_>>(),
    })
}

fn as_text(it: &ExplainComplaintResponse) -> String {
    let said = |fact: &Option<Explained>| {
        fact.as_ref().map_or(String::new(), |it| {
            let at = time!(it.occurred_at).unwrap_or_default();
            let reason = if it.reason.is_empty() {
                String::new()
            } else {
                format!(" ({})", it.reason)
            };
            let (value, actor, position) = (&it.value, &it.actor, it.position);
            format!("{value}{reason}: {actor} at {at}, record {position}")
        })
    };
    let mut told = fields(&[
        ("reference", it.reference.clone()),
        ("severity", said(&it.severity)),
        (
            "proposed severity",
            it.proposed_severity.as_ref().map_or(String::new(), |it| {
                let (severity, row, asks) = (&it.severity, it.row, &it.asks_for);
                let policy = &it.policy_version;
                format!("{severity}: {asks} (row {row} of the matrix of {policy})")
            }),
        ),
        ("handler", said(&it.handler)),
        ("queue", said(&it.queue)),
        ("complained of", it.complained_of.join(", ")),
        ("approved", said(&it.approval)),
    ]);
    told.push_str(&duty::as_text(it));
    if !it.closing.is_empty() {
        told.push('\n');
        told.push_str(&bases(&it.closing));
    }
    for clock in &it.clocks {
        told.push('\n');
        told.push_str(&one(clock));
    }
    told
}

/// Each basis, with all that is missing for it.
fn bases(all: &[ClosingBasis]) -> String {
    let mut table = Table::new(&["closing", "allowed", "missing", "what makes it right"]);
    for it in all {
        let allowed = if it.allowed { "yes" } else { "no" };
        let mut first = [it.basis.clone(), allowed.to_owned()];
        if it.obstacles.is_empty() {
            let [basis, allowed] = std::mem::take(&mut first);
            table.row_whole([basis, allowed, String::new(), String::new()]);
        }
        for obstacle in &it.obstacles {
            let [basis, allowed] = std::mem::take(&mut first);
            let (message, remedy) = (obstacle.message.clone(), obstacle.remedy.clone());
            table.row_whole([basis, allowed, message, remedy]);
        }
    }
    table.render()
}

fn one(it: &ClockExplanation) -> String {
    let clock = it.clock.clone().unwrap_or_default();
    // A zone that this program does not know is told in UTC.
    let zone = TimeZone::get(&it.zone).unwrap_or(TimeZone::UTC);
    let clocks = Clocks::in_zone(zone);
    let show = |at: Option<Timestamp>| at.map_or(String::new(), |at| clocks.show(at));
    let counted = |seconds: Option<i64>| seconds.map_or(String::new(), length);
    let mut told = fields(&[
        ("clock", clock.clock.clone()),
        ("about", it.about.clone()),
        ("policy", clock.policy_version.clone()),
        ("target", clock.target.clone()),
        ("calendar", format!("{} in {}", clock.calendar, it.zone)),
        ("started", show(moment!(clock.started_at))),
        ("due", show(moment!(clock.due_at))),
        ("computed now", show(moment!(it.recomputed_due_at))),
        ("promised by", it.promised_by.clone()),
        ("stopped", show(moment!(clock.stopped_at))),
        ("stands still for", clock.paused_for.join(", ")),
        ("used", counted(clock.elapsed_seconds)),
        ("of", counted(it.budget_seconds)),
    ]);
    let mut table = Table::new(&["from", "to", "counted", "not counted", "why"]);
    for interval in &it.intervals {
        let long = length(seconds(interval));
        let (counted, not) = if interval.counted {
            (long, String::new())
        } else {
            (String::new(), long)
        };
        table.row([
            show(moment!(interval.from)),
            show(moment!(interval.to)),
            counted,
            not,
            why(interval),
        ]);
    }
    told.push_str(&table.render());
    let mut records = Table::new(&["record", "happened"]);
    for record in &it.records {
        records.row_whole([record.position.to_string(), record.summary.clone()]);
    }
    told.push_str(&records.render());
    told
}

/// Whole seconds.
fn seconds(it: &ClockInterval) -> i64 {
    let (from, to) = (moment!(it.from), moment!(it.to));
    from.zip(to)
        .map_or(0, |(from, to)| to.duration_since(from).as_secs())
}

fn why(it: &ClockInterval) -> String {
    let word = it.why.replace('_', " ");
    match (&*it.holiday, &it.causes[..]) {
        ("", []) => word,
        ("", causes) => format!("{word}: {}", causes.join(", ")),
        (day, _) if it.holiday_name.is_empty() => format!("{word} {day}"),
        (day, _) => format!("{word} {day}: {}", it.holiday_name),
    }
}
