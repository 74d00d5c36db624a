//! What clients asked for, and what they were told: the test's own books.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is asked for each number, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Submit,
    Acknowledge,
    Note,
}

impl Step {
    pub(crate) fn request_id(self, number: u64) -> String {
        format!("{self:?}-{number}").to_lowercase()
    }
}

/// An acknowledgement: from now on it must be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) reference: String,
    pub(crate) etag: String,
    pub(crate) version: u64,
    pub(crate) recorded_at: Option<(i64, i32)>,
    pub(crate) token: String,
}

impl Answer {
    /// Whether a repeat was answered as the first time. Its token may cover more.
    pub(crate) fn tells_the_same_as(&self, first: &Self) -> bool {
        Self {
            token: String::new(),
            ..self.clone()
        } == Self {
            token: String::new(),
            ..first.clone()
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    /// Every request that was sent, with its answer if that came.
    pub(crate) asked: BTreeMap<(u64, Step), Option<Answer>>,
    /// Reasons with which the server refused; a connection that broke is none.
    pub(crate) refused: BTreeMap<String, u64>,
    next: u64,
}

impl Books {
    pub(crate) fn answers(&self) -> usize {
        self.asked.values().flatten().count()
    }

    pub(crate) fn answer(&self, number: u64, step: Step) -> Option<&Answer> {
        self.asked.get(&(number, step))?.as_ref()
    }

    /// The next number that will be asked for.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }
}

/// Clones share the books.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Books>>);

impl Ledger {
    fn with<T>(&self, work: impl FnOnce(&mut Books) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn now(&self) -> Books {
        self.with(|books| Books::clone(books))
    }

    pub(crate) fn answers(&self) -> usize {
        self.with(|books| books.answers())
    }

    /// A number that nothing was asked for yet.
    pub(crate) fn take_number(&self) -> u64 {
        self.with(|books| {
            books.next += 1;
            books.next - 1
        })
    }

    /// Before the request is sent.
    pub(crate) fn asks(&self, number: u64, step: Step) {
        self.with(|books| {
            books.asked.entry((number, step)).or_default();
        });
    }

    pub(crate) fn answered(&self, number: u64, step: Step, answer: &Answer) {
        self.with(|books| books.asked.insert((number, step), Some(answer.clone())));
    }

    pub(crate) fn refused(&self, reason: String) {
        self.with(|books| *books.refused.entry(reason).or_default() += 1);
    }
}
