//! The end of a log, taken back from its stream: for an operator whose log was restored from something
//! older.

use futures::StreamExt;
use redress_event_bus::{Bus, LookUpError, Place, StreamError, StreamSpan};
use redress_event_log::{LogConfig, TakeBack, TakeBackError};
use redress_evidence::Hash;
use redress_service::Config;

use crate::bus::{self, BusError};
use crate::words::{self, Words, WordsError};

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum TakeBackFault {
    #[error("no NATS server is named")]
    NoBus,
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error("there is no stream {0}")]
    NoStream(String),
    #[error("the stream {stream} holds the records of the log {found}, and this is {own}")]
    OtherLog {
        stream: String,
        found: String,
        own: String,
    },
    #[error("the stream {stream} holds another record at {position} than the log")]
    Disagrees { stream: String, position: u64 },
    #[error(transparent)]
    LookUp(#[from] LookUpError),
    #[error(transparent)]
    Log(#[from] TakeBackError),
}

/// What was taken back, and what else was found out.
#[derive(Debug)]
pub struct TakenBack {
    pub log: redress_event_log::TakenBack,
    pub stream: String,
    /// Whether the stream still holds the last record that the log has, and it is the same. Where it is
    /// not there nothing but the log's id says that the two are one history.
    pub is_compared: bool,
    /// The sealed words that the records refer to; an error where the vault cannot be asked.
    pub words: Result<Words, WordsError>,
}

/// Appends what the stream of a log holds behind the log's end; nobody may have the log open.
/// `progress` is told how many there are, and then how many were read.
pub async fn take_back(
    config: &Config,
    log: &LogConfig,
    expected_root: Option<Hash>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<TakenBack, TakeBackFault> {
    // Who asks says so by the same login as the service: it may read its own stream.
    let name = format!("redress-{}", log.service);
    let connected = bus::connect(config, &name).await?;
    let bus = connected.ok_or(TakeBackFault::NoBus)?;
    let place = Place::new(log.service.clone(), log.partition);
    let span = bus.event_span(&place).await?;
    let span = span.ok_or_else(|| TakeBackFault::NoStream(place.stream(&config.tenant)))?;
    let mut back = tokio::task::block_in_place(|| TakeBack::begin(log))?;
    must_be_its(&span, &back)?;
    let is_compared = compare(&bus, &place, &span, &back).await?;

    let missing = back.size()..span.last.max(back.size());
    let (first, records) = (missing.start, missing.end - missing.start);
    progress(records, 0);
    let mut referred = words::Referred::default();
    let mut held = std::pin::pin!(bus.look_up_all(&place, missing));
    while let Some(bytes) = held.next().await {
        let bytes = bytes?;
        referred.by(&bytes);
        back.take(bytes)?;
        progress(records, back.size() - first);
    }
    let taken = tokio::task::block_in_place(|| back.finish(expected_root))?;
    Ok(TakenBack {
        words: tokio::task::block_in_place(|| referred.look_up(config, log)),
        log: taken,
        stream: span.name,
        is_compared,
    })
}

fn must_be_its(span: &StreamSpan, back: &TakeBack) -> Result<(), TakeBackFault> {
    let own = back.identity().log.to_string();
    match &span.log {
        // What a later life recorded follows on what this one kept.
        Some(found) if *found != own && !span.is_later_than(back.identity().log) => {
            Err(TakeBackFault::OtherLog {
                stream: span.name.clone(),
                found: found.clone(),
                own,
            })
        }
        Some(_) | None => Ok(()),
    }
}

/// Two histories that have parted never meet again: each record says when it was written and what it
/// is called. So the last record that both have stands for all before it.
pub(crate) async fn compare(
    bus: &Bus,
    place: &Place,
    span: &StreamSpan,
    back: &TakeBack,
) -> Result<bool, TakeBackFault> {
    let common = back.size().min(span.last);
    let (Some(last), true) = (back.last(), common == back.size() && span.messages > 0) else {
        return Ok(false);
    };
    let position = common - 1;
    match bus.look_up(place, position).await {
        Ok(held) if held == *last => Ok(true),
        Ok(_) => Err(TakeBackFault::Disagrees {
            stream: span.name.clone(),
            position,
        }),
        Err(LookUpError::Gone { .. }) => Ok(false),
        Err(away @ LookUpError::Away { .. }) => Err(away.into()),
    }
}
