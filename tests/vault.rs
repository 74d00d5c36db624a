//! What an operator meets whose vault is gone.

use std::fs;

use serde_json::json;

use crate::started::{Answer, Server, redress};

/// Given a data directory whose intake has lost its vault, when it is served, then that is refused by name
/// and nothing is made; and when the vault is said to be lost, as the refusal told, then the words are told
/// as lost and new ones are kept.
#[test]
fn a_vault_that_is_gone_is_missed_until_it_is_said_to_be_lost() {
    let server = Server::start();
    let submit = [
        "feedback",
        "submit",
        "--kind",
        "complaint",
        "--channel",
        "web",
    ];
    let words = ["--description", "it leaks", "--request-id"];
    let typed = |id: &'static str| [&submit[..], &words[..], &[id]].concat();
    let first = server.run(typed("one")).json();
    let id = first["feedback_id"].as_str().unwrap().to_owned();
    let folder = server.stop();
    let vault = folder.path().join("data/default/intake/vault");
    fs::remove_dir_all(&vault).unwrap();

    let mut serve = redress(folder.path());
    serve.args(["serve", "--data", "data", "--output", "json"]);
    serve.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    let refused = Answer::of(&mut serve);
    let error = refused.error();
    assert_eq!((refused.code, &error["code"]), (1, &json!("VAULT_GONE")));
    let told = error.to_string();
    assert!(told.contains("--set vault.begin_empty=intake:1"), "{told}");
    assert!(!vault.exists());

    let settings = "[vault]\nbegin_empty = [\"intake:1\"]\n";
    fs::write(folder.path().join("redress.toml"), settings).unwrap();
    let server = Server::start_in(folder);
    let lost = server.run(["feedback", "get", &id]).json();
    assert_eq!(lost["feedback"]["missing"], true);
    assert_eq!(lost["feedback"]["submission"]["kind"], "complaint");
    let second = server.run(typed("two")).json();
    let id = second["feedback_id"].as_str().unwrap();
    let kept = server.run(["feedback", "get", id]).json();
    assert_eq!(kept["feedback"]["submission"]["description"], "it leaks");
    server.stop();
}
