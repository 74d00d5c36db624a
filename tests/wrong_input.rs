//! What is wrong is named, and how it is named is documented: `docs/errors.md`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::started::{Server, root};

/// What is typed, the exit code and the reason.
const TYPED: &[(&str, i32, &str)] = &[
    (
        "feedback submit --kind rant --channel web --product x",
        2,
        "FIELD_UNKNOWN_VALUE",
    ),
    (
        "feedback submit --channel web --product x",
        2,
        "FIELD_REQUIRED",
    ),
    (
        "feedback submit --kind complaint --channel web",
        2,
        "FEEDBACK_SAYS_NOTHING",
    ),
    (
        "feedback submit --kind survey_response --channel web --product x",
        2,
        "SURVEY_WITHOUT_SCORE",
    ),
    (
        "feedback submit --kind survey_response --channel web --score nps=11",
        2,
        "FIELD_OUT_OF_RANGE",
    ),
    (
        "feedback submit --kind survey_response --channel web --score nps=9 --score nps=2",
        2,
        "FIELD_REPEATED",
    ),
    (
        "feedback submit --kind complaint --channel web --product x --received-at 2999-01-01",
        2,
        "TIME_IN_THE_FUTURE",
    ),
    (
        "feedback submit --kind complaint --channel web --product x --received-at 1800-01-01",
        2,
        "TIME_TOO_EARLY",
    ),
    (
        "feedback submit --kind complaint --channel web --product x --language q!",
        2,
        "FIELD_MALFORMED",
    ),
    ("feedback submit --file missing.json", 1, "FILE_UNUSABLE"),
    (
        "feedback submit --file deep.json",
        2,
        "SUBMISSION_MALFORMED",
    ),
    ("feedback submit --file cut.json", 2, "SUBMISSION_MALFORMED"),
    (
        "feedback submit --file wrong-type.json",
        2,
        "SUBMISSION_MALFORMED",
    ),
    (
        "feedback submit --file unknown-field.json",
        2,
        "SUBMISSION_MALFORMED",
    ),
    ("feedback submit --file two-times.json", 2, "TIME_AND_DAY"),
    (
        "feedback submit --file not-utf8.json",
        2,
        "SUBMISSION_MALFORMED",
    ),
    ("feedback submit --file large.json", 2, "MESSAGE_TOO_LARGE"),
    (
        "feedback submit --kind complaint --channel web --product x --actor Jane",
        2,
        "ACTOR_INVALID",
    ),
    (
        "feedback get 0-00000000000000000000000000000000",
        1,
        "FEEDBACK_NOT_FOUND",
    ),
    (
        "feedback list --page-token nonsense",
        2,
        "PAGE_TOKEN_INVALID",
    ),
    ("feedback list --limit 501", 2, "PAGE_SIZE_INVALID"),
    ("feedback list --wait-for nonsense", 2, "TOKEN_MALFORMED"),
    ("feedback rejected --limit 501", 2, "PAGE_SIZE_INVALID"),
    (
        "feedback rejected show 0-00000000000000000000000000000000",
        1,
        "REJECTED_NOT_FOUND",
    ),
    (
        "feedback rejected discard 0-00000000000000000000000000000000 --reason duplicate",
        1,
        "REJECTED_NOT_FOUND",
    ),
    (
        "feedback retry 0-00000000000000000000000000000000",
        1,
        "REJECTED_NOT_FOUND",
    ),
    (
        "complaint show 0-00000000000000000000000000000000",
        1,
        "COMPLAINT_NOT_FOUND",
    ),
    ("complaint show RD-2026-000001-0", 2, "REFERENCE_INVALID"),
    (
        "complaint acknowledge 0-00000000000000000000000000000000 --channel email",
        1,
        "COMPLAINT_NOT_FOUND",
    ),
    ("complaint show {id} --as-of soon", 2, "AS_OF_MALFORMED"),
    (
        "complaint acknowledge {id} --channel jane@example.org",
        2,
        "FIELD_NOT_A_CODE",
    ),
    (
        "complaint acknowledge {id} --channel email --etag v9",
        3,
        "ETAG_STALE",
    ),
    (
        "complaint acknowledge {id} --channel email --etag nine",
        2,
        "ETAG_INVALID",
    ),
    (
        "complaint close {id} --basis accepted",
        3,
        "DECISION_NOT_COMMUNICATED",
    ),
    ("complaint status rst-0000", 1, "STATUS_TOKEN_INVALID"),
    (
        "complaint status-token revoke {id} --number 9",
        3,
        "STATUS_TOKEN_UNKNOWN",
    ),
    (
        "complaint message send {id} --template unknown --channel email",
        2,
        "TEMPLATE_UNKNOWN",
    ),
    (
        "complaint message send {id} --template progress --channel email",
        2,
        "TEMPLATE_FIELD_EMPTY",
    ),
    (
        "complaint message delivered {id} --message 9 --proof read",
        3,
        "MESSAGE_UNKNOWN",
    ),
    (
        "improvement accept 0-00000000000000000000000000000000 --owner user:anna --due 2999-01-01",
        1,
        "IMPROVEMENT_NOT_FOUND",
    ),
    ("complaint list --handler anna", 2, "ACTOR_INVALID"),
    ("complaint list --status clsed", 2, "USAGE"),
    ("complaint list --count-by colour", 2, "FIELD_UNKNOWN_VALUE"),
    (
        "complaint list --customer-reference nobody",
        1,
        "CUSTOMER_UNKNOWN",
    ),
    (
        "complaint communicate {id} --outcome uphelt --channel email",
        2,
        "USAGE",
    ),
    ("improvement list --status opened", 2, "FIELD_UNKNOWN_VALUE"),
    ("report pareto --by colour", 2, "DIMENSION_UNKNOWN"),
    (
        "report indicators --where status=clsed",
        2,
        "FIELD_UNKNOWN_VALUE",
    ),
    ("feedback list --kind complant", 2, "FIELD_UNKNOWN_VALUE"),
    (
        "report indicators --from 2026-02-01 --to 2026-01-01",
        2,
        "RANGE_INVALID",
    ),
    (
        "report indicators --time-zone Mars/Olympus",
        2,
        "TIME_ZONE_UNKNOWN",
    ),
    (
        "report chart --product x --from 2026-13",
        2,
        "MONTH_INVALID",
    ),
    (
        "report indicators --set limits.nonsense=1",
        2,
        "SETTING_INVALID",
    ),
    ("report indicators --set nonsense", 2, "SETTING_MALFORMED"),
    ("log read intake --from 999999", 2, "POSITION_BEYOND_HEAD"),
    ("log status --data nowhere", 1, "LOG_NOT_FOUND"),
    ("view status --data nowhere", 1, "LOG_NOT_FOUND"),
    (
        "import --close 0-00000000000000000000000000000000 --data nowhere",
        1,
        "LOG_NOT_FOUND",
    ),
    ("feedback rejected --reason FIELD_UNKNOWN", 2, "USAGE"),
    ("policy show uk-dips", 2, "POLICY_UNKNOWN"),
    ("import --format cfpb missing.csv", 1, "FILE_UNUSABLE"),
    ("import --format cfpb other.csv", 2, "FILE_HEADER_UNKNOWN"),
    ("import --format cfpb cut.csv.gz", 1, "FILE_UNREADABLE"),
    ("import --format cfpb other.jsonl", 2, "FILE_HEADER_UNKNOWN"),
    ("import --format cfpb empty.csv", 2, "FILE_EMPTY"),
    ("import --format cfpb packed.zip", 2, "FILE_SHAPE_UNKNOWN"),
    (
        "import --format cfpb bad-rows.csv",
        1,
        "IMPORT_ALL_REJECTED",
    ),
    (
        "import --format feedback other.csv",
        2,
        "FILE_SHAPE_UNKNOWN",
    ),
    ("complaint lst", 2, "USAGE"),
    ("complaint list --colour red", 2, "USAGE"),
    ("import missing.csv", 2, "USAGE"),
    (
        "import --format feedback --source jane@example.org other.csv",
        2,
        "USAGE",
    ),
    (
        "import --close 0-00000000000000000000000000000000",
        1,
        "IMPORT_NOT_OPEN",
    ),
];

