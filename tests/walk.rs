//! One complaint through everything, as it is typed.

use serde_json::{Value, json};

use crate::started::Server;

#[test]
fn one_complaint_goes_through_everything() {
    let server = Server::start();

    // A customer writes.
    let submitted = server
        .run([
            "feedback",
            "submit",
            "--kind=complaint",
            "--channel=email",
            "--product=Kettle",
            "--issue=Leaks water",
            "--language=en",
            "--customer-reference=C-4711",
            "--description=It leaks, and my kitchen is wet.",
            "--received-at=2026-03-02T09:00:00Z",
            "--request-id=walk-1",
        ])
        .json();
    let id = submitted["feedback_id"].as_str().unwrap();
    let reference = submitted["reference"].as_str().unwrap();
    let token = submitted["recorded"]["token"].as_str().unwrap();
    assert!(reference.starts_with("RD-2026-"), "{reference}");

    // A complaint is opened from it, under the same id.
    let opened = server.json(&format!("complaint show {reference} --wait-for {token}"));
    assert_eq!(opened["complaint"]["complaint_id"], id);
    assert_eq!(opened["complaint"]["status"], "received");

    // People handle it.
    let steps = [
        "acknowledge {} --channel email --occurred-at 2026-03-02T15:00:00Z",
        "assign {} --handler user:anna --queue repairs --occurred-at 2026-03-02T15:05:00Z",
        "assess {} --severity moderate --safety-implication none --complexity low --impact low \
         --no-immediate-action --occurred-at 2026-03-03T10:00:00Z",
        "investigate {} --investigator user:ben --declaration no_conflict \
         --occurred-at 2026-03-04T10:00:00Z",
        "note {} --text seal_worn --occurred-at 2026-03-05T10:00:00Z",
        "propose {} --remedy repair@2026-03-20 --cause seal-worn --occurred-at 2026-03-06T10:00:00Z",
        "communicate {} --outcome upheld --channel email --recourse-explained \
         --occurred-at 2026-03-06T12:00:00Z",
        "fulfil {} --remedy 1 --occurred-at 2026-03-12T12:00:00Z",
        "accept {} --occurred-at 2026-03-13T12:00:00Z",
        "close {} --basis accepted --occurred-at 2026-03-13T12:30:00Z",
    ];
    let mut last = json!(null);
    for step in steps {
        let typed = format!(
            "complaint {} --actor user:anna",
            step.replace("{}", reference)
        );
        last = server.json(&typed);
        assert_eq!(last["recorded"]["already_done"], false, "{step}");
    }

    // It stands as they left it, and its history says how it came to that.
    let token = last["recorded"]["token"].as_str().unwrap();
    let closed =
        server.json(&format!("complaint show {id} --wait-for {token}"))["complaint"].clone();
    assert_eq!(closed["status"], "closed");
    assert_eq!(
        closed["response"]["remedies"][0]["fulfilled_at"],
        "2026-03-12T12:00:00Z"
    );
    assert_eq!(closed["notes"][0]["text"], "seal_worn");
    let history = server.json(&format!("complaint history {reference}"));
    let entries = history["entries"].as_array().unwrap();
    let of_clocks = |it: &&Value| it["type"].as_str().unwrap().contains(".clock_");
    let (of_time, walked): (Vec<_>, Vec<_>) = entries.iter().partition(of_clocks);
    assert_eq!((walked.len(), of_time.len()), (steps.len() + 1, 7));
    assert_eq!(walked[1]["actor"], "user:anna");

    // What the customer said is in the vault, and in no event.
    let said = server.json(&format!("feedback get {reference}"));
    let words = &said["feedback"]["submission"]["description"];
    assert_eq!(words, "It leaks, and my kitchen is wet.");
    for log in ["intake", "workflow"] {
        let records = server.run(["log", "read", log, "--limit=1000"]).out;
        for personal in ["kitchen", "C-4711", "seal_worn"] {
            assert!(
                !records.contains(personal),
                "{personal} is in the log of {log}"
            );
        }
    }

    // It is measured: six hours to acknowledge.
    let report = server.json(&format!("report indicators --wait-for {token}"));
    let indicators = &report["indicators"];
    assert_eq!(
        (&indicators["received"], &indicators["closed"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(indicators["time_to_acknowledge"]["mean_seconds"], "21600.0");
    assert_eq!(
        indicators["by_outcome"],
        json!([{ "value": "upheld", "count": 1 }])
    );

    // Anybody can hash the records again, while it runs and when it has ended.
    assert_eq!(server.json("log verify")["logs"][1]["problem"], json!(null));
    let folder = server.stop();
    let mut verify = crate::started::redress(folder.path());
    verify.args(["log", "verify", "--data", "data", "--output", "json"]);
    let verified = crate::started::Answer::of(&mut verify).json();
    assert_eq!(verified["from_disk"], true);
    assert!(
        verified["logs"]
            .as_array()
            .unwrap()
            .iter()
            .all(|log| log["problem"].is_null())
    );
}

#[test]
fn it_is_there_after_a_kill_and_a_repeat_is_answered_as_the_first_time() {
    let server = Server::start();
    let submit = [
        "feedback",
        "submit",
        "--kind=complaint",
        "--channel=web",
        "--product=Kettle",
        "--received-at=2026-03-02T09:00:00Z",
        "--request-id=once",
    ];
    let first = server.run(submit).json();
    let server = Server::start_in(server.kill());
    let again = server.run(submit).json();
    assert_eq!(again["feedback_id"], first["feedback_id"]);
    assert_eq!(again["recorded"]["already_done"], true);
    let token = again["recorded"]["token"].as_str().unwrap();
    let id = first["feedback_id"].as_str().unwrap();
    let shown = server.json(&format!("complaint show {id} --wait-for {token}"));
    // It was opened, and two clocks began.
    assert_eq!(shown["complaint"]["version"], 3);
}

#[test]
fn views_can_be_looked_at_and_built_again() {
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
    let rebuilt = server.json("view rebuild intake/feedback-list");
    let views = rebuilt["views"].as_array().unwrap();
    assert!(
        views
            .iter()
            .all(|view| view["served"] == true && view["stopped"].is_null())
    );
    assert_eq!(
        server.run(["view", "rebuild", "intake/other"]).error()["code"],
        "VIEW_UNKNOWN"
    );
    assert_eq!(
        server.json("feedback list")["feedback"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
