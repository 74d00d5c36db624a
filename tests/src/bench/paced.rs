//! Load that does not wait for answers: each request has its time, and whoever is slow is asked no
//! less. Latency counts from that time, not from when the request was sent.

use std::time::{Duration, Instant};

/// How exactly a sleeping task wakes.
const TICK: Duration = Duration::from_millis(1);

/// Hands on each number with its intended time, once that has come.
pub(crate) async fn paced(rate: f64, count: u64, mut send: impl FnMut(u64, Instant)) {
    let begun = Instant::now();
    let intended = |number: u64| begun + Duration::from_secs_f64(number as f64 / rate);
    let mut next = 0;
    while next < count {
        let now = Instant::now();
        while next < count && intended(next) <= now {
            send(next, intended(next));
            next += 1;
        }
        tokio::time::sleep(TICK).await;
    }
}

pub(crate) fn millis(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1_000.0
}
