//! Questions to a state. Each spells out every state, so that a new one finds them all.

use super::{
    Acknowledgement, Assignment, Closure, Decision, File, Groundwork, Inquiry, Response, Stage,
    State, Status,
};
use crate::{Assessment, Outcome, Promises, Reference, ReportedHistory, Severity};

impl State {
    /// `None` before the complaint is opened.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::NotOpened => None,
            Self::Open { file, stage, .. } => {
                let (status, elsewhere) = (stage.status(), file.open_external().is_some());
                let is_referred = elsewhere && status == Status::Disputed;
                Some(if is_referred {
                    Status::ReferredExternally
                } else {
                    status
                })
            }
            Self::Closed {
                followed_up: None, ..
            } => Some(Status::Closed),
            Self::Closed {
                followed_up: Some(_),
                ..
            } => Some(Status::FollowedUp),
            Self::Merged { .. } => Some(Status::Merged),
            Self::Withdrawn { .. } => Some(Status::Withdrawn),
        }
    }

    pub fn file(&self) -> Option<&File> {
        match self {
            Self::NotOpened => None,
            Self::Open { file, .. }
            | Self::Closed { file, .. }
            | Self::Merged { file, .. }
            | Self::Withdrawn { file, .. } => Some(file),
        }
    }

    pub(crate) fn file_mut(&mut self) -> Option<&mut File> {
        match self {
            Self::NotOpened => None,
            Self::Open { file, .. }
            | Self::Closed { file, .. }
            | Self::Merged { file, .. }
            | Self::Withdrawn { file, .. } => Some(file),
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    pub fn reference(&self) -> Option<Reference> {
        self.file().map(|file| file.reference)
    }

    pub fn assignment(&self) -> Option<&Assignment> {
        self.file()?.assignment.as_ref()
    }

    /// The report that counts, of a complaint that was taken over.
    pub fn report(&self) -> Option<&ReportedHistory> {
        self.file()?.imported.as_ref().map(|from| &from.report)
    }

    /// `None`: there is none, or none is known.
    pub fn acknowledgement(&self) -> Option<&Acknowledgement> {
        match self {
            Self::NotOpened => None,
            Self::Open { stage, .. } => stage.acknowledgement(),
            Self::Withdrawn { withdrawal, .. } => withdrawal.stage.acknowledgement(),
            Self::Merged { merging, .. } => merging.stage.acknowledgement(),
            Self::Closed { closure, .. } => closure
                .decided()?
                .proposal
                .groundwork
                .acknowledgement
                .as_ref(),
        }
    }

    /// `None`: there is none, or none is known.
    pub fn assessment(&self) -> Option<&Assessment> {
        match self {
            Self::NotOpened => None,
            Self::Open { stage, .. } => stage.assessment(),
            Self::Withdrawn { withdrawal, .. } => withdrawal.stage.assessment(),
            Self::Merged { merging, .. } => merging.stage.assessment(),
            Self::Closed { closure, .. } => {
                closure.decided()?.proposal.groundwork.assessment.as_ref()
            }
        }
    }

    pub fn severity(&self) -> Option<Severity> {
        self.assessment()
            .map(|assessment| assessment.severity.clone())
    }

    /// The response that stands, with its remedies.
    pub fn response(&self) -> Option<&Response> {
        match self {
            Self::NotOpened => None,
            Self::Open { stage, .. } => stage.response(),
            Self::Closed { closure, .. } => Some(&closure.decided()?.proposal.response),
            Self::Withdrawn { withdrawal, .. } => withdrawal.stage.response(),
            Self::Merged { merging, .. } => merging.stage.response(),
        }
    }

    pub(crate) fn response_mut(&mut self) -> Option<&mut Response> {
        match self {
            Self::NotOpened => None,
            Self::Open { stage, .. } => stage.response_mut(),
            Self::Closed { closure, .. } => match closure {
                Closure::Decided(decided) => Some(&mut decided.proposal.response),
                Closure::Reported => None,
            },
            Self::Withdrawn { withdrawal, .. } => withdrawal.stage.response_mut(),
            Self::Merged { merging, .. } => merging.stage.response_mut(),
        }
    }

    /// The numbers of the remedies that the complainant was promised and that are not fulfilled. What
    /// was only proposed is promised to nobody.
    pub fn owed(&self) -> Vec<u32> {
        let promised = match self {
            Self::NotOpened => None,
            Self::Open { stage, .. } => stage.promised(),
            Self::Closed { closure, .. } => closure.decided().map(|it| &it.proposal.response),
            Self::Merged { merging, .. } => merging.stage.promised(),
            Self::Withdrawn { withdrawal, .. } => match &withdrawal.promises {
                Some(Promises::Released) => None,
                Some(Promises::StillOwed | Promises::Other(_)) | None => {
                    withdrawal.stage.promised()
                }
            },
        };
        promised.map_or_else(Vec::new, Response::open)
    }

    /// What the response rests on, or will; nothing, where that is not known.
    pub fn inquiry(&self) -> Option<Inquiry> {
        match self {
            Self::NotOpened => None,
            Self::Open { stage, .. } => stage.inquiry(),
            Self::Closed { closure, .. } => Some(closure.decided()?.proposal.inquiry.clone()),
            Self::Withdrawn { withdrawal, .. } => withdrawal.stage.inquiry(),
            Self::Merged { merging, .. } => merging.stage.inquiry(),
        }
    }

    /// The decision that was communicated and stands, or stood when the complaint was withdrawn.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::NotOpened => None,
            Self::Withdrawn { withdrawal, .. } => withdrawal.stage.decision(),
            Self::Merged { merging, .. } => merging.stage.decision(),
            Self::Open { stage, .. } => stage.decision(),
            Self::Closed { closure, .. } => Some(&closure.decided()?.decision),
        }
    }

    /// How it ended, as far as it has. Unknown for what another system reported closed.
    pub fn outcome(&self) -> Option<Outcome> {
        if let Self::Withdrawn { .. } = self {
            return Some(Outcome::Withdrawn);
        }
        self.decision().map(|decision| decision.outcome.clone())
    }
}

