//! Where random bytes come from: the machine, or in tests a seed.

use std::cell::RefCell;

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the machine gives no random bytes: {0}")]
pub struct EntropyError(pub String);

/// A source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `out`. `context` says what the bytes are for and for which entry or key: a seeded
    /// source answers from it, so that the order of calls and of threads does not matter.
    fn fill(&self, context: &[&[u8]], out: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's random source. It is asked for many bytes at a time, because asking costs
/// more than the bytes; what has been handed out is overwritten at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

const DRAWN_BYTES: usize = 1024;

/// Random bytes of one thread, the first of them used up.
struct Drawn {
    bytes: Zeroizing<[u8; DRAWN_BYTES]>,
    used: usize,
}

thread_local! {
    static DRAWN: RefCell<Drawn> = RefCell::new(Drawn {
        bytes: Zeroizing::new([0; DRAWN_BYTES]),
        used: DRAWN_BYTES,
    });
}

impl Entropy for OsEntropy {
    fn fill(&self, _context: &[&[u8]], out: &mut [u8]) -> Result<(), EntropyError> {
        DRAWN.with_borrow_mut(|drawn| drawn.fill(out))
    }
}

impl Drawn {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), EntropyError> {
        let draw =
            |out: &mut [u8]| getrandom::fill(out).map_err(|error| EntropyError(error.to_string()));
        if out.len() > DRAWN_BYTES {
            return draw(out);
        }
        if self.used + out.len() > DRAWN_BYTES {
            draw(self.bytes.as_mut_slice())?;
            self.used = 0;
        }
        let next = &mut self.bytes[self.used..][..out.len()];
        out.copy_from_slice(next);
        next.zeroize();
        self.used += out.len();
        Ok(())
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
    use std::collections::BTreeSet;

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
        let seen: BTreeSet<_> = (0..500).map(|_| os.bytes::<24>(&[]).unwrap()).collect();
        assert_eq!(seen.len(), 500);
        let long = os.bytes::<3000>(&[]).unwrap();
        assert!(long.windows(24).all(|window| window != [0; 24]));
    }
}