fn write_files(folder: &std::path::Path) {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let submission = |words: &str| {
        json!({ "kind": "complaint", "channel": "web", "description": words }).to_string()
    };
    write("deep.json", "{\"tags\":".repeat(300).as_bytes());
    write("cut.json", &submission("cut").as_bytes()[..20]);
    write("wrong-type.json", br#"{"kind":7}"#);
    write(
        "unknown-field.json",
        br#"{"kind":"complaint","colour":"red"}"#,
    );
    let mut two_times = json!({"kind": "complaint", "channel": "web", "product": "x"});
    two_times["occurred_at"] = json!("2026-05-18T09:00:00Z");
    two_times["occurred_on"] = json!("2026-05-18");
    write("two-times.json", two_times.to_string().as_bytes());
    write("not-utf8.json", b"{\"kind\":\"\xff\"}");
    write("large.json", submission(&"x".repeat(400_000)).as_bytes());
    write("other.csv", b"a,b\n1,2\n");
    write("other.jsonl", b"{\"kind\":\"complaint\"}\n");
    write("empty.csv", b"");
    write("packed.zip", b"PK\x03\x04");
    let rows =
        "Date received,Product,Company,Complaint ID\n,Mortgage,ACME,1\nsoon,Mortgage,ACME,2\n";
    write("bad-rows.csv", rows.as_bytes());
    // The first bytes of a gzip stream, and no more.
    write("cut.csv.gz", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b]);
}

