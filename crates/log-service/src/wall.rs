//! The clock on the wall, as logs ask for it.

use jiff::Timestamp;
use redress_event_log::Clock;
use redress_service::clock;

#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        clock::now()
    }
}
