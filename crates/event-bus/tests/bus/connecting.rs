//! The connection.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use redress_event_bus::{
    Bus, BusConfig, BusState, ConnectError, Login, OLDEST_SERVER, Persistence, ServerFault,
    persistence,
};

use crate::server::Server;

/// A server that says what it is, and answers pings.
fn pretend(greeting: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("nats://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            std::thread::spawn(move || {
                let line = format!("INFO {greeting}\r\n");
                connection.write_all(line.as_bytes()).unwrap();
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = connection.read(&mut bytes) {
                    let pings = bytes[..count].windows(4).filter(|it| it == b"PING").count();
                    let answered = connection.write_all("PONG\r\n".repeat(pings).as_bytes());
                    if answered.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

fn config(address: String) -> BusConfig {
    let mut config = BusConfig::new(vec![address], "acme", "redress-test");
    config.longest_pause = Duration::from_millis(100);
    config
}

async fn fault(greeting: &'static str) -> ServerFault {
    match Bus::connect(config(pretend(greeting))).await {
        Err(ConnectError::Server(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_old_is_refused_by_name() {
    let old = r#"{"server_id":"x","server_name":"old","version":"2.11.9","headers":true,"jetstream":true,"max_payload":1048576}"#;
    let fault = fault(old).await;
    let said = fault.to_string();
    assert!(
        said.contains("2.11.9") && said.contains(OLDEST_SERVER),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_jetstream_is_refused() {
    let bare = r#"{"server_id":"x","server_name":"bare","version":"2.15.1","headers":true,"max_payload":1048576}"#;
    assert_eq!(fault(bare).await, ServerFault::NoJetStream);
}

/// Given an address at which something else listens, when it is connected to, then what is told says so,
/// names the address and the setting that it came from.
#[tokio::test(flavor = "multi_thread")]
async fn something_else_at_the_address_is_told_as_that() {
    let listening = |says: &'static [u8]| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let _ = connection.write_all(says);
                silent.extend(says.is_empty().then_some(connection));
            }
        });
        address
    };
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let nobody = free.local_addr().unwrap().to_string();
    drop(free);
    for (address, why) in [
        (
            listening(b"SSH-2.0-x\r\n"),
            "what answers is no NATS server",
        ),
        (listening(b""), "nothing greets as a NATS server does"),
        (nobody, "Connection refused"),
    ] {
        let mut config = config(format!("nats://{address}"));
        config.first_contact = Duration::from_secs(6);
        let bus = Bus::connect(config).await.unwrap();
        let state = bus.state().to_string();
        for part in [why, address.as_str(), "`bus.servers`"] {
            assert!(state.contains(part), "`{part}` is not in: {state}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_later_is_connected_to() {
    let Some(mut server) = Server::prepared("") else {
        return;
    };
    let mut config = server.config();
    config.first_contact = Duration::from_millis(100);
    let bus = Bus::connect(config).await.unwrap();
    assert!(!bus.is_connected(), "{}", bus.state());
    // Who looks into it wants to know where it was looked for.
    let state = bus.state().to_string();
    assert!(state.contains(&server.address()), "{state}");
    server.run();
    tokio::time::timeout(Duration::from_secs(10), bus.connected())
        .await
        .unwrap();
    assert!(bus.state().to_string().contains("2.15"), "{}", bus.state());
    server.kill();
    let mut states = bus.watch_state();
    let away = states.wait_for(|state| matches!(state, BusState::Away { .. }));
    tokio::time::timeout(Duration::from_secs(10), away)
        .await
        .unwrap()
        .unwrap();
    server.run();
    tokio::time::timeout(Duration::from_secs(10), bus.connected())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_a_state_and_the_right_one_connects() {
    let users = r"authorization { users: [ { user: intake, password: secret } ] }";
    let Some(server) = Server::start_with(users) else {
        return;
    };
    let login = |password: &str| Login::Password {
        user: "intake".to_owned(),
        password: password.to_owned(),
    };
    let mut config = server.config();
    config.login = login("wrong");
    config.first_contact = Duration::from_millis(500);
    let bus = Bus::connect(config.clone()).await.unwrap();
    let said = bus.state().to_string();
    assert!(said.contains("authorization violation"), "{said}");
    config.login = login("secret");
    config.first_contact = Duration::from_secs(10);
    assert!(Bus::connect(config).await.unwrap().is_connected());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_waiting_heals_is_an_error_at_once() {
    let mut wrong = config("nats://secret@:port".to_owned());
    let error = Bus::connect(wrong.clone()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Address { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    wrong.servers = vec!["nats://127.0.0.1:1".to_owned()];
    wrong.login = Login::Credentials {
        file: "/nowhere/credentials".into(),
    };
    let error = Bus::connect(wrong.clone()).await.unwrap_err();
    assert!(matches!(error, ConnectError::File { .. }), "{error}");
    wrong.login = Login::Anonymous;
    wrong.tls.ca_file = Some("/nowhere/ca.pem".into());
    let error = Bus::connect(wrong).await.unwrap_err();
    assert!(matches!(error, ConnectError::File { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_connection_is_closed() {
    let Some(server) = Server::start() else {
        return;
    };
    let bus = server.bus().await;
    bus.drain(Duration::from_secs(5)).await;
    assert_eq!(bus.state(), BusState::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_tells_strangers_whether_it_syncs_before_it_acknowledges() {
    let Some(server) = Server::start() else {
        return;
    };
    let patience = Duration::from_secs(5);
    let lazy = persistence(&server.monitor(), patience).await;
    assert_eq!(lazy, Ok(Persistence::Every(Duration::from_mins(2))));
    let Some(server) = Server::synced() else {
        return;
    };
    let strict = persistence(&server.monitor(), patience).await;
    assert_eq!(strict, Ok(Persistence::BeforeAcknowledging));
    assert!(persistence("http://127.0.0.1:1", patience).await.is_err());
}
