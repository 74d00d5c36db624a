//! Streams: made where they are missing, and checked whenever they are used. A server leaves out what
//! it does not know without a word, and an operator can have made a stream by hand: what counts is
//! the configuration that the server gives back.

mod check;
mod lives;
mod look_up;
mod remove;
mod room;
mod wanted;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{
    CreateStreamError, CreateStreamErrorKind, GetStreamErrorKind,
};
use async_nats::jetstream::stream::{Config, Info};
use redress_envelope::LogId;
use redress_event_log::Lives;

pub use look_up::LookUpError;
pub use room::Narrowed;
use room::Size;

use lives::LOG_KEY;

use crate::config::EventLimits;
use crate::connection::Bus;
use crate::names::{Place, inbox_stream};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// Nobody can say now.
    #[error("the stream {stream} cannot be asked for: {why}")]
    Away { stream: String, why: String },
    #[error("the stream {stream} is not as it must be: {}", differences.join("; "))]
    Mismatch {
        stream: String,
        /// Each: what it is, and what it should be.
        differences: Vec<String>,
    },
    /// What was lost of its log was declared so, and it could not be removed then; or it is another's.
    #[error(
        "the stream {stream} holds the records of the log {found}, which is now {expected}; once \
         nobody needs them, delete the stream by hand: it is made again"
    )]
    OtherLog {
        stream: String,
        expected: LogId,
        found: String,
    },
    #[error("NATS refused to make the stream {stream}: {why}")]
    Refused { stream: String, why: String },
}

/// A stream as it was when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSpan {
    pub name: String,
    pub messages: u64,
    /// The sequence of the first message that it still has, or would get.
    pub first: u64,
    /// The sequence of the last message that it ever got.
    pub last: u64,
    /// The log whose records it holds, as it says itself.
    pub log: Option<String>,
    /// The same with the lives before it.
    pub lives: Option<Lives>,
    /// Where it keeps less than it may, because there is no room.
    pub narrowed: Option<Narrowed>,
}

impl StreamSpan {
    fn of(info: &Info) -> Self {
        Self {
            name: info.config.name.clone(),
            messages: info.state.messages,
            first: info.state.first_sequence,
            last: info.state.last_sequence,
            log: info.config.metadata.get(LOG_KEY).cloned(),
            lives: lives::read(&info.config.metadata),
            narrowed: None,
        }
    }

    /// Whether it holds records of a life that came after all of these: then the log of these was restored
    /// from something older.
    pub fn is_later_than(&self, log: LogId) -> bool {
        let lives = self.lives.as_ref();
        lives.is_some_and(|lives| lives.earlier.iter().any(|life| life.log == log))
    }

    /// Of a stream that was checked but for its size, where that is smaller.
    fn checked(info: &Info, wanted: &Config) -> Result<Self, StreamError> {
        let narrowed = Self::narrowed(&info.config, wanted);
        let fitting = Config {
            max_bytes: narrowed
                .as_ref()
                .map_or(wanted.max_bytes, |_| info.config.max_bytes),
            ..wanted.clone()
        };
        check::same(&fitting, &info.config)?;
        let span = Self::of(info);
        Ok(Self { narrowed, ..span })
    }
}

impl Bus {
    /// The event stream of a log, if it is there, without a look at how it is kept.
    pub async fn event_span(&self, place: &Place) -> Result<Option<StreamSpan>, StreamError> {
        let name = place.stream(&self.config().tenant);
        Ok(self.find(&name).await?.as_ref().map(StreamSpan::of))
    }

