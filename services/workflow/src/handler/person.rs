//! Somebody of the register as people read it: the domain's own state, and when it came to that.

use jiff::Timestamp;
use redress_envelope::{Actor, Record, VaultRef};
use redress_event_log::UnreadableEvent;
use redress_handler::{Event, State, evolve};
use redress_log_service::etag;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1 as wire;
use serde::{Deserialize, Serialize};

use crate::life::unreadable;

/// What every answer about a person is made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) state: State,
    /// Events in the stream.
    version: u64,
    /// The recorded time of the first, by which the register is listed.
    pub(super) first_at: Option<Timestamp>,
    registered_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

/// What a person is called, and the record that refers to it.
pub(super) type Named<'a> = Option<(&'a Record, VaultRef)>;

impl Person {
    /// Folds a stream. Events of unknown types are passed over: the position of the first comes with
    /// the person.
    pub(super) fn of(
        records: &[Record],
    ) -> Result<(Self, Named<'_>, Option<u64>), UnreadableEvent> {
        let (mut person, mut name, mut unknown) = (Self::default(), None, None);
        for record in records {
            match Event::decode(&record.kind, &record.data) {
                Ok(event) => {
                    if let Event::Registered(e) = &event {
                        name = e.name.clone().map(|name| (record, name));
                    }
                    person.apply(&event, record);
                }
                Err(error) if error.unknown().is_some() => {
                    person.see(record);
                    unknown.get_or_insert(record.position);
                }
                Err(error) => return Err(unreadable(record, &error)),
            }
        }
        Ok((person, name, unknown))
    }

    pub(super) fn apply(&mut self, event: &Event, record: &Record) {
        evolve(&mut self.state, event);
        if let Event::Registered(e) = event {
            self.registered_at = Some(e.occurred_at);
        }
        self.updated_at = Some(record.time);
        self.first_at.get_or_insert(record.time);
        self.see(record);
    }

    fn see(&mut self, record: &Record) {
        self.version = record.version + 1;
    }

    /// Without the name.
    pub(super) fn answer(&self, pseudonym: &str, load: Option<u32>) -> wire::Handler {
        let time = |time: Option<Timestamp>| time.map(time_to_wire);
        let mut answer = wire::Handler {
            handler: Actor::User(pseudonym.to_owned()).to_string(),
            etag: etag(self.version),
            version: self.version,
            retired: self.state == State::Retired,
            load,
            registered_at: time(self.registered_at),
            updated_at: time(self.updated_at),
            ..wire::Handler::default()
        };
        let Some(handler) = self.state.handler() else {
            return answer;
        };
        answer.queues = handler.queues.iter().cloned().collect();
        answer.load_limit = handler.load_limit;
        let skills = handler.skills.iter();
        answer.skills = skills
            .map(|(skill, held)| wire::HandlerSkill {
                skill: skill.clone(),
                expires_at: time(held.expires_at),
            })
            .collect();
        let absences = handler.absences.iter();
        answer.absences = absences
            .map(|(from, absence)| wire::HandlerAbsence {
                from: Some(time_to_wire(*from)),
                to: time(absence.to),
            })
            .collect();
        answer
    }
}
