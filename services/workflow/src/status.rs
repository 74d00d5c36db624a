//! What a workflow says of itself, for health checks and metrics.

use redress_view::ViewStatus;

use crate::complaint;
use crate::workflow::Workflow;

/// The state of a workflow's parts. Without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowStatus {
    /// Why the log has stopped for good.
    pub log_stopped: Option<String>,
    /// Why the vault has stopped for good.
    pub vault_stopped: Option<String>,
    /// Why another log is no longer followed.
    pub follower_stopped: Option<String>,
    /// How many records of each followed log are consumed, by `service/partition`.
    pub consumed: Vec<(String, u64)>,
    /// Reactions that failed and were not done since; unknown while the view is not readable.
    /// `ListFailedReactions` says which and why.
    pub failed_reactions: Option<u64>,
    pub views: Vec<ViewStatus>,
}

impl Workflow {
    pub async fn status(&self) -> WorkflowStatus {
        let inner = &self.inner;
        let mut views = Vec::new();
        for view in self.views() {
            views.push(view.status().await);
        }
        let consumed = inner.consumed();
        // Before the rest: what is borrowed below must not be held while this waits.
        let failed_reactions = complaint::failed_reactions(&inner.complaints).await;
        WorkflowStatus {
            log_stopped: inner.log.watch_stopped().borrow().clone(),
            vault_stopped: inner.vault_stopped.borrow().clone(),
            follower_stopped: inner.follower_stopped.borrow().clone(),
            consumed: consumed
                .iter()
                .map(|it| (it.place().to_owned(), it.count()))
                .collect(),
            failed_reactions,
            views,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles only if it is.
    fn can_be_spawned<F: Future + Send>(_: fn(&'static Workflow) -> F) {}

    #[test]
    fn the_status_can_be_asked_from_any_thread() {
        can_be_spawned(Workflow::status);
    }
}
