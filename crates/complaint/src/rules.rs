//! The part of the policy that decisions about one complaint need.

/// What the policy in force says. Its version stands in the record of every decision made under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub version: String,
    /// How long the complainant may stay silent, after recourse was explained, before the complaint
    /// may be closed on that ground: days of 24 hours.
    pub silence_days: u16,
}

impl Default for Rules {
    /// Fourteen days is this product's choice: ISO 10002 leaves the number to the organisation.
    fn default() -> Self {
        Self {
            version: "iso-10002/builtin-1".to_owned(),
            silence_days: 14,
        }
    }
}
