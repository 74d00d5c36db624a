//! Reading fixed fields off a slice of bytes that may be anything.

use sha2::{Digest, Sha256};

/// How many bytes of a SHA-256 tell damage apart from a wrong key.
pub(crate) const CHECK_BYTES: usize = 8;

pub(crate) struct Fields<'a>(&'a [u8]);

/// There are fewer bytes than the format has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooShort;

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], TooShort> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(TooShort)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], TooShort> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(TooShort)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, TooShort> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, TooShort> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, TooShort> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, TooShort> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// A check that anybody can compute: against accidents, not against people.
pub(crate) fn check_of(parts: &[&[u8]]) -> [u8; CHECK_BYTES] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&digest.finalize()[..CHECK_BYTES]);
    check
}

/// `bytes` without the check at their end. The check covers `place` too, so that bytes that were
/// moved to another place do not pass.
pub(crate) fn checked<'a>(place: &[u8], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let (body, check) = bytes.split_last_chunk::<CHECK_BYTES>()?;
    (check_of(&[place, body]) == *check).then_some(body)
}

pub(crate) fn with_check(place: &[u8], mut body: Vec<u8>) -> Vec<u8> {
    let check = check_of(&[place, &body]);
    body.extend_from_slice(&check);
    body
}
