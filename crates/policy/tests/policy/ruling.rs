//! What policies say beside clocks: as they are read, and what several say together.

use redress_policy::document::{
    ExternalRecourse, Fact, Facts, Flaw, Found, LEVELS, SAFETY_IMPLICATIONS, SEVERITIES, Source,
};
use redress_policy::ruling::Happened;
use redress_policy::{Book, Pack, Policy, Ruling};

use crate::case::at;

fn read(text: &str) -> Result<Policy, Vec<Flaw>> {
    let source = Source {
        file: "policy.toml",
        text,
    };
    Policy::read(source, &mut |_| Err("no such file".to_owned()))
}

/// `line:column CODE` of each.
fn flaws(text: &str) -> Vec<String> {
    let flaws = read(text).unwrap_err();
    for flaw in &flaws {
        assert!(
            !flaw.message.is_empty() && !flaw.remedy.is_empty(),
            "{flaw}"
        );
    }
    let told = flaws.iter();
    told.map(|it| format!("{}:{} {}", it.place.line, it.place.column, it.code))
        .collect()
}

const OURS: &str = r#"policy = "ours"
version = 1

[calendars.office]
zone = "UTC"
working_days = ["09:00-17:00"]

[clocks.answer]
starts = "received"
stops = "decision_communicated"
target = "10 business days"
calendar = "office"

[closing]
silence = "10 business days"
calendar = "office"
bases = ["accepted", "silent"]
external_recourse = "unless_upheld"

[required_records]
records = ["finding", "product"]
evidence = ["photograph"]

[[severity_matrix]]
safety_implication = "actual"
severity = "critical"

[[severity_matrix]]
impact = ["medium", "high"]
complexity = "high"
severity = "major"

[[severity_matrix]]
severity = "minor"

[remedies]
kinds = ["refund", "apology"]
limits = { EUR = "100.00", JPY = "9000" }

[escalation_levels.lead]
level = 1
next = "head"
after = "2 business days"
calendar = "office"

[escalation_levels.head]
level = 2

[escalations.late]
on = "clock_breached"
clocks = "answer"
to = "head"

[escalations.soon]
on = "clock_warned"
to = "lead"

[escalations.grave]
on = "severity"
severities = ["critical", "major"]
to = "lead"

[escalations.vulnerable]
on = "vulnerable"
to = "lead"
"#;

const THEIRS: &str = r#"policy = "theirs"
version = 1

[calendars.always]
zone = "UTC"
around_the_clock = true

[closing]
silence = "20 calendar days"
calendar = "always"
bases = ["silent", "options_exhausted"]
external_recourse = "always"

[required_records]
records = ["recourse", "product"]

[[severity_matrix]]
safety_implication = ["possible", "actual"]
severity = "major"

[[severity_matrix]]
severity = "moderate"

[remedies]
kinds = ["refund", "repair"]
limits = { EUR = "50" }

[escalation_levels.board]
level = 5

[escalations.vulnerable]
on = "vulnerable"
to = "board"
"#;

/// All of these in force.
fn book(texts: &[&str]) -> Book {
    let mut book = Book::default();
    for text in texts {
        book.apply(read(text).unwrap_or_else(|flaws| panic!("{flaws:?}")));
    }
    book
}

fn found(
    safety_implication: &'static str,
    impact: &'static str,
    complexity: &'static str,
) -> Found<'static> {
    Found {
        safety_implication,
        impact,
        complexity,
    }
}

#[test]
fn one_policy_says_what_it_says() {
    let (book, facts) = (book(&[OURS]), Facts::default());
    let ruling = Ruling::of(&book, &facts);
    // A Friday at ten.
    let ends = ruling.silence_ends_at(at("2026-11-20T10:00:00Z"));
    assert_eq!(ends, Some(Ok(at("2026-12-04T10:00:00Z"))));
    assert_eq!(ruling.close_bases(), Some(vec!["accepted", "silent"]));
    assert_eq!(ruling.external_recourse(), ExternalRecourse::UnlessUpheld);
    assert_eq!(Vec::from_iter(ruling.records()), ["finding", "product"]);
    assert_eq!(Vec::from_iter(ruling.evidence()), ["photograph"]);
    let severity = |found| ruling.severity(found).map(|it| (it.severity, it.number));
    assert_eq!(
        severity(found("actual", "low", "low")),
        Some(("critical", 1))
    );
    assert_eq!(
        severity(found("none", "medium", "high")),
        Some(("major", 2))
    );
    assert_eq!(
        severity(found("possible", "high", "medium")),
        Some(("minor", 3))
    );
    assert_eq!(severity(found("alleged", "low", "low")), Some(("minor", 3)));
    let limits = ruling.remedy_limits().unwrap();
    assert_eq!(Vec::from_iter(limits), [("EUR", 10_000), ("JPY", 9_000)]);
}

