//! A submission that came as a message: recorded once, under the name of the message.

use redress_envelope::{Context, Subject};
use redress_event_log::{Command, Done};
use redress_feedback::{Command as Submit, Submission};
use redress_log_service::read_problem;
use redress_service::{Problem, Refused};

use super::message::{Message, Named};
use super::receipt::Accepted;
use crate::intake::Inner;
use crate::item::{reference, reference_year};
use crate::sealing::{Unsealed, seal};
use crate::submission::{self, Handed};
use crate::submit::{
    FEEDBACK, done_before, first_record, inbound_key_reused, record, reference_in,
};

/// Records what `read` makes of the body, unless the message is in the log. `context` says who hands
/// it in.
pub(crate) async fn accept(
    intake: &Inner,
    message: &Message,
    named: &Named,
    context: Context,
    read: impl FnOnce() -> Result<Submission, Problem>,
) -> Result<Accepted, Refused> {
    let subject = Subject::item(FEEDBACK, named.item);
    let context = Context {
        inbound_key: Some(named.key.clone()),
        request_digest: Some(named.digest.clone()),
        request_id: None,
        ..context
    };
    let command = Command::new(subject.clone(), context);
    let seen = intake.log.find_inbound(&named.key).await;
    let seen = seen.map_err(|error| read_problem(&error))?;
    if let Some(done) = done_before(&command, seen, inbound_key_reused)? {
        let reference = reference_in(&intake.log, subject, &done).await?;
        return Ok(Accepted::new(&intake.log, named.item, reference, &done));
    }
    let unsealed = unsealed(intake, message, named, read()?)?;
    let feedback = Box::new(seal(intake, unsealed).await?);
    let year = reference_year(&feedback);
    let done = record(&intake.log, command, Submit::Submit(feedback)).await?;
    let reference = match first_record(&done) {
        Some(position) => reference(year, position),
        None => reference_in(&intake.log, subject, &done).await?,
    };
    Ok(Accepted::new(&intake.log, named.item, reference, &done))
}

fn unsealed(
    intake: &Inner,
    message: &Message,
    named: &Named,
    mut submission: Submission,
) -> Result<Unsealed, Refused> {
    let mut problems = Vec::new();
    let origin = message.origin(&mut problems);
    message.fill_in(&mut submission, &mut problems);
    let report_digest = submission.reported.as_ref().map(|report| {
        let item = named.item.to_string();
        let (source, id) = origin
            .as_ref()
            .map_or((&report.source, &item), |it| (&it.source, &it.id));
        intake.names.report(source, id, &report.digest)
    });
    let handed = Handed {
        submission,
        files: Vec::new(),
    };
    let now = intake.clock.now();
    let accepted = submission::check(handed, origin.as_ref(), now, problems)?;
    Ok(Unsealed::new(
        &intake.names,
        named.item,
        accepted,
        report_digest,
    ))
}

/// What became of a message that is in the log; `corrected` says whether with other content too.
pub(super) async fn found(
    intake: &Inner,
    named: &Named,
    corrected: bool,
) -> Result<Option<Accepted>, Problem> {
    let seen = intake.log.find_inbound(&named.key).await;
    let records = seen.map_err(|error| read_problem(&error))?;
    let (Some(first), Some(last)) = (records.first(), records.last()) else {
        return Ok(None);
    };
    if !corrected && first.context.request_digest.as_ref() != Some(&named.digest) {
        return Ok(None);
    }
    let done = Done {
        state: std::sync::Arc::new(()),
        version: last.version + 1,
        size: last.position + 1,
        repeated: true,
        records,
    };
    let subject = Subject::item(FEEDBACK, named.item);
    let reference = reference_in(&intake.log, subject, &done).await?;
    Ok(Some(Accepted::new(
        &intake.log,
        named.item,
        reference,
        &done,
    )))
}
