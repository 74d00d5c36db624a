//! A sealed segment: the history of a log in a plain, immutable file.
//!
//! Layout, little-endian (golden file in the tests):
//! header of 64 bytes: `REDSEG1\n`, log id, first position u64, records u32, partition u16, zeros, CRC-32;
//! frames of 256 records, packed as in a block; then sections, each with its own checksum:
//! the directory (one 64-byte entry per frame: offset u64, packed bytes u32, raw bytes u32, CRC-32,
//! records u32, time of the first record in microseconds i64, Merkle root of the frame), pages and
//! fences of the three indexes (streams, requests, inbound keys), their three filters, and the
//! meta section (JSON: Merkle frontier before the segment, cursors, time of the last record);
//! a trailer: offset u64, length u64 and CRC-32 of each section, CRC-32, `REDSEGZ\n`.
//!
//! A frame of 256 records is a full tile of the transparency log, so a proof needs the frame's
//! records and the roots of the other frames, nothing else.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::Timestamp;
use redress_envelope::LogId;
use redress_evidence::{Frontier, Hash};
use serde::{Deserialize, Serialize};

use crate::cursor::Cursors;
use crate::keys::KeyKind;
use crate::pack::{self, PackError};

mod filter;
mod index;
mod write;

use filter::Filter;
use index::Index;
pub use write::SealError;
pub(crate) use write::{Sealable, write};

/// Records in a frame, and the width of a tile of the Merkle tree.
pub(crate) const FRAME_RECORDS: usize = 256;
const HEADER_BYTES: usize = 64;
const ENTRY_BYTES: usize = 64;
const SECTIONS: usize = 11;
const TRAILER_BYTES: usize = SECTIONS * 20 + 4 + 8;
const HEAD_MAGIC: &[u8; 8] = b"REDSEG1\n";
const TAIL_MAGIC: &[u8; 8] = b"REDSEGZ\n";

#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{}: {what} is damaged", path.display())]
    Damaged { path: PathBuf, what: &'static str },
    #[error("{}: records {first} to {last} are damaged", path.display())]
    Frame {
        path: PathBuf,
        first: u64,
        last: u64,
    },
}

impl SegmentError {
    /// The first position that cannot be read because of this.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Frame { first, .. } => Some(*first),
            Self::Io { .. } | Self::Damaged { .. } => None,
        }
    }
}

/// What the meta section holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// The Merkle frontier of everything before the segment, as hex.
    pub(crate) frontier_before: String,
    pub(crate) cursors: Cursors,
    pub(crate) last_time: Timestamp,
    /// Whether the last record ends its command.
    pub(crate) ends_command: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameEntry {
    offset: u64,
    packed_bytes: u32,
    raw_bytes: u32,
    checksum: u32,
    records: u32,
    pub(crate) first_microsecond: i64,
    pub(crate) root: Hash,
}

/// An open segment. Everything but the frames and the index pages is in memory.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    file: File,
    pub(crate) log: LogId,
    pub(crate) first: u64,
    pub(crate) count: u64,
    frames: Vec<FrameEntry>,
    indexes: [Index; 3],
    filters: [Filter; 3],
    sections: Vec<Section>,
    pub(crate) meta: Meta,
}

#[derive(Debug, Clone, Copy)]
struct Section {
    offset: u64,
    bytes: u64,
    checksum: u32,
}

impl Segment {
    pub(crate) fn file_name(first: u64) -> String {
        format!("{first:020}.seg")
    }

    pub(crate) fn end(&self) -> u64 {
        self.first + self.count
    }

    pub(crate) fn frames(&self) -> &[FrameEntry] {
        &self.frames
    }

    pub(crate) fn bytes_on_disk(&self) -> u64 {
        self.file.metadata().map_or(0, |meta| meta.len())
    }

