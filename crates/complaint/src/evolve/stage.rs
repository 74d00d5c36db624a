//! What an event makes of the stage of an open complaint.

use redress_envelope::Actor;

use crate::{
    Acknowledgement, Approval, Assessment, Classification, Communication, Decision, Ground,
    Groundwork, Inquiry, Investigating, NotRequired, Proposal, Remedy, Response, Stage,
};
use crate::{RemedyCourse, event};

pub(super) fn acknowledged(stage: Stage, acknowledgement: Acknowledgement) -> Stage {
    match stage {
        Stage::Received => Stage::Acknowledged(acknowledgement),
        // Past that stage it fills in what was unknown of a complaint that was taken over.
        mut stage @ (Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::Investigating(_)
        | Stage::ResponseProposed(_)
        | Stage::DecisionCommunicated { .. }
        | Stage::Disputed { .. }) => {
            if let Some(groundwork) = stage.groundwork_mut() {
                groundwork.acknowledgement.get_or_insert(acknowledgement);
            }
            stage
        }
    }
}

pub(super) fn assessed(stage: Stage, assessment: Assessment) -> Stage {
    match stage {
        Stage::Received => stage,
        Stage::Acknowledged(acknowledgement) => Stage::Assessed {
            acknowledgement,
            assessment,
            not_required: None,
        },
        Stage::Assessed {
            acknowledgement,
            assessment: _,
            not_required,
        } => Stage::Assessed {
            acknowledgement,
            assessment,
            not_required,
        },
        mut stage @ (Stage::Investigating(_)
        | Stage::ResponseProposed(_)
        | Stage::DecisionCommunicated { .. }
        | Stage::Disputed { .. }) => {
            if let Some(groundwork) = stage.groundwork_mut() {
                groundwork.assessment = Some(assessment);
            }
            stage
        }
    }
}

/// A stage without an assessment has nothing that could be seen otherwise.
pub(super) fn reclassified(stage: Stage, classification: &Classification) -> Stage {
    match stage.assessment().cloned() {
        Some(assessment) => assessed(stage, assessment.reclassified(classification.clone())),
        None => stage,
    }
}

pub(super) fn investigating(stage: Stage, inquiry: Inquiry) -> Stage {
    let inquiry = Some(inquiry);
    match stage {
        Stage::Assessed {
            acknowledgement,
            assessment,
            not_required: _,
        } => Stage::Investigating(Investigating {
            groundwork: Groundwork {
                acknowledgement: Some(acknowledgement),
                assessment: Some(assessment),
            },
            inquiry,
            earlier: None,
            reopened: None,
        }),
        Stage::Investigating(before) => Stage::Investigating(Investigating {
            inquiry,
            reopened: None,
            ..before
        }),
        Stage::Disputed { proposal, .. } => Stage::Investigating(Investigating {
            groundwork: proposal.groundwork,
            inquiry,
            earlier: Some(proposal.response),
            reopened: None,
        }),
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::ResponseProposed(_)
        | Stage::DecisionCommunicated { .. } => stage,
    }
}

/// The stage without an investigation by somebody.
pub(super) fn without(stage: Stage, somebody: &Actor) -> Stage {
    match stage {
        Stage::Investigating(before) => {
            let inquiry = before.inquiry.filter(|inquiry| match inquiry {
                Inquiry::Started { investigator } => investigator != somebody,
                Inquiry::NotRequired(_) => true,
            });
            Stage::Investigating(Investigating { inquiry, ..before })
        }
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::ResponseProposed(_)
        | Stage::DecisionCommunicated { .. }
        | Stage::Disputed { .. } => stage,
    }
}

pub(super) fn not_required(stage: Stage, e: &event::InvestigationNotRequired) -> Stage {
    let decided = NotRequired {
        reason: e.reason.clone(),
        explanation: e.explanation.clone(),
        decided_by: e.decided_by.clone(),
        relies_on: e.relies_on,
    };
    match stage {
        Stage::Assessed {
            acknowledgement,
            assessment,
            not_required: _,
        } => Stage::Assessed {
            acknowledgement,
            assessment,
            not_required: Some(decided),
        },
        Stage::Investigating(_) => investigating(stage, Inquiry::NotRequired(decided)),
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::ResponseProposed(_)
        | Stage::DecisionCommunicated { .. }
        | Stage::Disputed { .. } => stage,
    }
}

