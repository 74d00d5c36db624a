//! An import's state, held still while rows are under way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redress_envelope::{Context, ItemId, Subject};
use redress_event_log::{Command, Log};
use redress_feedback::Refusal;
use redress_feedback::import::{Command as ImportCommand, State, decide};
use redress_log_service::{load_problem, transact_problem};
use redress_service::Problem;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::import::{IMPORT, import_problem};
use crate::life::ImportLife;

/// The imports that this process has met.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    met: Mutex<BTreeMap<ItemId, Gate>>,
}

#[derive(Debug)]
struct Gate {
    /// As the log has it; [`State::NotYet`] where that is not known.
    state: Arc<RwLock<State>>,
    /// When somebody last came to it.
    asked: Instant,
}

impl Gates {
    /// The gate of an import that was started.
    pub(super) async fn of(
        &self,
        log: &Log,
        import: ItemId,
    ) -> Result<Arc<RwLock<State>>, Problem> {
        if let Some(gate) = self.met().get_mut(&import) {
            gate.asked = Instant::now();
            return Ok(Arc::clone(&gate.state));
        }
        let subject = Subject::item(IMPORT, import);
        let loaded = log.load::<ImportLife>(subject, log.head().size).await;
        let (state, _) = loaded.map_err(load_problem)?;
        if state == State::NotYet {
            return Err(not_started());
        }
        // Whoever was faster may know more already.
        let mut met = self.met();
        let gate = met.entry(import).or_insert_with(|| Gate {
            state: Arc::new(RwLock::new(state)),
            asked: Instant::now(),
        });
        Ok(Arc::clone(&gate.state))
    }

    /// Holds an import that was started as it is.
    pub(super) async fn hold(&self, log: &Log, import: ItemId) -> Result<Held, Problem> {
        let gate = self.of(log, import).await?;
        let state = Some(Arc::clone(&gate).read_owned().await);
        Ok(Held {
            import,
            gate,
            state,
        })
    }

    /// Whether rows came, or its end, in the last while.
    pub(crate) fn was_asked(&self, import: &str, within: Duration) -> bool {
        let met = self.met();
        let mut gates = met.iter().filter(|(id, _)| id.to_string() == import);
        gates.any(|(_, gate)| gate.asked.elapsed() < within)
    }

    fn met(&self) -> std::sync::MutexGuard<'_, BTreeMap<ItemId, Gate>> {
        // Nothing between lock and unlock can panic half way.
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An import that neither ends nor is opened again meanwhile, but by whoever holds it.
#[derive(Debug)]
pub(super) struct Held {
    import: ItemId,
    gate: Arc<RwLock<State>>,
    state: Option<OwnedRwLockReadGuard<State>>,
}

impl Held {
    /// Whether a row may be recorded: none is behind the end of its import.
    pub(super) fn is_open(&self) -> bool {
        let state = self.state.as_deref();
        state.is_some_and(|state| matches!(state, State::Open(_)))
    }

    /// Sees to it that rows may be recorded; `context` says who brings them.
    pub(super) async fn open(&mut self, log: &Log, context: Context) -> Result<(), Problem> {
        if self.is_open() {
            return Ok(());
        }
        // Whoever waits for the end of the others must not be one of them.
        self.state = None;
        let mut state = Arc::clone(&self.gate).write_owned().await;
        if !matches!(*state, State::Open(_)) {
            let command = Command::new(Subject::item(IMPORT, self.import), context);
            let reopen = |state: &State, _| decide(state, &ImportCommand::Reopen);
            let done = log.transact::<ImportLife, Refusal>(command, reopen).await;
            let done = done.map_err(|error| transact_problem(error, |it| import_problem(&it)))?;
            state.clone_from(&done.state);
        }
        self.state = Some(OwnedRwLockWriteGuard::downgrade(state));
        Ok(())
    }
}

fn not_started() -> Problem {
    Problem::refused("IMPORT_NOT_STARTED", "the import was not started")
        .with_field("import_id")
        .with_remedy("start the import first")
}
