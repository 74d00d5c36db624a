//! A message: its template is looked up and filled, sealed, and asked for, alone or with another step.

use std::sync::Arc;

use jiff::Timestamp;
use redress_complaint::contact::command::SendMessage;
use redress_complaint::{Informs, Rules, Slices, contact, decide};
use redress_envelope::{Actor, VaultRef};
use redress_event_log::Moment;
use redress_policy::document::{Field, Filled, Template};
use redress_policy::{Book, Policies as _, Policy};
use redress_service::Problem;
use redress_wire::workflow::v1::MessageToSend;

use super::command::to_be;
use super::promise;
use crate::clocked::{Clocked, Event};
use crate::complaint::case::Case;
use crate::complaint::command::{Before, Not, before, not_decided};
use crate::complaint::get::{stream, unreadable};
use crate::complaint::separation::lacks_approval;
use crate::field;
use crate::life::ComplaintLife;
use crate::order::{Order, Ran};
use crate::sealing;
use crate::workflow::Inner;

/// What is asked to be said.
#[derive(Clone)]
pub(in crate::complaint) struct Saying {
    template: String,
    channel: String,
    language: Option<String>,
    text: Option<String>,
}

impl Saying {
    /// `channel` is that of the step with which it goes; empty where it goes alone.
    pub(in crate::complaint) fn read(
        asked: &MessageToSend,
        channel: &str,
    ) -> Result<Self, Problem> {
        let template = field::optional(&asked.template);
        let channel = field::optional(&asked.channel).or_else(|| field::optional(channel));
        sealing::check("message.text", &asked.text)?;
        Ok(Self {
            template: template.ok_or_else(|| field::required("message.template"))?,
            channel: channel.ok_or_else(|| field::required("message.channel"))?,
            language: field::optional(&asked.language),
            text: field::optional(&asked.text),
        })
    }
}

/// A step of a complaint that the message tells of.
type Step = redress_complaint::Command;

/// Takes the step, if there is one, and asks for the message, in one. Where the step was taken already
/// there is nothing to tell.
pub(in crate::complaint) async fn say(
    inner: &Inner,
    mut order: Order,
    step: Option<Step>,
    saying: Saying,
) -> Result<Ran<Clocked>, Problem> {
    // The template is of a policy that is in force when the message is recorded.
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let book = Arc::clone(in_force.book());
    let both = Both {
        step,
        caller: order.caller(),
        usual: Arc::clone(&inner.rules),
        book,
        occurred_at: order.occurred_at,
    };
    let said = match before(inner, &order).await? {
        // It is answered as the first time, and so from what stands in the log.
        None => Said::nothing(),
        Some(before) => {
            let said = compose(inner, &order, &both, &saying, &before).await?;
            said.unwrap_or_else(|| {
                // Whoever changes that meanwhile was faster: nothing is said that was not composed.
                order.expected = Some(before.version);
                Said::nothing()
            })
        }
    };
    let channel = saying.channel;
    let decide =
        move |case: &Clocked, moment: Moment| both.decide(case, &said, &channel, moment.time);
    let ran = order.transact::<ComplaintLife, _>(inner, decide, not_decided);
    let ran = ran.await;
    drop(in_force);
    ran
}

/// What a message is made of, apart from its channel.
struct Said {
    template: String,
    template_policy: String,
    language: String,
    informs: Informs,
    content: VaultRef,
}

impl Said {
    fn nothing() -> Self {
        Self {
            template: String::new(),
            template_policy: String::new(),
            language: String::new(),
            informs: Informs::Never,
            content: to_be(),
        }
    }
}

/// The step and the message.
struct Both {
    step: Option<Step>,
    caller: Actor,
    usual: Arc<Rules>,
    book: Arc<Book>,
    occurred_at: Option<Timestamp>,
}

