//! Every id and every keyed hash that intake makes. They stand in records, so none of this may ever
//! change.

use std::sync::Arc;

use redress_envelope::ItemId;
use redress_feedback::is_source;
use redress_service::Problem;
use redress_vault::{SubjectId, Vault};

/// Makes ids and keyed hashes for one tenant and partition.
#[derive(Debug, Clone)]
pub struct Names {
    vault: Arc<Vault>,
    tenant: String,
    partition: u16,
}

/// The name of a message from outside: the system that it comes from, and its id there.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) source: String,
    /// Within which the id is unique: what a `CloudEvent` calls its source.
    pub(crate) space: Option<String>,
    pub(crate) id: String,
}

impl Names {
    pub(crate) fn new(vault: Arc<Vault>, tenant: String, partition: u16) -> Self {
        Self {
            vault,
            tenant,
            partition,
        }
    }

    /// Keyed hash of the digest of a request's body.
    pub(crate) fn request(&self, digest: &str) -> String {
        self.vault.keyed_hash("request body", &[digest])
    }

    /// The id of the feedback that came with a request.
    pub fn item_of_request(&self, request_id: &str) -> ItemId {
        ItemId::derived(
            self.partition,
            "feedback from request",
            &[&self.tenant, request_id],
        )
    }

    /// The id of the feedback that has an id of its own elsewhere, from [`reference`](Self::reference).
    pub fn item_of_reference(&self, reference: &str) -> ItemId {
        ItemId::derived(
            self.partition,
            "feedback from inbound key",
            &[&self.tenant, reference],
        )
    }

    /// Keyed hash of an id in another system.
    pub fn reference(&self, system: &str, id: &str) -> String {
        self.vault.keyed_hash("external reference", &[system, id])
    }

    /// Keyed hash of that within which ids of another system are unique.
    pub(crate) fn source(&self, system: &str, source: &str) -> String {
        let parts = [system, source];
        self.vault
            .keyed_hash("source of external references", &parts)
    }

    /// Keyed hash of the organisation's own reference of a customer.
    pub fn customer(&self, reference: &str) -> String {
        self.vault.keyed_hash("customer reference", &[reference])
    }

    /// Keyed hash of one report about an item: as the inbound key of a row, and as the digest that
    /// an event carries.
    pub fn report(&self, source: &str, id: &str, digest: &str) -> String {
        self.vault.keyed_hash("inbound row", &[source, id, digest])
    }

    /// Inbound key of a message: through which door, from whom, and its id there. `space` is within
    /// which the sender's ids are unique, where the sender says so.
    pub fn message(&self, door: &str, source: &str, space: Option<&str>, id: &str) -> String {
        let space = space.unwrap_or_default();
        let parts = [door, source, space, id];
        self.vault.keyed_hash("inbound message", &parts)
    }

    /// Inbound key of a message that has no id but its place among those that came.
    pub(crate) fn message_without_id(&self, door: &str, source: &str, place: &str) -> String {
        let parts = [door, source, place];
        self.vault.keyed_hash("inbound message without id", &parts)
    }

    /// Keyed hash of what a message says, in the parts that say it; `form` is how they are read, so
    /// that no two forms ever have the same.
    pub(crate) fn content(&self, form: &str, parts: &[&str]) -> String {
        let parts = [&[form], parts].concat();
        self.vault.keyed_hash("inbound content", &parts)
    }

    /// Under which id a message is kept that cannot be accepted: by its inbound key, and the keyed
    /// hash of what it says.
    pub(crate) fn rejected(&self, key: &str, content: &str) -> ItemId {
        let parts = [&self.tenant, key, content];
        ItemId::derived(self.partition, "rejected input", &parts)
    }

    /// The import of a file, by what names it.
    pub fn import_of_file(&self, format: &str, source: &str, rules: &str, digest: &str) -> ItemId {
        let parts = [&self.tenant, format, source, rules, digest];
        ItemId::derived(self.partition, "import of file", &parts)
    }

    /// The import that came with a request, where no file is named.
    pub fn import_of_request(&self, request_id: &str) -> ItemId {
        ItemId::derived(
            self.partition,
            "import from request",
            &[&self.tenant, request_id],
        )
    }

    /// Under whose key an item's words are sealed: the customer's, where they are known.
    pub(crate) fn subject(&self, item: ItemId, customer_reference: Option<&str>) -> SubjectId {
        match customer_reference {
            Some(reference) => self.vault.subject_for(reference),
            None => self.vault.subject_of_item(&item.to_string()),
        }
    }

    /// Ties a page token to its question. Keyed, because the question can name a customer.
    pub(crate) fn question(&self, digest: &str) -> String {
        self.vault.keyed_hash("page of feedback", &[digest])
    }
}

const MAX_ID_CHARS: usize = 200;

impl Origin {
    /// Checks both parts; the id loses the blanks around it.
    pub(crate) fn new(source: String, id: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let found = problems.len();
        let id = id.trim();
        if source.is_empty() {
            problems.push(required("inbound_key.source"));
        } else if let Err(expected) = is_source(&source) {
            let why = format!("it is not {expected}");
            problems.push(
                Problem::invalid("FIELD_MALFORMED", "inbound_key.source", why)
                    .with_remedy(format!("write it as {expected}")),
            );
        }
        if id.is_empty() {
            problems.push(required("inbound_key.id"));
        } else {
            line("inbound_key.id", id, problems);
        }
        (problems.len() == found).then(|| Self {
            source,
            space: None,
            id: id.to_owned(),
        })
    }

    /// The same, of an id that is unique within what its sender calls its own source.
    pub(crate) fn within(mut self, space: Option<&str>, problems: &mut Vec<Problem>) -> Self {
        if let Some(space) = space {
            line("source", space, problems);
            self.space = Some(space.to_owned());
        }
        self
    }
}

fn line(field: &str, text: &str, problems: &mut Vec<Problem>) {
    if text.chars().count() > MAX_ID_CHARS {
        problems.push(
            Problem::invalid("FIELD_TOO_LONG", field, "it is too long")
                .with_fact("max_chars", MAX_ID_CHARS.to_string())
                .with_remedy(format!("shorten it to {MAX_ID_CHARS} characters")),
        );
    } else if text.chars().any(char::is_control) {
        let why = "it contains a control character";
        problems.push(
            Problem::invalid("FIELD_CONTROL_CHARACTER", field, why)
                .with_remedy("remove control characters"),
        );
    }
}

pub(crate) fn required(field: &str) -> Problem {
    Problem::invalid("FIELD_REQUIRED", field, format!("`{field}` is missing"))
        .with_remedy("give it a value")
}
