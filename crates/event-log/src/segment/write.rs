//! Writing a segment: a temporary name, fsync, rename, fsync of the folder, and then it is read back
//! from the disk before anybody relies on it.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use bytes::Bytes;
use redress_envelope::{DecodeError, LogId, Record};
use redress_evidence::{Frontier, leaf_hash, subtree_root};

use super::{
    ENTRY_BYTES, FRAME_RECORDS, HEAD_MAGIC, HEADER_BYTES, Meta, SECTIONS, Segment, SegmentError,
    TAIL_MAGIC, checksum_of, filter::Filter, index, to_hex,
};
use crate::cursor::Cursors;
use crate::keys::{KEY_KINDS, RecordKeys};
use crate::pack;

const LEVEL: i32 = 3;

/// What goes into one segment, beside the records.
#[derive(Debug)]
pub(crate) struct Sealable {
    pub(crate) log: LogId,
    pub(crate) partition: u16,
    pub(crate) first: u64,
    /// A multiple of 256.
    pub(crate) count: u64,
    pub(crate) frontier_before: Frontier,
    /// Whether the record before the first ended its command.
    pub(crate) starts_command: bool,
    pub(crate) cursors: Cursors,
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the segment cannot be written: {0}")]
    Io(#[from] io::Error),
    #[error("the record at {position} cannot be read: {error}")]
    Record { position: u64, error: DecodeError },
    #[error("the records cannot be packed: {0}")]
    Pack(#[from] pack::PackError),
    #[error("the segment was not read back as it was written: {0}")]
    ReadBack(#[from] SegmentError),
    #[error("the records to seal cannot be read: {0}")]
    Read(String),
}

/// Hands out the 256 records from a position on.
pub(crate) type FrameSource<'a> = dyn Fn(u64) -> Result<Vec<Bytes>, SealError> + 'a;

/// Writes the segment into `folder` and opens it.
pub(crate) fn write(
    folder: &Path,
    sealable: &Sealable,
    frames: &FrameSource<'_>,
) -> Result<Segment, SealError> {
    let path = folder.join(Segment::file_name(sealable.first));
    let temporary = path.with_extension("tmp");
    let written = write_checked(&temporary, sealable, frames);
    if written.is_err() {
        // The disk may be full: half a segment must not take the room that the log needs.
        let _may_not_exist = std::fs::remove_file(&temporary);
    }
    written?;
    std::fs::rename(&temporary, &path)?;
    File::open(folder)?.sync_all()?;
    Ok(Segment::open(&path)?)
}

fn write_checked(
    temporary: &Path,
    sealable: &Sealable,
    frames: &FrameSource<'_>,
) -> Result<(), SealError> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(temporary)?;
    let mut writer = Writer {
        out: BufWriter::new(&file),
        offset: 0,
        sections: Vec::new(),
    };
    writer.bytes(&header(sealable))?;
    writer.body(sealable, frames)?;
    writer.out.flush()?;
    drop(writer);
    file.sync_all()?;
    // What is read back must come from the disk, not from memory that is about to be trusted.
    let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    Ok(check(temporary)?)
}

fn check(path: &Path) -> Result<(), SegmentError> {
    let segment = Segment::open(path)?;
    segment.check_sections()?;
    for (number, entry) in segment.frames().iter().enumerate() {
        let leaves: Vec<_> = segment
            .frame(number)?
            .iter()
            .map(|r| leaf_hash(r))
            .collect();
        if subtree_root(&leaves) != entry.root {
            return Err(segment.damaged_frame(number));
        }
    }
    Ok(())
}

fn header(sealable: &Sealable) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(HEAD_MAGIC);
    header.extend_from_slice(sealable.log.0.as_bytes());
    header.extend_from_slice(&sealable.first.to_le_bytes());
    header.extend_from_slice(&(sealable.count as u32).to_le_bytes());
    header.extend_from_slice(&sealable.partition.to_le_bytes());
    header.resize(HEADER_BYTES - 4, 0);
    header.extend_from_slice(&checksum_of(&header));
    header
}

struct Writer<'a> {
    out: BufWriter<&'a File>,
    offset: u64,
    sections: Vec<u8>,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offset += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    fn section(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sections.extend_from_slice(&self.offset.to_le_bytes());
        self.sections
            .extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.sections.extend_from_slice(&checksum_of(bytes));
        self.bytes(bytes)
    }

    fn body(&mut self, sealable: &Sealable, frames: &FrameSource<'_>) -> Result<(), SealError> {
        let mut directory = Vec::new();
        let mut entries: [Vec<(u64, u32)>; 3] = Default::default();
        let mut starts_command = sealable.starts_command;
        let mut last_time = jiff::Timestamp::UNIX_EPOCH;
        for number in 0..sealable.count / FRAME_RECORDS as u64 {
            let first = sealable.first + number * FRAME_RECORDS as u64;
            let frame = frames(first)?;
            let mut first_time = None;
            for (index, bytes) in frame.iter().enumerate() {
                let position = first + index as u64;
                let record =
                    Record::decode(bytes).map_err(|error| SealError::Record { position, error })?;
                let keys = RecordKeys::of(&record, starts_command);
                let offset = (position - sealable.first) as u32;
                for kind in KEY_KINDS {
                    entries[kind as usize].extend(keys.of_kind(kind).map(|hash| (hash, offset)));
                }
                starts_command = record.command_end;
                first_time.get_or_insert(record.time);
                last_time = record.time;
            }
            self.frame(&frame, first_time.unwrap_or(last_time), &mut directory)?;
        }
        let meta = Meta {
            frontier_before: to_hex(&sealable.frontier_before.encode()),
            cursors: sealable.cursors.clone(),
            last_time,
            ends_command: starts_command,
        };
        self.sections(&directory, entries, &meta)
    }

    fn frame(
        &mut self,
        frame: &[Bytes],
        first_time: jiff::Timestamp,
        directory: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let (packed, raw_bytes) = pack::pack(frame, LEVEL)?;
        let leaves: Vec<_> = frame.iter().map(|record| leaf_hash(record)).collect();
        directory.extend_from_slice(&self.offset.to_le_bytes());
        directory.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        directory.extend_from_slice(&(raw_bytes as u32).to_le_bytes());
        directory.extend_from_slice(&checksum_of(&packed));
        directory.extend_from_slice(&(frame.len() as u32).to_le_bytes());
        directory.extend_from_slice(&first_time.as_microsecond().to_le_bytes());
        directory.extend_from_slice(subtree_root(&leaves).as_bytes());
        debug_assert_eq!(directory.len() % ENTRY_BYTES, 0);
        Ok(self.bytes(&packed)?)
    }

    fn sections(
        &mut self,
        directory: &[u8],
        entries: [Vec<(u64, u32)>; 3],
        meta: &Meta,
    ) -> Result<(), SealError> {
        self.section(directory)?;
        let filters = entries.each_ref().map(|entries| {
            let hashes: Vec<u64> = entries.iter().map(|entry| entry.0).collect();
            Filter::build(&hashes)
        });
        for entries in entries {
            let (pages, fences) = index::write(entries);
            self.section(&pages)?;
            self.section(&fences)?;
        }
        for filter in &filters {
            self.section(filter.bytes())?;
        }
        self.section(&serde_json::to_vec(meta).map_err(io::Error::from)?)?;
        let mut trailer = std::mem::take(&mut self.sections);
        debug_assert_eq!(trailer.len(), SECTIONS * 20);
        trailer.extend_from_slice(&checksum_of(&trailer));
        trailer.extend_from_slice(TAIL_MAGIC);
        Ok(self.bytes(&trailer)?)
    }
}
