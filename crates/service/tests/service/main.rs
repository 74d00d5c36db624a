//! The process around the services as clients and operators meet it, over real sockets.

mod process;
mod server;
mod settings;