pub(super) fn proposed(stage: Stage, e: &event::ResponseProposed) -> Stage {
    let response = response(e);
    match stage {
        Stage::Assessed {
            acknowledgement,
            assessment,
            not_required: Some(not_required),
        } => Stage::ResponseProposed(Proposal {
            groundwork: Groundwork {
                acknowledgement: Some(acknowledgement),
                assessment: Some(assessment),
            },
            inquiry: Inquiry::NotRequired(not_required),
            response,
        }),
        Stage::Investigating(Investigating {
            groundwork,
            inquiry: Some(inquiry),
            ..
        }) => Stage::ResponseProposed(Proposal {
            groundwork,
            inquiry,
            response,
        }),
        Stage::ResponseProposed(before) => Stage::ResponseProposed(Proposal { response, ..before }),
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::Investigating(_)
        | Stage::DecisionCommunicated { .. }
        | Stage::Disputed { .. } => stage,
    }
}

fn response(e: &event::ResponseProposed) -> Response {
    let remedy = |numbered: &event::NumberedRemedy| {
        let offer = numbered.offer.clone();
        (
            numbered.remedy,
            Remedy {
                offer,
                course: RemedyCourse::Offered,
                approval: approval(numbered, e.offered_by.as_ref()),
            },
        )
    };
    Response {
        remedies: e.remedies.iter().map(remedy).collect(),
        refusal: e.refusal.clone(),
        cause: e.cause.clone(),
    }
}

/// What an offer says of the approval that it needs.
pub(super) fn approval(numbered: &event::NumberedRemedy, offered_by: Option<&Actor>) -> Approval {
    match &numbered.approval_limit {
        None => Approval::NotNeeded,
        Some(limit) => Approval::Pending {
            limit: limit.clone(),
            offered_by: offered_by.cloned(),
        },
    }
}

pub(super) fn communicated(stage: Stage, e: &event::DecisionCommunicated) -> Stage {
    let latest = Communication {
        channel: e.channel.clone(),
        recourse_explained: e.recourse_explained,
        at: e.occurred_at,
    };
    let explained = e.recourse_explained.then_some(e.occurred_at);
    match stage {
        Stage::ResponseProposed(proposal) => Stage::DecisionCommunicated {
            proposal,
            decision: Decision {
                outcome: e.outcome.clone(),
                communicated_at: e.occurred_at,
                latest,
                recourse_explained_at: explained,
                external_recourse: e.external_recourse.clone(),
            },
            accepted: false,
        },
        Stage::DecisionCommunicated {
            proposal,
            decision,
            accepted,
        } => Stage::DecisionCommunicated {
            proposal,
            decision: told_again(decision, latest, explained, e),
            accepted,
        },
        Stage::Disputed {
            proposal,
            decision,
            ground,
        } => Stage::Disputed {
            proposal,
            decision: told_again(decision, latest, explained, e),
            ground,
        },
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::Investigating(_) => stage,
    }
}

fn told_again(
    decision: Decision,
    latest: Communication,
    explained: Option<jiff::Timestamp>,
    e: &event::DecisionCommunicated,
) -> Decision {
    let named = e.external_recourse.clone();
    Decision {
        latest,
        recourse_explained_at: decision.recourse_explained_at.or(explained),
        external_recourse: named.or_else(|| decision.external_recourse.clone()),
        ..decision
    }
}

pub(super) fn accepted(stage: Stage) -> Stage {
    match stage {
        Stage::DecisionCommunicated {
            proposal, decision, ..
        }
        | Stage::Disputed {
            proposal, decision, ..
        } => Stage::DecisionCommunicated {
            proposal,
            decision,
            accepted: true,
        },
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::Investigating(_)
        | Stage::ResponseProposed(_) => stage,
    }
}

pub(super) fn disputed(stage: Stage, e: &event::Disputed) -> Stage {
    match stage {
        Stage::DecisionCommunicated {
            proposal, decision, ..
        } => Stage::Disputed {
            proposal,
            decision,
            ground: Ground {
                reason: Some(e.reason.clone()),
                explanation: e.explanation.clone(),
            },
        },
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::Investigating(_)
        | Stage::ResponseProposed(_)
        | Stage::Disputed { .. } => stage,
    }
}

/// What a closed complaint keeps of a stage in which a decision stands; any other comes back.
pub(super) fn decided(stage: Stage) -> Result<(Proposal, Decision), Box<Stage>> {
    match stage {
        Stage::DecisionCommunicated {
            proposal, decision, ..
        }
        | Stage::Disputed {
            proposal, decision, ..
        } => Ok((proposal, decision)),
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::Investigating(_)
        | Stage::ResponseProposed(_) => Err(Box::new(stage)),
    }
}
