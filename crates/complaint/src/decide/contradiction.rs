//! What an outcome and the response that it is told of cannot say together: the table stands in the
//! documentation of the crate.

use crate::{Outcome, Proposal, Refusal, RemedyKind, Severity};

pub(super) fn check(outcome: &Outcome, proposal: &Proposal) -> Result<(), Refusal> {
    let response = &proposal.response;
    let (offers_nothing, refuses) = (response.remedies.is_empty(), response.refusal.is_some());
    match outcome {
        Outcome::Upheld | Outcome::PartlyUpheld => {
            let assessment = proposal.groundwork.assessment.as_ref();
            if assessment.is_some_and(|found| found.severity == Severity::Unfounded) {
                return Err(Refusal::UnfoundedButUpheld);
            }
            if offers_nothing {
                return Err(Refusal::UpheldWithoutRemedy);
            }
            if refuses && *outcome == Outcome::Upheld {
                return Err(Refusal::UpheldButRefused);
            }
            Ok(())
        }
        Outcome::NotUpheld | Outcome::OutOfScope if refuses => makes_nothing_good(proposal),
        Outcome::NotUpheld | Outcome::OutOfScope => Err(Refusal::RefusalNotExplained),
        Outcome::Referred | Outcome::Duplicate => {
            let points_on =
                |kind: &RemedyKind| matches!(kind, RemedyKind::Referral | RemedyKind::Information);
            if !refuses && !response.offers().any(|offer| points_on(&offer.kind)) {
                return Err(Refusal::NotSaidWhere);
            }
            makes_nothing_good(proposal)
        }
        Outcome::Withdrawn => Err(Refusal::WithdrawalIsNoDecision),
        Outcome::Other(_) => Ok(()),
    }
}

fn makes_nothing_good(proposal: &Proposal) -> Result<(), Refusal> {
    let remedies = proposal.response.remedies.iter();
    let good = remedies.filter(|(_, remedy)| remedy.offer.kind.makes_good());
    let remedies: Vec<u32> = good.map(|(number, _)| *number).collect();
    if remedies.is_empty() {
        Ok(())
    } else {
        Err(Refusal::MadeGoodButNotUpheld { remedies })
    }
}
