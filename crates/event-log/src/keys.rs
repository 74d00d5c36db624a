//! By what a record can be found: its stream, its request, its message from outside.

use redress_envelope::{Context, Record, Subject};
use sha2::{Digest, Sha256};

/// What kind of key a hash stands for. The numbers are part of the segment format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Stream = 0,
    Request = 1,
    Inbound = 2,
}

pub(crate) const KEY_KINDS: [KeyKind; 3] = [KeyKind::Stream, KeyKind::Request, KeyKind::Inbound];

/// The first eight bytes of SHA-256 over the kind and the text. A hash only proposes a record: who
/// looks something up compares the record's own text.
pub(crate) fn key_hash(kind: KeyKind, text: &str) -> u64 {
    let mut digest = Sha256::new();
    digest.update([kind as u8]);
    digest.update(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finalize()[..8]);
    u64::from_be_bytes(first)
}

/// The hashes under which one record is indexed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordKeys {
    pub(crate) stream: u64,
    /// Only on the first record of a command.
    pub(crate) request: Option<u64>,
    pub(crate) inbound: Option<u64>,
}

impl RecordKeys {
    pub(crate) fn of(record: &Record, starts_command: bool) -> Self {
        let stream = key_hash(KeyKind::Stream, record.subject.as_str());
        Self {
            stream,
            ..Self::of_context(&record.context, starts_command)
        }
    }

    /// The keys of a command, and so of its first record.
    pub(crate) fn of_command(subject: &Subject, context: &Context) -> Self {
        let stream = key_hash(KeyKind::Stream, subject.as_str());
        Self {
            stream,
            ..Self::of_context(context, true)
        }
    }

    /// The keys of the records that follow the first of a command.
    pub(crate) fn without_command(self) -> Self {
        Self {
            request: None,
            inbound: None,
            ..self
        }
    }

    fn of_context(context: &Context, starts_command: bool) -> Self {
        let first = |kind, text: &Option<String>| {
            text.as_ref()
                .filter(|_| starts_command)
                .map(|text| key_hash(kind, text))
        };
        Self {
            stream: 0,
            request: first(KeyKind::Request, &context.request_id),
            inbound: first(KeyKind::Inbound, &context.inbound_key),
        }
    }

    pub(crate) fn of_kind(&self, kind: KeyKind) -> Option<u64> {
        match kind {
            KeyKind::Stream => Some(self.stream),
            KeyKind::Request => self.request,
            KeyKind::Inbound => self.inbound,
        }
    }
}
