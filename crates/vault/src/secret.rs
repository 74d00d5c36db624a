//! Key material in memory, and the one cipher that everything is sealed with.

use std::fmt;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroize;

use crate::entropy::{Entropy, EntropyError};

pub(crate) const KEY_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = 24;
/// What sealing adds to the plain bytes.
pub(crate) const TAG_BYTES: usize = 16;

/// A 256-bit key. Boxed, so that moving it leaves no copy behind; overwritten when dropped.
#[derive(Clone)]
pub(crate) struct SecretKey(Box<[u8; KEY_BYTES]>);

/// The bytes are not what was sealed with this key for this purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotOpened;

impl SecretKey {
    pub(crate) fn random(entropy: &dyn Entropy, context: &[&[u8]]) -> Result<Self, EntropyError> {
        let mut key = Self(Box::new([0; KEY_BYTES]));
        entropy.fill(context, key.0.as_mut_slice())?;
        Ok(key)
    }

    /// `None` where there are not 32 bytes.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Box::new([0; KEY_BYTES]));
        (bytes.len() == KEY_BYTES).then(|| key.0.copy_from_slice(bytes))?;
        Some(key)
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Seals `bytes` in place and appends the tag. `context` has to be given again to open.
    pub(crate) fn seal(&self, nonce: &[u8; NONCE_BYTES], context: &[u8], bytes: &mut Vec<u8>) {
        // No second allocation that would leave the plain bytes behind in the first.
        debug_assert!(bytes.capacity() >= bytes.len() + TAG_BYTES);
        self.cipher()
            .encrypt_in_place(&XNonce::from(*nonce), context, bytes)
            .unwrap_or_else(|_| unreachable!("a Vec grows, and no content reaches 256 GiB"));
    }

    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        context: &[u8],
        bytes: &mut Vec<u8>,
    ) -> Result<(), NotOpened> {
        self.cipher()
            .decrypt_in_place(&XNonce::from(*nonce), context, bytes)
            .map_err(|_| NotOpened)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(<&Key>::from(&*self.0))
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}
