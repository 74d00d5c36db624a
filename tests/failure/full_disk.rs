//! A full disk: refused with the reason or a stop with the reason, and with space it goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::client::Client;
use super::judge;
use super::ledger::{Ledger, Step};
use super::load::{Load, runtime, wait_for_answers};
use super::server::{PATIENCE, Server, skip, verify};

const MEGABYTES: u64 = 80;
const IN_FLIGHT: usize = 16;
const DISK_FULL: &str = "DISK_FULL";

/// A small disk in memory, gone when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={MEGABYTES}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(dir.path())
            .output();
        if !mounted.is_ok_and(|mounted| mounted.status.success()) {
            skip("cannot mount a tmpfs");
            return None;
        }
        Some(Self(dir))
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }

    /// Leaves `free` bytes, by a file that can be deleted again. What others write meanwhile counts.
    fn fill_up_to(&self, free: u64) {
        let space = rustix::fs::statvfs(self.0.path()).unwrap();
        let bytes = (space.f_bavail * space.f_frsize).saturating_sub(free);
        let _full = fs::write(self.filler(), vec![1; usize::try_from(bytes).unwrap()]);
    }

    fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _lazily = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

fn is_refused(ledger: &Ledger) -> bool {
    ledger.now().refused.contains_key(DISK_FULL)
}

fn wait_for_refusal(ledger: &Ledger, server: &mut Server) {
    let end = Instant::now() + PATIENCE;
    while !is_refused(ledger) {
        assert!(server.is_running(), "it ended: {}", server.complaints());
        assert!(
            Instant::now() < end,
            "nothing was refused: {:?}",
            ledger.now().refused
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn start(runtime: &Runtime, data: &Path, outside: &Path) -> (Server, Client) {
    let mut server = Server::start(data, outside);
    let client = runtime.block_on(Client::connect(&server.ready()));
    (server, client)
}

fn all_is_there(runtime: &Runtime, client: &Client, ledger: &Ledger) {
    judge::settle(runtime, client, ledger);
    assert_eq!(
        judge::everything(runtime, client, &ledger.now()),
        Vec::<String>::new()
    );
}

#[test]
fn a_disk_below_the_reserve_is_refused_by_name_and_with_space_the_same_request_is_taken() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let (runtime, outside) = (runtime(), tempfile::tempdir().unwrap());
    let ledger = Ledger::default();
    let (mut server, client) = start(&runtime, &disk.data(), outside.path());
    let load = Load::start(&runtime, &client, &ledger, IN_FLIGHT);
    assert!(wait_for_answers(&ledger, 100, || server.is_running()));
    disk.fill_up_to(12 << 20);
    wait_for_refusal(&ledger, &mut server);
    load.end(&runtime);
    let full = ledger.now();
    // Reading needs no space, and a repeat of what was answered needs none either.
    let (number, first) = (0..full.next())
        .find_map(|number| Some((number, full.answer(number, Step::Submit)?.clone())))
        .unwrap();
    let repeated = runtime
        .block_on(client.ask(number, Step::Submit, ""))
        .unwrap();
    assert!(repeated.tells_the_same_as(&first), "{repeated:?}");
    runtime.block_on(client.feedback(&first.id)).unwrap();
    assert!(server.is_running(), "{}", server.complaints());
    disk.free();
    all_is_there(&runtime, &client, &ledger);
    drop(client);
    server.stop();
    verify(&disk.data());
    println!("{} answers, refused: {:?}", full.answers(), full.refused);
    assert!(
        full.refused.keys().all(|reason| reason == DISK_FULL),
        "{:?}",
        full.refused
    );
}

#[test]
fn a_disk_that_is_full_to_the_last_byte_loses_nothing_and_with_space_it_starts_again() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let (runtime, outside) = (runtime(), tempfile::tempdir().unwrap());
    let ledger = Ledger::default();
    let (mut server, client) = start(&runtime, &disk.data(), outside.path());
    let load = Load::start(&runtime, &client, &ledger, IN_FLIGHT);
    assert!(wait_for_answers(&ledger, 100, || server.is_running()));
    disk.fill_up_to(0);
    std::thread::sleep(Duration::from_secs(1));
    load.end(&runtime);
    let full = ledger.now();
    let how = if server.is_running() {
        assert!(
            is_refused(&ledger),
            "it neither refuses nor ends: {:?}",
            full.refused
        );
        server.kill();
        "refused"
    } else {
        let (status, said) = (server.ended(), server.complaints());
        assert_eq!(status.code(), Some(1), "{status}: {said}");
        assert!(
            said.to_lowercase().contains("space"),
            "it does not say why: {said}"
        );
        "stopped"
    };
    drop(client);
    // It may refuse to start on a full disk, with the reason; it may not make things worse.
    let mut server = Server::start(&disk.data(), outside.path());
    let started = match server.ready_or_ended() {
        Ok(_) => {
            server.kill();
            "starts"
        }
        Err(status) => {
            let said = server.complaints();
            assert_eq!(status.code(), Some(1), "{status}: {said}");
            assert!(
                said.to_lowercase().contains("space"),
                "it does not say why: {said}"
            );
            "does not start"
        }
    };
    disk.free();
    let (server, client) = start(&runtime, &disk.data(), outside.path());
    all_is_there(&runtime, &client, &ledger);
    drop(client);
    server.stop();
    verify(&disk.data());
    judge::folders(&disk.data());
    println!(
        "{} answers, then it {how} ({:?}); full, it {started}",
        full.answers(),
        full.refused
    );
}
