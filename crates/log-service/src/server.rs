//! `redress.log.v1.LogService` over the logs that this server holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redress_envelope::{Record, Token};
use redress_event_log::{Log, Stored};
use redress_evidence::leaf_hash;
use redress_service::{Kind, Problem, Shutdown, StreamLimit};
use redress_wire::log::v1 as wire;
use redress_wire::log::v1::log_service_server::LogService;
use tokio::sync::mpsc;
use tonic::{Request, Response, Status};

use crate::moment::token_field;
use crate::part::Part;
use crate::problem::read_problem;
use crate::streaming::{Answers, Streaming};

const MAX_PAGE: u32 = 1000;
const DEFAULT_PAGE: u32 = 100;
const PAGE_BYTES: usize = 1 << 20;
/// Records that one page of a filtered reading looks at before it answers with what it has.
const MAX_LOOKED_AT: u64 = 65_536;
const HEARTBEAT: Duration = Duration::from_secs(15);
const MAX_WAIT: Duration = Duration::from_secs(30);
const DEFAULT_WAIT: Duration = Duration::from_secs(5);

/// The service, for as many logs as the server holds. Its streams take a place among all streams of
/// the process, and end with it.
#[derive(Debug, Clone)]
pub struct LogServer {
    parts: BTreeMap<(String, u32), Arc<dyn Part>>,
    streaming: Streaming,
}

impl LogServer {
    pub fn new(
        parts: impl IntoIterator<Item = Arc<dyn Part>>,
        streams: StreamLimit,
        shutdown: Shutdown,
    ) -> Self {
        let named = |part: Arc<dyn Part>| {
            let identity = part.log().identity();
            let name = (identity.service.clone(), u32::from(identity.partition));
            (name, part)
        };
        Self {
            parts: parts.into_iter().map(named).collect(),
            streaming: Streaming::new(streams, shutdown),
        }
    }

    fn part(&self, name: Option<&wire::LogName>) -> Result<&dyn Part, Problem> {
        let name = name.ok_or_else(|| {
            Problem::invalid("FIELD_REQUIRED", "log", "which log is not said")
                .with_remedy("name the log: service and partition")
        })?;
        self.parts
            .get(&(name.service.clone(), name.partition))
            .map(AsRef::as_ref)
            .ok_or_else(|| {
                let known: Vec<String> = self
                    .parts
                    .keys()
                    .map(|(service, partition)| format!("{service}/{partition}"))
                    .collect();
                Problem::not_found("LOG_UNKNOWN", "this server does not hold that log")
                    .with_field("log")
                    .with_remedy(format!("ask for one of {}", known.join(", ")))
            })
    }
}

/// Reads on from `from` until a page is full, the log ends, or enough was looked at.
async fn page(
    log: &Log,
    from: u64,
    limit: usize,
    filter: &Filter,
) -> Result<(Vec<wire::EventRecord>, u64), Problem> {
    let head = log.head().size;
    if from > head {
        return Err(Problem::new(
            Kind::OutOfRange,
            "POSITION_BEYOND_HEAD",
            format!("the log has {head} records"),
        )
        .with_field("from_position")
        .with_fact("head", head.to_string())
        .with_remedy("ask from the head or before it"));
    }
    let (mut records, mut next, mut bytes) = (Vec::new(), from, 0);
    while records.len() < limit && bytes < PAGE_BYTES && next < head && next - from < MAX_LOOKED_AT
    {
        let wanted = (limit - records.len()).max(filter.stride());
        let batch = log
            .read(next, wanted, PAGE_BYTES - bytes)
            .await
            .map_err(|error| read_problem(&error))?;
        for stored in batch {
            if records.len() == limit || stored.position >= head {
                break;
            }
            next = stored.position + 1;
            if filter.lets_through(&stored) {
                bytes += stored.bytes.len();
                records.push(event_record(&stored));
            }
        }
    }
    Ok((records, next))
}

fn event_record(stored: &Stored) -> wire::EventRecord {
    wire::EventRecord {
        position: stored.position,
        leaf_hash: leaf_hash(&stored.bytes).as_bytes().to_vec().into(),
        record: stored.bytes.clone(),
    }
}

/// Which records a reader wants.
#[derive(Debug, Clone)]
struct Filter {
    subject: String,
    types: Vec<String>,
}

impl Filter {
    fn new(filter: Option<wire::EventFilter>) -> Self {
        let wire::EventFilter { subject, types } = filter.unwrap_or_default();
        Self { subject, types }
    }

    fn lets_all_through(&self) -> bool {
        self.subject.is_empty() && self.types.is_empty()
    }

    /// How many records to look at together.
    fn stride(&self) -> usize {
        if self.lets_all_through() { 1 } else { 1024 }
    }