#[test]
fn every_wrong_input_has_its_reason_and_its_exit_code() {
    let server = Server::start();
    write_files(server.folder.path());
    let submit = [
        "feedback",
        "submit",
        "--kind=complaint",
        "--channel=web",
        "--product=Kettle",
    ];
    let submitted = server.run(submit).json();
    let id = submitted["feedback_id"].as_str().unwrap();
    let token = submitted["recorded"]["token"].as_str().unwrap();
    server.json(&format!("complaint show {id} --wait-for {token}"));

    let documented = fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let mut wrong = Vec::new();
    for (typed, code, reason) in TYPED {
        let answer = server.run(typed.replace("{id}", id).split_whitespace());
        let error = answer.error();
        if answer.code != *code || error["code"] != *reason {
            wrong.push(format!("{typed}: {} {error} {}", answer.code, answer.err));
        }
        if !documented.contains(&format!("`{reason}`")) {
            wrong.push(format!("{reason} is not in docs/errors.md"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!server.folder.path().join("nowhere").exists());
}

#[test]
fn who_cannot_be_reached_is_named() {
    let server = Server::start();
    let address = server.grpc.clone();
    let folder = server.stop();
    let mut list = crate::started::redress(folder.path());
    list.args([
        "complaint",
        "list",
        "--output",
        "json",
        "--address",
        &address,
    ]);
    let answer = crate::started::Answer::of(&mut list);
    assert_eq!(
        (answer.code, &answer.error()["code"]),
        (4, &json!("UNREACHABLE"))
    );
}

/// Given an address at which the service's own health answers, or a server that goes away while it
/// answers, then the command says so, with the address, and that it could not reach it.
#[test]
fn what_answers_something_else_or_goes_away_is_unreachable_and_named() {
    let server = Server::start();
    let (http, grpc) = (server.http.clone(), server.grpc.clone());
    let answer = server.run(["complaint", "list", "--address", &http]);
    let error = answer.error();
    assert_eq!((answer.code, &error["code"]), (4, &json!("UNREACHABLE")));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(&http), "{message}");
    assert!(
        message.contains("does not speak Redress's gRPC"),
        "{message}"
    );
    assert!(error["remedy"].as_str().unwrap().contains("--address"));

    let mut watch = crate::started::redress(server.folder.path());
    watch.args(["complaint", "watch", "--output", "json", "--address", &grpc]);
    let watch = watch.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut watch = watch.spawn().unwrap();
    let submit = "feedback submit --kind complaint --channel web --product Kettle";
    let mut first = String::new();
    let mut lines = BufReader::new(watch.stdout.take().unwrap());
    std::thread::scope(|scope| {
        let seen = scope.spawn(|| lines.read_line(&mut first).unwrap());
        // It watches from when it is there on.
        while !seen.is_finished() {
            server.json(submit);
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    });
    let _folder = server.kill();
    let ended = watch.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(4), "{told}");
    assert!(
        told.contains("UNREACHABLE") && told.contains(&grpc),
        "{told}"
    );
}

#[test]
fn a_misspelt_command_is_a_usage_error_in_the_form_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let typed = |line: &str| {
        let mut wrong = crate::started::redress(folder.path());
        crate::started::Answer::of(wrong.args(line.split(' ')))
    };
    let table = typed("complaint lst");
    assert_eq!((table.code, table.error()), (2, json!(null)));
    assert!(table.err.contains("lst"), "{table:?}");
    for line in ["complaint lst --output json", "--output=json complaint lst"] {
        let answer = typed(line);
        let error = answer.error();
        assert_eq!(
            (answer.code, &error["code"]),
            (2, &json!("USAGE")),
            "{answer:?}"
        );
        assert!(
            error["remedy"]
                .as_str()
                .is_some_and(|it| it.contains("list")),
            "{error}"
        );
    }
    assert_eq!(typed("--help").code, 0);
}
