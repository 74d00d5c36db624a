//! Which runs there are, and what their owner notes with them: one small file, replaced whole.
//!
//! Lines `run <number> <tier> <rows> <bytes>`, the oldest first, an empty line, and the note; all of
//! it in a zstd frame with its checksum.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::run::Facts;

const NAME: &str = "books";
const ASIDE: &str = "books.new";
/// More than any books are.
const MOST_BYTES: usize = 64 << 20;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Books {
    pub(super) runs: Vec<Facts>,
    pub(super) note: Option<Vec<u8>>,
}

impl Books {
    /// None where there are no books.
    pub(super) fn read(dir: &Path) -> io::Result<Option<Self>> {
        let packed = match fs::read(dir.join(NAME)) {
            Ok(packed) => packed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes = zstd::bulk::decompress(&packed, MOST_BYTES)?;
        Self::parse(&bytes).map(Some).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "the list of runs is no list")
        })
    }

    fn parse(mut bytes: &[u8]) -> Option<Self> {
        let mut runs = Vec::new();
        loop {
            let end = bytes.iter().position(|byte| *byte == b'\n')?;
            let line = str::from_utf8(&bytes[..end]).ok()?;
            bytes = &bytes[end + 1..];
            if line.is_empty() {
                break;
            }
            let mut words = line.strip_prefix("run ")?.split(' ');
            let mut number = || words.next()?.parse::<u64>().ok();
            runs.push(Facts {
                number: number()?,
                tier: u32::try_from(number()?).ok()?,
                rows: number()?,
                bytes: number()?,
            });
        }
        let note = Some(bytes.to_vec());
        Some(Self { runs, note })
    }

    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        let mut bytes = Vec::new();
        for run in &self.runs {
            let (number, tier, rows) = (run.number, run.tier, run.rows);
            writeln!(bytes, "run {number} {tier} {rows} {}", run.bytes)?;
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(self.note.as_deref().unwrap_or_default());
        let mut packer = zstd::bulk::Compressor::new(0)?;
        packer.include_checksum(true)?;
        fs::write(dir.join(ASIDE), packer.compress(&bytes)?)?;
        fs::rename(dir.join(ASIDE), dir.join(NAME))
    }
}