impl Stage {
    pub fn status(&self) -> Status {
        match self {
            Self::Received => Status::Received,
            Self::Acknowledged(_) => Status::Acknowledged,
            Self::Assessed { .. } => Status::Assessed,
            Self::Investigating(_) => Status::Investigating,
            Self::ResponseProposed(_) => Status::ResponseProposed,
            Self::DecisionCommunicated { .. } => Status::DecisionCommunicated,
            Self::Disputed { .. } => Status::Disputed,
        }
    }

    fn groundwork(&self) -> Option<&Groundwork> {
        match self {
            Self::Received | Self::Acknowledged(_) | Self::Assessed { .. } => None,
            Self::Investigating(investigating) => Some(&investigating.groundwork),
            Self::ResponseProposed(proposal)
            | Self::DecisionCommunicated { proposal, .. }
            | Self::Disputed { proposal, .. } => Some(&proposal.groundwork),
        }
    }

    pub(crate) fn groundwork_mut(&mut self) -> Option<&mut Groundwork> {
        match self {
            Self::Received | Self::Acknowledged(_) | Self::Assessed { .. } => None,
            Self::Investigating(investigating) => Some(&mut investigating.groundwork),
            Self::ResponseProposed(proposal)
            | Self::DecisionCommunicated { proposal, .. }
            | Self::Disputed { proposal, .. } => Some(&mut proposal.groundwork),
        }
    }

    pub(crate) fn acknowledgement(&self) -> Option<&Acknowledgement> {
        match self {
            Self::Acknowledged(acknowledgement)
            | Self::Assessed {
                acknowledgement, ..
            } => Some(acknowledgement),
            Self::Received
            | Self::Investigating(_)
            | Self::ResponseProposed(_)
            | Self::DecisionCommunicated { .. }
            | Self::Disputed { .. } => self.groundwork()?.acknowledgement.as_ref(),
        }
    }

    pub(crate) fn assessment(&self) -> Option<&Assessment> {
        match self {
            Self::Assessed { assessment, .. } => Some(assessment),
            Self::Received
            | Self::Acknowledged(_)
            | Self::Investigating(_)
            | Self::ResponseProposed(_)
            | Self::DecisionCommunicated { .. }
            | Self::Disputed { .. } => self.groundwork()?.assessment.as_ref(),
        }
    }

    pub(crate) fn response(&self) -> Option<&Response> {
        match self {
            Self::Received | Self::Acknowledged(_) | Self::Assessed { .. } => None,
            Self::Investigating(investigating) => investigating.earlier.as_ref(),
            Self::ResponseProposed(proposal)
            | Self::DecisionCommunicated { proposal, .. }
            | Self::Disputed { proposal, .. } => Some(&proposal.response),
        }
    }

    fn response_mut(&mut self) -> Option<&mut Response> {
        match self {
            Self::Received | Self::Acknowledged(_) | Self::Assessed { .. } => None,
            Self::Investigating(investigating) => investigating.earlier.as_mut(),
            Self::ResponseProposed(proposal)
            | Self::DecisionCommunicated { proposal, .. }
            | Self::Disputed { proposal, .. } => Some(&mut proposal.response),
        }
    }

    /// The response that the complainant was told.
    pub(crate) fn promised(&self) -> Option<&Response> {
        match self {
            Self::Received
            | Self::Acknowledged(_)
            | Self::Assessed { .. }
            | Self::ResponseProposed(_) => None,
            Self::Investigating(investigating) => investigating.earlier.as_ref(),
            Self::DecisionCommunicated { proposal, .. } | Self::Disputed { proposal, .. } => {
                Some(&proposal.response)
            }
        }
    }

    fn inquiry(&self) -> Option<Inquiry> {
        match self {
            Self::Received | Self::Acknowledged(_) => None,
            Self::Assessed { not_required, .. } => not_required.clone().map(Inquiry::NotRequired),
            Self::Investigating(investigating) => investigating.inquiry.clone(),
            Self::ResponseProposed(proposal)
            | Self::DecisionCommunicated { proposal, .. }
            | Self::Disputed { proposal, .. } => Some(proposal.inquiry.clone()),
        }
    }

    pub(crate) fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Received
            | Self::Acknowledged(_)
            | Self::Assessed { .. }
            | Self::Investigating(_)
            | Self::ResponseProposed(_) => None,
            Self::DecisionCommunicated { decision, .. } | Self::Disputed { decision, .. } => {
                Some(decision)
            }
        }
    }
}
