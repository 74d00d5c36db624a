//! Reading every record back from the disk and saying where the first bad one is.

use std::path::Path;
use std::sync::Arc;

use redress_envelope::Record;
use redress_evidence::{Frontier, Hash, leaf_hash};
use redress_store::{DirLock, SledStore, Store};

use crate::before::Before;
use crate::head_note;
use crate::history::ReadError;
use crate::identity::{self, Identity};
use crate::keys::{KEY_KINDS, RecordKeys};
use crate::lives::Lives;
use crate::lost;
use crate::open::{OpenError, for_each_block};
use crate::segment::{FRAME_RECORDS, Segment};
use crate::shared::Shared;

/// What a whole reading of a log found.
#[derive(Debug, Clone)]
pub struct Verified {
    pub identity: Identity,
    /// Records that are whole and in order from the beginning.
    pub records: u64,
    /// The Merkle root over them.
    pub root: Hash,
    pub segments: usize,
    pub bytes_of_records: u64,
    pub bytes_on_disk: u64,
    /// The first thing that is wrong, if anything is.
    pub problem: Option<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The first position that cannot be trusted.
    pub position: u64,
    pub what: String,
}

/// Verifies the log in a folder. `progress` is told how many records have been read.
///
/// A cut-off tail cannot be seen in what is left. It shows against the note of the last head beside
/// the folder, as far as that goes, and against a root that was kept elsewhere.
pub fn verify(folder: &Path, progress: &mut dyn FnMut(u64)) -> Result<Verified, OpenError> {
    let io = |error| OpenError::Folder {
        path: folder.to_owned(),
        error,
    };
    let identity = identity::read(folder).map_err(io)?.ok_or_else(|| {
        io(std::io::Error::new(
            std::io::ErrorKind::NotFound,
            "there is no log in this folder",
        ))
    })?;
    let _lock = DirLock::acquire(folder)?;
    let before = Before::keep(folder);
    let (store, _) = SledStore::open(&folder.join("tail"))?;
    let note = head_note::path(folder);
    let noted = head_note::read(&note, &identity.lives())?;
    let mut walk = Walk::new(&identity, noted, progress);
    let (mut segments, mut bytes_on_disk) = (0, 0);
    for path in segment_paths(&folder.join("segments")).map_err(io)? {
        if walk.problem.is_some() {
            break;
        }
        match Segment::open(&path) {
            Ok(segment) => {
                segments += 1;
                bytes_on_disk += segment.bytes_on_disk();
                walk.segment(&segment);
            }
            Err(error) => walk.wrong(walk.next, error.to_string()),
        }
    }
    let sealed = walk.next;
    let tail = walk_tail(&mut walk, &store, sealed);
    if let Err(error) = tail
        && walk.problem.is_none()
    {
        walk.wrong(error.position().unwrap_or(walk.next), error.to_string());
    }
    walk.hold_against_lives();
    walk.hold_against_note(&note);
    if walk.problem.is_none() {
        before.forget();
    }
    Ok(Verified {
        identity,
        records: walk.frontier.len(),
        root: walk.frontier.root(),
        segments,
        bytes_of_records: walk.bytes,
        bytes_on_disk: bytes_on_disk + folder_bytes(&folder.join("tail")),
        problem: walk.problem,
    })
}

