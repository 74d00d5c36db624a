//! Why this queue, why this person, and why not another.

use std::collections::BTreeMap;

use redress_envelope::Record;
use redress_handler::duty::{
    Considered, DutyRefused, Event, HandlerChosen, ResponseApproved, Routed,
};
use redress_policy::document::Fits;
use redress_policy::{Book, Policies as _};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1 as wire;

/// What a record says of it; of queues and choices the last one counts.
pub(super) fn add(
    answer: &mut wire::ExplainComplaintResponse,
    record: &Record,
    event: Event,
    book: &Book,
) {
    match event {
        Event::Routed(e) => answer.routing = Some(routing(record, e, book)),
        Event::HandlerChosen(e) => answer.choice = Some(choice(record, e)),
        Event::DutyRefused(e) => answer.refused.push(refused(record, &e)),
        Event::ComplainedOfNamed(e) => answer.complained_of.push(e.person.to_string()),
        Event::ComplainedOfCleared(e) => {
            let person = e.person.to_string();
            answer.complained_of.retain(|it| *it != person);
        }
        Event::ResponseApproved(e) => answer.approval = Some(approval(record, &e)),
    }
}

fn routing(record: &Record, e: Routed, book: &Book) -> wire::Routing {
    let policy = book.version(&e.policy);
    let rule = policy.and_then(|policy| policy.routing().rule(&e.rule));
    wire::Routing {
        rule_about: rule.and_then(|it| it.about.clone()).unwrap_or_default(),
        rule_fits: rule.map_or_else(BTreeMap::new, |it| fits(&it.fits)),
        queue: e.queue,
        skills: e.skills,
        policy_version: e.policy,
        rule: e.rule,
        occurred_at: Some(time_to_wire(e.occurred_at)),
        position: record.position,
    }
}

/// What a rule asks of a complaint, by the keys of the document.
fn fits(fits: &Fits) -> BTreeMap<String, String> {
    let scope = fits.scope.asks_for();
    let scope = scope.map(|(fact, values)| (fact.word(), values.join(", ")));
    let more = [
        ("severities", fits.severities.join(", ")),
        ("languages", fits.languages.join(", ")),
        (
            "vulnerable",
            fits.vulnerable.map_or(String::new(), |it| it.to_string()),
        ),
    ];
    let more = more.into_iter().filter(|(_, values)| !values.is_empty());
    scope
        .chain(more)
        .map(|(key, values)| (key.to_owned(), values))
        .collect()
}

fn choice(record: &Record, e: HandlerChosen) -> wire::Choice {
    wire::Choice {
        handler: e.handler.to_string(),
        by: e.by,
        policy_version: e.policy,
        rule: e.rule,
        candidates: e.candidates,
        considered: e.considered.into_iter().map(considered).collect(),
        occurred_at: Some(time_to_wire(e.occurred_at)),
        position: record.position,
    }
}

fn approval(record: &Record, e: &ResponseApproved) -> wire::Explained {
    wire::Explained {
        value: e.approved_by.to_string(),
        reason: String::new(),
        actor: record.context.actor.to_string(),
        occurred_at: Some(time_to_wire(e.occurred_at)),
        position: record.position,
        policy_version: record.context.policy_version.clone().unwrap_or_default(),
    }
}

fn considered(it: Considered) -> wire::ConsideredHandler {
    wire::ConsideredHandler {
        handler: it.handler.to_string(),
        load: it.load,
        left_out: it.left_out.map_or(String::new(), |why| why.to_string()),
        skill: it.skill.unwrap_or_default(),
    }
}

fn refused(record: &Record, e: &DutyRefused) -> wire::RefusedDuty {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    wire::RefusedDuty {
        person: e.person.to_string(),
        duty: e.duty.to_string(),
        reason: e.reason.to_string(),
        code: e.code().to_owned(),
        message: e.message(),
        remedy: e.remedy().to_owned(),
        queue: text(&e.queue),
        skill: text(&e.skill),
        expired_at: e.expired_at.map(time_to_wire),
        absent_until: e.absent_until.map(time_to_wire),
        policy_version: text(&e.policy),
        rule: text(&e.rule),
        actor: record.context.actor.to_string(),
        occurred_at: Some(time_to_wire(e.occurred_at)),
        position: record.position,
    }
}