    /// The event stream of a log, checked. Where it is missing it is made, so that its first message
    /// will be the record at `first_position`.
    pub async fn event_stream(
        &self,
        place: &Place,
        lives: &Lives,
        first_position: u64,
    ) -> Result<StreamSpan, StreamError> {
        let wanted = wanted::events(self.config(), place, lives);
        let size = match self.config().events.max_bytes {
            EventLimits::USUAL => Size::Usual,
            _ => Size::Said,
        };
        // Two that look for room at a time would take it from each other.
        let _alone = self.making().await;
        let info = if let Some(info) = self.find(&wanted.name).await? {
            info
        } else {
            let first = Config {
                first_sequence: (first_position > 0).then_some(first_position + 1),
                ..wanted.clone()
            };
            tracing::info!(stream = wanted.name, first_position, "making the stream");
            self.make_fitting(&first, size).await?
        };
        must_be_of(&info, lives.log)?;
        let info = self.fit_limits(info, &wanted, size).await?;
        StreamSpan::checked(&info, &wanted)
    }

    /// The inbox of this installation, made where it is missing, and checked.
    pub async fn inbox_stream(&self) -> Result<StreamSpan, StreamError> {
        let wanted = wanted::inbox(self.config());
        let _alone = self.making().await;
        let info = match self.find(&inbox_stream(&self.config().tenant)).await? {
            Some(info) => info,
            None => self.make_fitting(&wanted, Size::Said).await?,
        };
        let span = StreamSpan::checked(&info, &wanted)?;
        if let Some(narrowed) = &span.narrowed {
            tracing::warn!(%narrowed, "the inbox refuses sooner what comes too much");
        }
        Ok(span)
    }

    /// An event stream is a window: where the settings ask for another size, it is given that.
    async fn fit_limits(
        &self,
        info: Info,
        wanted: &Config,
        size: Size,
    ) -> Result<Info, StreamError> {
        let limits = |config: &Config| (config.max_age, config.max_bytes, config.num_replicas);
        if limits(&info.config) == limits(wanted) {
            return Ok(info);
        }
        let fitting = Config {
            max_age: wanted.max_age,
            max_bytes: wanted.max_bytes,
            num_replicas: wanted.num_replicas,
            duplicate_window: info.config.duplicate_window.min(wanted.max_age),
            ..info.config.clone()
        };
        self.refit(info, fitting, size).await
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Option<Info>, StreamError> {
        if !self.is_connected() {
            return Err(StreamError::Away {
                stream: name.to_owned(),
                why: self.state().to_string(),
            });
        }
        match self.context().get_stream(name).await {
            Ok(stream) => Ok(Some(stream.cached_info().clone())),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(it)
                    if it.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                GetStreamErrorKind::JetStream(_)
                | GetStreamErrorKind::Request
                | GetStreamErrorKind::EmptyName
                | GetStreamErrorKind::InvalidStreamName => Err(StreamError::Away {
                    stream: name.to_owned(),
                    why: error.to_string(),
                }),
            },
        }
    }

    async fn make(&self, config: &Config) -> Result<Info, CreateStreamError> {
        let stream = self.context().create_stream(config).await?;
        Ok(stream.cached_info().clone())
    }
}

fn must_be_of(info: &Info, log: LogId) -> Result<(), StreamError> {
    match info.config.metadata.get(LOG_KEY) {
        Some(found) if *found != log.to_string() => Err(StreamError::OtherLog {
            stream: info.config.name.clone(),
            expected: log,
            found: found.clone(),
        }),
        Some(_) | None => Ok(()),
    }
}

fn is_refusal(kind: &CreateStreamErrorKind) -> bool {
    match kind {
        // Another process can have made it in the meantime: look again.
        CreateStreamErrorKind::JetStream(error) => {
            error.error_code() != ErrorCode::STREAM_NAME_EXIST && error.code() != 503
        }
        CreateStreamErrorKind::EmptyStreamName
        | CreateStreamErrorKind::InvalidStreamName
        | CreateStreamErrorKind::DomainAndExternalSet => true,
        CreateStreamErrorKind::JetStreamUnavailable
        | CreateStreamErrorKind::TimedOut
        | CreateStreamErrorKind::Response
        | CreateStreamErrorKind::NotFound
        | CreateStreamErrorKind::ResponseParse => false,
    }
}

fn refused(stream: &str, error: &dyn std::fmt::Display) -> StreamError {
    StreamError::Refused {
        stream: stream.to_owned(),
        why: error.to_string(),
    }
}
