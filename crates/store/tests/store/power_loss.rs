//! Power cuts without special devices, for any program that acknowledges on its standard output.
//!
//! A [`Machine`] is an ext4 file system in a file. A program runs on it; at any moment it is stopped
//! and the file is copied: the copy holds what the disk was given, and nothing of what the kernel
//! still had in memory. Mounting the copy is what a start after the power cut would do. A torn copy
//! goes further: of the blocks that changed since the disk was last told to let nothing wait in its
//! cache, any may have missed it.
//!
//! It knows nothing of any store.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::Duration;

const BLOCK_BYTES: usize = 4096;
static ZEROS: [u8; BLOCK_BYTES] = [0; BLOCK_BYTES];

#[derive(Debug)]
pub(crate) struct Machine {
    dir: tempfile::TempDir,
}

/// What a power cut would leave on the disk.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    bytes: Vec<u8>,
    /// Flushes that the disk had finished before and after the copy was taken.
    flushes: (u64, u64),
}

impl Machine {
    /// Fails with the reason where root, loop devices or mkfs are missing.
    pub(crate) fn new(megabytes: usize) -> Result<Self, String> {
        let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
        let machine = Self { dir };
        let image = machine.image_path();
        let sized = File::create(&image).and_then(|file| file.set_len((megabytes << 20) as u64));
        sized.map_err(|error| error.to_string())?;
        run(Command::new("mkfs.ext4")
            .args(["-q", "-F", "-b", "4096"])
            .arg(&image))?;
        fs::create_dir(machine.disk()).map_err(|error| error.to_string())?;
        mount(&image, &machine.disk())?;
        Ok(machine)
    }

    /// The directory that loses its power.
    pub(crate) fn disk(&self) -> PathBuf {
        self.dir.path().join("disk")
    }

    /// A directory that keeps its power: for what the program said.
    pub(crate) fn outside(&self) -> &Path {
        self.dir.path()
    }

    fn image_path(&self) -> PathBuf {
        self.dir.path().join("image")
    }

    /// What is on the disk now. The program should be stopped; the kernel's own writers are not, so
    /// the copy is taken until two are the same.
    pub(crate) fn cut(&self) -> Image {
        let read = || fs::read(self.image_path()).expect("the image can be read");
        let before = self.flushes();
        let mut earlier = read();
        loop {
            let bytes = read();
            if bytes == earlier {
                let flushes = (before, self.flushes());
                return Image { bytes, flushes };
            }
            earlier = bytes;
        }
    }

    /// How often the disk has done what it was told: to let nothing wait in its cache. The file
    /// system tells it so by itself, too, whenever it moves what is in its journal to its place.
    fn flushes(&self) -> u64 {
        let disk = rustix::fs::stat(self.disk()).expect("the disk is mounted");
        let (major, minor) = (
            rustix::fs::major(disk.st_dev),
            rustix::fs::minor(disk.st_dev),
        );
        let counted = fs::read_to_string(format!("/sys/dev/block/{major}:{minor}/stat"));
        let counted = counted.expect("the kernel counts what a device does");
        let flushes = counted.split_whitespace().nth(15);
        let flushes = flushes.and_then(|count| count.parse().ok());
        flushes.expect("the kernel counts flushes since 5.5")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        unmount(&self.disk());
    }
}

impl Image {
    /// This image with a random part of the blocks that `later` changed. `None` if a flush was
    /// finished in between, as a disk does not lose what it was told to keep before something that
    /// it kept; or if nothing was written. What was acknowledged when this image was taken is in it.
    pub(crate) fn torn(&self, later: &Self, random: &mut fastrand::Rng) -> Option<Self> {
        let was_flushed = self.flushes.0 != later.flushes.1;
        if was_flushed || self.bytes == later.bytes {
            return None;
        }
        let mut torn = self.clone();
        let kept_of_8 = random.u8(1..8);
        let blocks = torn
            .bytes
            .chunks_mut(BLOCK_BYTES)
            .zip(later.bytes.chunks(BLOCK_BYTES));
        for (block, later) in blocks.filter(|(block, later)| block != later) {
            if random.u8(0..8) < kept_of_8 {
                block.copy_from_slice(later);
            }
        }
        Some(torn)
    }

    /// Starts the machine again: mounts a copy and shows its directory. `Err` if the file system
    /// itself cannot be mounted.
    pub(crate) fn start<T>(&self, look: impl FnOnce(&Path) -> T) -> Result<T, String> {
        let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (image, disk) = (dir.path().join("image"), dir.path().join("disk"));
        self.write(&image).map_err(|error| error.to_string())?;
        fs::create_dir(&disk).map_err(|error| error.to_string())?;
        mount(&image, &disk)?;
        let mounted = Mounted(disk);
        Ok(look(&mounted.0))
    }

    /// Leaves out the zeros, which are most of it.
    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.set_len(self.bytes.len() as u64)?;
        for (number, block) in self.bytes.chunks(BLOCK_BYTES).enumerate() {
            if block != &ZEROS[..block.len()] {
                file.seek(SeekFrom::Start((number * BLOCK_BYTES) as u64))?;
                file.write_all(block)?;
            }
        }
        Ok(())
    }
}

struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        unmount(&self.0);
    }
}

/// A program that can be stopped in the middle of whatever it does.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    /// Stops every thread of it, and waits until they are out of the kernel.
    pub(crate) fn stop(&self) {
        self.signal(rustix::process::Signal::STOP);
        while !self.all_threads_are_stopped() {
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    pub(crate) fn go_on(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, signal).expect("the child is ours");
    }

    /// An ended program counts as stopped: it does nothing any more.
    fn all_threads_are_stopped(&self) -> bool {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.0.id())) else {
            return true;
        };
        threads.flatten().all(|thread| {
            let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            let state = stat
                .rsplit(')')
                .next()
                .unwrap_or_default()
                .trim_start()
                .chars()
                .next();
            matches!(state, None | Some('T' | 'Z' | 'X'))
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _status = self.0.wait();
    }
}

fn mount(image: &Path, disk: &Path) -> Result<(), String> {
    // No commit by the clock: only what the program syncs is sure to be on the disk.
    run(Command::new("mount")
        .args(["-o", "loop,commit=300"])
        .arg(image)
        .arg(disk))
}

fn unmount(disk: &Path) {
    for _ in 0..200 {
        let done = Command::new("umount").arg(disk).output();
        if done.is_ok_and(|done| done.status.success()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _lazily = Command::new("umount").arg("-l").arg(disk).output();
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let Output { status, stderr, .. } = command
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let said = String::from_utf8_lossy(&stderr);
    if status.success() {
        Ok(())
    } else {
        Err(format!("{program}: {}", said.trim()))
    }
}
