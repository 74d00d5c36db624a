//! `redress policy ..` as people type it. No server is there.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::started::{Answer, redress, root};

const POLICY: &str = r#"policy = "ours"
version = 1

[calendars.office]
zone = "Europe/London"
working_days = ["09:00-12:30", "13:30-17:00"]
holidays = [{ date = 2026-12-28, name = "Boxing Day" }]
holiday_files = ["bank.ics"]

[clocks.final_response]
starts = "received"
stops = "closed"
target = "5 business days"
calendar = "office"
"#;

const BANK: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\n\
    SUMMARY:Christmas Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// The same mistakes in one file, as every answer about it has to tell them.
const WRONG: &str = r#"policy = "ours"
version = 1

[calendars.office]
zone = "Europe/Lodon"
monday = ["09:00-13:00", "12:00-17:00"]
holiday_files = ["missing.ics"]

[clocks.final_response]
starts = "received"
stops = "closed"
target = "5 days"
calendar = "offce"

[escalation_levels.lead]
level = 1
next = "head"
after = "2 business days"
calendar = "office"

[escalation_levels.head]
level = 2
next = "lead"
after = "2 business days"
calendar = "office"

[escalations.late]
on = "clock_breached"
clocks = ["final_respnse"]
to = "lead"
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("policies")).unwrap();
    for (name, text) in [
        ("policies/ours.toml", POLICY),
        ("policies/bank.ics", BANK),
        ("wrong.toml", WRONG),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn typed(folder: &Path, arguments: &[&str]) -> Answer {
    Answer::of(redress(folder).arg("policy").args(arguments))
}

fn asked(folder: &Path, arguments: &[&str]) -> Value {
    let json = [arguments, &["--output", "json"]].concat();
    typed(folder, &json).json()
}

/// Given a policy with holidays beside it and a pause over lunch, when a deadline is asked for, then it
/// is told with every interval and why.
#[test]
fn a_deadline_is_told_with_the_intervals_that_counted_and_those_that_did_not() {
    let folder = folder();
    let line = [
        "deadline",
        "--policy",
        "policies/ours.toml",
        "--calendar",
        "office",
        "--from",
        "2026-12-24T12:00:00Z",
        "--target",
        "4 business hours",
        "--pause",
        "2026-12-24T12:15:00Z/2026-12-24T13:45:00Z",
    ];
    let answer = asked(folder.path(), &line);
    assert_eq!(answer["due_at"], "2026-12-29T09:30:00Z");
    assert_eq!(answer["elapsed_seconds"], 4 * 3600);
    assert_eq!(
        (&answer["target"], &answer["zone"]),
        (&json!("4 business hours"), &json!("Europe/London"))
    );
    let told: Vec<String> = answer["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            format!(
                "{} {} {}",
                it["why"].as_str().unwrap(),
                it["seconds"],
                it["counted"]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "working 900 true",
            "paused 900 false",
            "outside_hours 3600 false",
            "paused 900 false",
            "working 11700 true",
            "outside_hours 25200 false",
            "holiday 86400 false",
            "day_off 172800 false",
            "holiday 86400 false",
            "outside_hours 32400 false",
            "working 1800 true",
        ]
    );
    assert_eq!(
        answer["intervals"][6]["holiday"],
        json!({ "date": "2026-12-25", "name": "Christmas Day" })
    );
    let table = typed(folder.path(), &line);
    assert_eq!(table.code, 0, "{table:?}");
    for told in [
        "Tue 2026-12-29 09:30 +00",
        "2026-12-29T09:30:00Z",
        "holiday 2026-12-28: Boxing Day",
        "paused",
    ] {
        assert!(table.out.contains(told), "{told}: {}", table.out);
    }
}

#[test]
fn elapsed_time_is_that_of_the_calendar_less_the_pauses() {
    let folder = folder();
    let line = [
        "elapsed",
        "--policy",
        "policies/ours.toml",
        "--calendar",
        "office",
        "--from",
        "2026-12-24",
        "--to",
        "2026-12-30",
        "--pause",
        "2026-12-24T09:00:00Z/2026-12-24T10:00:00Z",
        "--pause",
        "2026-12-24T09:30:00Z/2026-12-24T11:00:00Z",
    ];
    assert_eq!(asked(folder.path(), &line)["elapsed_seconds"], 12 * 3600);
}