#[test]
fn of_several_policies_the_strictest_counts() {
    let (book, facts) = (book(&[OURS, THEIRS]), Facts::default());
    let ruling = Ruling::of(&book, &facts);
    let ends = ruling.silence_ends_at(at("2026-11-20T10:00:00Z"));
    assert_eq!(ends, Some(Ok(at("2026-12-10T10:00:00Z"))));
    assert_eq!(ruling.close_bases(), Some(vec!["silent"]));
    assert_eq!(ruling.external_recourse(), ExternalRecourse::Always);
    assert_eq!(
        Vec::from_iter(ruling.records()),
        ["finding", "product", "recourse"]
    );
    let worst = ruling.severity(found("actual", "low", "low")).unwrap();
    assert_eq!(
        (worst.severity, worst.policy.split('@').next()),
        ("critical", Some("ours"))
    );
    let worst = ruling.severity(found("none", "low", "low")).unwrap();
    assert_eq!(
        (worst.severity, worst.policy.split('@').next()),
        ("moderate", Some("theirs"))
    );
    assert_eq!(worst.row.asks_for(), "anything");
    assert_eq!(Vec::from_iter(ruling.remedy_kinds().unwrap()), ["refund"]);
    // What one of them sets no limit for needs approval there, and so here.
    let limits = ruling.remedy_limits().unwrap();
    assert_eq!(Vec::from_iter(limits), [("EUR", 5_000)]);
    let raised = ruling.raised(Happened::Vulnerable).unwrap();
    assert_eq!((raised.level, &*raised.rule), (5, "theirs/vulnerable"));
}

#[test]
fn of_all_combinations_the_worst_of_the_single_proposals_counts() {
    let (both, facts) = (book(&[OURS, THEIRS]), Facts::default());
    let (ours, theirs) = (book(&[OURS]), book(&[THEIRS]));
    let rank = |severity| SEVERITIES.iter().position(|it| *it == severity).unwrap();
    for safety in SAFETY_IMPLICATIONS {
        for impact in LEVELS {
            for complexity in LEVELS {
                let found = found(safety, impact, complexity);
                let of = |book| Ruling::of(book, &facts).severity(found).unwrap().severity;
                let worst = rank(of(&ours)).min(rank(of(&theirs)));
                assert_eq!(rank(of(&both)), worst, "{found:?}");
            }
        }
    }
}

#[test]
fn a_policy_rules_only_the_complaints_that_it_applies_to() {
    let theirs = THEIRS.replace(
        "version = 1",
        "version = 1\n[applies_to]\njurisdictions = \"GB\"",
    );
    let book = book(&[OURS, &theirs]);
    let bases = |facts: Facts| Ruling::of(&book, &facts).close_bases();
    let here = Facts::default().with(Fact::Jurisdiction, "AT");
    assert_eq!(bases(here), Some(vec!["accepted", "silent"]));
    let there = Facts::default().with(Fact::Jurisdiction, "GB-SCT");
    assert_eq!(bases(there), Some(vec!["silent"]));
    let nothing = Book::default();
    let ruling = Ruling::of(&nothing, &Facts::default());
    assert_eq!(ruling.close_bases(), None);
    assert_eq!(ruling.remedy_limits(), None);
    assert_eq!(ruling.severity(found("actual", "high", "high")), None);
    assert_eq!(ruling.silence_ends_at(at("2026-11-20T10:00:00Z")), None);
}

#[test]
fn an_escalation_is_called_for_by_what_its_rule_names_and_goes_on_upwards() {
    let (book, facts) = (book(&[OURS]), Facts::default());
    let ruling = Ruling::of(&book, &facts);
    let raised = |happened| ruling.raised(happened).map(|it| (it.level, it.rule));
    let to = |level, rule: &str| Some((level, rule.to_owned()));
    assert_eq!(
        raised(Happened::ClockBreached("ours/answer")),
        to(2, "ours/late")
    );
    assert_eq!(raised(Happened::ClockBreached("theirs/answer")), None);
    assert_eq!(raised(Happened::ClockBreached("ours/other")), None);
    assert_eq!(
        raised(Happened::ClockWarned("ours/other")),
        to(1, "ours/soon")
    );
    assert_eq!(raised(Happened::Severity("major")), to(1, "ours/grave"));
    assert_eq!(raised(Happened::Severity("minor")), None);
    assert_eq!(raised(Happened::Vulnerable), to(1, "ours/vulnerable"));
    let next = ruling.next(1, at("2026-11-20T10:00:00Z")).unwrap();
    assert_eq!((next.level, next.at), (2, at("2026-11-24T10:00:00Z")));
    assert_eq!(next.rule, "ours/lead");
    assert_eq!(ruling.next(2, at("2026-11-20T10:00:00Z")), None);
    assert_eq!(ruling.next(7, at("2026-11-20T10:00:00Z")), None);
}

const WRONG: &str = r#"policy = "ours"
version = 1

