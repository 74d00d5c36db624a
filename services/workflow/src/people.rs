//! Who is given what, and nobody else in between.
//!
//! The register of handlers does not change while a duty is given: from before it is queued until it is recorded.
//! Who is chosen by load is chosen one complaint at a time, and with everything in view that was recorded before.

use std::sync::Arc;

use redress_envelope::{Actor, Subject};
use redress_event_log::Log;
use redress_handler::State;
use redress_log_service::load_problem;
use redress_service::Problem;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::life::HandlerLife;

/// Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    register: Arc<RwLock<()>>,
    choosing: Arc<Mutex<()>>,
}

impl People {
    /// Nobody changes the register while this is held.
    pub(crate) async fn unchanged(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.register).read_owned().await
    }

    /// Nobody is given a duty while this is held.
    pub(crate) async fn change(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.register).write_owned().await
    }

    /// Nobody else is chosen while this is held. To be taken before [`unchanged`](Self::unchanged).
    pub(crate) async fn choosing(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.choosing).lock_owned().await
    }
}

/// The stream of a person; programs are in no register.
pub(crate) fn subject(person: &Actor) -> Option<Subject> {
    match person {
        Actor::User(pseudonym) => Subject::new("handler", pseudonym).ok(),
        Actor::Service(_) | Actor::System => None,
    }
}

/// Somebody as the register has them now.
pub(crate) async fn person(log: &Log, person: &Actor) -> Result<State, Problem> {
    let Some(subject) = subject(person) else {
        return Ok(State::NotRegistered);
    };
    let loaded = log.load::<HandlerLife>(subject, log.head().size).await;
    let (state, _) = loaded.map_err(load_problem)?;
    Ok(state)
}
