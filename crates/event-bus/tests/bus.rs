//! The bus against a real NATS server, which is killed, emptied, wiped and replaced on purpose.
//!
//! The server is `bin/nats-server` below `REDRESS_TOOLS` (`cargo xtask test` puts it there). Without it
//! these tests print `SKIPPED`, and fail instead when `REDRESS_FORBID_SKIP` is set.

#[path = "bus/connecting.rs"]
mod connecting;
#[path = "bus/declared.rs"]
mod declared;
#[path = "bus/disagreeing.rs"]
mod disagreeing;
#[path = "../../store/tests/store/folder.rs"]
mod folder;
#[path = "bus/following.rs"]
mod following;
#[path = "bus/leaving.rs"]
mod leaving;
#[path = "bus/losing.rs"]
mod losing;
#[path = "bus/owning.rs"]
mod owning;
#[path = "bus/paper.rs"]
mod paper;
#[path = "bus/port.rs"]
mod port;
#[path = "bus/relaying.rs"]
mod relaying;
#[path = "bus/room.rs"]
mod room;
#[path = "bus/server.rs"]
mod server;
#[path = "bus/speed.rs"]
mod speed;
#[path = "bus/taking.rs"]
mod taking;