/// Given a calendar of New York and days without a time of day, then each is the day of New York, however
/// it is given.
#[test]
fn a_day_is_that_of_the_calendar_and_not_of_utc() {
    let folder = folder();
    let text = POLICY.replace("Europe/London", "America/New_York").replace(
        "working_days = [\"09:00-12:30\", \"13:30-17:00\"]",
        "around_the_clock = true",
    );
    fs::write(folder.path().join("policies/york.toml"), text).unwrap();
    let office = ["--policy", "policies/york.toml", "--calendar", "office"];
    let ask = |verb, rest: &[&str]| asked(folder.path(), &[&[verb], &office[..], rest].concat());
    // Clocks go forward on 8 March: that day has 23 hours.
    let week = ["--from", "2026-03-05", "--to", "2026-03-10"];
    let elapsed = ask("elapsed", &week);
    assert_eq!(elapsed["from"], "2026-03-05T05:00:00Z");
    assert_eq!(elapsed["to"], "2026-03-10T04:00:00Z");
    assert_eq!(elapsed["elapsed_seconds"], (5 * 24 - 1) * 3600);
    let pause = ["--pause", "2026-03-08/2026-03-09"];
    let paused = ask("elapsed", &[&week[..], &pause].concat());
    assert_eq!(paused["elapsed_seconds"], 4 * 24 * 3600);
    let start = ["--from", "2026-03-05", "--target", "4 calendar days"];
    let deadline = ask("deadline", &start);
    assert_eq!(deadline["from"], "2026-03-05T05:00:00Z");
    assert_eq!(deadline["due_at"], "2026-03-09T04:00:00Z");
    let paused = ask("deadline", &[&start[..], &pause].concat());
    assert_eq!(paused["due_at"], "2026-03-10T03:00:00Z");
}

/// Given what docs/policy.md says that is typed, then what it says that is answered is answered.
#[test]
fn the_examples_of_the_page_are_what_the_commands_answer() {
    let folder = folder();
    let page = fs::read_to_string(root().join("docs/policy.md")).unwrap();
    let mut tried = 0;
    for example in page.split("    $ redress policy ").skip(1) {
        let (line, answer) = example.split_once('\n').unwrap();
        let answer: Vec<&str> = answer
            .lines()
            .take_while(|line| line.starts_with("    ") || line.is_empty())
            .map(|line| line.strip_prefix("    ").unwrap_or(line))
            .collect();
        let answer = answer.join("\n");
        // A target is several words in quotes.
        let words = line.split('"').enumerate().flat_map(|(number, part)| {
            let words: Vec<&str> = if number % 2 == 1 {
                vec![part]
            } else {
                part.split_whitespace().collect()
            };
            words
        });
        let found = typed(folder.path(), &words.collect::<Vec<_>>());
        assert_eq!(found.out.trim_end(), answer.trim_end(), "{line}: {found:?}");
        tried += 1;
    }
    assert!(tried >= 2, "{tried}");
}

