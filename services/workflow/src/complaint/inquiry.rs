//! What an investigation has seen and found, with the words.

use std::collections::BTreeMap;

use redress_complaint::Event;
use redress_envelope::Record;
use redress_service::Problem;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{Complaint, Evidence, Finding};

use super::case::decode;
use super::get::{note, unreadable};
use crate::clocked;
use crate::workflow::Inner;

/// Of each, with the complaint; its history has all.
const MAX: usize = 100;

pub(super) async fn add(
    inner: &Inner,
    records: &[Record],
    complaint: &mut Complaint,
) -> Result<(), Problem> {
    for record in records.iter().rev() {
        match decode(record).map_err(unreadable)? {
            Some(clocked::Event::Complaint(Event::EvidenceRecorded(e)))
                if complaint.evidence.len() < MAX =>
            {
                complaint.evidence.push(Evidence {
                    number: e.evidence,
                    kind: e.kind,
                    source: e.source.unwrap_or_default(),
                    occurred_at: Some(time_to_wire(e.occurred_at)),
                    description: Some(note(inner, record, &e.description).await?),
                    supersedes: e.supersedes.unwrap_or_default(),
                    superseded_by: 0,
                });
            }
            Some(clocked::Event::Complaint(Event::FindingRecorded(e)))
                if complaint.findings.len() < MAX =>
            {
                complaint.findings.push(Finding {
                    number: e.finding,
                    result: e.result.to_string(),
                    evidence: e.evidence,
                    occurred_at: Some(time_to_wire(e.occurred_at)),
                    description: Some(note(inner, record, &e.description).await?),
                });
            }
            Some(_) | None => {}
        }
    }
    complaint.evidence.reverse();
    complaint.findings.reverse();
    let pairs = complaint
        .evidence
        .iter()
        .map(|it| (it.supersedes, it.number));
    let instead: BTreeMap<u32, u32> = pairs.collect();
    for evidence in &mut complaint.evidence {
        let by = instead.get(&evidence.number);
        evidence.superseded_by = by.copied().unwrap_or_default();
    }
    Ok(())
}
