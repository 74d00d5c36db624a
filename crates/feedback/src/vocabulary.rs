//! The words of the domain that are open to growth: a stored word that this version does not know
//! stays readable, a submitted one is refused.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of words that only grows.
pub trait Vocabulary: Sized {
    /// Every word that may be submitted, in the order in which people should read them.
    const KNOWN: &'static [&'static str];

    /// The value of a known word.
    fn known(word: &str) -> Option<Self>;

    fn as_str(&self) -> &str;
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$variant_doc])* #[cfg_attr(feature = "schema", schemars(rename = $word))] $variant,)+
            /// A word of a later version.
            #[cfg_attr(feature = "schema", schemars(untagged))]
            Other(String),
        }

        impl Vocabulary for $name {
            const KNOWN: &'static [&'static str] = &[$($word),+];

            fn known(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let word = Cow::<'de, str>::deserialize(source)?;
                Ok(Self::known(&word).unwrap_or_else(|| Self::Other(word.into_owned())))
            }
        }
    };
}

vocabulary! {
    /// What sort of feedback it is.
    Kind {
        Complaint = "complaint",
        Compliment = "compliment",
        Suggestion = "suggestion",
        Enquiry = "enquiry",
        SurveyResponse = "survey_response",
        Dispute = "dispute",
        RegulatorReferral = "regulator_referral",
        SafetyReport = "safety_report",
    }
}

vocabulary! {
    /// The door it came through.
    Channel {
        Web = "web",
        Email = "email",
        Phone = "phone",
        Letter = "letter",
        /// Published complaint records still count it apart from letters.
        Fax = "fax",
        Chat = "chat",
        InPerson = "in_person",
        Social = "social",
        App = "app",
        Referral = "referral",
        PartnerSystem = "partner_system",
        /// Taken over from a source that does not say which door it was.
        Import = "import",
    }
}

vocabulary! {
    /// What the customer would like to be done.
    RemedyKind {
        Refund = "refund",
        Replacement = "replacement",
        Repair = "repair",
        Substitute = "substitute",
        TechnicalAssistance = "technical_assistance",
        Information = "information",
        Referral = "referral",
        FinancialAssistance = "financial_assistance",
        Compensation = "compensation",
        Apology = "apology",
        Goodwill = "goodwill",
        ChangeOfPractice = "change_of_practice",
    }
}

vocabulary! {
    /// What a score measures.
    Measure {
        /// Likelihood to recommend, 0 to 10.
        Nps = "nps",
        /// Satisfaction, 1 to 5.
        Csat = "csat",
        /// Agreement with "made it easy", 1 to 7.
        Ces = "ces",
    }
}

impl Measure {
    /// The lowest and the highest score that the measure knows.
    pub fn range(&self) -> Option<(i64, i64)> {
        match self {
            Self::Nps => Some((0, 10)),
            Self::Csat => Some((1, 5)),
            Self::Ces => Some((1, 7)),
            Self::Other(_) => None,
        }
    }
}
