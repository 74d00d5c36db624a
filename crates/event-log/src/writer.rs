//! The one thread that writes: it takes what waits, decides, and commits the group with one flush.

use std::any::Any;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use redress_envelope::{Context, Draft, EncodeError, Record, Subject, stamp};
use redress_evidence::{Frontier, leaf_hash};
use redress_store::Batch;
use tokio::sync::{mpsc, oneshot};

use crate::block::{Block, MAX_RAW_BYTES, PutError};
use crate::cursor::{self, Consumed, Cursor, Cursors};
use crate::history::ReadError;
use crate::keys::{KeyKind, RecordKeys};
use crate::shared::{AnyState, Cached, Head, Shared};
use crate::transact::{Answer, Command, Job, Moment};

pub(crate) const CURSORS_KEY: &[u8] = b"cursors";
/// Commands in one group, and so behind one flush.
const MAX_GROUP_JOBS: usize = 512;
/// Blocks in one group; each is one atomic batch.
const MAX_GROUP_BLOCKS: usize = 6;

pub(crate) enum Work {
    Job(Box<Job>),
    /// Remember how far another log was consumed, where that had no effect.
    Advance(Consumed, oneshot::Sender<Answer>),
    /// Follow another log from there on: it is in another life.
    FollowFrom(String, Cursor, oneshot::Sender<Answer>),
}

impl Work {
    fn consumed(&self) -> Option<&Consumed> {
        match self {
            Self::Job(job) => job.command.consumed.as_ref(),
            Self::Advance(consumed, _) => Some(consumed),
            Self::FollowFrom(..) => None,
        }
    }

    fn reply(self) -> oneshot::Sender<Answer> {
        match self {
            Self::Job(job) => job.reply,
            Self::Advance(_, reply) | Self::FollowFrom(_, _, reply) => reply,
        }
    }
}

/// Where the log ends: all that the writer carries from group to group.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) frontier: Frontier,
    pub(crate) time: Option<Timestamp>,
    pub(crate) cursors: Cursors,
}

pub(crate) fn run(
    shared: &Arc<Shared>,
    mut queue: mpsc::Receiver<Work>,
    mut end: End,
    leftover: Vec<u64>,
) {
    let Some(sealing) = crate::seal::start(shared, leftover) else {
        return;
    };
    let mut parked = Parked::new();
    while let Some(work) = queue.blocking_recv() {
        let mut group = Group::new(shared, &end, &mut parked);
        group.take(work);
        while group.has_room() {
            match queue.try_recv() {
                Ok(work) => group.take(work),
                Err(_) => break,
            }
        }
        match group.commit() {
            Ok(next) => end = next,
            Err(Unwritten::Refused) => {}
            Err(Unwritten::Failed(why)) => {
                shared.stop(&why);
                break;
            }
        }
        sealing.wake();
    }
    // The sealer writes the same note: it ends first.
    drop(sealing);
    // Only what is on the disk is ever the head, so the note is true however the log ends.
    crate::head_note::write(&shared.config, &shared.head.borrow());
}

enum Unwritten {
    /// Nothing was written and the store goes on.
    Refused,
    /// What is on the disk is unknown: the log stops for good.
    Failed(String),
}

/// Reactions whose predecessor is still under way, by source and the position that they wait for.
type Parked = BTreeMap<(String, u64), Work>;

/// One group commit in the making. Nothing outside it changes before its flush.
struct Group<'a> {
    shared: &'a Shared,
    parked: &'a mut Parked,
    end: End,
    blocks: Vec<Filling>,
    states: HashMap<Subject, Cached>,
    requests: HashSet<u64>,
    answers: Vec<(oneshot::Sender<Answer>, Answer)>,
    jobs: usize,
    cursors_moved: bool,
}

/// What a command came to, and at which moment.
struct Decision {
    drafts: Vec<Draft>,
    state: AnyState,
    moment: Moment,
}

/// A block in the making.
struct Filling {
    block: Block,
    keys: Vec<RecordKeys>,
    raw_bytes: usize,
    first_microsecond: i64,
}

impl<'a> Group<'a> {
    fn new(shared: &'a Shared, end: &End, parked: &'a mut Parked) -> Self {
        Self {
            shared,
            parked,
            end: end.clone(),
            blocks: Vec::new(),
            states: HashMap::new(),
            requests: HashSet::new(),
            answers: Vec::new(),
            jobs: 0,
            cursors_moved: false,
        }
    }

