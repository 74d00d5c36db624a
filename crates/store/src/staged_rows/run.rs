//! A file of rows in the order of their keys.
//!
//! [Blocks](super::block) follow each other. Where they begin, and a filter over the keys, are in
//! memory only: they are made while a run is written, or when it is read through at opening.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::block::{self, Block, HEAD_BYTES, Row, torn};
use super::filter::{Filter, KeyHash};

const BLOCK_BYTES: usize = 16 << 10;
/// What is read once or twice is not worth more time.
const ZSTD_LEVEL: i32 = -1;
const BUFFER_BYTES: usize = 256 << 10;

/// What a run is, as the books have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) number: u64,
    /// How often its rows were merged.
    pub(super) tier: u32,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

#[derive(Debug)]
pub(super) struct Run {
    pub(super) facts: Facts,
    file: File,
    index: Index,
    filter: Filter,
}

/// Where each block begins, and its first key.
#[derive(Debug, Default)]
struct Index {
    keys: Vec<u8>,
    key_ends: Vec<usize>,
    /// One more than there are blocks: where the last one ends, too.
    offsets: Vec<u64>,
}

impl Index {
    fn push(&mut self, first_key: &[u8], offset: u64) {
        self.keys.extend_from_slice(first_key);
        self.key_ends.push(self.keys.len());
        self.offsets.push(offset);
    }

    fn blocks(&self) -> usize {
        self.key_ends.len()
    }

    fn first_key(&self, block: usize) -> &[u8] {
        let begin = block.checked_sub(1).map_or(0, |last| self.key_ends[last]);
        &self.keys[begin..self.key_ends[block]]
    }

    /// The block in which a key would be.
    fn block_of(&self, key: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.blocks());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.first_key(middle) <= key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1)
    }
}

pub(super) fn path_of(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("run-{number}"))
}

/// Writes a run, row after row in rising order.
pub(super) struct RunWriter {
    facts: Facts,
    file: BufWriter<File>,
    index: Index,
    filter: Filter,
    packer: zstd::bulk::Compressor<'static>,
    block: Vec<u8>,
    packed: Vec<u8>,
}

impl RunWriter {
    pub(super) fn create(dir: &Path, number: u64, tier: u32, most_rows: usize) -> io::Result<Self> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path_of(dir, number))?;
        let mut packer = zstd::bulk::Compressor::new(ZSTD_LEVEL)?;
        packer.include_checksum(true)?;
        Ok(Self {
            facts: Facts {
                number,
                tier,
                rows: 0,
                bytes: 0,
            },
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            index: Index::default(),
            filter: Filter::new(most_rows),
            packer,
            block: Vec::with_capacity(2 * BLOCK_BYTES),
            packed: Vec::new(),
        })
    }

    pub(super) fn push(&mut self, (key, value): Row<'_>) -> io::Result<()> {
        if self.block.is_empty() {
            self.index.push(key, self.facts.bytes);
        }
        block::append(&mut self.block, (key, value))?;
        self.filter.add(KeyHash::of(key));
        self.facts.rows += 1;
        if self.block.len() >= BLOCK_BYTES {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        self.packed.clear();
        self.packed
            .reserve(zstd::zstd_safe::compress_bound(self.block.len()));
        self.packer
            .compress_to_buffer(&self.block, &mut self.packed)?;
        let lengths = [self.packed.len() as u32, self.block.len() as u32];
        for length in lengths {
            self.file.write_all(&length.to_le_bytes())?;
        }
        self.file.write_all(&self.packed)?;
        self.facts.bytes += (HEAD_BYTES + self.packed.len()) as u64;
        self.block.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Run> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        self.index.offsets.push(self.facts.bytes);
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        Ok(Run {
            facts: self.facts,
            file,
            index: self.index,
            filter: self.filter,
        })
    }
}