impl Both {
    fn decide(
        &self,
        case: &Clocked,
        said: &Said,
        channel: &str,
        at: Timestamp,
    ) -> Result<Vec<Event>, Not> {
        let mut events = Vec::new();
        if let Some(step) = &self.step {
            let rules = case.rules_for(step, &self.caller, &self.book, &self.usual);
            let taken = decide(&case.complaint, step, &rules, at)?;
            if taken.is_empty() {
                return Ok(Vec::new());
            }
            if let Step::CommunicateDecision(_) = step
                && lacks_approval(case, &taken, &self.book)
            {
                return Err(Not::Approved);
            }
            events = case.with_clocks(taken, &self.book).map_err(Not::Clock)?;
        }
        let command = SendMessage {
            template: said.template.clone(),
            template_policy: said.template_policy.clone(),
            language: said.language.clone(),
            channel: channel.to_owned(),
            content: said.content.clone(),
            informs: said.informs,
            occurred_at: self.occurred_at,
        };
        let after = case.after(&events);
        let command = contact::Command::SendMessage(command);
        let said = contact::decide(&after.complaint, &after.contact, &command, at)?;
        case.with_contact(events, said, &self.book)
            .map_err(Not::Clock)
    }
}

/// Fills the template with what will be true once the message is recorded, and seals it. Nothing where
/// the step was taken already.
async fn compose(
    inner: &Inner,
    order: &Order,
    both: &Both,
    saying: &Saying,
    Before { case, time, .. }: &Before,
) -> Result<Option<Said>, Problem> {
    let decided = |said: &Said| {
        let events = both.decide(case, said, &saying.channel, *time);
        events.map_err(not_decided)
    };
    // What is refused whatever is said needs no template.
    if decided(&Said::nothing())?.is_empty() {
        return Ok(None);
    }
    let records = stream(inner, &order.subject, inner.log.head().size).await?;
    let (known, _) = Case::of(&records).map_err(unreadable)?;
    let about = known
        .about
        .ok_or_else(crate::complaint::refused::not_found)?;
    let (policy, template) = find(&both.book, case, saying, about.language.as_deref())?;
    let said = Said {
        template: template.name.clone(),
        template_policy: policy.version().to_owned(),
        language: template.language.clone(),
        informs: Informs::known(template.informs).unwrap_or(Informs::Never),
        content: to_be(),
    };
    let after = case.after(&decided(&said)?);
    let next = promise::next(&after.clocks, &both.book, *time);
    let due_on = next.map(|it| it.due_on.to_string());
    let filled = fill(
        template,
        &after,
        &about,
        due_on.as_deref(),
        saying.text.as_deref(),
    )?;
    let content = format!("{}\n\n{}", filled.subject, filled.text.trim());
    sealing::check("message.text", &content)?;
    let content = inner.seal(order.id, &content).await?;
    Ok(Some(Said { content, ..said }))
}

/// The template in the first policy that the complaint is under and that has it.
fn find<'a>(
    book: &'a Book,
    case: &Clocked,
    saying: &Saying,
    own: Option<&str>,
) -> Result<(&'a Policy, &'a Template), Problem> {
    let language = saying.language.as_deref().or(own);
    let mut policies = book.in_force();
    let applied = policies.find_map(|policy| {
        let applies = policy.applies_to().includes(case.facts());
        let found = policy.templates().find(&saying.template, language);
        found.filter(|_| applies).map(|found| (policy, found))
    });
    applied.ok_or_else(|| {
        let why = "no policy in force that the complaint is under has that template";
        Problem::invalid("TEMPLATE_UNKNOWN", "message.template", why).with_remedy(
            "name one of a policy in force (`redress policy applied`), or apply one that has it",
        )
    })
}

fn fill(
    template: &Template,
    case: &Clocked,
    about: &Slices,
    due_on: Option<&str>,
    text: Option<&str>,
) -> Result<Filled, Problem> {
    let received_on = || {
        let day = about.received_on;
        day.unwrap_or_else(|| about.received_at.to_zoned(jiff::tz::TimeZone::UTC).date())
    };
    let filled = template.fill(|field| match field {
        Field::Reference => case.complaint.reference().map(|it| it.to_string()),
        Field::Product => about.product.clone(),
        Field::Issue => about.issue.clone(),
        Field::ReceivedOn => Some(received_on().to_string()),
        Field::NextDueOn => due_on.map(str::to_owned),
        Field::Text => text.map(str::to_owned),
    });
    filled.map_err(|field| {
        let word = field.word();
        let why = format!("the template asks for `{word}`, and there is none");
        let (field, remedy) = if field == Field::Text {
            ("message.text", "give the words")
        } else {
            ("message.template", "use a template without it")
        };
        Problem::invalid("TEMPLATE_FIELD_EMPTY", field, why).with_remedy(remedy)
    })
}