    fn has_room(&self) -> bool {
        self.jobs < MAX_GROUP_JOBS && self.blocks.len() < MAX_GROUP_BLOCKS
    }

    /// Takes a piece of work, and then what was parked until it was done.
    fn take(&mut self, work: Work) {
        let mut next = Some(work);
        while let Some(work) = next {
            self.jobs += 1;
            let source = work.consumed().map(|consumed| consumed.source.clone());
            match self.check_consumed(work.consumed()) {
                Turn::Now => self.work(work),
                Turn::Past(position) => {
                    self.answers
                        .push((work.reply(), Answer::AlreadyConsumed { position }));
                }
                Turn::Later(key) => {
                    self.parked.insert(key, work);
                }
            }
            next = source.and_then(|source| {
                let at = self.end.cursors.get(&source)?.next;
                self.parked.remove(&(source, at))
            });
        }
    }

    fn work(&mut self, work: Work) {
        match work {
            Work::Job(job) => self.job(*job),
            Work::Advance(consumed, reply) => {
                let cursor = consumed.cursor();
                self.move_cursor(consumed.source, cursor, reply);
            }
            Work::FollowFrom(source, cursor, reply) => self.move_cursor(source, cursor, reply),
        }
    }

    fn move_cursor(&mut self, source: String, cursor: Cursor, reply: oneshot::Sender<Answer>) {
        self.end.cursors.insert(source, cursor);
        self.cursors_moved = true;
        let answer = Answer::Committed {
            state: Arc::new(()),
            version: 0,
            records: Vec::new(),
            size: self.end.frontier.len(),
        };
        self.answers.push((reply, answer));
    }

    fn job(&mut self, job: Job) {
        let Job {
            command,
            loaded,
            decide,
            reply,
        } = job;
        let keys = loaded.keys;
        match self.admit(&command, loaded) {
            Admitted::Answer(answer) => self.answers.push((reply, answer)),
            Admitted::Reload => {
                let answer = Answer::Reload {
                    command: Box::new(command),
                    decide,
                };
                self.answers.push((reply, answer));
            }
            Admitted::At(current) => {
                let moment = Moment {
                    time: stamp(self.shared.clock.now(), self.end.time),
                    position: self.end.frontier.len(),
                    version: current.version,
                };
                let decision = AssertUnwindSafe(|| decide.decide(&current.state, moment));
                let answer = match catch_unwind(decision) {
                    Err(panic) => Answer::Panicked(message_of(panic.as_ref())),
                    Ok(Err(refusal)) => Answer::Refused(refusal),
                    Ok(Ok((drafts, state))) => {
                        let decided = Decision {
                            drafts,
                            state,
                            moment,
                        };
                        self.append(command, keys, decided, &current)
                    }
                };
                self.answers.push((reply, answer));
            }
        }
    }

    /// Checks everything that was found out before against what has happened since.
    fn admit(&mut self, command: &Command, loaded: crate::transact::Loaded) -> Admitted {
        let tail_start = self.shared.tail().start;
        let context = &command.context;
        let keys = [
            (KeyKind::Request, &context.request_id, "request_id"),
            (KeyKind::Inbound, &context.inbound_key, "inbound key"),
        ];
        for (kind, text, key) in keys {
            let (Some(text), Some(hash)) = (text, loaded.keys.of_kind(kind)) else {
                continue;
            };
            if self.requests.contains(&hash) {
                return Admitted::Reload;
            }
            match self.since(kind, hash, loaded.at) {
                true if loaded.at < tail_start => return Admitted::Reload,
                true => match self.shared.first_with(kind, text, u64::MAX) {
                    Ok(Some(first)) => {
                        return Admitted::Answer(Answer::Repeated {
                            first: Box::new(first),
                            key,
                        });
                    }
                    Ok(None) => {}
                    Err(error) => return Admitted::Answer(Answer::Read(error)),
                },
                false => {}
            }
        }
        let Some(current) = self.current(command, loaded, tail_start) else {
            return Admitted::Reload;
        };
        match command.expected_version {
            Some(expected) if expected != current.version => Admitted::Answer(Answer::Stale {
                expected,
                actual: current.version,
            }),
            Some(_) | None => Admitted::At(current),
        }
    }

    /// Whether a key may have come into the tail since a command looked.
    fn since(&self, kind: KeyKind, hash: u64, looked_at: u64) -> bool {
        let tail = self.shared.tail();
        looked_at < tail.start
            || tail
                .find(kind, hash)
                .last()
                .is_some_and(|last| *last >= looked_at)
    }

