//! Where recorded times come from.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The clock that stamps records.
pub trait Clock: Debug + Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// A clock that advances by one microsecond each time it is asked: the same commands then give the
/// same log, byte for byte.
#[derive(Debug)]
pub struct CountingClock {
    next_microsecond: AtomicI64,
}

impl CountingClock {
    pub fn from(start: Timestamp) -> Self {
        Self {
            next_microsecond: AtomicI64::new(start.as_microsecond()),
        }
    }
}

impl Clock for CountingClock {
    fn now(&self) -> Timestamp {
        let microsecond = self.next_microsecond.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_microsecond(microsecond).unwrap_or(Timestamp::MAX)
    }
}
