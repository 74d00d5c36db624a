//! Reading: segments and tail as one sequence of records.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use redress_envelope::{DecodeError, Record, Subject};
use redress_store::StoreError;

use crate::block::{self, Block, BlockError, chunk_key};
use crate::cursor::Cursors;
use crate::keys::{KeyKind, key_hash};
use crate::segment::{FRAME_RECORDS, Segment, SegmentError};
use crate::shared::Shared;
use crate::tail::BlockPlace;

/// A record as it is stored, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub position: u64,
    pub bytes: Bytes,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Segment(#[from] SegmentError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the block at {position} cannot be read: {error}")]
    Block { position: u64, error: BlockError },
    #[error("the record at {position} is missing")]
    Missing { position: u64 },
    #[error("the record at {position} cannot be read: {error}")]
    Record { position: u64, error: DecodeError },
    #[error("the reading task was ended")]
    Ended,
}

impl ReadError {
    /// The first position that cannot be read, where it is known.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Segment(error) => error.position(),
            Self::Block { position, .. }
            | Self::Missing { position }
            | Self::Record { position, .. } => Some(*position),
            Self::Store(_) | Self::Ended => None,
        }
    }
}

/// Some records in a row, unpacked together.
enum Piece {
    /// A frame of a segment.
    Frame {
        first: u64,
        records: Arc<Vec<Bytes>>,
    },
    /// A block of the tail.
    Block(Arc<Block>),
}

impl Piece {
    fn first(&self) -> u64 {
        match self {
            Self::Frame { first, .. } => *first,
            Self::Block(block) => block.first,
        }
    }

    fn records(&self) -> &[Bytes] {
        match self {
            Self::Frame { records, .. } => records,
            Self::Block(block) => &block.records,
        }
    }
}

impl Shared {
    /// Records from `from` on: at least one where there is one, at most `max_records`, and no more
    /// than `max_bytes` beyond the first.
    pub(crate) fn read(
        &self,
        from: u64,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        let (mut found, mut bytes) = (Vec::new(), 0);
        let size = self.head.borrow().size;
        let mut position = from;
        while position < size && found.len() < max_records {
            let piece = self.piece(position)?;
            let skip = (position - piece.first()) as usize;
            for record in &piece.records()[skip..] {
                bytes += record.len();
                let full = found.len() == max_records || (bytes > max_bytes && !found.is_empty());
                if full || position == size {
                    return Ok(found);
                }
                found.push(Stored {
                    position,
                    bytes: record.clone(),
                });
                position += 1;
            }
        }
        Ok(found)
    }

    /// One record.
    pub(crate) fn record(&self, position: u64) -> Result<Record, ReadError> {
        let piece = self.piece(position)?;
        let bytes = piece
            .records()
            .get((position - piece.first()) as usize)
            .ok_or(ReadError::Missing { position })?;
        Record::decode(bytes).map_err(|error| ReadError::Record { position, error })
    }

    fn piece(&self, position: u64) -> Result<Piece, ReadError> {
        // Sealing moves blocks into a segment between two looks: the segment wins.
        for _ in 0..3 {
            let segments = self.segments();
            if let Some(segment) = segment_of(&segments, position) {
                return self.frame(segment, position);
            }
            let (place, recent) = {
                let tail = self.tail();
                let place = tail.block_of(position);
                (place, place.and_then(|place| tail.recent(place.first)))
            };
            if let Some(block) = recent {
                return Ok(Piece::Block(block));
            }
            if let Some(place) = place {
                match self.stored_block(place.first) {
                    Ok(Some(block)) => return Ok(Piece::Block(Arc::new(block))),
                    Err(error) if segment_of(&self.segments(), position).is_none() => {
                        return Err(error);
                    }
                    // What is gone, or looks cut off, has just left for a segment.
                    Ok(None) | Err(_) => {}
                }
            }
        }
        Err(ReadError::Missing { position })
    }

    fn frame(&self, segment: &Segment, position: u64) -> Result<Piece, ReadError> {
        let number = (position - segment.first) as usize / FRAME_RECORDS;
        let first = segment.first + (number * FRAME_RECORDS) as u64;
        let key = (segment.first, number);
        let records = self
            .frames
            .get_or_insert_with(&key, || segment.frame(number).map(Arc::new))?;
        Ok(Piece::Frame { first, records })
    }

    /// The cursors that the records below `end` account for, and no others: those of the last block
    /// that ends there or before.
    pub(crate) fn cursors_at(&self, end: u64) -> Result<Cursors, ReadError> {
        let first = {
            let tail = self.tail();
            let whole = |place: BlockPlace| (place.end <= end).then_some(place.first);
            let straddling = end.checked_sub(1).and_then(|last| tail.block_of(last));
            straddling.and_then(|place| {
                whole(place).or_else(|| {
                    let before = place.first.checked_sub(1)?;
                    tail.block_of(before).map(|place| place.first)
                })
            })
        };
        let block = match first {
            Some(first) => self.stored_block(first)?,
            None => None,
        };
        Ok(match block {
            Some(block) => block.cursors,
            None => self
                .segments()
                .last()
                .map(|last| last.meta.cursors.clone())
                .unwrap_or_default(),
        })
    }

