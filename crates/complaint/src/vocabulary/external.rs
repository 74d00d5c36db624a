//! A dispute before another body, in the words of ISO 10003.

use redress_envelope::Money;

known_words! {
    /// Who brought a complaint before another body.
    ReferredBy {
        Complainant = "complainant",
        Organisation = "organisation",
    }
}

known_words! {
    /// How another body goes about a dispute.
    ResolutionMethod {
        /// It helps both to agree.
        Facilitative = "facilitative",
        /// It says what it thinks of it; nobody is bound.
        Advisory = "advisory",
        /// It decides.
        Determinative = "determinative",
    }
}

known_words! {
    /// What another body made of the organisation's decision.
    Determination {
        /// Not all of it stands.
        Overturned = "overturned",
        Maintained = "maintained",
    }
}

/// What a dispute before another body came to. It stands in the state, and in no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternalResult {
    /// Both agreed.
    Settled { award: Option<Money> },
    Determined {
        determination: Determination,
        award: Option<Money>,
    },
}

impl ExternalResult {
    /// Whether the organisation has something to do because of it. What a later version wrote may be.
    pub fn is_to_be_implemented(&self) -> bool {
        match self {
            Self::Settled { .. } => true,
            Self::Determined { determination, .. } => match determination {
                Determination::Overturned | Determination::Other(_) => true,
                Determination::Maintained => false,
            },
        }
    }

    /// `settled`, `overturned` or `maintained`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Settled { .. } => "settled",
            Self::Determined { determination, .. } => determination.as_str(),
        }
    }

    /// What is to be paid, where it is money.
    pub fn award(&self) -> Option<&Money> {
        match self {
            Self::Settled { award } | Self::Determined { award, .. } => award.as_ref(),
        }
    }
}