impl Run {
    /// Reads a whole run, and fails where it is not what was written.
    pub(super) fn open(dir: &Path, facts: Facts) -> io::Result<Self> {
        let mut run = Self {
            facts,
            file: File::open(path_of(dir, facts.number))?,
            index: Index::default(),
            filter: Filter::new(facts.rows as usize),
        };
        let (mut offset, mut rows, mut block) = (0, 0, Block::default());
        while offset < facts.bytes {
            let end = offset + run.length_at(offset)?;
            run.read(offset, end, &mut block)?;
            run.index.push(block.row()?.0, offset);
            while !block.is_over() {
                run.filter.add(KeyHash::of(block.row()?.0));
                block.pass()?;
                rows += 1;
            }
            offset = end;
        }
        run.index.offsets.push(offset);
        if (offset, rows) == (facts.bytes, facts.rows) {
            Ok(run)
        } else {
            Err(block::invalid("a run is shorter or longer than it was"))
        }
    }

    pub(super) fn may_have(&self, key: KeyHash) -> bool {
        self.filter.may_have(key)
    }

    /// What the run says of a key, if anything.
    pub(super) fn get(&self, key: &[u8]) -> io::Result<Option<Found>> {
        let Some(number) = self.index.block_of(key) else {
            return Ok(None);
        };
        let mut block = Block::default();
        self.read_block(number, &mut block)?;
        while !block.is_over() {
            let (found, value) = block.row()?;
            if found >= key {
                let said = match value {
                    Some(value) => Found::Value(value.to_vec()),
                    None => Found::Removed,
                };
                return Ok((found == key).then_some(said));
            }
            block.pass()?;
        }
        Ok(None)
    }

    fn read_block(&self, number: usize, block: &mut Block) -> io::Result<()> {
        let (begin, end) = (self.index.offsets[number], self.index.offsets[number + 1]);
        self.read(begin, end, block)
    }

    /// How many bytes the block at a place takes.
    fn length_at(&self, offset: u64) -> io::Result<u64> {
        let mut packed = [0; 4];
        self.file.read_exact_at(&mut packed, offset)?;
        Ok(HEAD_BYTES as u64 + u64::from(u32::from_le_bytes(packed)))
    }

    fn read(&self, begin: u64, end: u64, block: &mut Block) -> io::Result<()> {
        // No more memory is asked for than the file has bytes.
        if end > self.facts.bytes {
            return Err(torn());
        }
        block.packed.resize((end - begin) as usize, 0);
        self.file.read_exact_at(&mut block.packed, begin)?;
        block.unpack()
    }
}

/// What a run says of a key.
pub(super) enum Found {
    Value(Vec<u8>),
    Removed,
}

/// A place in a run. It is at a row until it is over.
pub(super) struct Cursor {
    run: Arc<Run>,
    next: usize,
    block: Block,
}

impl Cursor {
    /// The first row whose key is not below `from`.
    pub(super) fn seek(run: Arc<Run>, from: &[u8]) -> io::Result<Self> {
        let next = run.index.block_of(from).unwrap_or(0);
        let mut cursor = Self {
            run,
            next,
            block: Block::default(),
        };
        cursor.load()?;
        while !cursor.is_over() && cursor.row()?.0 < from {
            cursor.advance()?;
        }
        Ok(cursor)
    }

    fn load(&mut self) -> io::Result<()> {
        if self.next < self.run.index.blocks() {
            self.run.read_block(self.next, &mut self.block)?;
            self.next += 1;
        }
        Ok(())
    }

    pub(super) fn is_over(&self) -> bool {
        self.block.is_over()
    }

    pub(super) fn row(&self) -> io::Result<Row<'_>> {
        self.block.row()
    }

    /// The key, or nothing where the row cannot be read.
    pub(super) fn key(&self) -> &[u8] {
        self.row().map_or(&[], |(key, _)| key)
    }

    pub(super) fn advance(&mut self) -> io::Result<()> {
        self.block.pass()?;
        if self.block.is_over() {
            self.load()?;
        }
        Ok(())
    }
}
