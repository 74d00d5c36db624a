//! A sorted index in pages, each with its own checksum: a damaged page is an error, never a record
//! that is not found.
//!
//! A page is 4,096 bytes: the number of entries u32, up to 340 entries of hash u64 and offset in the
//! segment u32, zeros, CRC-32. The fences are the first hash of each page, little-endian.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

pub(crate) const PAGE_BYTES: usize = 4096;
const ENTRIES_PER_PAGE: usize = 340;
const ENTRY_BYTES: usize = 12;

/// Writes the pages and the fences of an index. `entries` are (hash, offset), in any order.
pub(crate) fn write(mut entries: Vec<(u64, u32)>) -> (Vec<u8>, Vec<u8>) {
    entries.sort_unstable();
    let (mut pages, mut fences) = (Vec::new(), Vec::new());
    for chunk in entries.chunks(ENTRIES_PER_PAGE) {
        fences.extend_from_slice(&chunk[0].0.to_le_bytes());
        let mut page = Vec::with_capacity(PAGE_BYTES);
        page.extend_from_slice(&(chunk.len() as u32).to_le_bytes());
        for (hash, offset) in chunk {
            page.extend_from_slice(&hash.to_le_bytes());
            page.extend_from_slice(&offset.to_le_bytes());
        }
        page.resize(PAGE_BYTES - 4, 0);
        page.extend_from_slice(&crc32fast::hash(&page).to_le_bytes());
        pages.extend_from_slice(&page);
    }
    (pages, fences)
}

/// An index in a file: where its pages start, and the fences in memory.
#[derive(Debug)]
pub(crate) struct Index {
    start: u64,
    fences: Vec<u64>,
}

impl Index {
    pub(crate) fn new(start: u64, fences: &[u8]) -> Self {
        let fence = |bytes: &[u8]| {
            let mut fence = [0; 8];
            fence.copy_from_slice(bytes);
            u64::from_le_bytes(fence)
        };
        Self {
            start,
            fences: fences.chunks_exact(8).map(fence).collect(),
        }
    }

    /// The offsets under a hash, in order.
    pub(crate) fn find(&self, file: &File, hash: u64) -> io::Result<Vec<u32>> {
        let mut found = Vec::new();
        // The page before the first fence that is not below may end with the hash.
        let at = self
            .fences
            .partition_point(|fence| *fence < hash)
            .saturating_sub(1);
        for page in at..self.fences.len() {
            if self.fences[page] > hash {
                break;
            }
            let entries = self.page(file, page)?;
            let from = entries.partition_point(|(entry, _)| *entry < hash);
            found.extend(
                entries[from..]
                    .iter()
                    .take_while(|(entry, _)| *entry == hash)
                    .map(|e| e.1),
            );
        }
        Ok(found)
    }

    fn page(&self, file: &File, page: usize) -> io::Result<Vec<(u64, u32)>> {
        let mut bytes = [0; PAGE_BYTES];
        file.read_exact_at(&mut bytes, self.start + (page * PAGE_BYTES) as u64)?;
        read_page(&bytes)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an index page is damaged"))
    }
}

fn read_page(bytes: &[u8; PAGE_BYTES]) -> Option<Vec<(u64, u32)>> {
    let (body, checksum) = bytes.split_at(PAGE_BYTES - 4);
    let count = u32::from_le_bytes(body[..4].try_into().ok()?) as usize;
    if crc32fast::hash(body).to_le_bytes() != checksum || count > ENTRIES_PER_PAGE {
        return None;
    }
    let entry = |bytes: &[u8]| {
        let (hash, offset) = bytes.split_at(8);
        Some((
            u64::from_le_bytes(hash.try_into().ok()?),
            u32::from_le_bytes(offset.try_into().ok()?),
        ))
    };
    body[4..]
        .chunks_exact(ENTRY_BYTES)
        .take(count)
        .map(entry)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    proptest! {
        #[test]
        fn an_index_finds_exactly_what_was_put_in(
            entries in prop::collection::vec((0_u64..500, any::<u32>()), 0..2000),
            hash in 0_u64..510,
        ) {
            let (pages, fences) = write(entries.clone());
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"seven..").unwrap();
            file.write_all(&pages).unwrap();
            let found = Index::new(7, &fences).find(&file, hash).unwrap();
            let mut expected: Vec<u32> =
                entries.iter().filter(|e| e.0 == hash).map(|e| e.1).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
