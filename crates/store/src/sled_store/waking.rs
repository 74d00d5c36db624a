//! Waking who sled forgets.
//!
//! sled writes its buffers on threads of its own, and whoever needs a write on the disk waits on one
//! condition variable until the write is done or has failed. Where a buffer was closed while a batch
//! held a place in it, the last one to leave hands it over (`Log::exit_reservation`), and if that
//! write fails, sled remembers the error and wakes nobody: a thread that had begun to wait before
//! waits for ever. It holds a lock that all databases of the process share, so they all stop with it.
//!
//! Each waiter looks at the remembered error before it waits, with the lock of the condition
//! variable in its hand. So it is enough to wake them all once after there is an error, and that is
//! what sled's own way to wait for a write does as its first thing when it finds one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;
use std::{fmt, io};

/// How long a thread that sled forgot may wait.
const EVERY: Duration = Duration::from_millis(20);
/// Looks without a write after which the thread goes to sleep until there is one.
const IDLE_LOOKS: u32 = 50;

/// Looks after one database while it is written to.
pub(super) struct Waking {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    writing: AtomicBool,
    asleep: AtomicBool,
    ended: AtomicBool,
}

impl fmt::Debug for Waking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waking").finish_non_exhaustive()
    }
}

impl Waking {
    pub(super) fn start(db: &sled::Db) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (for_thread, db) = (Arc::clone(&shared), db.clone());
        let thread = thread::Builder::new()
            .name("store-waking".to_owned())
            .spawn(move || for_thread.run(&db))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Runs a write during which forgotten threads are woken.
    pub(super) fn during<T>(&self, write: impl FnOnce() -> T) -> T {
        self.shared.writing.store(true, Ordering::SeqCst);
        if self.shared.asleep.swap(false, Ordering::SeqCst) {
            self.thread().map(Thread::unpark);
        }
        let written = write();
        self.shared.writing.store(false, Ordering::SeqCst);
        written
    }

    fn thread(&self) -> Option<&Thread> {
        self.thread.as_ref().map(JoinHandle::thread)
    }
}

impl Drop for Waking {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.thread().map(Thread::unpark);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Shared {
    fn run(&self, db: &sled::Db) {
        let mut idle_looks = 0;
        while !self.ended.load(Ordering::SeqCst) {
            if wake_after_an_error(db) {
                // sled keeps its first error for ever: nobody will begin to wait again.
                return;
            }
            if self.writing.load(Ordering::SeqCst) {
                idle_looks = 0;
            } else {
                idle_looks += 1;
            }
            if idle_looks < IDLE_LOOKS {
                thread::park_timeout(EVERY);
                continue;
            }
            self.asleep.store(true, Ordering::SeqCst);
            // A write that began before it could see that nobody looks.
            if !self.writing.load(Ordering::SeqCst) && !self.ended.load(Ordering::SeqCst) {
                thread::park();
            }
            self.asleep.store(false, Ordering::SeqCst);
            idle_looks = 0;
        }
    }
}

/// Wakes all that wait for a write, if there is an error that they should have been told of.
pub(super) fn wake_after_an_error(db: &sled::Db) -> bool {
    if db.context.global_error().is_ok() {
        return false;
    }
    // Not `Db::flush`: that one would queue for the lock that a forgotten thread holds.
    let _the_error = db.context.pagecache.log.make_stable(sled::Lsn::MAX);
    true
}
