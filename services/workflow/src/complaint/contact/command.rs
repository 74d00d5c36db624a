//! Commands about what is said and heard: decided by the domain, with or without words.

use std::sync::Arc;

use redress_complaint::contact::{Command, decide};
use redress_envelope::{Commitment, VaultRef};
use redress_event_log::Moment;
use redress_service::Problem;

use crate::clocked::Clocked;
use crate::complaint::command::{Before, Not, before, not_decided};
use crate::complaint::refused::contact_refused;
use crate::life::ComplaintLife;
use crate::order::{Order, Ran};
use crate::sealing;
use crate::workflow::Inner;

pub(super) async fn run(
    inner: &Inner,
    mut order: Order,
    command: impl Into<Command>,
) -> Result<Ran<Clocked>, Problem> {
    let command = command.into();
    // Until it is recorded nobody puts another policy in force.
    let in_force = inner.policies.in_force().await?;
    order.context.policy_version = Some(in_force.cited());
    let book = Arc::clone(in_force.book());
    let decide = move |case: &Clocked, moment: Moment| {
        let said = decide(&case.complaint, &case.contact, &command, moment.time)?;
        case.with_contact(Vec::new(), said, &book)
            .map_err(Not::Clock)
    };
    let ran = order.transact::<ComplaintLife, _>(inner, decide, not_decided);
    let ran = ran.await;
    drop(in_force);
    ran
}

/// Stands for words that are sealed only once it is known that they will be recorded.
pub(super) fn to_be() -> VaultRef {
    VaultRef {
        entry: "0".repeat(32),
        commitment: Commitment([0; 32]),
    }
}

/// Seals the words of a command that will be done, where there are any.
pub(super) async fn sealed<C: Into<Command>>(
    inner: &Inner,
    order: &Order,
    field: &'static str,
    text: &str,
    command: impl Fn(VaultRef) -> C,
) -> Result<Option<VaultRef>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    sealing::check(field, text)?;
    let Some(Before { case, time, .. }) = before(inner, order).await? else {
        // It is answered as the first time, and so from what stands in the log.
        return Ok(Some(to_be()));
    };
    let command: Command = command(to_be()).into();
    let would_be = decide(&case.complaint, &case.contact, &command, time);
    if would_be
        .map_err(|refusal| contact_refused(&refusal))?
        .is_empty()
    {
        // It is so already: nobody's words are kept for nothing.
        return Ok(Some(to_be()));
    }
    inner.seal(order.id, text).await.map(Some)
}
