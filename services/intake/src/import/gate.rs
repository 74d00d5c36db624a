//! Whether rows may come in: an import's state, held still while rows are under way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redress_envelope::{ItemId, Subject};
use redress_event_log::Log;
use redress_feedback::import::State;
use redress_log_service::load_problem;
use redress_service::Problem;
use tokio::sync::RwLock;

use crate::import::IMPORT;
use crate::life::ImportLife;

/// The imports that this process has met. Rows hold their import's gate open, so that none is
/// recorded behind the end of its import.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    met: Mutex<BTreeMap<ItemId, Gate>>,
}

#[derive(Debug)]
struct Gate {
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

fn not_started() -> Problem {
    Problem::refused("IMPORT_NOT_STARTED", "the import was not started")
        .with_field("import_id")
        .with_remedy("start the import first")
}
