//! What is shown of a dispute before another body, of what came after the closing, and of several
//! complaints of one matter.

use redress_wire::workflow::v1::{Complaint, ExternalDispute};

use super::{Fields, lines, parts, said, with, words_of};
use crate::complaint::remedy;
use crate::json::time;

pub(super) fn later(it: &Complaint) -> Fields {
    let follow_up = it.follow_up.clone().unwrap_or_default();
    let satisfaction = it.satisfaction.clone().unwrap_or_default();
    let score = it.satisfaction.as_ref().map(|it| it.score.to_string());
    let merging = it.merging.clone().unwrap_or_default();
    vec![
        (
            "before other bodies",
            lines(it.external_disputes.iter().map(dispute)),
        ),
        (
            "followed up",
            parts([
                time!(follow_up.followed_up_at).unwrap_or_default(),
                with("by ", &follow_up.channel),
                said(
                    follow_up.result,
                    follow_up.explanation.as_ref().map(words_of),
                ),
            ]),
        ),
        (
            "satisfaction",
            parts([
                satisfaction.measure,
                said(
                    score.unwrap_or_default(),
                    satisfaction.words.as_ref().map(words_of),
                ),
            ]),
        ),
        (
            "merged",
            parts([
                with("into ", &merging.into),
                time!(merging.merged_at).unwrap_or_default(),
                said(merging.reason, merging.explanation.as_ref().map(words_of)),
            ]),
        ),
        ("merged into this one", it.merged_from.join("\n")),
    ]
}

/// `financial_ombudsman, by the complainant: settled (25.00 EUR)`, and a line for each step.
fn dispute(it: &ExternalDispute) -> String {
    let award = it.award.as_ref().map(remedy::shown);
    let award = award.map(|award| format!(" ({award})")).unwrap_or_default();
    let result = if it.result.is_empty() {
        it.step.replace('_', " ")
    } else {
        it.result.clone()
    };
    let steps = it.steps.iter().map(|step| {
        let at = time!(step.occurred_at).unwrap_or_default();
        let what = step.step.replace('_', " ");
        let what = said(what, step.words.as_ref().map(words_of));
        format!("\n  {at} {what}")
    });
    let (body, by) = (&it.body, &it.referred_by);
    let reason = with("; ", &it.closing_reason);
    let steps: String = steps.collect();
    format!("{body}, by the {by}: {result}{award}{reason}{steps}")
}
