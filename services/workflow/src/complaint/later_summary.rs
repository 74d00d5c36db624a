//! What happened before another body and after the closing, in one line of English.

use redress_complaint::event::{
    DeterminationReceived, ExternalDisputeSettled, ExternalFileClosed, ExternalResolutionBegun,
    FollowedUp, ReferredExternally, SatisfactionRecorded,
};
use redress_envelope::Money;

pub(super) fn referred(e: &ReferredExternally) -> String {
    format!("Referred externally to {} by the {}", e.body, e.referred_by)
}

pub(super) fn resolving(e: &ExternalResolutionBegun) -> String {
    format!("Resolution by the other body begun: {}", e.method)
}

pub(super) fn settled(e: &ExternalDisputeSettled) -> String {
    format!("Settled before the other body{}", awarded(e.award.as_ref()))
}

pub(super) fn determined(e: &DeterminationReceived) -> String {
    let award = awarded(e.award.as_ref());
    format!("Determination received: {}{award}", e.determination)
}

pub(super) fn file_closed(e: &ExternalFileClosed) -> String {
    let reason = because(e.reason.as_ref());
    format!("File of the other body closed{reason}")
}

pub(super) fn followed_up(e: &FollowedUp) -> String {
    format!("Followed up by {}{}", e.channel, because(e.result.as_ref()))
}

pub(super) fn satisfied(e: &SatisfactionRecorded) -> String {
    let said = &e.satisfaction;
    format!("Satisfaction recorded: {} {}", said.measure, said.score)
}

fn because(reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

fn awarded(award: Option<&Money>) -> String {
    award.map_or_else(String::new, |award| format!(", {award} to be paid"))
}