[calendars.office]
zone = "UTC"
working_days = ["09:00-17:00"]

[clocks.answer]
starts = "received"
stops = "decision_communicated"
target = "10 business days"
calendar = "office"

[closing]
silence = "10 days"
calendar = "offices"
bases = ["accepted", "tired"]
external_recourse = "sometimes"

[required_records]
records = ["findings"]
evidence = ["A photograph"]

[[severity_matrix]]
safety_implication = ["actual", "possible"]
severity = "critical"

[[severity_matrix]]
safety_implication = "actual"
impact = "high"
severity = "major"

[remedies]
kind = ["refund"]
limits = { EUR = "100.5", euro = "1", JPY = "1.00" }

[escalation_levels.lead]
level = 10

[escalation_levels.head]
level = 2
after = "2 business days"

[escalations.late]
on = "clock_breached"
clocks = ["answers"]
severities = ["major"]
to = "boss"

[escalations.grave]
on = "severity"
to = "head"
"#;

#[test]
fn every_error_of_a_rule_is_told_with_its_place() {
    assert_eq!(
        flaws(WRONG),
        [
            "15:11 TARGET_INVALID",
            "16:12 CALENDAR_UNKNOWN",
            "17:22 WORD_UNKNOWN",
            "18:21 WORD_UNKNOWN",
            "21:12 WORD_UNKNOWN",
            "22:13 NAME_INVALID",
            "24:1 SEVERITY_MATRIX_GAP",
            "28:1 SEVERITY_ROW_UNREACHABLE",
            "34:1 KEY_UNKNOWN",
            "35:18 AMOUNT_INVALID",
            "35:27 CURRENCY_UNKNOWN",
            "35:45 AMOUNT_INVALID",
            "38:9 ESCALATION_LEVEL_INVALID",
            "42:9 KEY_UNKNOWN",
            "46:10 CLOCK_UNKNOWN",
            "47:14 KEY_UNKNOWN",
            "48:6 ESCALATION_LEVEL_UNKNOWN",
            "50:14 KEY_MISSING",
        ]
    );
}

fn levels(text: &str) -> String {
    let head = "policy = \"ours\"\nversion = 1\n[calendars.office]\nzone = \"UTC\"\naround_the_clock = true\n";
    let levels = text.split(' ').map(|level| {
        let (level, next) = level.split_once('>').unwrap_or((level, ""));
        let (name, number) = level.split_at(1);
        let onward = if next.is_empty() {
            String::new()
        } else {
            format!("next = \"{next}\"\nafter = \"1 calendar day\"\ncalendar = \"office\"\n")
        };
        format!("[escalation_levels.{name}]\nlevel = {number}\n{onward}")
    });
    head.to_owned() + &levels.collect::<String>()
}

#[test]
fn an_escalation_that_goes_round_is_told_once_and_one_that_goes_down_too() {
    assert!(read(&levels("a1>b b2>c c3")).is_ok());
    let told = |text: &str| {
        let flaws = read(&levels(text)).unwrap_err();
        let told = flaws.iter().map(|it| format!("{} {}", it.code, it.message));
        told.collect::<Vec<_>>()
    };
    let round = "ESCALATION_CYCLE the escalation goes round and never ends: `a`, then `b`, then `c`, then `a` again";
    assert_eq!(told("a1>b b2>c c3>a"), [round]);
    // What leads into it is not in it.
    assert_eq!(told("d4>a a5>b b6>c c7>a"), [round]);
    let itself = "ESCALATION_CYCLE the escalation goes round and never ends: `a`, then `a` again";
    assert_eq!(told("a1>a"), [itself]);
    let down = "ESCALATION_NOT_UPWARDS `a` is level 2 and goes on to `b`, which is level 1";
    assert_eq!(told("a2>b b1"), [down]);
    assert_eq!(told("a1 b1"), ["REPEATED `a` is level 1 already"]);
}

#[test]
fn the_packs_say_what_their_regimes_say() {
    let pack = |name| Pack::named(name).unwrap().policy().unwrap();
    let iso = pack("iso-10002");
    let silence = iso.closing().silence.as_ref().unwrap();
    assert_eq!(silence.target.to_string(), "14 calendar days");
    assert_eq!(
        iso.records().records,
        ["investigation", "response", "decision"]
    );
    // What one who complains of an organisation under DISP is told.
    assert_eq!(
        pack("uk-disp").closing().external_recourse,
        ExternalRecourse::Always
    );
    assert_eq!(
        pack("gdpr").closing().external_recourse,
        ExternalRecourse::UnlessUpheld
    );
    assert_eq!(pack("us-fda").records().evidence, ["device_identification"]);
    let gdpr = pack("gdpr");
    assert!(!gdpr.applies_to().includes(&Facts::default()));
    let request = Facts::default().with(Fact::Tag, "data_subject_request");
    assert!(gdpr.applies_to().includes(&request));
}
