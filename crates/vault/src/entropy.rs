//! Where random bytes come from: the machine, or in tests a seed.

use sha2::{Digest, Sha256};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the machine gives no random bytes: {0}")]
pub struct EntropyError(pub String);

/// A source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `out`. `context` says what the bytes are for and for which entry or key: a seeded
    /// source answers from it, so that the order of calls and of threads does not matter.
    fn fill(&self, context: &[&[u8]], out: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, _context: &[&[u8]], out: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(out).map_err(|error| EntropyError(error.to_string()))
    }
}

/// The same bytes for the same seed and context. **For tests only**: whoever knows the seed has
/// every key, and a nonce comes again when its context does.
#[derive(Debug, Clone, Copy)]
pub struct SeededEntropy(pub u64);

impl Entropy for SeededEntropy {
    fn fill(&self, context: &[&[u8]], out: &mut [u8]) -> Result<(), EntropyError> {
        for (counter, block) in (0_u64..).zip(out.chunks_mut(32)) {
            let mut digest = Sha256::new();
            digest.update(self.0.to_be_bytes());
            digest.update(counter.to_be_bytes());
            for part in context {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
            block.copy_from_slice(&digest.finalize()[..block.len()]);
        }
        Ok(())
    }
}

impl dyn Entropy + '_ {
    pub(crate) fn bytes<const N: usize>(&self, context: &[&[u8]]) -> Result<[u8; N], EntropyError> {
        let mut bytes = [0_u8; N];
        self.fill(context, &mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_bytes_follow_from_seed_and_context_and_from_nothing_else() {
        let one: &dyn Entropy = &SeededEntropy(1);
        let first = one.bytes::<80>(&[b"salt", b"a"]);
        let _ = one.bytes::<80>(&[b"salt", b"b"]);
        assert_eq!(one.bytes::<80>(&[b"salt", b"a"]), first);
        assert_ne!(one.bytes::<80>(&[b"sal", b"ta"]), first);
        assert_ne!(
            (&SeededEntropy(2) as &dyn Entropy).bytes::<80>(&[b"salt", b"a"]),
            first
        );
    }

    #[test]
    fn the_machine_does_not_repeat_itself() {
        let os: &dyn Entropy = &OsEntropy;
        assert_ne!(os.bytes::<32>(&[b"x"]), os.bytes::<32>(&[b"x"]));
    }
}
