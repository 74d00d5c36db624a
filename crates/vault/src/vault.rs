//! The vault as its callers see it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use redress_envelope::VaultRef;
use redress_store::Store;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::core::{Core, Opened};
use crate::entropy::Entropy;
use crate::entry::{self, MAX_CONTENT_BYTES, SALT_BYTES};
use crate::erasure::Erasure;
use crate::error::{OpenError, VaultError};
use crate::group::{Prepared, commitment};
use crate::hex;
use crate::id::{Class, EntryId, SubjectId};
use crate::keys_dir::MasterKeySource;
use crate::rows;
use crate::sweep::{Run, Swept};
use crate::writer::{Job, QUEUED_JOBS, Reply, SealJob, Writer};

/// How much content may wait to be written, in KiB.
const WAITING_KIB: usize = 64 * 1024;

/// Where the vault keeps its entries and its keys. Two places, so that they can be guarded and
/// backed up apart.
#[derive(Debug, Clone)]
pub struct VaultDirs {
    pub store: Arc<dyn Store>,
    pub keys_dir: PathBuf,
}

/// Something to seal.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub id: EntryId,
    /// Whose it is: what is erased, exported and held together.
    pub subject: SubjectId,
    pub class: Class,
    pub content: Vec<u8>,
}

impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("class", &self.class)
            .field("content_bytes", &self.content.len())
            .finish()
    }
}

/// What became of an entry.
#[derive(Clone, PartialEq, Eq)]
pub enum Read<T = Vec<u8>> {
    Content(T),
    /// It was rendered unreadable.
    Erased,
    /// Nothing was ever sealed under this id, or it was swept as an orphan.
    Unknown,
}

impl<T> fmt::Debug for Read<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Content(_) => "Content(..)",
            Self::Erased => "Erased",
            Self::Unknown => "Unknown",
        })
    }
}

/// What somebody needs who is to check a commitment, or who exports a person's entries.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    pub subject: SubjectId,
    pub class: Class,
    pub salt: [u8; SALT_BYTES],
    pub content: Vec<u8>,
}

