//! The logs by the command line.

use std::fs;

use redress_wire::log::v1::log_service_client::LogServiceClient;
use redress_wire::log::v1::{FollowEventsRequest, LogName};
use serde_json::{Value, json};

use crate::started::{Answer, Server, redress};

#[test]
fn an_export_is_restored_as_the_same_log() {
    let server = Server::start();
    for number in 0..5 {
        let request = format!("--request-id=r-{number}");
        let submit = [
            "feedback",
            "submit",
            "--kind=enquiry",
            "--channel=web",
            "--product=Kettle",
            &request,
        ];
        server.run(submit).json();
    }
    let online = server.json("log export intake --to online.jsonl");
    assert_eq!(online["records"], 5);
    let folder = server.stop();
    let offline = |arguments: &[&str]| {
        let mut command = redress(folder.path());
        Answer::of(
            command
                .args(["log"])
                .args(arguments)
                .args(["--output", "json"]),
        )
    };
    offline(&[
        "export",
        "intake",
        "--data",
        "data",
        "--to",
        "offline.jsonl",
    ])
    .json();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("online.jsonl"), read("offline.jsonl"));

    let status = offline(&["status", "--data", "data"]).json();
    let root = status["logs"][0]["root"].as_str().unwrap();
    let wrong = "0".repeat(64);
    let again = offline(&["export", "intake", "--data", "data", "--to", "online.jsonl"]);
    assert_eq!(
        (again.code, &again.error()["code"]),
        (3, &json!("TARGET_EXISTS"))
    );
    let short = offline(&[
        "restore",
        "intake",
        "--data",
        "other",
        "--from",
        "online.jsonl",
        "--root",
        &wrong,
    ]);
    assert_eq!(
        (short.code, &short.error()["code"]),
        (3, &json!("RESTORE_REFUSED"))
    );
    // Nothing is left of it, and the right attempt is made in the same place.
    assert!(!folder.path().join("other").exists());
    let restored = offline(&[
        "restore",
        "intake",
        "--data",
        "other",
        "--from",
        "online.jsonl",
        "--root",
        root,
    ]);
    assert_eq!(restored.json()["root"], status["logs"][0]["root"]);
    let verified = offline(&["verify", "intake", "--data", "other"]).json();
    assert_eq!(verified["logs"][0]["root"], status["logs"][0]["root"]);
    let twice = offline(&[
        "restore",
        "intake",
        "--data",
        "other",
        "--from",
        "online.jsonl",
        "--unchecked",
    ]);
    assert_eq!(
        (twice.code, &twice.error()["code"]),
        (3, &json!("RESTORE_REFUSED"))
    );
    let another = offline(&[
        "restore",
        "workflow",
        "--data",
        "new",
        "--from",
        "online.jsonl",
        "--unchecked",
    ]);
    assert_eq!(
        (another.code, &another.error()["code"]),
        (3, &json!("RESTORE_OTHER_LOG"))
    );

    // The lines are the stored bytes.
    let read_again = offline(&["read", "intake", "--data", "data", "--limit", "9"]).out;
    assert_eq!(read_again, read("online.jsonl"));
}

#[test]
fn a_changed_record_is_named_with_its_position() {
    let server = Server::start();
    let submit = [
        "feedback",
        "submit",
        "--kind=enquiry",
        "--channel=web",
        "--product=Kettle",
    ];
    for _ in 0..3 {
        server.run(submit).json();
    }
    server.json("log export intake --to lines.jsonl");
    let folder = server.stop();
    let path = folder.path().join("lines.jsonl");
    let lines = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    lines.swap(1, 2);
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let mut restore = redress(folder.path());
    restore.args([
        "log",
        "restore",
        "intake",
        "--data",
        "other",
        "--from",
        "lines.jsonl",
        "--unchecked",
    ]);
    let refused = Answer::of(restore.args(["--output", "json"]));
    assert_eq!(refused.error()["code"], "RESTORE_REFUSED");
    assert!(
        refused.error()["message"]
            .as_str()
            .unwrap()
            .contains("line 2"),
        "{refused:?}"
    );
}

