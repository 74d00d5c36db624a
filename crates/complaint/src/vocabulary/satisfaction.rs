//! What the complainant thinks of how it was handled.

use serde::{Deserialize, Serialize};

known_words! {
    /// What a score of satisfaction with the handling measures, in the words of ISO 10004.
    SatisfactionMeasure {
        /// How likely they are to recommend: 0 to 10.
        Nps = "nps",
        /// How satisfied they are: 1 to 5.
        Csat = "csat",
        /// How far they agree that it was made easy: 1 to 7.
        Ces = "ces",
    }
}

impl SatisfactionMeasure {
    /// The lowest and the highest score that there is; nothing for a word of a later version.
    pub fn range(&self) -> Option<(u32, u32)> {
        match self {
            Self::Nps => Some((0, 10)),
            Self::Csat => Some((1, 5)),
            Self::Ces => Some((1, 7)),
            Self::Other(_) => None,
        }
    }
}

/// How satisfied the complainant is with how the complaint was handled. Stored flat, in the event that
/// holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Satisfaction {
    /// What the score measures.
    pub measure: SatisfactionMeasure,
    /// As the complainant gave it: `nps` 0 to 10, `csat` 1 to 5, `ces` 1 to 7.
    pub score: u32,
}
