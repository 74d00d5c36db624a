//! A rejected input as a reply.

use redress_log_service::etag;
use redress_wire::intake::v1 as wire;
use redress_wire::time_to_wire;

use super::kept::{Kept, Settled, Standing};

pub(super) fn rejected(kept: &Kept) -> wire::RejectedInput {
    let reasons = kept.facts.reasons.iter().map(|it| wire::RejectionReason {
        code: it.code.clone(),
        field: it.field.clone().unwrap_or_default(),
        reason: it.text(),
        remedy: it.remedy(),
    });
    let mut reply = wire::RejectedInput {
        rejected_id: kept.id.clone(),
        etag: etag(kept.version),
        door: kept.facts.door.clone(),
        source: kept.facts.source.clone().unwrap_or_default(),
        reasons: reasons.collect(),
        more_reasons: kept.facts.more_reasons,
        state: state(&kept.standing).into(),
        received_at: Some(time_to_wire(kept.facts.received_at)),
        recorded_at: Some(time_to_wire(kept.recorded_at)),
        position: kept.position,
        bytes: kept.facts.bytes,
        ..wire::RejectedInput::default()
    };
    match &kept.standing {
        Standing::Open => {}
        Standing::Accepted {
            feedback_id,
            corrected,
            settled,
            data_subject: _,
        } => {
            reply.feedback_id.clone_from(feedback_id);
            reply.corrected = *corrected;
            settle(&mut reply, settled);
        }
        Standing::Discarded { reason, settled } => {
            reply.discard_reason.clone_from(reason);
            settle(&mut reply, settled);
        }
    }
    reply
}

pub(super) fn state(standing: &Standing) -> wire::RejectedState {
    match standing {
        Standing::Open => wire::RejectedState::Open,
        Standing::Accepted { .. } => wire::RejectedState::Accepted,
        Standing::Discarded { .. } => wire::RejectedState::Discarded,
    }
}

fn settle(reply: &mut wire::RejectedInput, settled: &Settled) {
    reply.settled_at = Some(time_to_wire(settled.at));
    reply.settled_by.clone_from(&settled.by);
}
