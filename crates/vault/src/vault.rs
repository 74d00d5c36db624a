//! The vault as its callers see it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use redress_envelope::{Commitment, LogId, VaultRef};
use redress_store::Store;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::begin::Begin;
use crate::core::{Core, Opened};
use crate::entropy::Entropy;
use crate::entry::MAX_CONTENT_BYTES;
use crate::erasure::Erasure;
use crate::error::{OpenError, VaultError};
use crate::group::Prepared;
use crate::hex;
use crate::id::{Class, EntryId, SubjectId};
use crate::keys_dir::MasterKeySource;
use crate::listing::{Listed, Searched};
use crate::plain::{self, SALT_BYTES};
use crate::sweep::{Part, Unswept};
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
    /// Whose it is: what is erased, exported and held together.
    pub subject: SubjectId,
    pub class: Class,
    pub content: Vec<u8>,
}

impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
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
    /// Nothing is sealed under this id: it was swept as an orphan, or lost with what a restore did
    /// not bring back, or with a vault in whose place an empty one was begun.
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
    pub fn commitment(&self) -> Commitment {
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
    /// How many salts were made in this run.
    salts: AtomicU64,
    memory: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("first_block", &self.core.first_block)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault with the master key in the folder of keys; makes both where there are none,
    /// beside a log without records.
    pub fn open(dirs: VaultDirs, entropy: Arc<dyn Entropy>) -> Result<Self, OpenError> {
        let begin = Begin::IfNew { log_records: 0 };
        Self::open_with(dirs, &MasterKeySource::KeysDir, begin, entropy)
    }

    /// `begin` says whether a vault may be begun where there is none.
    pub fn open_with(
        dirs: VaultDirs,
        master: &MasterKeySource,
        begin: Begin,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let core = Arc::new(Core::open(dirs, master, begin, entropy)?);
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
            salts: AtomicU64::new(0),
            memory,
            writer: Some(writer),
        })
    }

    /// Seals the entries, all or none; they are durable when it returns. The references come in the
    /// order of the entries. Each is a new entry: a command that may have been done before is looked
    /// for in the log first, and what is sealed for nothing is swept.
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
        let (commitments, entries): (Vec<_>, _) = entries.into_iter().unzip();
        let ids = self.ask(|reply| {
            Job::Seal(SealJob {
                entries,
                reply,
                memory,
            })
        });
        let references = ids.await?.into_iter().zip(commitments);
        let references = references.map(|(id, commitment)| VaultRef {
            entry: id.to_string(),
            commitment,
        });
        Ok(references.collect())
    }

    fn prepare(&self, entry: NewEntry) -> Result<(Commitment, Prepared), VaultError> {
        let NewEntry {
            subject,
            class,
            content,
        } = entry;
        let bytes = content.len();
        if bytes > MAX_CONTENT_BYTES {
            return Err(VaultError::TooLarge { bytes });
        }
        let salt = self.salt()?;
        let prepared = Prepared {
            subject,
            class,
            plain: plain::encode(&salt, &content),
        };
        Ok((commitment(&salt, &content), prepared))
    }

    fn salt(&self) -> Result<[u8; SALT_BYTES], VaultError> {
        let number = self.salts.fetch_add(1, Ordering::Relaxed);
        let run = self.core.first_block.to_be_bytes();
        let context: [&[u8]; 3] = [b"salt", &run, &number.to_be_bytes()];
        Ok(self.core.entropy.bytes(&context)?)
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
            let Some((header, sealed)) = self.core.load(id)? else {
                return Ok(Read::Unknown);
            };
            Ok(match self.core.open_entry(id, &header, sealed)? {
                Opened::Erased => Read::Erased,
                Opened::Plain(plain) => Read::Content(Disclosure {
                    subject: header.origin.subject,
                    class: header.origin.class,
                    salt: plain.salt,
                    content: plain.content,
                }),
            })
        })
    }

    /// The entries of a subject, newest first, erased ones too: at most `limit`, from the one sealed
    /// before `after` on. Where damage hides the rest the answer says so.
    pub fn entries_of_subject(
        &self,
        subject: SubjectId,
        after: Option<EntryId>,
        limit: usize,
    ) -> Result<Listed, VaultError> {
        let core = &self.core;
        core.guarded(|| core.entries_of(subject, after, limit))
    }

    /// Looks for a subject's entries in at most `blocks` blocks from block `from` on, 0 being the
    /// first: slow, and not in need of anything but the blocks. Finds orphans too.
    pub fn search_entries(
        &self,
        subject: SubjectId,
        from: u64,
        blocks: usize,
    ) -> Result<Searched, VaultError> {
        let core = &self.core;
        core.guarded(|| core.search(subject, from, blocks))
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
        let erased = self.erase_subjects(vec![subject]).await?;
        Ok(erased.into_iter().next().unwrap_or(Erasure::NothingSealed))
    }

    /// The same for several together, which takes little longer than for one; the answers are in
    /// their order. After an error some of them may be erased: then call it again.
    pub async fn erase_subjects(
        &self,
        subjects: Vec<SubjectId>,
    ) -> Result<Vec<Erasure>, VaultError> {
        self.ask(|reply| Job::Erase { subjects, reply }).await
    }

    /// Where the key of a subject is damaged ([`VaultError::SubjectKey`]), nothing can be sealed for
    /// it any more. This gives up what was sealed, so that it can; says whether there was need. It
    /// reads every block, and nothing is sealed meanwhile. An erasure does it, too.
    pub async fn mend_subject(&self, subject: SubjectId) -> Result<bool, VaultError> {
        self.ask(|reply| Job::Mend { subject, reply }).await
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

    /// Which log refers to what is sealed here, and how long it is. To be called as soon as both are
    /// open, before anything is sealed: else no orphan is ever removed. What keeps orphans from being
    /// removed in this run [`unswept`](Self::unswept) says.
    pub fn beside_log(
        &self,
        log: LogId,
        size: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<(), OpenError> {
        let core = &self.core;
        let begun = core.guarded(|| core.begin_beside(log, Box::new(size)));
        begun.map_err(OpenError::Store)
    }

    /// Why no orphans may be removed in this run, if so.
    pub fn unswept(&self) -> Option<Unswept> {
        match self.core.beside_log.get() {
            Some(log) => log.refused,
            None => Some(Unswept::NoLog),
        }
    }

    pub(crate) fn sweep(&self, from: u64, part: Part) -> Result<(), VaultError> {
        let (reply, answer) = oneshot::channel();
        let sent = self
            .sender()?
            .blocking_send(Job::Sweep { from, part, reply });
        sent.map_err(|_| self.core.has_stopped())?;
        answer
            .blocking_recv()
            .map_err(|_| self.core.has_stopped())?
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

fn commitment(salt: &[u8], content: &[u8]) -> Commitment {
    let digest = Sha256::new().chain_update(salt).chain_update(content);
    Commitment(digest.finalize().into())
}