    /// Opens a segment and checks all that it keeps in memory.
    pub(crate) fn open(path: &Path) -> Result<Self, SegmentError> {
        let io = |error| SegmentError::Io {
            path: path.to_owned(),
            error,
        };
        let damaged = |what| SegmentError::Damaged {
            path: path.to_owned(),
            what,
        };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        if length < (HEADER_BYTES + TRAILER_BYTES) as u64 {
            return Err(damaged("the end (the file is cut off)"));
        }
        let header = read(&file, 0, HEADER_BYTES).map_err(io)?;
        if &header[..8] != HEAD_MAGIC || checksum_of(&header[..60]) != header[60..] {
            return Err(damaged("the header"));
        }
        let trailer = read(&file, length - TRAILER_BYTES as u64, TRAILER_BYTES).map_err(io)?;
        let sections = sections_of(&trailer, length).ok_or_else(|| damaged("the trailer"))?;
        let section = |number: usize, what| -> Result<Vec<u8>, SegmentError> {
            let section: &Section = &sections[number];
            let bytes = read(&file, section.offset, section.bytes as usize).map_err(io)?;
            let sound = crc32fast::hash(&bytes) == section.checksum;
            sound.then_some(bytes).ok_or_else(|| damaged(what))
        };
        let directory = section(0, "the directory")?;
        let filter =
            |number| Filter::read(section(number, "a filter")?).ok_or_else(|| damaged("a filter"));
        let index = |pages: usize, fences| -> Result<Index, SegmentError> {
            Ok(Index::new(
                sections[pages].offset,
                &section(fences, "an index")?,
            ))
        };
        let meta = serde_json::from_slice(&section(10, "the meta section")?)
            .map_err(|_| damaged("the meta section"))?;
        let count = u64::from(u32_at(&header, 32));
        let frames: Vec<FrameEntry> = directory
            .chunks_exact(ENTRY_BYTES)
            .map(frame_entry)
            .collect();
        if frames
            .iter()
            .map(|frame| u64::from(frame.records))
            .sum::<u64>()
            != count
        {
            return Err(damaged("the directory"));
        }
        let mut log = [0; 16];
        log.copy_from_slice(&header[8..24]);
        Ok(Self {
            path: path.to_owned(),
            log: LogId(uuid::Uuid::from_bytes(log)),
            first: u64_at(&header, 24),
            count,
            frames,
            indexes: [index(1, 2)?, index(3, 4)?, index(5, 6)?],
            filters: [filter(7)?, filter(8)?, filter(9)?],
            sections,
            meta,
            file,
        })
    }

    /// The records of one frame.
    pub(crate) fn frame(&self, number: usize) -> Result<Vec<Bytes>, SegmentError> {
        let entry = &self.frames[number];
        let damaged = || self.damaged_frame(number);
        let packed =
            read(&self.file, entry.offset, entry.packed_bytes as usize).map_err(|error| {
                SegmentError::Io {
                    path: self.path.clone(),
                    error,
                }
            })?;
        if crc32fast::hash(&packed) != entry.checksum {
            return Err(damaged());
        }
        pack::unpack(&packed, entry.records as usize, entry.raw_bytes as usize)
            .map_err(|_: PackError| damaged())
    }

    pub(crate) fn damaged_frame(&self, number: usize) -> SegmentError {
        let first = self.first + (number * FRAME_RECORDS) as u64;
        let last = first + u64::from(self.frames[number].records) - 1;
        SegmentError::Frame {
            path: self.path.clone(),
            first,
            last,
        }
    }

    /// Whether the filter lets a key through.
    pub(crate) fn may_hold(&self, kind: KeyKind, hash: u64) -> bool {
        self.filters[kind as usize].may_contain(hash)
    }

    /// The positions that the index proposes for a key, in order.
    pub(crate) fn find(&self, kind: KeyKind, hash: u64) -> Result<Vec<u64>, SegmentError> {
        if !self.may_hold(kind, hash) {
            return Ok(Vec::new());
        }
        let offsets = self.indexes[kind as usize]
            .find(&self.file, hash)
            .map_err(|error| SegmentError::Io {
                path: self.path.clone(),
                error,
            })?;
        Ok(offsets
            .into_iter()
            .map(|offset| self.first + u64::from(offset))
            .collect())
    }

