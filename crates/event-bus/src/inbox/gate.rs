//! While the taker cannot take anything nothing is handed to it, but for a try now and then.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Gate {
    held: Mutex<Held>,
    first: Duration,
    longest: Duration,
}

#[derive(Debug)]
struct Held {
    until: Option<Instant>,
    /// How long it is held the next time.
    pause: Duration,
}

impl Gate {
    pub(super) fn new(first: Duration, longest: Duration) -> Self {
        let held = Held {
            until: None,
            pause: first,
        };
        Self {
            held: Mutex::new(held),
            first,
            longest: longest.max(first),
        }
    }

    /// Waits until something may be tried.
    pub(super) async fn open(&self) {
        while let Some(until) = self.held_until() {
            tokio::time::sleep_until(until).await;
        }
    }

    fn held_until(&self) -> Option<Instant> {
        self.held().until.filter(|until| *until > Instant::now())
    }

    /// Holds back what comes, longer each time in a row. Says for how long.
    pub(super) fn hold(&self) -> Duration {
        let mut held = self.held();
        let now = Instant::now();
        // Those that were on their way together fail together, and that is one failure.
        if let Some(until) = held.until.filter(|until| *until > now) {
            return until - now;
        }
        let pause = held.pause;
        held.until = Some(now + pause);
        held.pause = (pause * 2).min(self.longest);
        pause
    }

    pub(super) fn let_go(&self) {
        let mut held = self.held();
        held.until = None;
        held.pause = self.first;
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        // Nothing between lock and unlock can panic half way.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn failures_in_a_row_hold_longer_and_those_of_one_moment_count_once() {
        let millis = Duration::from_millis;
        let gate = Gate::new(millis(20), millis(70));
        gate.open().await;
        for pause in [20, 40, 70, 70] {
            let begin = Instant::now();
            assert_eq!(gate.hold(), millis(pause));
            assert!(gate.hold() <= millis(pause), "the same failure");
            gate.open().await;
            assert!(begin.elapsed() >= millis(pause));
        }
        gate.let_go();
        assert_eq!(gate.hold(), millis(20));
    }
}
