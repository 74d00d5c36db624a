//! A log as lines: each record's stored bytes and a line feed, in order. JSON never holds a line
//! feed, so nothing is escaped and the bytes are those that were hashed.

use std::io::{self, Write};

use crate::history::ReadError;
use crate::log::Log;

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the export cannot be written: {0}")]
    Io(#[from] io::Error),
}

impl Log {
    /// Writes the records from `from` to `to` as lines, and says how many.
    pub async fn export(
        &self,
        from: u64,
        to: u64,
        out: &mut (dyn Write + Send),
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, ExportError> {
        let end = to.min(self.head().size);
        let mut next = from;
        while next < end {
            let wanted = (end - next).min(4096) as usize;
            for stored in self.read(next, wanted, 4 << 20).await? {
                out.write_all(&stored.bytes)?;
                out.write_all(b"\n")?;
                next = stored.position + 1;
            }
            progress(next);
        }
        out.flush()?;
        Ok(end.saturating_sub(from))
    }
}