fn segment_paths(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "seg") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => folder_bytes(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

fn walk_tail(walk: &mut Walk<'_>, store: &dyn Store, sealed: u64) -> Result<(), OpenError> {
    let torn = for_each_block(store, &mut |block| {
        if walk.problem.is_some() || block.end() <= sealed {
            return Ok(());
        }
        if block.first > walk.next {
            return Err(OpenError::Gap {
                from: walk.next,
                to: block.first,
            });
        }
        let skip = (walk.next - block.first) as usize;
        for bytes in &block.records[skip..] {
            walk.record(bytes);
        }
        Ok(())
    })?;
    match torn {
        Some(to) if to != walk.next && walk.problem.is_none() => {
            let from = walk.next;
            Err(OpenError::Gap { from, to })
        }
        Some(_) | None => Ok(()),
    }
}

/// The walk from the first record to the last.
struct Walk<'a> {
    identity: Identity,
    lives: Lives,
    next: u64,
    frontier: Frontier,
    time: Option<jiff::Timestamp>,
    starts_command: bool,
    bytes: u64,
    problem: Option<Problem>,
    /// The size and the root that were noted.
    noted: Option<(u64, Hash)>,
    root_at_noted: Hash,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> Walk<'a> {
    fn new(
        identity: &Identity,
        noted: Option<(u64, Hash)>,
        progress: &'a mut dyn FnMut(u64),
    ) -> Self {
        Self {
            identity: identity.clone(),
            lives: identity.lives(),
            next: 0,
            frontier: Frontier::new(),
            time: None,
            starts_command: true,
            bytes: 0,
            problem: None,
            noted,
            root_at_noted: Frontier::new().root(),
            progress,
        }
    }

    fn wrong(&mut self, position: u64, what: String) {
        self.problem.get_or_insert(Problem { position, what });
    }

    fn hold_against_lives(&mut self) {
        let found = self.frontier.len();
        if self.lives.began_at().is_some_and(|began| began >= found) {
            let what = "the record that begins the present life of the log is missing";
            self.wrong(found, what.to_owned());
        }
    }

    fn hold_against_note(&mut self, note: &Path) {
        let found = self.frontier.len();
        match self.noted {
            Some((size, _)) if size > found => {
                let what = format!("the log had {size} records, says {}", note.display());
                self.wrong(found, what);
            }
            Some((_, root)) if root != self.root_at_noted => {
                let what = format!("the records are not those of {}", note.display());
                self.wrong(0, what);
            }
            Some(_) | None => {}
        }
    }

    fn segment(&mut self, segment: &Segment) {
        let is_ours = self.lives.keeps(segment.log, segment.end()).is_ok();
        if segment.first != self.next || !is_ours {
            let what = format!("{} does not follow here", segment.path.display());
            return self.wrong(self.next, what);
        }
        match segment.frontier_before() {
            Ok(frontier) if frontier == self.frontier => {}
            Ok(_) => return self.wrong(self.next, "the history before is another".to_owned()),
            Err(error) => return self.wrong(self.next, error.to_string()),
        }
        let mut entries: [Vec<(u64, u32)>; 3] = Default::default();
        for number in 0..segment.frames().len() {
            if let Err(error) = self.frame(segment, number, &mut entries) {
                return self.wrong(error.position().unwrap_or(self.next), error.to_string());
            }
            if self.problem.is_some() {
                return;
            }
            (self.progress)(self.next);
        }
        if let Err(error) = segment
            .check_sections()
            .and_then(|()| segment.check_indexes(entries))
        {
            self.wrong(segment.first, error.to_string());
        }
    }

    fn frame(
        &mut self,
        segment: &Segment,
        number: usize,
        entries: &mut [Vec<(u64, u32)>; 3],
    ) -> Result<(), crate::segment::SegmentError> {
        let mut frame = Frontier::new();
        for bytes in &segment.frame(number)? {
            frame.push(leaf_hash(bytes));
            let offset = (self.next - segment.first) as u32;
            if let Some(keys) = self.record(bytes) {
                for kind in KEY_KINDS {
                    entries[kind as usize].extend(keys.of_kind(kind).map(|hash| (hash, offset)));
                }
            }
        }
        debug_assert_eq!(frame.len() as usize, FRAME_RECORDS);
        if frame.root() == segment.frames()[number].root {
            Ok(())
        } else {
            Err(segment.damaged_frame(number))
        }
    }

    /// Checks one record and goes on behind it.
    fn record(&mut self, bytes: &[u8]) -> Option<RecordKeys> {
        let position = self.next;
        self.next += 1;
        if self.problem.is_some() {
            return None;
        }
        let record = match Record::decode_checked(bytes) {
            Ok(record) => record,
            Err(error) => {
                self.wrong(position, error.to_string());
                return None;
            }
        };
        let of = Identity {
            tenant: record.tenant.clone(),
            service: record.service.clone(),
            partition: record.partition,
            log: record.log,
            earlier: Vec::new(),
        };
        let is_ours = of.has_place_of(&self.identity) && of.log == self.lives.log_at(position);
        if record.position != position || !is_ours {
            let (found, place) = (record.as_cause(), of.place());
            let what = format!(
                "the record says that it is {found} in {place} of {}",
                of.tenant
            );
            self.wrong(position, what);
            return None;
        }
        let ended = self.lives.ended_at(position);
        if ended.is_some_and(|ended| !lost::begins_life(&record, ended, position)) {
            let what = "another life of the log begins without a record that says so";
            self.wrong(position, what.to_owned());
            return None;
        }
        if self.time.is_some_and(|time| record.time < time) {
            self.wrong(position, "the recorded time goes back".to_owned());
            return None;
        }
        let keys = RecordKeys::of(&record, self.starts_command);
        self.starts_command = record.command_end;
        self.time = Some(record.time);
        self.bytes += bytes.len() as u64;
        self.frontier.push(leaf_hash(bytes));
        if self.noted.is_some_and(|(size, _)| size == self.next) {
            self.root_at_noted = self.frontier.root();
        }
        if position.is_multiple_of(4096) {
            (self.progress)(position);
        }
        Some(keys)
    }
}

/// The Merkle root over the first `size` records, from the roots that segments keep.
pub(crate) fn root_at(shared: &Shared, size: u64) -> Result<Hash, ReadError> {
    let size = size.min(shared.head.borrow().size);
    let mut frontier = Frontier::new();
    let segments: Arc<Vec<Arc<Segment>>> = shared.segments();
    for segment in segments.iter().take_while(|segment| segment.first < size) {
        frontier = segment.frontier_before()?;
        for frame in segment.frames() {
            if frontier.len() + FRAME_RECORDS as u64 > size {
                break;
            }
            frontier
                .push_subtree(8, frame.root)
                .map_err(|_| segment.damaged_frame(0))?;
        }
    }
    while frontier.len() < size {
        let wanted = (size - frontier.len()).min(4096) as usize;
        for stored in shared.read(frontier.len(), wanted, usize::MAX)? {
            frontier.push(leaf_hash(&stored.bytes));
        }
    }
    Ok(frontier.root())
}
