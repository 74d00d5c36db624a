//! A request on its way to a decision, and the answer on its way back.

use std::fmt::Write as _;

use redress_envelope::Context;
use redress_event_log::{Done, Log};
use redress_service::{Caller, Ids, Problem, request_id};
use redress_wire::Message;
use redress_wire::log::v1::Recorded;
use redress_wire::time_to_wire;
use sha2::{Digest, Sha256};
use tonic::metadata::MetadataMap;

use crate::etag::etag;

/// What the records of a request's command have in common.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub context: Context,
    pub request_id: String,
}

/// Reads who asks from the metadata, and fixes which request this is by its id and its body.
///
/// The body holds people's words, and its digest stands in the record for ever: `keyed` makes of it
/// what nobody without the vault's key can hold a guess against.
pub fn prepare(
    metadata: &MetadataMap,
    given_request_id: &str,
    request: &impl Message,
    method: &str,
    ids: &dyn Ids,
    keyed: impl FnOnce(&str) -> String,
) -> Result<Prepared, Problem> {
    let request_id = request_id(given_request_id, ids)?;
    let caller = Caller::from_metadata(metadata)?;
    let context = caller.context(
        Some(request_id.clone()),
        Some(keyed(&digest(method, request))),
    );
    Ok(Prepared {
        context,
        request_id,
    })
}

/// SHA-256 over the method and the request's protobuf bytes, cut to 128 bits, as hex. Maps are
/// encoded in the order of their keys, so one request has one encoding. Only for what is not kept:
/// see [`prepare`].
pub fn digest(method: &str, request: &impl Message) -> String {
    let mut digest = Sha256::new();
    digest.update((method.len() as u64).to_be_bytes());
    digest.update(method.as_bytes());
    digest.update(request.encode_to_vec());
    hex(&digest.finalize()[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a command left behind, as clients are told.
pub fn recorded<S>(log: &Log, done: &Done<S>, request_id: String) -> Recorded {
    Recorded {
        etag: etag(done.version),
        version: done.version,
        token: log.token(done.size).to_string(),
        already_done: done.repeated || done.records.is_empty(),
        request_id,
        recorded_at: done.records.last().map(|record| time_to_wire(record.time)),
    }
}
