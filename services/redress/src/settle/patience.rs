//! How long somebody is waited for who gets no further.

use std::time::Duration;

use tokio::time::Instant;

/// A busy machine is slow, but gets further in so long a time.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Debug)]
pub(super) struct Patience {
    reached: u64,
    since: Instant,
}

impl Patience {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            reached: 0,
            since: now,
        }
    }

    /// Whether it is worth to go on waiting. Less than before is a change, too: what is built anew.
    pub(super) fn lasts(&mut self, reached: u64, now: Instant) -> bool {
        if reached != self.reached {
            *self = Self {
                reached,
                since: now,
            };
        }
        now.duration_since(self.since) < PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_lasts_as_long_as_something_moves_and_some_time_longer() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut patience = Patience::new(begin);
        assert!(patience.lasts(0, at(119)));
        assert!(patience.lasts(7, at(130)));
        assert!(patience.lasts(7, at(249)));
        assert!(!patience.lasts(7, at(250)));
        assert!(patience.lasts(3, at(251)), "it is built anew");
    }
}
