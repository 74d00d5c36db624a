//! `deploy/`, run as operators run it: the users of `nats.conf` before a real NATS server, and
//! `compose.yaml` in Docker, from nothing.
//!
//! The tests with Docker need root, `dockerd` and Compose (Debian: docker.io, docker-compose, busybox);
//! they start an engine of their own and make its images from this machine's files, because nothing
//! can be pulled everywhere. Where that cannot be they print `SKIPPED`, and fail instead when
//! `REDRESS_FORBID_SKIP` is set.

mod accounts;
mod compose;
mod engine;
mod images;
mod nats;
mod server;
mod site;
