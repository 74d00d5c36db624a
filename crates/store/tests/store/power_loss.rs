//! Power cuts without special devices, for any program that acknowledges on its standard output.
//!
//! A [`Machine`] is an ext4 file system in a file. A program runs on it; at any moment it is stopped
//! and the file is copied: the copy holds what the disk was given, and nothing of what the kernel
//! still had in memory. Mounting the copy is what a start after the power cut would do. A torn copy
//! goes further: of the blocks that changed within a moment, any may have missed the disk.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image(Vec<u8>);

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
        let mut earlier = read();
        loop {
            let now = read();
            if now == earlier {
                return Image(now);
            }
            earlier = now;
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        unmount(&self.disk());
    }
}

impl Image {
    /// This image with a random part of the blocks that `later` changed. Only what was acknowledged
    /// before this image was taken can be expected in it, and only if at most one sync lies between
    /// the two: a disk does not lose what was synced before something that it kept.
    pub(crate) fn torn(&self, later: &Self, random: &mut fastrand::Rng) -> Self {
        let mut torn = self.clone();
        let kept_of_8 = random.u8(1..8);
        let blocks = torn
            .0
            .chunks_mut(BLOCK_BYTES)
            .zip(later.0.chunks(BLOCK_BYTES));
        for (block, later) in blocks.filter(|(block, later)| block != later) {
            if random.u8(0..8) < kept_of_8 {
                block.copy_from_slice(later);
            }
        }
        torn
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
        file.set_len(self.0.len() as u64)?;
        for (number, block) in self.0.chunks(BLOCK_BYTES).enumerate() {
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
