//! How much there may be of anything: the check and the schema of a submission say the same.

/// Codes and names: product, site, segment and their like.
pub(crate) const NAME_CHARS: usize = 200;
pub(crate) const DESCRIPTION_CHARS: usize = 32_000;
pub(crate) const NOTE_CHARS: usize = 1_000;
pub(crate) const CODE_CHARS: usize = 60;
pub(crate) const MAX_TAGS: usize = 20;
pub(crate) const MAX_SCORES: usize = 10;
pub(crate) const MAX_ATTACHMENTS: usize = 20;
pub(crate) const MAX_ATTACHMENT_BYTES: u64 = 25 * 1024 * 1024;
pub(crate) const MAX_REFERENCES: usize = 10;
pub(crate) const MAX_UNMAPPED: usize = 50;
