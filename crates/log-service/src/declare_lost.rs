//! The end of a log, declared lost by an operator who cannot have it back. Nothing that is still somewhere
//! is thrown away unseen: what the stream has and the log can take is taken back first, and what else it
//! has is written to a file before the stream is removed.

mod keeping;

use std::path::PathBuf;

use futures::StreamExt;
use jiff::Timestamp;
use redress_envelope::{Actor, Record};
use redress_event_bus::{Bus, LookUpError, Place, StreamError, StreamSpan};
use redress_event_log::{LogConfig, Loss, TakeBack, TakeBackError, TakenBack};
use redress_service::Config;

use crate::bus::{self, BusError};
use crate::take_back::{TakeBackFault, compare};

/// What the operator says.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// How many records the log keeps: said, so that nobody declares more lost than was looked at, nor
    /// anything twice.
    pub records: Option<u64>,
    /// How many there had been, where others have seen more than the stream or the note beside the log
    /// know of.
    pub had: Option<u64>,
    pub reason: String,
    pub actor: Actor,
    pub time: Timestamp,
    /// NATS is not asked: it is gone, or its streams are.
    pub without_nats: bool,
}

/// Why nothing was declared.
#[derive(Debug, thiserror::Error)]
pub enum DeclareFault {
    #[error("it has {kept} records and had {had}: {} are lost", had - kept)]
    NotConfirmed { kept: u64, had: u64 },
    #[error("it has {kept} records, and nobody says that there had been more")]
    NothingLost { kept: u64 },
    #[error("the stream {stream} still has all {missing} records that the log lacks")]
    StreamHasThem { stream: String, missing: u64 },
    #[error("{lost} records cannot be declared lost at once, at most {MOST_LOST}")]
    TooMany { lost: u64 },
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// As where a tail is taken back.
    #[error(transparent)]
    Unfit(TakeBackFault),
    #[error(transparent)]
    LookUp(#[from] LookUpError),
    #[error("what the stream still has cannot be written to {}: {error}", path.display())]
    File {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error(transparent)]
    Log(#[from] TakeBackError),
}

/// Each place is kept by a record of its own.
const MOST_LOST: u64 = 1 << 24;

/// What became of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamLeft {
    /// It was removed, or there was none: the service makes it again.
    Gone,
    /// It has to be removed by hand.
    There { stream: String, why: String },
    /// Nobody was asked.
    Unknown { stream: String },
}

/// What was declared, and what was found out.
#[derive(Debug)]
pub struct DeclaredLost {
    pub log: TakenBack,
    /// It had been declared before, and only the stream was left to be removed.
    pub was_declared: bool,
    pub kept: u64,
    pub had: u64,
    /// What the stream still had of what is lost.
    pub file: Option<(PathBuf, u64)>,
    pub stream: StreamLeft,
}

/// What is known of a log before anything is declared.
struct Known {
    /// Records that the log has, or gets back from the stream.
    kept: u64,
    /// Records that there had been.
    had: u64,
    /// Where the stream is one of an earlier life: how many records that kept.
    left_over: Option<u64>,
}

impl Known {
    fn was_declared(&self) -> bool {
        self.left_over.is_some() && self.had == self.kept
    }

    /// How many records are kept where the declaration is made, or was.
    fn confirmed(&self) -> u64 {
        let before = self.left_over.filter(|_| self.was_declared());
        before.unwrap_or(self.kept)
    }

