//! Pauses between attempts: twice as long each time, up to a bound.

use std::time::Duration;

#[derive(Debug, Clone)]
pub(crate) struct Pause {
    shortest: Duration,
    longest: Duration,
    next: Duration,
}

impl Pause {
    pub(crate) fn new(shortest: Duration, longest: Duration) -> Self {
        Self {
            shortest,
            longest,
            next: shortest,
        }
    }

    pub(crate) fn reset(&mut self) {
        self.next = self.shortest;
    }

    pub(crate) fn next(&mut self) -> Duration {
        let now = self.next;
        self.next = (now * 2).min(self.longest);
        now
    }
}
