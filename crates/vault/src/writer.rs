//! The one thread that writes: it takes what is waiting, and writes it with one flush.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::core::Core;
use crate::erasure::Erasure;
use crate::error::VaultError;
use crate::group::{Group, Prepared};
use crate::id::{EntryId, SubjectId};
use crate::sweep::Part;

/// How many calls wait at most; the next one waits to be let in.
pub(crate) const QUEUED_JOBS: usize = 1024;
/// How many calls share one flush at most.
const GROUP_JOBS: usize = 512;
const GROUP_BYTES: usize = 4 << 20;

pub(crate) type Reply<T> = oneshot::Sender<Result<T, VaultError>>;

pub(crate) enum Job {
    Seal(SealJob),
    Erase {
        subjects: Vec<SubjectId>,
        reply: Reply<Vec<Erasure>>,
    },
    Mend {
        subject: SubjectId,
        reply: Reply<bool>,
    },
    Rewrap {
        bucket: u16,
        reply: Reply<()>,
    },
    Sweep {
        from: u64,
        part: Part,
        reply: Reply<()>,
    },
}

pub(crate) struct SealJob {
    pub(crate) entries: Vec<Prepared>,
    pub(crate) reply: Reply<Vec<EntryId>>,
    /// The share of the memory that waiting contents may take; given back when this is done.
    pub(crate) memory: OwnedSemaphorePermit,
}

impl SealJob {
    fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.plain.len()).sum()
    }
}

pub(crate) struct Writer {
    core: Arc<Core>,
    jobs: mpsc::Receiver<Job>,
    next_block: u64,
}

impl Writer {
    pub(crate) fn new(core: Arc<Core>, jobs: mpsc::Receiver<Job>) -> Self {
        Self {
            next_block: core.first_block,
            core,
            jobs,
        }
    }

    /// Works until the last sender is gone.
    pub(crate) fn run(mut self) {
        let mut next = self.jobs.blocking_recv();
        while let Some(job) = next {
            next = self.work(job).or_else(|| self.jobs.blocking_recv());
        }
    }

    /// Does a job, and with a seal those that wait behind it. Returns the job that ended the group.
    fn work(&mut self, job: Job) -> Option<Job> {
        match job {
            Job::Seal(first) => return self.seal(first),
            Job::Erase { subjects, reply } => {
                let core = &self.core;
                answer(reply, core.guarded(|| core.erase_subjects(&subjects)));
            }
            Job::Mend { subject, reply } => {
                answer(reply, self.core.guarded(|| self.core.mend_subject(subject)));
            }
            Job::Rewrap { bucket, reply } => {
                answer(reply, self.core.guarded(|| self.core.rewrap_bucket(bucket)));
            }
            Job::Sweep { from, part, reply } => {
                answer(reply, self.core.guarded(|| self.core.sweep(from, &part)));
            }
        }
        None
    }

    fn seal(&mut self, first: SealJob) -> Option<Job> {
        let mut bytes = first.bytes();
        let mut jobs = vec![first];
        let mut after = None;
        while after.is_none() && jobs.len() < GROUP_JOBS && bytes < GROUP_BYTES {
            match self.jobs.try_recv() {
                Ok(Job::Seal(job)) => {
                    bytes += job.bytes();
                    jobs.push(job);
                }
                Ok(other) => after = Some(other),
                Err(_) => break,
            }
        }
        self.seal_group(jobs);
        after
    }

    fn seal_group(&mut self, jobs: Vec<SealJob>) {
        let core = &self.core;
        let mut group = Group::new(core, self.next_block);
        let staged = jobs.into_iter().map(|job| {
            let entries = core.guarded(|| group.stage(job.entries));
            (entries, job.reply, job.memory)
        });
        let staged: Vec<_> = staged.collect();
        let written = core.guarded(|| group.write());
        if let Ok(next_block) = written {
            self.next_block = next_block;
        }
        for (entries, reply, _memory) in staged {
            let answered = match &written {
                Ok(_) => entries,
                Err(error) => entries.and(Err(error.clone())),
            };
            answer(reply, answered);
        }
    }
}

fn answer<T>(reply: Reply<T>, result: Result<T, VaultError>) {
    // A caller that no longer waits has its answer in the store.
    let _ = reply.send(result);
}
