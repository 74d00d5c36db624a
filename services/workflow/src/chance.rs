//! Random bytes, of the machine or in tests of a seed.

use std::fmt;
use std::sync::Arc;

use redress_vault::{Entropy, EntropyError};

#[derive(Clone)]
pub(crate) struct Chance(pub(crate) Arc<dyn Entropy>);

impl Chance {
    /// `context` says what the bytes are for.
    pub(crate) fn fill(&self, context: &[&[u8]], out: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(context, out)
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}