    /// The stream as it is now, unless what was loaded is too old to tell.
    fn current(
        &self,
        command: &Command,
        loaded: crate::transact::Loaded,
        tail_start: u64,
    ) -> Option<Cached> {
        if let Some(cached) = self.states.get(&command.subject) {
            return Some(cached.clone());
        }
        if let Some(cached) = self.shared.states.get(&command.subject) {
            return Some(cached);
        }
        if loaded.at < tail_start || self.since(KeyKind::Stream, loaded.keys.stream, loaded.at) {
            return None;
        }
        Some(Cached {
            state: loaded.state,
            version: loaded.version,
            bytes: loaded.bytes,
        })
    }

    /// Whether it is a reaction's turn: every one comes after the one before, and once.
    fn check_consumed(&self, consumed: Option<&Consumed>) -> Turn {
        let Some(consumed) = consumed else {
            return Turn::Now;
        };
        let next = match self.end.cursors.get(&consumed.source) {
            Some(cursor) if cursor.log == consumed.log => cursor.next,
            // Another life of the followed log: its follower says from where it counts.
            Some(_) => consumed.from,
            None => 0,
        };
        if consumed.position < next {
            Turn::Past(consumed.position)
        } else if consumed.from > next {
            Turn::Later((consumed.source.clone(), consumed.from))
        } else {
            Turn::Now
        }
    }

    fn append(
        &mut self,
        command: Command,
        keys: RecordKeys,
        decided: Decision,
        before: &Cached,
    ) -> Answer {
        let Decision {
            drafts,
            state,
            moment,
        } = decided;
        let Command {
            subject,
            context,
            consumed,
            ..
        } = command;
        let (records, bytes) = match self.encode(&subject, context, drafts, moment) {
            Ok(written) => written,
            Err(answer) => return answer,
        };
        if let Some(consumed) = consumed {
            self.cursors_moved = true;
            let cursor = consumed.cursor();
            self.end.cursors.insert(consumed.source, cursor);
        }
        let version = before.version + records.len() as u64;
        let cached = Cached {
            state: Arc::clone(&state),
            version,
            bytes: before.bytes + bytes.iter().map(|bytes| bytes.len() as u64).sum::<u64>(),
        };
        self.states.insert(subject, cached);
        self.requests.extend(keys.request);
        self.requests.extend(keys.inbound);
        self.fill(bytes, keys, moment);
        Answer::Committed {
            state,
            version,
            records,
            size: self.end.frontier.len(),
        }
    }

    /// The command's records, and the bytes of each.
    fn encode(
        &self,
        subject: &Subject,
        context: Context,
        drafts: Vec<Draft>,
        moment: Moment,
    ) -> Result<(Vec<Record>, Vec<Bytes>), Answer> {
        let identity = &self.shared.identity;
        let (count, mut raw_bytes) = (drafts.len(), 0);
        let (mut records, mut written) = (Vec::with_capacity(count), Vec::with_capacity(count));
        // Most commands have one record, which takes the context and makes no copy of it.
        let contexts = std::iter::repeat_n(context, count);
        for ((index, draft), context) in drafts.into_iter().enumerate().zip(contexts) {
            let record = Record {
                service: identity.service.clone(),
                log: identity.log,
                tenant: identity.tenant.clone(),
                partition: identity.partition,
                position: moment.position + index as u64,
                subject: subject.clone(),
                version: moment.version + index as u64,
                time: moment.time,
                kind: draft.kind.to_owned(),
                command_end: index + 1 == count,
                context,
                data: draft.data,
            };
            let bytes = encode_readable(&record)?;
            raw_bytes += bytes.len() + 2;
            records.push(record);
            written.push(Bytes::from(bytes));
        }
        if raw_bytes > MAX_RAW_BYTES {
            let what = format!("{raw_bytes} bytes in one command; at most {MAX_RAW_BYTES}");
            return Err(Answer::TooLarge(what));
        }
        Ok((records, written))
    }

