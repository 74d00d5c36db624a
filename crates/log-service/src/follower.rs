//! How the followers of a service are getting on, wherever the records come from.

use std::sync::Arc;
use std::time::Duration;

use redress_event_bus::Via;
use redress_event_log::{Consumption, Source};

use crate::links::Links;
use crate::part::Part;

/// How long the owner of a log is waited for when it is asked how long its log is.
const PATIENCE: Duration = Duration::from_secs(1);

/// One follower at a glance.
#[derive(Debug, Clone)]
pub(crate) struct FollowerLook {
    /// `service/partition` of the log that is followed.
    pub(crate) place: String,
    pub(crate) consumed: u64,
    /// How many records the log has; unknown if nobody says so.
    pub(crate) head: Option<u64>,
    /// Where the last records came from.
    pub(crate) via: &'static str,
    /// What was last not as it should be on the way.
    pub(crate) hiccup: Option<String>,
}

impl FollowerLook {
    pub(crate) fn lag(&self) -> Option<u64> {
        Some(self.head?.saturating_sub(self.consumed))
    }
}

/// Why a part follows another log no further, if so, and how it goes on.
pub(crate) fn stopped(part: &dyn Part) -> Option<String> {
    let why = part.follower_stopped()?;
    let name = part.name();
    Some(format!(
        "{why}; {name} no longer follows it: put that right, and start {name} again"
    ))
}

/// The followers of a part, among the parts of this process and the logs elsewhere.
pub(crate) async fn look(
    part: &dyn Part,
    parts: &[Arc<dyn Part>],
    links: &Links,
) -> Vec<FollowerLook> {
    let mut all = Vec::new();
    for consumption in part.consumed() {
        all.push(look_at(&consumption, parts, links).await);
    }
    all
}

async fn look_at(
    consumption: &Consumption,
    parts: &[Arc<dyn Part>],
    links: &Links,
) -> FollowerLook {
    let place = consumption.place().to_owned();
    // Read before the head, or a record in between would make the lag negative.
    let consumed = consumption.count();
    let here = parts
        .iter()
        .find(|part| part.log().identity().place() == place);
    let (head, via, hiccup) = if let Some(part) = here {
        (Some(part.log().head().size), "log", None)
    } else if let Some(source) = links.source(&place) {
        let status = source.status();
        let asked = tokio::time::timeout(PATIENCE, source.size()).await;
        let head = asked.ok().and_then(Result::ok);
        let via = match status.via {
            Via::Nobody => "nobody",
            Via::Stream => "stream",
            Via::Owner => "owner",
        };
        (head, via, status.hiccup)
    } else {
        (None, "nobody", None)
    };
    FollowerLook {
        place,
        consumed,
        head,
        via,
        hiccup,
    }
}
