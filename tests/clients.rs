//! Clients that we did not write, from the published proto files alone.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::started::{Answer, Server, folder_named_by, root};

const TOOLS: &str = "the independent clients (`cargo xtask test` makes it)";

/// Python's classes of all that the proto files say.
pub(crate) fn stubs(tools: &Path) -> TempDir {
    let stubs = tempfile::tempdir().unwrap();
    let mut generate = Command::new(tools.join("bin/python"));
    generate
        .args(["-m", "grpc_tools.protoc", "--proto_path"])
        .arg(root().join("proto"));
    for kind in ["--python_out", "--grpc_python_out"] {
        generate.arg(format!("{kind}={}", stubs.path().display()));
    }
    for package in std::fs::read_dir(root().join("proto/redress")).unwrap() {
        let folder = package.unwrap().path().join("v1");
        let files = std::fs::read_dir(folder).unwrap();
        generate.args(files.map(|entry| entry.unwrap().path()));
    }
    let generated = Answer::of(&mut generate);
    assert_eq!(generated.code, 0, "{generated:?}");
    stubs
}

#[test]
fn a_python_client_submits_follows_waits_and_queries() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let server = Server::start();
    let stubs = stubs(&tools);
    let mut client = Command::new(tools.join("bin/python"));
    client.arg(root().join("tests/clients/walk.py"));
    client.arg(server.grpc.trim_start_matches("http://"));
    let answer = Answer::of(client.env("PYTHONPATH", stubs.path()));
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.out.trim(), "closed by python", "{answer:?}");
}

#[test]
fn buf_lints_the_proto_files_and_calls_by_reflection() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let buf = tools.join("bin/buf");
    let mut lint = Command::new(&buf);
    let linted = Answer::of(lint.arg("lint").current_dir(root().join("proto")));
    assert_eq!(linted.code, 0, "{linted:?}");

    let server = Server::start();
    let call = |method: &str, body: &str| {
        let mut curl = Command::new(&buf);
        curl.args([
            "curl",
            "--protocol",
            "grpc",
            "--http2-prior-knowledge",
            "-d",
            body,
        ]);
        Answer::of(curl.arg(format!("{}/{method}", server.grpc)))
    };
    let body = r#"{"submission":{"kind":"complaint","channel":"web","product":"Kettle"}}"#;
    let submitted = call("redress.intake.v1.IntakeService/SubmitFeedback", body).json();
    let id = submitted["feedbackId"].as_str().unwrap();
    let token = submitted["recorded"]["token"].as_str().unwrap();
    let body = format!(r#"{{"complaintId":"{id}","waitFor":"{token}"}}"#);
    let complaint = call("redress.workflow.v1.WorkflowService/GetComplaint", &body).json();
    assert_eq!(complaint["complaint"]["status"], "received");
    let health = call("grpc.health.v1.Health/Check", "{}").json();
    assert_eq!(health["status"], "SERVING");
    let refused = call("redress.intake.v1.IntakeService/SubmitFeedback", "{}");
    assert_ne!(refused.code, 0, "{refused:?}");
    for part in [
        "invalid_argument",
        "`submission` is missing",
        "google.rpc.ErrorInfo",
    ] {
        assert!(refused.err.contains(part), "{part} is not in {refused:?}");
    }
}
