//! The allocator of every process. Records are decoded by one thread and freed by another all day
//! long, which the system's own is slow at.

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;
