//! What the three logs hold, read over the wire and kept beside what was read before.

use std::collections::{BTreeMap, BTreeSet};

use redress_wire::log::v1::EventRecord;
use serde::Deserialize;

use super::client::{Client, LOGS};

/// How much of what is known is read again.
const OVERLAP: u64 = 300;

#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    sequence: String,
    #[serde(default)]
    requestid: String,
    data: serde_json::Value,
}

/// All of it, as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The leaf of each record, by log.
    leaves: BTreeMap<&'static str, Vec<Vec<u8>>>,
    /// Ids of the feedback of the kind complaint.
    pub(crate) complaining: BTreeSet<String>,
    /// Ids of complaints that were opened.
    pub(crate) opened: BTreeSet<String>,
    /// How many records each request made, without those of clocks, which its record starts and stops.
    pub(crate) of_request: BTreeMap<String, u64>,
    /// Whatever must not be.
    pub(crate) wrong: Vec<String>,
}

impl Records {
    /// Reads on; of what was read before, the last part (or all of it) must be the same bytes.
    pub(crate) async fn read_on(&mut self, client: &Client, again_from_the_start: bool) {
        for log in LOGS {
            let known = self.leaves.get(log).map_or(0, Vec::len) as u64;
            let (head, _) = client.head(log).await.expect("the head can be asked for");
            if head < known {
                self.wrong.push(format!(
                    "{log} ends at {head}, but {known} records were read"
                ));
                continue;
            }
            let from = if again_from_the_start {
                0
            } else {
                known.saturating_sub(OVERLAP)
            };
            let records = client
                .records(log, from)
                .await
                .expect("the log can be read");
            for (expected, record) in (from..).zip(records) {
                self.take(log, expected, &record);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.leaves.values().map(Vec::len).sum()
    }

    fn take(&mut self, log: &'static str, expected: u64, record: &EventRecord) {
        let leaves = self.leaves.entry(log).or_default();
        if record.position != expected {
            self.wrong.push(format!(
                "{log}: {} where {expected} belongs",
                record.position
            ));
        }
        match leaves.get(expected as usize) {
            Some(before) if before[..] == record.leaf_hash[..] => {}
            Some(_) => self
                .wrong
                .push(format!("{log}: another record at {expected} than before")),
            None => {
                leaves.push(record.leaf_hash.to_vec());
                self.learn(log, expected, &record.record);
            }
        }
    }

    fn learn(&mut self, log: &str, position: u64, record: &[u8]) {
        let event: Event = serde_json::from_slice(record).expect("a record is a CloudEvent");
        if event.sequence.parse() != Ok(position) {
            self.wrong.push(format!(
                "{log}: {} says that it is {}",
                position, event.sequence
            ));
        }
        let id = event
            .subject
            .split_once('/')
            .map_or("", |(_, id)| id)
            .to_owned();
        let twice = match event.kind.as_str() {
            "redress.feedback.received.v1" if event.data["kind"] == "complaint" => {
                !self.complaining.insert(id)
            }
            "redress.complaint.opened.v1" => !self.opened.insert(id),
            "redress.reaction.failed.v1" => {
                self.wrong.push(format!(
                    "{log}: a reaction failed at {position}: {}",
                    event.data
                ));
                false
            }
            _other => false,
        };
        if twice {
            self.wrong
                .push(format!("{log}: {} twice for {}", event.kind, event.subject));
        }
        let of_a_clock = event.kind.starts_with("redress.complaint.clock_");
        if !event.requestid.is_empty() && !of_a_clock {
            *self.of_request.entry(event.requestid).or_default() += 1;
        }
    }
}
