//! The policies in force: their register in the log, and who decides under what.
//!
//! A decision holds on to the policies in force from before it is queued until it is recorded, and a
//! change of them waits until nobody does. So every record was decided under what the records before it
//! put in force.

use std::convert::Infallible;
use std::sync::{Arc, Weak};

use jiff::Timestamp;
use redress_envelope::{Actor, Context, Draft, Record, Subject};
use redress_event_log::{Command, Life, LoadError, Log, Moment, TransactError, UnreadableEvent};
use redress_log_service::{load_problem, transact_problem};
use redress_policy::register::{Event, Register, Written};
use redress_policy::{Book, DEFAULT_PACK, Pack, Policies as _, Policy};
use redress_service::Problem;
use tokio::sync::{Mutex, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::life::unreadable;

/// The stream `policy/register`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegisterLife;

impl Life for RegisterLife {
    type State = Register;
    type Event = Event;

    fn decode(record: &Record) -> Result<Event, UnreadableEvent> {
        Event::decode(&record.kind, &record.data).map_err(|error| unreadable(record, &error))
    }

    fn encode(event: &Event) -> Draft {
        event.encode()
    }

    fn evolve(register: &mut Register, event: &Event) {
        register.evolve(event);
    }
}

/// `None` until somebody asks for the first time.
type Known = Option<Register>;

/// What is in force, as far as anybody asked. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Policies {
    log: Log,
    known: Arc<RwLock<Known>>,
    /// What reactions hold on to together.
    together: Arc<Mutex<Weak<InForce>>>,
}

/// Why nobody knows what is in force.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unknown {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("the default policy cannot be put in force: {0}")]
    Default(TransactError<Infallible>),
    #[error("the default policy cannot be read: {0}")]
    Pack(String),
}

impl From<Unknown> for Problem {
    fn from(why: Unknown) -> Self {
        match why {
            Unknown::Load(error) => load_problem(error),
            Unknown::Default(error) => transact_problem(error, |never| match never {}),
            Unknown::Pack(why) => Self::internal(&why),
        }
    }
}

/// Nobody puts another policy in force while this is held.
#[derive(Debug)]
pub(crate) struct InForce {
    known: OwnedRwLockReadGuard<Known, Register>,
}

impl InForce {
    pub(crate) fn book(&self) -> &Arc<Book> {
        self.known.book()
    }

    /// As records cite it: the versions in force, in the order of their names.
    pub(crate) fn cited(&self) -> String {
        let versions: Vec<&str> = self.book().in_force().map(Policy::version).collect();
        versions.join(",")
    }
}

/// Nobody decides anything while this is held.
#[derive(Debug)]
pub(crate) struct Changing {
    known: OwnedRwLockWriteGuard<Known>,
}

impl Changing {
    pub(crate) fn becomes(&mut self, register: Register) {
        *self.known = Some(register);
    }
}

pub(crate) fn subject() -> Subject {
    Subject::new("policy", "register").expect("these are words that a subject may have")
}

impl Policies {
    pub(crate) fn new(log: Log) -> Self {
        let (known, together) = Default::default();
        Self {
            log,
            known,
            together,
        }
    }

    /// What is in force. Where nothing ever was, the default policy is put in force first.
    pub(crate) async fn in_force(&self) -> Result<InForce, Unknown> {
        loop {
            let known = Arc::clone(&self.known).read_owned().await;
            if let Ok(known) = OwnedRwLockReadGuard::try_map(known, Option::as_ref) {
                return Ok(InForce { known });
            }
            let mut known = Arc::clone(&self.known).write_owned().await;
            if known.is_none() {
                *known = Some(self.load().await?);
            }
        }
    }

    /// As [`in_force`](Self::in_force), for those who wait for one another. The writer takes effects of
    /// another log in its order: a later one holds on until the earlier ones are recorded, and a change
    /// that waits for the later one must not keep the earlier ones out.
    pub(crate) async fn in_force_together(&self) -> Result<Arc<InForce>, Unknown> {
        let mut together = self.together.lock().await;
        if let Some(held) = together.upgrade() {
            return Ok(held);
        }
        let held = Arc::new(self.in_force().await?);
        *together = Arc::downgrade(&held);
        Ok(held)
    }

    /// For what puts another policy in force: waits until every decision under way is recorded.
    pub(crate) async fn change(&self) -> Result<Changing, Unknown> {
        drop(self.in_force().await?);
        let known = Arc::clone(&self.known).write_owned().await;
        Ok(Changing { known })
    }

    async fn load(&self) -> Result<Register, Unknown> {
        let size = self.log.head().size;
        let (register, version) = self.log.load::<RegisterLife>(subject(), size).await?;
        if version > 0 {
            for (version, why) in register.unreadable() {
                tracing::warn!(version, why, "a policy cannot be read by this program");
            }
            return Ok(register);
        }
        let pack = Pack::named(DEFAULT_PACK).ok_or_else(|| Unknown::Pack("none".to_owned()))?;
        let none = &mut |name: &str| Err(format!("a pack has no file {name}"));
        let written = Written::read(pack.name, pack.text.to_owned(), none)
            .map_err(|flaws| Unknown::Pack(format!("{flaws:?}")))?;
        let decide = move |register: &Register, moment: Moment| {
            Ok::<_, Infallible>(default(register, &written, moment.time))
        };
        let command = Command::new(subject(), Context::by(Actor::System));
        let done = self.log.transact::<RegisterLife, _>(command, decide).await;
        let done = done.map_err(Unknown::Default)?;
        Ok((*done.state).clone())
    }
}

/// The default, as nobody had the time to say anything else.
fn default(register: &Register, written: &Written, at: Timestamp) -> Vec<Event> {
    register.apply(written, None, at).unwrap_or_default()
}
