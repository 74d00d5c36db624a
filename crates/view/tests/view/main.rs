//! Views over real logs: restarts, rebuilds, damage, and several logs at once.

mod causes;
mod full_disk;
mod lives;
mod rebuilds;
mod stops;
mod toy;
mod waiting;