    fn stored_block(&self, first: u64) -> Result<Option<Block>, ReadError> {
        let end = chunk_key(first, u8::MAX);
        let chunks = self.store.scan(&chunk_key(first, 0), Some(&end), 32)?;
        let Some(bytes) = block::joined(chunks) else {
            return Ok(None);
        };
        Block::decode(&bytes)
            .map(Some)
            .map_err(|error| ReadError::Block {
                position: first,
                error,
            })
    }

    /// Whether no record can have a key, as far as memory knows.
    pub(crate) fn is_surely_new(&self, kind: KeyKind, hash: u64) -> bool {
        // The tail first, as in `proposed`.
        let start = {
            let tail = self.tail();
            if !tail.find(kind, hash).is_empty() {
                return false;
            }
            tail.start
        };
        let segments = self.segments();
        let mut sealed = segments.iter().take_while(|segment| segment.first < start);
        !sealed.any(|segment| segment.may_hold(kind, hash))
    }

    /// The positions that the indexes propose for a key, in order, below `before`.
    pub(crate) fn proposed(
        &self,
        kind: KeyKind,
        hash: u64,
        before: u64,
    ) -> Result<Vec<u64>, ReadError> {
        // The tail first: what leaves it meanwhile is in a segment by the time we look there.
        let (start, in_tail) = {
            let tail = self.tail();
            (tail.start, tail.find(kind, hash).to_vec())
        };
        let mut positions = Vec::new();
        for segment in self
            .segments()
            .iter()
            .take_while(|segment| segment.first < start)
        {
            positions.extend(segment.find(kind, hash)?);
        }
        positions.extend(in_tail);
        positions.retain(|position| *position < before);
        Ok(positions)
    }

    /// The records of one stream below `before`, in order.
    pub(crate) fn stream(&self, subject: &Subject, before: u64) -> Result<Vec<Record>, ReadError> {
        let hash = key_hash(KeyKind::Stream, subject.as_str());
        let mut records = Vec::new();
        for position in self.proposed(KeyKind::Stream, hash, before)? {
            let record = self.record(position)?;
            if record.subject == *subject {
                records.push(record);
            }
        }
        Ok(records)
    }

    /// The first record of the command that came with a key.
    pub(crate) fn first_with(
        &self,
        kind: KeyKind,
        text: &str,
        before: u64,
    ) -> Result<Option<Record>, ReadError> {
        for position in self.proposed(kind, key_hash(kind, text), before)? {
            let record = self.record(position)?;
            let found = match kind {
                KeyKind::Stream => Some(record.subject.as_str()),
                KeyKind::Request => record.context.request_id.as_deref(),
                KeyKind::Inbound => record.context.inbound_key.as_deref(),
            };
            if found == Some(text) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The records of the command that begins at a position.
    pub(crate) fn command(&self, first: Record) -> Result<Vec<Record>, ReadError> {
        let mut records = vec![first];
        while let Some(last) = records.last().filter(|last| !last.command_end) {
            let next = self.record(last.position + 1)?;
            records.push(next);
        }
        Ok(records)
    }

    /// How many records were recorded at or before a time.
    pub(crate) fn size_at(&self, time: Timestamp) -> Result<u64, ReadError> {
        let microsecond = time.as_microsecond();
        let size = self.head.borrow().size;
        let mut from = 0;
        for segment in self.segments().iter() {
            let frames = segment.frames();
            let at = frames.partition_point(|frame| frame.first_microsecond <= microsecond);
            if at == 0 {
                break;
            }
            from = segment.first + ((at - 1) * FRAME_RECORDS) as u64;
        }
        if let Some(place) = self.tail().block_at(microsecond) {
            from = from.max(place.first);
        }
        while from < size {
            let batch = self.read(from, FRAME_RECORDS, usize::MAX)?;
            for stored in &batch {
                let record = Record::decode(&stored.bytes).map_err(|error| ReadError::Record {
                    position: stored.position,
                    error,
                })?;
                if record.time > time {
                    return Ok(stored.position);
                }
            }
            from += batch.len() as u64;
        }
        Ok(size)
    }
}

fn segment_of(segments: &[Arc<Segment>], position: u64) -> Option<&Segment> {
    let at = segments.partition_point(|segment| segment.end() <= position);
    segments
        .get(at)
        .filter(|segment| segment.first <= position)
        .map(AsRef::as_ref)
}
