//! The one thread that writes: it takes what is waiting, and writes it with one flush.

use std::collections::BTreeSet;
use std::sync::Arc;

use redress_envelope::VaultRef;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::core::Core;
use crate::erasure::Erasure;
use crate::error::VaultError;
use crate::group::{Group, Prepared};
use crate::id::{EntryId, SubjectId};

/// How many calls wait at most; the next one waits to be let in.
pub(crate) const QUEUED_JOBS: usize = 1024;
/// How many calls share one flush at most.
const GROUP_JOBS: usize = 512;
const GROUP_BYTES: usize = 4 << 20;

pub(crate) type Reply<T> = oneshot::Sender<Result<T, VaultError>>;

pub(crate) enum Job {
    Seal(SealJob),
    Erase {
        subject: SubjectId,
        reply: Reply<Erasure>,
    },
    Rewrap {
        bucket: u16,
        reply: Reply<()>,
    },
    Sweep {
        orphans: Vec<EntryId>,
        older_than: u32,
        reply: Reply<u64>,
    },
}

pub(crate) struct SealJob {
    pub(crate) entries: Vec<Prepared>,
    pub(crate) reply: Reply<Vec<VaultRef>>,
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
    /// Entries of earlier runs that a caller of this run relies on.
    relied_on: BTreeSet<EntryId>,
}

impl Writer {
    pub(crate) fn new(core: Arc<Core>, jobs: mpsc::Receiver<Job>) -> Self {
        Self {
            core,
            jobs,
            relied_on: BTreeSet::new(),
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
            Job::Erase { subject, reply } => {
                answer(
                    reply,
                    self.core.guarded(|| self.core.erase_subject(subject)),
                );
            }
            Job::Rewrap { bucket, reply } => {
                answer(reply, self.core.guarded(|| self.core.rewrap_bucket(bucket)));
            }
            Job::Sweep {
                orphans,
                older_than,
                reply,
            } => {
                let swept = self.core.guarded(|| self.sweep(&orphans, older_than));
                answer(reply, swept);
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
        let mut group = Group::default();
        let core = &self.core;
        let staged: Vec<_> = jobs
            .into_iter()
            .map(
                |SealJob {
                     entries,
                     reply,
                     memory,
                 }| {
                    (core.guarded(|| group.stage(core, entries)), reply, memory)
                },
            )
            .collect();
        self.relied_on.extend(std::mem::take(&mut group.repeated));
        let written = core.guarded(|| group.write(core));
        for (references, reply, _memory) in staged {
            answer(
                reply,
                references.and_then(|found| written.clone().map(|()| found)),
            );
        }
    }

    /// Removes those of `orphans` that still are orphans.
    fn sweep(&self, orphans: &[EntryId], older_than: u32) -> Result<u64, VaultError> {
        let mut swept = 0;
        for orphan in orphans
            .iter()
            .filter(|orphan| !self.relied_on.contains(orphan))
        {
            let units = self.core.removal(*orphan, older_than)?;
            swept += u64::from(!units.is_empty());
            self.core.rows.apply(units)?;
        }
        Ok(swept)
    }
}

fn answer<T>(reply: Reply<T>, result: Result<T, VaultError>) {
    // A caller that no longer waits has its answer in the store.
    let _ = reply.send(result);
}