    fn lets_through(&self, stored: &Stored) -> bool {
        if self.lets_all_through() {
            return true;
        }
        // A record that cannot be read is not hidden by a filter.
        let Ok(record) = Record::decode(&stored.bytes) else {
            return true;
        };
        let subject = record.subject.to_string();
        let subject_is_good = if self.subject.ends_with('/') {
            subject.starts_with(&self.subject)
        } else {
            self.subject.is_empty() || subject == self.subject
        };
        subject_is_good && (self.types.is_empty() || self.types.contains(&record.kind))
    }
}

#[tonic::async_trait]
impl LogService for LogServer {
    async fn read_events(
        &self,
        request: Request<wire::ReadEventsRequest>,
    ) -> Result<Response<wire::ReadEventsResponse>, Status> {
        let request = request.into_inner();
        let part = self.part(request.log.as_ref())?;
        let limit = match request.limit {
            0 => DEFAULT_PAGE,
            limit if limit <= MAX_PAGE => limit,
            _ => {
                return Err(Problem::invalid(
                    "PAGE_SIZE_INVALID",
                    "limit",
                    format!("a page has at most {MAX_PAGE} records"),
                )
                .with_remedy(format!("ask for 1 to {MAX_PAGE}, and go on at `next`"))
                .into());
            }
        };
        let filter = Filter::new(request.filter);
        let (records, next) =
            page(part.log(), request.from_position, limit as usize, &filter).await?;
        let head = part.log().head().size;
        Ok(Response::new(wire::ReadEventsResponse {
            records,
            next,
            head,
        }))
    }

    type FollowEventsStream = Answers<wire::FollowEventsResponse>;

    async fn follow_events(
        &self,
        request: Request<wire::FollowEventsRequest>,
    ) -> Result<Response<Self::FollowEventsStream>, Status> {
        let request = request.into_inner();
        let log = self.part(request.log.as_ref())?.log().clone();
        let filter = Filter::new(request.filter);
        // The first page tells at once whether the position is one.
        page(&log, request.from_position, 1, &filter).await?;
        let from = request.from_position;
        let work = |send| follow(log, from, filter, send);
        Ok(self.streaming.answer(work)?)
    }

    async fn catch_up(
        &self,
        request: Request<wire::CatchUpRequest>,
    ) -> Result<Response<wire::CatchUpResponse>, Status> {
        let request = request.into_inner();
        let part = self.part(request.log.as_ref())?;
        let asked = token_field("token", &request.token)?.unwrap_or_default();
        let wait = match Duration::from_millis(u64::from(request.timeout_millis)) {
            Duration::ZERO => DEFAULT_WAIT,
            given => given.min(MAX_WAIT),
        };
        let caught_up = tokio::time::timeout(wait, catch_up(part, &asked)).await;
        let reached = caught_up.map_err(|_| {
            Problem::new(
                Kind::DeadlineExceeded,
                "WAIT_TIMED_OUT",
                "it has not caught up yet",
            )
            .with_remedy("ask again, or wait longer")
        })??;
        // Whatever life of this log the question knew, the answer knows the present one.
        let mut token = asked;
        token.merge(&reached);
        Ok(Response::new(wire::CatchUpResponse {
            token: token.to_string(),
        }))
    }

    async fn get_head(
        &self,
        request: Request<wire::GetHeadRequest>,
    ) -> Result<Response<wire::GetHeadResponse>, Status> {
        let log = self.part(request.into_inner().log.as_ref())?.log();
        let head = log.head();
        let earlier = log.identity().earlier.iter().map(|life| wire::EarlierLife {
            log_id: life.log.to_string(),
            records: life.records,
        });
        Ok(Response::new(wire::GetHeadResponse {
            log_id: log.id().to_string(),
            head: head.size,
            root_hash: head.root.as_bytes().to_vec().into(),
            token: log.token(head.size).to_string(),
            sealed: log.sealed(),
            earlier: earlier.collect(),
        }))
    }
}

/// Waits until a log's owner has consumed as much as a token covers.
async fn catch_up(part: &dyn Part, asked: &Token) -> Result<Token, Problem> {
    let consumed = crate::waiting::begun(part.follows(), || part.consumed(), asked).await;
    crate::waiting::catch_up(&consumed, asked, "token").await?;
    Ok(part.log().token(part.log().head().size))
}

/// Sends records as they come; reads no further than the client has taken.
async fn follow(
    log: Log,
    from: u64,
    filter: Filter,
    send: mpsc::Sender<Result<wire::FollowEventsResponse, Status>>,
) {
    let mut next = from;
    let mut head = log.watch_head();
    let mut stopped = log.watch_stopped();
    loop {
        head.borrow_and_update();
        let read = page(&log, next, MAX_PAGE as usize, &filter).await;
        let answer = read.map(|(records, read_to)| {
            next = read_to;
            wire::FollowEventsResponse {
                records,
                next,
                head: log.head().size,
            }
        });
        let failed = answer.is_err();
        if send.send(answer.map_err(Status::from)).await.is_err() || failed {
            return;
        }
        if next < log.head().size {
            continue;
        }
        tokio::select! {
            changed = head.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(HEARTBEAT) => {}
            _ = stopped.changed() => return,
            () = send.closed() => return,
        }
    }
}