    /// Checks the sections that opening does not read whole.
    pub(crate) fn check_sections(&self) -> Result<(), SegmentError> {
        for (number, what) in [
            (1, "the stream index"),
            (3, "the request index"),
            (5, "the inbound index"),
        ] {
            let section = self.sections[number];
            let bytes =
                read(&self.file, section.offset, section.bytes as usize).map_err(|error| {
                    SegmentError::Io {
                        path: self.path.clone(),
                        error,
                    }
                })?;
            if crc32fast::hash(&bytes) != section.checksum {
                return Err(SegmentError::Damaged {
                    path: self.path.clone(),
                    what,
                });
            }
        }
        Ok(())
    }

    /// Checks that the indexes say what the records say.
    pub(crate) fn check_indexes(&self, entries: [Vec<(u64, u32)>; 3]) -> Result<(), SegmentError> {
        let what = "an index";
        for (kind, entries) in entries.into_iter().enumerate() {
            let hashes: Vec<u64> = entries.iter().map(|entry| entry.0).collect();
            let filter = Filter::build(&hashes);
            let (pages, fences) = index::write(entries);
            let expected = [
                (1 + kind * 2, pages.as_slice()),
                (2 + kind * 2, fences.as_slice()),
                (7 + kind, filter.bytes()),
            ];
            for (number, expected) in expected {
                if self.section(number)? != expected {
                    let path = self.path.clone();
                    return Err(SegmentError::Damaged { path, what });
                }
            }
        }
        Ok(())
    }

    fn section(&self, number: usize) -> Result<Vec<u8>, SegmentError> {
        let section = self.sections[number];
        read(&self.file, section.offset, section.bytes as usize).map_err(|error| SegmentError::Io {
            path: self.path.clone(),
            error,
        })
    }

    /// The Merkle frontier of everything before this segment.
    pub(crate) fn frontier_before(&self) -> Result<Frontier, SegmentError> {
        let damaged = || SegmentError::Damaged {
            path: self.path.clone(),
            what: "the frontier",
        };
        let frontier = from_hex(&self.meta.frontier_before)
            .and_then(|bytes| Frontier::decode(&bytes).ok())
            .ok_or_else(damaged)?;
        if frontier.len() == self.first {
            Ok(frontier)
        } else {
            Err(damaged())
        }
    }

    /// The Merkle frontier with this segment, from the roots of its frames.
    pub(crate) fn frontier_after(&self) -> Result<Frontier, SegmentError> {
        let mut frontier = self.frontier_before()?;
        for frame in &self.frames {
            frontier
                .push_subtree(8, frame.root)
                .map_err(|_| SegmentError::Damaged {
                    path: self.path.clone(),
                    what: "the frontier",
                })?;
        }
        Ok(frontier)
    }
}

fn read(file: &File, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; bytes];
    file.read_exact_at(&mut buffer, offset)?;
    Ok(buffer)
}

fn sections_of(trailer: &[u8], file_bytes: u64) -> Option<Vec<Section>> {
    let table = SECTIONS * 20;
    if &trailer[table + 4..] != TAIL_MAGIC
        || checksum_of(&trailer[..table]) != trailer[table..table + 4]
    {
        return None;
    }
    let section = |bytes: &[u8]| Section {
        offset: u64_at(bytes, 0),
        bytes: u64_at(bytes, 8),
        checksum: u32_at(bytes, 16),
    };
    let sections: Vec<Section> = trailer[..table].chunks_exact(20).map(section).collect();
    let inside = |s: &Section| {
        s.offset
            .checked_add(s.bytes)
            .is_some_and(|end| end <= file_bytes)
    };
    sections.iter().all(inside).then_some(sections)
}

fn frame_entry(bytes: &[u8]) -> FrameEntry {
    let mut root = [0; 32];
    root.copy_from_slice(&bytes[32..64]);
    FrameEntry {
        offset: u64_at(bytes, 0),
        packed_bytes: u32_at(bytes, 8),
        raw_bytes: u32_at(bytes, 12),
        checksum: u32_at(bytes, 16),
        records: u32_at(bytes, 20),
        first_microsecond: u64_at(bytes, 24).cast_signed(),
        root: Hash::from(root),
    }
}

fn checksum_of(bytes: &[u8]) -> [u8; 4] {
    crc32fast::hash(bytes).to_le_bytes()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.is_ascii() && text.len().is_multiple_of(2);
    digits.then_some(())?;
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok())
        .collect()
}