#[test]
fn a_log_that_is_not_there_keeps_nobody_from_what_the_others_are() {
    let server = Server::start();
    let folder = server.stop();
    fs::remove_dir_all(folder.path().join("data/default/workflow")).unwrap();
    let verify = |more: &[&str]| {
        let mut command = redress(folder.path());
        Answer::of(command.args(["log", "verify", "--data", "data"]).args(more))
    };
    let found = verify(&[]);
    assert_eq!(found.code, 1, "{found:?}");
    let rows: Vec<&str> = found
        .out
        .lines()
        .filter(|it| it.contains("whole"))
        .collect();
    assert_eq!(rows.len(), 2, "{found:?}");
    assert!(rows[0].starts_with("intake") && rows[1].starts_with("reporting"));
    assert!(found.err.contains("there is no log in"), "{found:?}");
    let found = verify(&["--output", "json"]);
    assert_eq!(found.error()["code"], "LOG_NOT_FOUND");
    let logs: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(logs["logs"].as_array().unwrap().len(), 2);
    // Of nothing there is no table.
    let nothing = verify(&["workflow"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (1, ""));
}

#[test]
fn a_service_that_is_silent_keeps_nobody_from_what_the_others_tell() {
    let server = Server::start();
    let nobody = "http://127.0.0.1:9";
    let ask = |silent: &str, command: &[&str]| {
        let mut asked = redress(server.folder.path());
        asked.args(command).args(["--output", "json"]);
        for service in ["intake", "workflow", "reporting"] {
            let place = if service == silent {
                nobody
            } else {
                &server.grpc
            };
            asked.args(["--set", &format!("client.{service}={place}")]);
        }
        Answer::of(&mut asked)
    };
    for silent in ["intake", "workflow", "reporting"] {
        for (command, list, at_least) in [("log", "logs", 2), ("view", "views", 3)] {
            let answer = ask(silent, &[command, "status"]);
            assert_eq!(answer.code, 4, "{answer:?}");
            let error = answer.error();
            assert_eq!(error["code"], "UNREACHABLE");
            assert!(
                error["message"].as_str().unwrap().starts_with(silent),
                "{error}"
            );
            let told: Value = serde_json::from_str(&answer.out).unwrap();
            assert!(told[list].as_array().unwrap().len() >= at_least, "{told}");
            // Nobody knows which imports are open.
            let imports = (silent, command) == ("intake", "view");
            assert_eq!(told["open_imports"].is_null(), imports || command == "log");
        }
    }
}

#[test]
fn a_data_directory_in_use_is_left_alone_and_said_alike_by_every_command() {
    let server = Server::start();
    let folder = server.folder.path();
    fs::write(folder.join("rows.jsonl"), "{\"kind\":\"enquiry\"}\n").unwrap();
    let mark = json!({ "seed": 1, "years": 3, "end": "2026-01-01", "loaded": true });
    fs::write(folder.join("data/demo.json"), mark.to_string()).unwrap();
    let ports = "--grpc 127.0.0.1:0 --http 127.0.0.1:0";
    for typed in [
        "log status",
        "log verify",
        "log read intake",
        "log export intake --to lines.jsonl",
        "view status",
        "import --format feedback rows.jsonl",
        &format!("serve {ports}"),
        &format!("demo {ports}"),
    ] {
        let mut command = redress(folder);
        command
            .args(typed.split(' '))
            .args(["--data", "data", "--output", "json"]);
        let refused = Answer::of(&mut command);
        let error = refused.error();
        assert_eq!(
            (refused.code, &error["code"]),
            (4, &json!("LOG_IN_USE")),
            "{typed}: {refused:?}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("is in use by process"),
            "{typed}: {message}"
        );
    }
    assert!(!folder.join("lines.jsonl").exists());
}

#[test]
fn health_and_metrics_are_told() {
    let server = Server::start();
    server
        .run([
            "feedback",
            "submit",
            "--kind=enquiry",
            "--channel=web",
            "--product=Kettle",
        ])
        .json();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let ready: Value = serde_json::from_str(&get(&server.http, "/readyz")).unwrap();
    assert_eq!(ready["ready"], true);
    let metrics = get(&server.http, "/metrics");
    let documented = fs::read_to_string(crate::started::root().join("docs/metrics.md")).unwrap();
    for line in metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
    {
        let name = line.split(' ').next().unwrap();
        assert!(
            documented.contains(&format!("`{name}`")),
            "{name} is not in docs/metrics.md"
        );
    }
    assert!(
        metrics.contains("redress_log_records{log=\"intake/0\"} 1"),
        "{metrics}"
    );
}

fn get(http: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let address = http.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn an_open_stream_does_not_keep_the_process_from_a_clean_end() {
    let server = Server::start();
    let mut logs = LogServiceClient::connect(server.grpc.clone())
        .await
        .unwrap();
    let log = LogName {
        service: "intake".to_owned(),
        partition: 0,
    };
    let request = FollowEventsRequest {
        log: Some(log),
        from_position: 0,
        filter: None,
    };
    let mut followed = logs.follow_events(request).await.unwrap().into_inner();
    assert!(followed.message().await.unwrap().is_some());
    let stopped = tokio::task::spawn_blocking(|| server.stop());
    while let Ok(Some(_)) = followed.message().await {}
    stopped.await.unwrap();
}
