//! Streams where a server, or an account, has less room than they may take.
//!
//! An event stream is a window: what it has not got is read from the log's owner. So one that keeps less
//! is better than none. The inbox discards nothing either way: it refuses sooner what comes too much.

use std::fmt;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::{Config, Info};

use super::{StreamError, StreamSpan, refused};
use crate::connection::Bus;

/// Of the room that is there a stream takes such a part, because there are three more.
const PARTS: i64 = 4;
/// What no stream goes below.
const LEAST_BYTES: i64 = 16 << 20;

/// A stream that keeps less than the settings ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowed {
    pub stream: String,
    pub max_bytes: u64,
    /// As the settings say.
    pub wanted_bytes: u64,
}

impl fmt::Display for Narrowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes >> 20;
        let (stream, keeps, wanted) = (&self.stream, mib(self.max_bytes), mib(self.wanted_bytes));
        write!(
            f,
            "the stream {stream} keeps {keeps} MiB and not {wanted}: NATS has too little room"
        )
    }
}

impl StreamSpan {
    pub(super) fn narrowed(found: &Config, wanted: &Config) -> Option<Narrowed> {
        is_narrower(found, wanted).then(|| Narrowed {
            stream: found.name.clone(),
            max_bytes: found.max_bytes.unsigned_abs(),
            wanted_bytes: wanted.max_bytes.unsigned_abs(),
        })
    }
}

/// Whether it has a limit, and a smaller one.
fn is_narrower(found: &Config, wanted: &Config) -> bool {
    (1..wanted.max_bytes).contains(&found.max_bytes)
}

/// How a stream comes by its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// Somebody has said it: it is taken where there is room for it, whatever that leaves.
    Said,
    /// Nobody has: it is taken where there is room for the other streams, too.
    Usual,
}

impl Size {
    /// What there has to be room for.
    fn of(self, wanted: &Config) -> i64 {
        match self {
            Self::Said => wanted.max_bytes,
            Self::Usual => wanted.max_bytes.saturating_mul(PARTS),
        }
    }
}

impl Bus {
    /// Makes a stream. Where there is no room for all that it may keep, one that keeps less, and leaves
    /// room for the others.
    pub(super) async fn make_fitting(
        &self,
        wanted: &Config,
        size: Size,
    ) -> Result<Info, StreamError> {
        let mut tried = wanted.clone();
        tried.max_bytes = size.of(wanted);
        let least = LEAST_BYTES.min(wanted.max_bytes);
        loop {
            match self.make(&tried).await {
                Ok(info) if tried.max_bytes == wanted.max_bytes && size == Size::Said => {
                    return Ok(info);
                }
                Ok(info) => {
                    let part = (tried.max_bytes / PARTS).max(least);
                    return self.resize(info, part.min(wanted.max_bytes)).await;
                }
                Err(error) => {
                    if !has_no_room(&error) || tried.max_bytes <= least {
                        return Err(refused_or_away(&wanted.name, &error));
                    }
                    tried.max_bytes = (tried.max_bytes / 2).max(least);
                }
            }
        }
    }

    async fn resize(&self, info: Info, max_bytes: i64) -> Result<Info, StreamError> {
        let fitting = Config {
            max_bytes,
            ..info.config
        };
        let updated = self.context().update_stream(&fitting).await;
        updated.map_err(|error| refused_or_away(&fitting.name, &error))
    }

    /// Gives a stream that is there the limits that the settings ask for. Where there is no room for
    /// them it keeps its own size.
    pub(super) async fn refit(
        &self,
        info: Info,
        fitting: Config,
        size: Size,
    ) -> Result<Info, StreamError> {
        let (own, grown) = (info.config.max_bytes, fitting.max_bytes);
        let can_stay = is_narrower(&info.config, &fitting);
        let tried = Config {
            max_bytes: if can_stay { size.of(&fitting) } else { grown },
            ..fitting
        };
        match self.context().update_stream(&tried).await {
            Ok(updated) if tried.max_bytes == grown => Ok(updated),
            Ok(updated) => self.resize(updated, grown).await,
            Err(error) if can_stay && has_no_room(&error) => {
                let same_size = Config {
                    max_bytes: own,
                    ..tried
                };
                let updated = self.context().update_stream(&same_size).await;
                updated.map_err(|error| refused(&same_size.name, &error))
            }
            Err(error) => Err(refused(&tried.name, &error)),
        }
    }
}

/// The server, the account, or every server of a cluster.
fn has_no_room(error: &CreateStreamError) -> bool {
    let CreateStreamErrorKind::JetStream(error) = error.kind() else {
        return false;
    };
    [
        ErrorCode::STORAGE_RESOURCES_EXCEEDED,
        ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
        ErrorCode::INSUFFICIENT_RESOURCES,
        ErrorCode::STREAM_MAX_STREAM_BYTES_EXCEEDED,
        ErrorCode::CLUSTER_NO_PEERS,
    ]
    .contains(&error.error_code())
}

fn refused_or_away(stream: &str, error: &CreateStreamError) -> StreamError {
    if has_no_room(error) || super::is_refusal(&error.kind()) {
        return refused(stream, error);
    }
    StreamError::Away {
        stream: stream.to_owned(),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_without_a_limit_is_not_narrower() {
        let of = |max_bytes| Config {
            max_bytes,
            ..Config::default()
        };
        assert_eq!(StreamSpan::narrowed(&of(-1), &of(100)), None);
        assert_eq!(StreamSpan::narrowed(&of(100), &of(100)), None);
        assert_eq!(StreamSpan::narrowed(&of(200), &of(100)), None);
        let narrowed = StreamSpan::narrowed(&of(64 << 20), &of(20 << 30)).unwrap();
        assert!(narrowed.to_string().contains("keeps 64 MiB and not 20480"));
    }
}