    fn confirm(&self, declaration: &Declaration) -> Result<(), DeclareFault> {
        let (kept, had) = (self.confirmed(), self.had);
        if !self.was_declared() && had == kept {
            return Err(DeclareFault::NothingLost { kept });
        }
        if declaration.records != Some(kept) {
            return Err(DeclareFault::NotConfirmed { kept, had });
        }
        let lost = had - kept;
        if lost > MOST_LOST {
            return Err(DeclareFault::TooMany { lost });
        }
        Ok(())
    }
}

/// Begins another life of a log without what it lost; nobody may have the log open.
pub async fn declare_lost(
    config: &Config,
    log: &LogConfig,
    declaration: &Declaration,
) -> Result<DeclaredLost, DeclareFault> {
    let place = Place::new(log.service.clone(), log.partition);
    let bus = if declaration.without_nats {
        None
    } else {
        bus::connect(config, &format!("redress-{}", log.service)).await?
    };
    let span = match &bus {
        Some(bus) => bus.event_span(&place).await?,
        None => None,
    };
    let asked = bus.as_ref().zip(span.as_ref());
    let mut back = tokio::task::block_in_place(|| TakeBack::begin(log))?;
    let known = look_at(asked, &place, &mut back, declaration).await?;
    known.confirm(declaration)?;
    let file = match asked {
        Some((bus, span)) => {
            let lost = known.left_over.unwrap_or(known.kept)..span.last;
            keeping::keep(bus, &place, span, lost, log).await?
        }
        None => None,
    };
    let declared = tokio::task::block_in_place(|| {
        if known.was_declared() {
            return back.finish(None);
        }
        back.declare_lost(&Loss {
            known_records: known.had,
            reason: declaration.reason.clone(),
            actor: declaration.actor.clone(),
            new_log: log.new_log_id,
            time: declaration.time,
        })
    })?;
    let stream = match (asked, &bus) {
        (Some((bus, span)), _) => remove(bus, &place, span).await,
        (None, Some(_)) => StreamLeft::Gone,
        (None, None) => StreamLeft::Unknown {
            stream: place.stream(&config.tenant),
        },
    };
    Ok(DeclaredLost {
        log: declared,
        was_declared: known.was_declared(),
        kept: known.confirmed(),
        had: known.had,
        file,
        stream,
    })
}

/// Takes back what follows on the log's end, and finds out what is lost then.
async fn look_at(
    asked: Option<(&Bus, &StreamSpan)>,
    place: &Place,
    back: &mut TakeBack,
    declaration: &Declaration,
) -> Result<Known, DeclareFault> {
    let (mut streamed, mut left_over) = (0, None);
    if let Some((bus, span)) = asked {
        left_over = left_over_from(span, back)?;
        if left_over.is_none() {
            let compared = compare(bus, place, span, back).await;
            compared.map_err(DeclareFault::Unfit)?;
            take(bus, place, span, back).await?;
            streamed = span.last;
        }
    }
    let (kept, noted) = (back.size(), back.noted().unwrap_or(0));
    let had = kept.max(streamed).max(noted);
    if let (Some((_, span)), true) = (asked, had == kept && kept > back.first()) {
        return Err(DeclareFault::StreamHasThem {
            stream: span.name.clone(),
            missing: kept - back.first(),
        });
    }
    Ok(Known {
        kept,
        had: had.max(declaration.had.unwrap_or(0)),
        left_over,
    })
}

/// Whether the stream is one of a life that is over, and how many records that kept.
fn left_over_from(span: &StreamSpan, back: &TakeBack) -> Result<Option<u64>, DeclareFault> {
    let lives = back.identity().lives();
    let found = span.lives.as_ref().map(|of| of.log);
    let mut earlier = lives.earlier.iter();
    if let Some(life) = earlier.find(|life| Some(life.log) == found) {
        return Ok(Some(life.records));
    }
    match &span.log {
        Some(other) if found != Some(lives.log) && !span.is_later_than(lives.log) => {
            Err(DeclareFault::Unfit(TakeBackFault::OtherLog {
                stream: span.name.clone(),
                found: other.clone(),
                own: lives.log.to_string(),
            }))
        }
        Some(_) | None => Ok(None),
    }
}

/// Whole commands, as far as the stream has them without a gap.
async fn take(
    bus: &Bus,
    place: &Place,
    span: &StreamSpan,
    back: &mut TakeBack,
) -> Result<(), DeclareFault> {
    let mut command = Vec::new();
    let missing = back.size()..span.last.max(back.size());
    let mut held = std::pin::pin!(bus.look_up_all(place, missing));
    while let Some(bytes) = held.next().await {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(LookUpError::Gone { .. }) => return Ok(()),
            Err(away @ LookUpError::Away { .. }) => return Err(away.into()),
        };
        let Ok(record) = Record::decode(&bytes) else {
            return Ok(());
        };
        command.push(bytes);
        if !record.command_end {
            continue;
        }
        for bytes in command.drain(..) {
            match back.take(bytes) {
                Err(TakeBackError::Unfit { .. }) if back.ends_command() => return Ok(()),
                taken => taken?,
            }
        }
    }
    Ok(())
}

async fn remove(bus: &Bus, place: &Place, span: &StreamSpan) -> StreamLeft {
    match bus.remove_event_stream(place, span).await {
        Ok(()) => StreamLeft::Gone,
        Err(error) => StreamLeft::There {
            stream: span.name.clone(),
            why: error.to_string(),
        },
    }
}
