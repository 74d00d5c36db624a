//! What a stream still has of records that are lost to their log: kept in a file beside the log.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use redress_event_bus::{Bus, LookUpError, Place, StreamSpan};
use redress_event_log::LogConfig;

use super::DeclareFault;

/// Writes what the stream has at some positions, as lines; says where, and how many there are.
pub(super) async fn keep(
    bus: &Bus,
    place: &Place,
    span: &StreamSpan,
    lost: Range<u64>,
    log: &LogConfig,
) -> Result<Option<(PathBuf, u64)>, DeclareFault> {
    let first = lost.start.max(span.first.saturating_sub(1));
    if span.messages == 0 || first >= lost.end {
        return Ok(None);
    }
    let beside = log.folder.parent().unwrap_or(Path::new("."));
    let of = span.log.as_deref().unwrap_or("unnamed");
    let path = free(beside, &format!("lost-{of}-{first}"));
    let failed = |error| DeclareFault::File {
        path: path.clone(),
        error,
    };
    let part = path.with_extension("part");
    let mut out = BufWriter::new(File::create(&part).map_err(failed)?);
    let mut records = 0;
    let mut held = std::pin::pin!(bus.look_up_all(place, first..lost.end));
    while let Some(bytes) = held.next().await {
        match bytes {
            Ok(bytes) => {
                out.write_all(&bytes).map_err(failed)?;
                out.write_all(b"\n").map_err(failed)?;
                records += 1;
            }
            Err(LookUpError::Gone { .. }) => {}
            Err(away @ LookUpError::Away { .. }) => return Err(away.into()),
        }
    }
    if records == 0 {
        let _only_empty = fs::remove_file(&part);
        return Ok(None);
    }
    finish(out, &part, &path, beside).map_err(failed)?;
    Ok(Some((path, records)))
}

fn finish(mut out: BufWriter<File>, part: &Path, path: &Path, beside: &Path) -> io::Result<()> {
    out.flush()?;
    out.get_ref().sync_all()?;
    fs::rename(part, path)?;
    File::open(beside)?.sync_all()
}

/// A name that nothing has yet: what an earlier attempt kept stays.
fn free(folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.join(format!("{name}.jsonl"));
    let mut number = 2;
    while path.exists() {
        path = folder.join(format!("{name}-{number}.jsonl"));
        number += 1;
    }
    path
}