    /// Puts a command's records into the last block, or into another if they do not fit.
    fn fill(&mut self, records: Vec<Bytes>, keys: RecordKeys, moment: Moment) {
        if records.is_empty() {
            return;
        }
        let raw_bytes: usize = records.iter().map(|bytes| bytes.len() + 2).sum();
        let fits = |filling: &Filling| {
            filling.raw_bytes + raw_bytes <= MAX_RAW_BYTES
                && filling.block.records.len() + records.len() <= crate::pack::MAX_RECORDS
        };
        if !self.blocks.last().is_some_and(fits) {
            self.blocks.push(Filling {
                block: Block {
                    first: moment.position,
                    records: Vec::new(),
                    cursors: Cursors::new(),
                },
                keys: Vec::new(),
                raw_bytes: 0,
                first_microsecond: moment.time.as_microsecond(),
            });
        }
        let Some(filling) = self.blocks.last_mut() else {
            return;
        };
        filling.raw_bytes += raw_bytes;
        filling.keys.push(keys);
        let following = std::iter::repeat_n(keys.without_command(), records.len() - 1);
        filling.keys.extend(following);
        for bytes in records {
            self.end.frontier.push(leaf_hash(&bytes));
            filling.block.records.push(bytes);
        }
        self.end.time = Some(moment.time);
        filling.block.cursors.clone_from(&self.end.cursors);
    }

    /// Makes the group durable, then visible, then known to those who wait for it.
    fn commit(mut self) -> Result<End, Unwritten> {
        let written = self.write();
        if let Err(unwritten) = written {
            let why = match &unwritten {
                Unwritten::Failed(why) => why.clone(),
                Unwritten::Refused => "the disk has no room".to_owned(),
            };
            for (reply, answer) in self.answers.drain(..) {
                // A refusal may rest on an event that was never written.
                let answer = match (answer, &unwritten) {
                    (answer @ Answer::Reload { .. }, Unwritten::Refused) => answer,
                    (_, Unwritten::Refused) => Answer::Full(why.clone()),
                    (_, Unwritten::Failed(_)) => Answer::Stopped(why.clone()),
                };
                let _ = reply.send(answer);
            }
            return Err(unwritten);
        }
        let appended = !self.blocks.is_empty();
        if appended {
            let mut tail = self.shared.tail_mut();
            for filling in self.blocks.drain(..) {
                tail.append(filling.block, &filling.keys, filling.first_microsecond);
            }
        }
        for (subject, cached) in self.states.drain() {
            self.shared.states.insert(subject, cached);
        }
        if self.cursors_moved {
            self.shared.set_cursors(self.end.cursors.clone());
        }
        if appended {
            let frontier = &self.end.frontier;
            let head = Head {
                size: frontier.len(),
                root: frontier.root(),
                time: self.end.time,
            };
            self.shared.head.send_replace(head);
        }
        for (reply, answer) in self.answers.drain(..) {
            // Nobody may be waiting any more; the record stands all the same.
            let _ = reply.send(answer);
        }
        Ok(self.end)
    }

    fn write(&mut self) -> Result<(), Unwritten> {
        if self.blocks.is_empty() && !self.cursors_moved {
            return Ok(());
        }
        let batches = self
            .batches()
            .map_err(|error| Unwritten::Failed(error.to_string()))?;
        self.shared
            .store
            .apply(batches)
            .map_err(|error| match self.shared.store.failure() {
                None => {
                    tracing::warn!(%error, "nothing was written");
                    Unwritten::Refused
                }
                Some(_) => Unwritten::Failed(error.to_string()),
            })
    }

    /// The blocks, each with the cursors up to which its records answer, and the last with those of
    /// the whole group. Where no record came of it, the cursors stand alone.
    fn batches(&mut self) -> Result<Vec<Batch>, PutError> {
        let mut batches = Vec::with_capacity(self.blocks.len());
        if let Some(last) = self.blocks.last_mut() {
            last.block.cursors.clone_from(&self.end.cursors);
        } else {
            let mut batch = Batch::new();
            let alone = cursor::encode(&self.end.cursors, self.end.frontier.len())?;
            batch.put(CURSORS_KEY, alone)?;
            batches.push(batch);
        }
        for filling in &self.blocks {
            filling.block.put_into(&mut batches)?;
        }
        Ok(batches)
    }
}

/// The record's bytes, which can be read back. One with a line feed in it would not survive an
/// export.
fn encode_readable(record: &Record) -> Result<Vec<u8>, Answer> {
    let bytes = record.encode().map_err(|error| match error {
        EncodeError::TooLarge { .. } => Answer::TooLarge(error.to_string()),
        EncodeError::Json(_) | EncodeError::Attribute { .. } => {
            Answer::Unwritable(error.to_string())
        }
    })?;
    if bytes.contains(&b'\n') {
        return Err(Answer::Unwritable("it has a line feed".to_owned()));
    }
    Ok(bytes)
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

enum Admitted {
    At(Cached),
    Answer(Answer),
    Reload,
}

enum Turn {
    Now,
    Past(u64),
    Later((String, u64)),
}

impl From<ReadError> for Answer {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}
