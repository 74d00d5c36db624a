//! `redress serve`, all in one process, with a `[bus]`: its three logs are on NATS, too.

use std::time::{Duration, Instant};

use redress_event_bus::{Bus, BusConfig, Place};
use serde_json::Value;

use crate::started::Server;
use crate::three::nats::Nats;

const SERVICES: [&str; 3] = ["intake", "workflow", "reporting"];

fn serve(nats: &Nats) -> Server {
    let folder = tempfile::tempdir().unwrap();
    // Without a word on how much NATS may keep.
    let settings = format!(
        "tenant = \"acme\"\n[bus]\nservers = [\"{}\"]\n",
        nats.address()
    );
    std::fs::write(folder.path().join("redress.toml"), settings).unwrap();
    Server::start_in(folder)
}

fn submit(server: &Server) {
    let submitted = server.json("feedback submit --kind complaint --channel web --product Kettle");
    let token = submitted["recorded"]["token"].as_str().unwrap();
    server.json(&format!("complaint list --wait-for {token}"));
}

/// Waits until every relay has said something.
fn relays(server: &Server, all: impl Fn(&Value) -> bool) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let status = server.json("view status");
        let relays = status["relays"].as_array().unwrap();
        if relays.iter().all(&all) {
            return relays.clone();
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{status}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn is_relayed(relay: &Value) -> bool {
    relay["state"] == "relaying" && relay["published"] == relay["head"]
}

/// Given what the log says of itself, then the stream holds the same bytes.
async fn check_streams(server: &Server, bus: &Bus) -> u64 {
    let mut records = 0;
    for service in SERVICES {
        let read = server.run(["log", "read", service, "--limit", "1000"]);
        assert_eq!(read.code, 0, "{read:?}");
        for (position, line) in (0..).zip(read.out.lines()) {
            let held = bus.look_up(&Place::new(service, 0), position).await;
            assert_eq!(held.unwrap(), line.as_bytes(), "{service} at {position}");
            records += 1;
        }
    }
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_publishes_its_three_logs_and_goes_on_without_nats() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let server = serve(&nats);
    submit(&server);
    let relayed = relays(&server, is_relayed);
    let logs: Vec<&str> = relayed
        .iter()
        .map(|it| it["log"].as_str().unwrap())
        .collect();
    assert_eq!(logs, ["intake/0", "workflow/0", "reporting/0"]);
    // It follows its own logs as they are, and not by way of NATS.
    let status = server.json("view status");
    for follower in status["followers"].as_array().unwrap() {
        assert_eq!(follower["via"], "log", "{follower}");
    }
    let config = BusConfig::new(vec![nats.address()], "acme", "redress-test");
    let bus = Bus::connect(config).await.unwrap();
    let before = check_streams(&server, &bus).await;
    assert!(before >= 2);

    nats.kill();
    submit(&server);
    relays(&server, |it| {
        it["state"]
            .as_str()
            .unwrap()
            .starts_with("waiting for NATS")
    });
    let folder = server.stop();
    // What nobody could be asked is not told as a figure.
    let server = Server::start_in(folder);
    let unasked = relays(&server, |it| {
        let state = it["state"].as_str().unwrap();
        state.starts_with("waiting for NATS") && state.contains("127.0.0.1")
    });
    for relay in unasked {
        assert!(
            relay["published"].is_null() && relay["lag"].is_null(),
            "{relay}"
        );
    }
    nats.run();
    bus.connected().await;
    relays(&server, is_relayed);
    assert!(check_streams(&server, &bus).await > before);
    server.stop();
}
