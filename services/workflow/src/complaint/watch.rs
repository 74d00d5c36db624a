//! Complaints as they change.
//!
//! The log says what has changed, the view how it stands. Between two messages nothing waits in
//! memory but one batch of ids: a client that is slow makes the next batch larger in the log, and
//! sees a complaint's last state instead of each one.

use std::collections::BTreeMap;
use std::time::Duration;

use redress_envelope::{Record, Token};
use redress_event_log::Log;
use redress_log_service::{read_problem, token_field};
use redress_policy::clock;
use redress_service::{Kind, Problem};
use redress_view::View;
use redress_wire::workflow::v1::{Complaint, WatchComplaintsRequest, WatchComplaintsResponse};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::list::Filter;
use super::view;
use crate::page::Unread;
use crate::waiting;
use crate::workflow::Inner;

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Records that are looked at together.
const BATCH_RECORDS: usize = 1000;
const BATCH_BYTES: usize = 4 << 20;

type Answers = mpsc::Sender<Result<WatchComplaintsResponse, Status>>;

pub(super) fn watch(
    inner: &Inner,
    request: WatchComplaintsRequest,
) -> Result<ReceiverStream<Result<WatchComplaintsResponse, Status>>, Problem> {
    let filter = Filter::read(request.filter.unwrap_or_default())?;
    let from = start(inner, &request.resume_after)?;
    let watcher = Watcher {
        log: inner.log.clone(),
        view: inner.complaints.clone(),
        ending: inner.ending.subscribe(),
        filter,
        _place: inner.streams.take()?,
    };
    let (answers, receive) = mpsc::channel(1);
    tokio::spawn(watcher.run(from, answers));
    Ok(ReceiverStream::new(receive))
}

/// The first record that the client has not seen.
fn start(inner: &Inner, resume_after: &str) -> Result<u64, Problem> {
    let head = inner.log.head().size;
    let field = "resume_after";
    let Some(token) = token_field(field, resume_after)? else {
        return Ok(head);
    };
    let own = waiting::own_part(&inner.log, &token).map_err(|problem| problem.with_field(field))?;
    let position = own.iter().map(|(_, _, _, count)| count).next();
    match position {
        Some(position) if position <= head => Ok(position),
        Some(_) => Err(Problem::new(
            Kind::OutOfRange,
            "TOKEN_BEYOND_HEAD",
            format!("the log has {head} records and the token covers more"),
        )
        .with_field(field)
        .with_remedy("send a token that this system gave")),
        None => Err(Problem::invalid(
            "TOKEN_WITHOUT_WORKFLOW",
            field,
            "the token says nothing of workflow's log",
        )
        .with_remedy("send the `token` of the last answer of this stream")),
    }
}

struct Watcher {
    log: Log,
    view: View,
    ending: watch::Receiver<bool>,
    filter: Filter,
    _place: OwnedSemaphorePermit,
}

/// A complaint that changed: what with last, and where.
struct Change {
    event_type: String,
    position: u64,
}

impl Watcher {
    async fn run(mut self, from: u64, answers: Answers) {
        let mut ending = self.ending.clone();
        let ended = async {
            // It is never set back, and closed only when everything ends.
            let _told = ending.wait_for(|ending| *ending).await;
        };
        let told = tokio::select! {
            told = self.tell(from, &answers) => told,
            () = ended => Err(Problem::unavailable("STOPPING", "the service is stopping")
                .with_remedy("watch again in a moment, from the last token")),
        };
        if let Err(problem) = told {
            let _nobody_listens = answers.try_send(Err(problem.into()));
        }
    }

    /// Tells of changes until nobody listens any more.
    async fn tell(&mut self, from: u64, answers: &Answers) -> Result<(), Problem> {
        let (mut next, mut head) = (from, self.log.watch_head());
        let mut stopped = self.log.watch_stopped();
        loop {
            head.borrow_and_update();
            while next < self.log.head().size {
                let (changes, read_to) = self.changes(next).await?;
                next = read_to;
                let seen = self.log.token(next);
                for (position, id, event_type) in in_order(changes) {
                    let Some(complaint) = self.complaint(id, &seen).await? else {
                        continue;
                    };
                    let token = self.log.token(position + 1);
                    if !send(answers, Some(complaint), event_type, &token).await {
                        return Ok(());
                    }
                }
            }
            tokio::select! {
                changed = head.changed() => if changed.is_err() { return Ok(()) },
                () = tokio::time::sleep(HEARTBEAT) => {
                    if !send(answers, None, String::new(), &self.log.token(next)).await {
                        return Ok(());
                    }
                }
                _ = stopped.changed() => {
                    return Err(Problem::unavailable("LOG_STOPPED", "the log has stopped"));
                }
                () = answers.closed() => return Ok(()),
            }
        }
    }

    /// What changed in the records from a position on, and how far that was.
    async fn changes(&self, from: u64) -> Result<(BTreeMap<String, Change>, u64), Problem> {
        let records = self.log.read(from, BATCH_RECORDS, BATCH_BYTES).await;
        let records = records.map_err(|error| read_problem(&error))?;
        let (mut changes, mut next) = (BTreeMap::new(), from);
        for stored in records {
            next = stored.position + 1;
            let record = Record::decode(&stored.bytes)
                .map_err(|_| Problem::new(Kind::DataLoss, "RECORD_DAMAGED", "it is no record"))?;
            if record.subject.kind() == "complaint" {
                let (event_type, position) = (record.kind, record.position);
                let of = changes.entry(record.subject.id().to_owned());
                let change = of.or_insert_with(|| Change {
                    event_type: event_type.clone(),
                    position,
                });
                change.position = position;
                // What a step does to clocks is no news beside the step.
                if !clock::Event::KINDS.contains(&&*event_type) {
                    change.event_type = event_type;
                }
            }
        }
        Ok((changes, next))
    }

    /// A complaint as it stands, at least as new as `seen`, if the filter lets it through.
    async fn complaint(&self, id: String, seen: &Token) -> Result<Option<Complaint>, Problem> {
        while let Err(problem) = waiting::view_covers(&self.view, seen).await {
            // A view that is far behind is waited for as long as the client listens.
            if problem.kind != Kind::DeadlineExceeded {
                return Err(problem);
            }
        }
        let row = self.view.query(move |rows| view::row(rows, &id)).await;
        let row = row.map_err(|error: Unread| error.0)?;
        let asked = self.filter.clone().asked_at(redress_service::clock::now());
        Ok(row.filter(|row| asked.lets_through(row)))
    }
}

/// By the place of their last change, so that a token covers all that was told before.
fn in_order(changes: BTreeMap<String, Change>) -> Vec<(u64, String, String)> {
    let changes = changes.into_iter();
    let mut all: Vec<_> = changes
        .map(|(id, change)| (change.position, id, change.event_type))
        .collect();
    all.sort_unstable_by_key(|(position, ..)| *position);
    all
}

/// Waits until the client has taken the one before; false if nobody listens.
async fn send(
    answers: &Answers,
    complaint: Option<Complaint>,
    event_type: String,
    token: &Token,
) -> bool {
    let answer = WatchComplaintsResponse {
        complaint,
        event_type,
        token: token.to_string(),
    };
    answers.send(Ok(answer)).await.is_ok()
}