#[test]
fn a_check_tells_every_error_with_its_place_and_what_would_make_it_right() {
    let folder = folder();
    let answer = typed(folder.path(), &["check", "wrong.toml", "--output", "json"]);
    assert_eq!(
        (answer.code, &answer.error()["code"]),
        (2, &json!("POLICY_INVALID"))
    );
    let told: Value = serde_json::from_str(&answer.out).unwrap();
    let errors: Vec<String> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            format!(
                "{}:{} {}",
                it["line"],
                it["column"],
                it["code"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        errors,
        [
            "5:8 ZONE_UNKNOWN",
            "6:26 WINDOWS_OVERLAP",
            "7:18 HOLIDAY_FILE_MISSING",
            "12:10 TARGET_INVALID",
            "13:12 CALENDAR_UNKNOWN",
            "23:8 ESCALATION_CYCLE",
            "29:10 CLOCK_UNKNOWN",
        ]
    );
    let table = typed(folder.path(), &["check", "wrong.toml"]);
    for told in [
        "wrong.toml:6:26: the windows 09:00-13:00 and 12:00-17:00 overlap",
        "wrong.toml:23:8: the escalation goes round and never ends: `head`, then `lead`, then `head` again",
        "wrong.toml:29:10: the policy has no clock `final_respnse`",
    ] {
        assert!(table.out.contains(told), "{told}: {}", table.out);
    }
    let whole = asked(folder.path(), &["check", "policies/ours.toml"]);
    assert_eq!(
        (&whole["policy"], &whole["errors"]),
        (&json!("ours"), &json!([]))
    );
    // The file of holidays lies beside the policy, not where the command is typed.
    fs::remove_file(folder.path().join("policies/bank.ics")).unwrap();
    let missing = typed(
        folder.path(),
        &["check", "policies/ours.toml", "--output", "json"],
    );
    assert_eq!(missing.code, 2);
    assert!(missing.out.contains("HOLIDAY_FILE_MISSING"), "{missing:?}");
}

#[test]
fn what_is_wrong_on_the_line_is_named() {
    let folder = folder();
    let deadline = |calendar, from, target, policy: &[&str]| {
        let line = [
            "deadline",
            "--calendar",
            calendar,
            "--from",
            from,
            "--target",
            target,
        ];
        let answer = typed(
            folder.path(),
            &[&line[..], policy, &["--output", "json"]].concat(),
        );
        (
            answer.code,
            answer.error()["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let (day, from) = ("1 business day", "2026-11-23T10:00:00Z");
    for (calendar, from, target, policy, expected) in [
        ("nope", from, day, &[][..], (2, "CALENDAR_UNKNOWN")),
        (
            "nope",
            from,
            day,
            &["--policy", "uk-disp"],
            (2, "CALENDAR_UNKNOWN"),
        ),
        (
            "office",
            from,
            day,
            &["--policy", "wrong.toml"],
            (2, "POLICY_INVALID"),
        ),
        (
            "office",
            from,
            day,
            &["--policy", "none.toml"],
            (1, "FILE_UNUSABLE"),
        ),
        (
            "office",
            from,
            day,
            &["--policy", "uk-dips"],
            (2, "POLICY_UNKNOWN"),
        ),
        ("uk-weekdays", from, "5 days", &[], (2, "USAGE")),
        ("uk-weekdays", "soon", day, &[], (2, "USAGE")),
        (
            "uk-weekdays",
            from,
            day,
            &["--pause", "2026-11-24/2026-11-23"],
            (2, "RANGE_INVALID"),
        ),
        (
            "uk-weekdays",
            "1950-01-01",
            day,
            &[],
            (2, "TIME_OUT_OF_RANGE"),
        ),
        (
            "uk-weekdays",
            from,
            "1000000 weeks",
            &[],
            (2, "TIME_OUT_OF_RANGE"),
        ),
    ] {
        let found = deadline(calendar, from, target, policy);
        assert_eq!(
            (found.0, found.1.as_str()),
            expected,
            "{calendar} {from} {target} {policy:?}"
        );
    }
    let line = [
        "elapsed",
        "--calendar",
        "uk-weekdays",
        "--from",
        "2026-11-24",
        "--to",
        "2026-11-23",
    ];
    let reversed = typed(folder.path(), &[&line[..], &["--output", "json"]].concat());
    assert_eq!(
        (reversed.code, &reversed.error()["code"]),
        (2, &json!("RANGE_INVALID"))
    );
}

#[test]
fn the_policies_that_come_with_the_program_are_listed_and_shown() {
    let folder = folder();
    let listed = asked(folder.path(), &["list"]);
    let names: Vec<&str> = listed["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["policy"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "iso-10002",
            "uk-disp",
            "us-cfpb",
            "us-fda",
            "eu-mdr",
            "gdpr"
        ]
    );
    for name in names {
        let shown = asked(folder.path(), &["show", name]);
        assert_eq!(shown["policy"], name);
        let all = typed(folder.path(), &["show", name]);
        for clock in shown["clocks"].as_array().unwrap() {
            assert!(
                all.out.contains(clock["clock"].as_str().unwrap()),
                "{}",
                all.out
            );
        }
    }
    assert_eq!(asked(folder.path(), &["show"])["policy"], "iso-10002");
    for verb in ["show", "check"] {
        let misspelt = typed(folder.path(), &[verb, "uk-dips"]);
        assert_eq!((misspelt.code, misspelt.out.as_str()), (2, ""));
        assert!(misspelt.err.contains("`uk-disp`"), "{}", misspelt.err);
    }
}
