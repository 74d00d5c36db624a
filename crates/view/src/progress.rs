//! How far a view's rows have come: written in the same batch as the rows.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use redress_envelope::{LogId, Token};
use redress_event_log::{Cursors, Lives};
use serde::{Deserialize, Serialize};

/// The first record that a view could not fold because its type was not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incomplete {
    pub position: u64,
    pub kind: String,
}

/// A log that a view follows. Clones share what is known of its lives.
#[derive(Debug, Clone)]
pub(crate) struct Followed {
    /// `service/partition`
    pub(crate) place: String,
    pub(crate) service: String,
    pub(crate) partition: u16,
    lives: Arc<RwLock<Lives>>,
}

impl Followed {
    pub(crate) fn new(place: String, lives: Lives) -> Option<Self> {
        let (service, partition) = place.split_once('/')?;
        let (service, partition) = (service.to_owned(), partition.parse().ok()?);
        Some(Self {
            place,
            service,
            partition,
            lives: Arc::new(RwLock::new(lives)),
        })
    }

    /// Its present life.
    pub(crate) fn log(&self) -> LogId {
        self.read().log
    }

    pub(crate) fn lives(&self) -> Lives {
        self.read().clone()
    }

    pub(crate) fn set_lives(&self, lives: Lives) {
        *self.lives.write().unwrap_or_else(PoisonError::into_inner) = lives;
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Lives> {
        self.lives.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The row in which a view keeps its own books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The logs that were followed, in alphabetical order: other logs would give other rows.
    pub(crate) places: Vec<String>,
    pub(crate) cursors: Cursors,
    /// By `service/partition`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) incomplete: BTreeMap<String, Incomplete>,
}

impl Progress {
    pub(crate) fn none(followed: &[Followed]) -> Self {
        let mut places: Vec<_> = followed.iter().map(|source| source.place.clone()).collect();
        places.sort();
        Self {
            places,
            cursors: Cursors::new(),
            incomplete: BTreeMap::new(),
        }
    }

    pub(crate) fn position(&self, place: &str) -> u64 {
        self.cursors.get(place).map_or(0, |cursor| cursor.next)
    }

    pub(crate) fn positions(&self, followed: &[Followed]) -> Vec<u64> {
        followed
            .iter()
            .map(|source| self.position(&source.place))
            .collect()
    }

    /// What the rows include.
    pub(crate) fn token(&self, followed: &[Followed]) -> Token {
        let mut token = Token::new();
        for source in followed {
            let cursor = self.cursors.get(&source.place);
            let (log, count) = cursor.map_or((source.log(), 0), |cursor| (cursor.log, cursor.next));
            token.include(&source.service, source.partition, log, count);
        }
        token
    }
}