impl Disclosure {
    /// The commitment that stands in the log if this is what was sealed.
    pub fn commitment(&self) -> redress_envelope::Commitment {
        commitment(&self.salt, &self.content)
    }
}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disclosure")
            .field("subject", &self.subject)
            .field("class", &self.class)
            .field("content_bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// Sealed personal data. Closing it (drop) waits for the writer to finish what is queued.
pub struct Vault {
    pub(crate) core: Arc<Core>,
    jobs: Option<mpsc::Sender<Job>>,
    memory: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("run", &self.core.run)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault with the master key in the folder of keys; makes both where there are none.
    pub fn open(dirs: VaultDirs, entropy: Arc<dyn Entropy>) -> Result<Self, OpenError> {
        Self::open_with(dirs, &MasterKeySource::KeysDir, entropy)
    }

    pub fn open_with(
        dirs: VaultDirs,
        master: &MasterKeySource,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let core = Arc::new(Core::open(dirs, master, entropy)?);
        let (jobs, waiting) = mpsc::channel(QUEUED_JOBS);
        let writer = Writer::new(Arc::clone(&core), waiting);
        let writer = std::thread::Builder::new()
            .name("vault-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(OpenError::Thread)?;
        let memory = Arc::new(Semaphore::new(WAITING_KIB));
        Ok(Self {
            core,
            jobs: Some(jobs),
            memory,
            writer: Some(writer),
        })
    }

    /// Seals the entries, all or none; they are durable when it returns. The references come in the
    /// order of the entries. An entry that was sealed before with the same content is answered as
    /// the first time.
    ///
    /// Calls that wait together share one flush. Compression is done here, on the caller's thread.
    pub async fn seal(&self, entries: Vec<NewEntry>) -> Result<Vec<VaultRef>, VaultError> {
        let kib: usize = entries
            .iter()
            .map(|entry| entry.content.len() / 1024 + 1)
            .sum();
        let kib = kib.min(WAITING_KIB) as u32;
        let memory = Arc::clone(&self.memory).acquire_many_owned(kib).await;
        let memory = memory.map_err(|_| self.core.has_stopped())?;
        let entries = entries.into_iter().map(|entry| self.prepare(entry));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        self.ask(|reply| {
            Job::Seal(SealJob {
                entries,
                reply,
                memory,
            })
        })
        .await
    }

    fn prepare(&self, entry: NewEntry) -> Result<Prepared, VaultError> {
        let NewEntry {
            id,
            subject,
            class,
            content,
        } = entry;
        if content.len() > MAX_CONTENT_BYTES {
            return Err(VaultError::TooLarge {
                entry: id,
                bytes: content.len(),
            });
        }
        let salt = self.core.entropy.bytes(&[b"salt", id.as_bytes()])?;
        Ok(Prepared {
            id,
            subject,
            class,
            commitment: commitment(&salt, &content),
            content_digest: Sha256::digest(&content).into(),
            plain: entry::encode_plain(&salt, &content),
        })
    }

    /// The content of an entry. Blocks for a moment; called from async code, in `spawn_blocking`.
    pub fn read(&self, entry: &str) -> Result<Read, VaultError> {
        Ok(match self.read_with_salt(entry)? {
            Read::Content(disclosure) => Read::Content(disclosure.content),
            Read::Erased => Read::Erased,
            Read::Unknown => Read::Unknown,
        })
    }

    /// The content of an entry, after checking it against what the event committed to.
    pub fn read_committed(&self, reference: &VaultRef) -> Result<Read, VaultError> {
        let entry = reference.entry.parse()?;
        Ok(match self.read_with_salt(&reference.entry)? {
            Read::Content(found) if found.commitment() != reference.commitment => {
                return Err(VaultError::NotAsCommitted { entry });
            }
            Read::Content(found) => Read::Content(found.content),
            Read::Erased => Read::Erased,
            Read::Unknown => Read::Unknown,
        })
    }

    /// The content of an entry with the salt of its commitment, for whoever may verify it.
    pub fn read_with_salt(&self, entry: &str) -> Result<Read<Disclosure>, VaultError> {
        let id = entry.parse()?;
        self.core.guarded(|| {
            let Some(stored) = self.core.load(id)? else {
                return Ok(Read::Unknown);
            };
            let (subject, class) = (stored.header.subject, stored.header.class.clone());
            Ok(match self.core.open_entry(id, stored)? {
                Opened::Erased => Read::Erased,
                Opened::Plain(plain) => {
                    let (salt, content) = (plain.salt, plain.content);
                    Read::Content(Disclosure {
                        subject,
                        class,
                        salt,
                        content,
                    })
                }
            })
        })
    }

    /// The entries of a subject in the order of their ids, erased ones too: at most `limit`, from
    /// the one after `after` on.
    pub fn entries_of_subject(
        &self,
        subject: SubjectId,
        after: Option<EntryId>,
        limit: usize,
    ) -> Result<Vec<EntryId>, VaultError> {
        let after = after.map(|entry| rows::subject_entry(subject, entry));
        let prefix = rows::subject_entry_prefix(subject);
        let pairs = self
            .core
            .guarded(|| self.core.rows.page(&prefix, after.as_deref(), limit))?;
        Ok(pairs
            .iter()
            .filter_map(|(key, _)| rows::parse_subject_entry(key))
            .collect())
    }

    /// A keyed hash in 32 hex digits (128 bits of HMAC-SHA256): equal parts give equal hashes, and
    /// nobody without the keys can try guesses. For customer references, foreign ids, inbound keys.
    /// Another purpose gives unrelated hashes.
    pub fn keyed_hash(&self, purpose: &str, parts: &[&str]) -> String {
        hex::encode(&self.core.keyed_hash(purpose, parts))
    }

    /// The pseudonym of a customer, from the reference that the organisation knows them by.
    pub fn subject_for(&self, customer_reference: &str) -> SubjectId {
        SubjectId::from_bytes(
            self.core
                .keyed_hash("subject of customer", &[customer_reference]),
        )
    }

    /// The pseudonym of whoever an item came from, where nobody knows more about them.
    pub fn subject_of_item(&self, item: &str) -> SubjectId {
        SubjectId::from_bytes(self.core.keyed_hash("subject of item", &[item]))
    }

    /// Renders all that was sealed for the subject unreadable, for good; durable when it returns.
    /// What is sealed for the same subject later gets another key. Rewraps every key of one bucket,
    /// and nothing is sealed meanwhile.
    pub async fn erase_subject(&self, subject: SubjectId) -> Result<Erasure, VaultError> {
        self.ask(|reply| Job::Erase { subject, reply }).await
    }

    /// Gives the bucket with this number another key, and drops the one it had.
    pub async fn rewrap_bucket(&self, bucket: u16) -> Result<(), VaultError> {
        if usize::from(bucket) >= self.core.keyring.buckets().all.len() {
            return Err(VaultError::SubjectKey {
                bucket,
                what: "there is no such bucket",
            });
        }
        self.ask(|reply| Job::Rewrap { bucket, reply }).await
    }

    /// Buckets whose change of keys could not be completed, because a key in them is damaged. An
    /// erasure in them is not done until it is.
    pub fn unfinished_buckets(&self) -> Vec<u16> {
        self.core.keyring.buckets().unfinished()
    }

    /// The present run of the program.
    pub fn run(&self) -> Run {
        Run(self.core.run)
    }

    /// Removes entries that were sealed in a run before `older_than` and whose record the log does
    /// not know; pass [`run`](Self::run) and a log that is read to its end. Never called from async
    /// code, but in `spawn_blocking`.
    pub fn sweep_orphans(
        &self,
        is_known: impl Fn(&str) -> bool,
        older_than: Run,
    ) -> Result<Swept, VaultError> {
        // What this run seals may be on its way to the log.
        let older_than = older_than.0.min(self.core.run);
        let mut swept = Swept::default();
        let mut after = None;
        loop {
            let core = &self.core;
            let page =
                core.guarded(|| core.orphans_after(after.as_deref(), older_than, &is_known))?;
            swept.entries += page.entries;
            swept.damaged += page.damaged;
            if !page.orphans.is_empty() {
                let orphans = page.orphans;
                let (reply, answer) = oneshot::channel();
                let sent = self.sender()?.blocking_send(Job::Sweep {
                    orphans,
                    older_than,
                    reply,
                });
                sent.map_err(|_| self.core.has_stopped())?;
                swept.removed += answer
                    .blocking_recv()
                    .map_err(|_| self.core.has_stopped())??;
            }
            after = page.last;
            if after.is_none() {
                return Ok(swept);
            }
        }
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, VaultError> {
        let (reply, answer) = oneshot::channel();
        self.sender()?
            .send(job(reply))
            .await
            .map_err(|_| self.core.has_stopped())?;
        answer.await.map_err(|_| self.core.has_stopped())?
    }

    fn sender(&self) -> Result<&mpsc::Sender<Job>, VaultError> {
        self.jobs.as_ref().ok_or_else(|| self.core.has_stopped())
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing left to finish.
            let _ = writer.join();
        }
    }
}
