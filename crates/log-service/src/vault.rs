//! What went wrong in a vault, as clients are told.

use redress_service::{Kind, Problem};
use redress_vault::VaultError;
use tokio::sync::watch;

/// `field` is where the words came from. A failure that ends the vault is noted in `stopped`: the
/// process has to end too.
pub fn vault_problem(
    error: &VaultError,
    field: &'static str,
    stopped: &watch::Sender<Option<String>>,
) -> Problem {
    match error {
        VaultError::TooLarge { .. } => {
            let why = format!("the {field} is too large");
            Problem::invalid("FIELD_TOO_LARGE", field, why)
                .with_remedy("send shorter texts or smaller attachments")
        }
        VaultError::DiskFull(_) => Problem::unavailable("DISK_FULL", "the vault's disk is full")
            .with_remedy("free some space on the server's disk; nothing was recorded"),
        VaultError::Entropy(_) => {
            Problem::unavailable("NO_RANDOM_BYTES", "the machine gives no random bytes")
        }
        VaultError::Stopped(_) | VaultError::Store(_) | VaultError::Keys(_) => {
            stopped.send_if_modified(|stopped| {
                let first = stopped.is_none();
                if first {
                    tracing::error!(%error, "the vault has stopped");
                    *stopped = Some(error.to_string());
                }
                first
            });
            Problem::unavailable("VAULT_STOPPED", "the vault has stopped")
                .with_remedy("start the service again; repeat the command with its request_id")
        }
        VaultError::Id(_)
        | VaultError::Damaged { .. }
        | VaultError::NotAsCommitted { .. }
        | VaultError::SubjectKey { .. } => {
            tracing::error!(%error, "a vault entry cannot be read");
            content_damaged("the sealed words cannot be read")
        }
        VaultError::Unswept(_) => Problem::internal(error.to_string()),
    }
}

/// Words that the vault does not have, although they were sealed.
pub fn content_lost(what: &'static str) -> Problem {
    let why = format!("{what} lost: the vault does not have it");
    Problem::new(Kind::DataLoss, "CONTENT_LOST", why)
        .with_remedy("restore the vault and its keys from a copy of one time, where there is one")
}

/// Words that are there and cannot be read.
pub fn content_damaged(why: &'static str) -> Problem {
    Problem::new(Kind::DataLoss, "CONTENT_DAMAGED", why)
        .with_remedy("restore the vault and its keys from a copy of one time")
}
