//! What an indicator cannot be computed from.

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatisticsError {
    #[error("{needed} values are needed, and {found} were given")]
    TooFew { needed: usize, found: usize },
    #[error("value {index} is not a finite number")]
    NotFinite { index: usize },
    #[error("a probability lies between 0 and 1")]
    Probability,
    #[error("{score} is not on the scale from {lowest} to {highest}")]
    OffScale { score: u8, lowest: u8, highest: u8 },
    #[error("more successes ({successes}) than trials ({trials})")]
    Successes { successes: u64, trials: u64 },
    #[error("the exposure or size of subgroup {index} is not above zero")]
    Exposure { index: usize },
}

impl StatisticsError {
    pub(crate) const fn unless_at_least(needed: usize, found: usize) -> Result<(), Self> {
        if found < needed {
            Err(Self::TooFew { needed, found })
        } else {
            Ok(())
        }
    }
}
