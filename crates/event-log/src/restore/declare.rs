//! A log that goes on without its end: what was lost is declared, as its first record of another life.

use bytes::Bytes;
use jiff::Timestamp;
use redress_envelope::{Actor, Context, LogId, Record, Subject, stamp};

use super::take_back::{TakeBack, TakeBackError, TakenBack};
use crate::head_note;
use crate::identity::Identity;
use crate::lost::{LOG_STREAMS, LogEvent, RecordLost, TailLost};
use crate::shared::{Head, LogConfig};

/// What an operator declares.
#[derive(Debug, Clone)]
pub struct Loss {
    /// How many records there had been: more than the log has.
    pub known_records: u64,
    pub reason: String,
    pub actor: Actor,
    /// The id of the life that begins.
    pub new_log: LogId,
    /// What the clock on the wall says.
    pub time: Timestamp,
}

impl TakeBack {
    /// Begins another life of the log behind the records that it has by now, and keeps the places of those
    /// that are lost: in one step, as [`finish`](TakeBack::finish). Answers with the log as it is then.
    pub fn declare_lost(mut self, loss: &Loss) -> Result<TakenBack, TakeBackError> {
        let (taken, kept) = (self.size() - self.first, self.size());
        if !self.chain.ends_command {
            let position = kept.saturating_sub(1);
            return Err(TakeBackError::HalfCommand { position });
        }
        if loss.known_records <= kept {
            return Err(TakeBackError::NothingLost { records: kept });
        }
        let time = stamp(loss.time, self.chain.time);
        let begins = LogEvent::TailLost(TailLost {
            previous_log: self.identity.log,
            records: kept,
            known_records: loss.known_records,
            reason: loss.reason.clone(),
        });
        let first = record(loss, &self.identity, (kept, 0), time, &begins)?;
        self.append(first)?;
        let in_its_place = LogEvent::RecordLost(RecordLost {});
        for position in kept + 1..loss.known_records {
            let place = (position, position - kept);
            let next = record(loss, &self.identity, place, time, &in_its_place)?;
            self.append(next)?;
        }
        // The chain has followed, as it would follow an export of these records.
        let identity = self.write_identity()?;
        self.blocks.flush(self.store.as_ref())?;
        drop(self.store);
        let config = LogConfig {
            folder: self.folder.clone(),
            ..self.aside.config.clone()
        };
        self.aside.exchange(&self.folder)?;
        let root = self.chain.frontier.root();
        let head = Head {
            size: self.chain.frontier.len(),
            root,
            time: self.chain.time,
        };
        head_note::write(&config, &head);
        drop(self.lock);
        Ok(TakenBack {
            identity,
            first: self.first,
            records: taken,
            root,
        })
    }

    /// As [`take`](TakeBack::take), where the note of the last head says nothing any more.
    fn append(&mut self, bytes: Bytes) -> Result<(), TakeBackError> {
        let position = self.size();
        let pushed = self.chain.push(&bytes);
        pushed.map_err(|why| TakeBackError::Unfit { position, why })?;
        Ok(self.blocks.put(self.store.as_ref(), bytes)?)
    }
}

/// A record of the log's own stream.
fn record(
    loss: &Loss,
    of: &Identity,
    (position, version): (u64, u64),
    time: Timestamp,
    event: &LogEvent,
) -> Result<Bytes, TakeBackError> {
    let unwritable = |why: &dyn std::fmt::Display| TakeBackError::Unwritable {
        position,
        why: why.to_string(),
    };
    let draft = event.encode().map_err(|error| unwritable(&error))?;
    let subject = Subject::new(LOG_STREAMS, &loss.new_log.to_string());
    let record = Record {
        service: of.service.clone(),
        log: loss.new_log,
        tenant: of.tenant.clone(),
        partition: of.partition,
        position,
        subject: subject.map_err(|error| unwritable(&error))?,
        version,
        time,
        kind: draft.kind.to_owned(),
        command_end: true,
        context: Context::by(loss.actor.clone()),
        data: draft.data,
    };
    let bytes = record.encode().map_err(|error| unwritable(&error))?;
    Ok(Bytes::from(bytes))
}
