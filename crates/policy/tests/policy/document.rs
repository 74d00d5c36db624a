//! Policies as documents: what is read, and every error with its place.

use redress_policy::document::{Flaw, Source};
use redress_policy::{Calendars, Policy};

fn read_with(text: &str, files: &[(&str, &str)]) -> Result<Policy, Vec<Flaw>> {
    let source = Source {
        file: "policy.toml",
        text,
    };
    Policy::read(source, &mut |name| {
        let found = files.iter().find(|(it, _)| *it == name);
        found
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| "no such file".to_owned())
    })
}

/// `line:column CODE` of each.
fn flaws(text: &str, files: &[(&str, &str)]) -> Vec<String> {
    let flaws = read_with(text, files).unwrap_err();
    assert!(
        flaws
            .iter()
            .all(|it| !it.message.is_empty() && !it.remedy.is_empty())
    );
    let told = flaws.iter().map(|Flaw { place, code, .. }| {
        let file = place
            .file
            .strip_prefix("policy.toml")
            .unwrap_or(&place.file);
        format!("{file}{}:{} {code}", place.line, place.column)
    });
    told.collect()
}

const WHOLE: &str = r#"policy = "ours"
version = 3

[calendars.office]
zone = "Europe/London"
working_days = ["09:00-12:30", "13:30-17:00"]
friday = "09:00-13:00"
saturday = []
holidays = [2026-12-25, { date = 2026-12-28, name = "Boxing Day" }]
holiday_files = ["bank.ics"]

[clocks.final_response]
starts = "received"
stops = ["decision_communicated", "closed"]
pauses = "awaiting_complainant"
on_reopening = "restart"
target = "20 business days"
severity = { critical = "4 business hours" }
extended_target = "8 weeks"
calendar = "office"
warn_at_percent = [80, 50]
"#;

const BANK: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270101\r\n\
    DTEND;VALUE=DATE:20270103\r\nSUMMARY:New Year\\, and a very\r\n  long one\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART:20261225\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART:20260606\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn a_document_says_what_it_says() {
    let policy = read_with(WHOLE, &[("bank.ics", BANK)]).unwrap();
    assert_eq!(policy.name(), "ours");
    let office = &policy.calendars()["office"];
    assert_eq!(office.zone(), "Europe/London");
    let hours: Vec<String> = office
        .week()
        .iter()
        .map(|day| format!("{}", day.len()))
        .collect();
    assert_eq!(hours.concat(), "2222100");
    let holidays: Vec<String> = office
        .holidays()
        .iter()
        .map(|(date, name)| format!("{date} {name}"))
        .collect();
    assert_eq!(
        holidays,
        [
            "2026-12-25 ",
            "2026-12-28 Boxing Day",
            "2027-01-01 New Year, and a very long one",
            "2027-01-02 New Year, and a very long one",
        ]
    );
    let clock = &policy.clocks()["final_response"];
    assert_eq!(clock.starts.word(), "received");
    assert_eq!(clock.pauses, ["awaiting_complainant"]);
    assert_eq!(clock.on_reopening.word(), "restart");
    let target = |severity, extended| {
        clock
            .terms(&policy, severity, extended)
            .unwrap()
            .target
            .to_string()
    };
    assert_eq!(target(None, false), "20 business days");
    assert_eq!(target(Some("critical"), false), "4 business hours");
    assert_eq!(target(Some("critical"), true), "8 weeks");
    assert_eq!(clock.warn_at_percent, [50, 80]);
}

#[test]
fn a_version_is_that_of_every_byte_that_was_read() {
    let version = |text: &str, bank: &str| {
        read_with(text, &[("bank.ics", bank)])
            .unwrap()
            .version()
            .to_owned()
    };
    let first = version(WHOLE, BANK);
    assert!(first.starts_with("ours@3:"), "{first}");
    assert_eq!(first.len(), "ours@3:".len() + 12);
    assert_eq!(version(WHOLE, BANK), first);
    assert_ne!(version(&format!("{WHOLE}# a word\n"), BANK), first);
    assert_ne!(version(WHOLE, &BANK.replace("20261225", "20261224")), first);
    // Its calendars are those of this version only.
    let policy = read_with(WHOLE, &[("bank.ics", BANK)]).unwrap();
    assert!(policy.calendar(&first, "office").is_some());
    assert!(policy.calendar("ours@2:000000000000", "office").is_none());
}

#[test]
fn every_error_is_told_with_its_place_and_not_only_the_first() {
    let text = r#"policy = "Ours!"
verson = 3

[calendars.office]
zone = "Europe/Lodon"
monday = ["09:00-12:00", "9-5", "11:00-17:00"]
holidays = ["2026-12-25", 2026-12-26, 2026-12-26]
holiday_files = ["bank.ics", "../secret.ics"]

[calendars.nobody]
zone = "UTC"

[calendars.twice]
zone = "UTC"
around_the_clock = true
monday = "09:00-17:00"

[clocks.final_response]
starts = "recieved"
stops = []
pauses = ["lunch"]
target = "5 days"
severity = { terrible = "1 month", minor = 7 }
calendar = "offices"
warn_at_percent = [50, 100, 50]

[clocks."final response"]
target = "1 month"

[clocks.once]
starts = "received"
restarts = ["informed", "closed"]
stops = ["received", "closed"]
calendar = "nobody"
"#;
    assert_eq!(
        flaws(text, &[]),
        [
            "1:1 KEY_MISSING",
            "1:10 NAME_INVALID",
            "2:1 KEY_UNKNOWN",
            "5:8 ZONE_UNKNOWN",
            "6:26 WINDOW_INVALID",
            "6:33 WINDOWS_OVERLAP",
            "7:13 VALUE_MALFORMED",
            "7:39 REPEATED",
            "8:18 HOLIDAY_FILE_MISSING",
            "8:30 HOLIDAY_FILE_MISSING",
            "10:12 CALENDAR_WITHOUT_HOURS",
            "16:1 REPEATED",
            "19:10 WORD_UNKNOWN",
            "20:9 VALUE_MALFORMED",
            "21:11 WORD_UNKNOWN",
            "22:10 TARGET_INVALID",
            "23:14 KEY_UNKNOWN",
            "23:44 VALUE_MALFORMED",
            "24:12 CALENDAR_UNKNOWN",
            "25:24 PERCENT_OUT_OF_RANGE",
            "25:29 REPEATED",
            "27:9 NAME_INVALID",
            "30:9 KEY_MISSING",
            "33:9 CLOCK_STOPS_AT_ITS_START",
            "33:9 CLOCK_STOPS_AT_ITS_START",
        ]
    );
}

#[test]
fn an_error_says_what_would_make_it_right() {
    let text = WHOLE.replace("[\"09:00-12:30\"", "[\"09:00-13:45\"");
    let flaws = read_with(&text, &[("bank.ics", BANK)]).unwrap_err();
    let told: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "policy.toml:6:32: the windows 09:00-13:45 and 13:30-17:00 overlap (WINDOWS_OVERLAP): \
          let the second begin when the first ends, or later"
        ]
    );
}

#[test]
fn text_that_is_no_toml_is_told_with_what_can_still_be_read() {
    let text = "policy = \"ours\nversion = 1\n\n[calendars.office]\nzone = \"Europe/Lodon\"\nmonday = [\"09:00-17:00\"]\n";
    assert_eq!(flaws(text, &[]), ["1:15 POLICY_SYNTAX", "5:8 ZONE_UNKNOWN"]);
    assert_eq!(
        flaws("policy = \"a\"\npolicy = \"b\"\nversion = 1\n", &[]),
        ["2:1 POLICY_SYNTAX"]
    );
    assert_eq!(flaws("", &[]), ["1:1 KEY_MISSING", "1:1 KEY_MISSING"]);
    // What is not ASCII counts as it is seen.
    let umlaut = "policy = \"a\"\nversion = 1\nabout = \"ü\" \nclocks = 3\nüber = 1\n";
    assert!(!flaws(umlaut, &[]).is_empty());
}

#[test]
fn a_file_of_holidays_that_cannot_be_read_is_told_by_its_lines() {
    let told = |ics: &str| flaws(WHOLE, &[("bank.ics", ics)]);
    assert_eq!(told("2026-12-25\n"), ["bank.ics1:1 HOLIDAY_FILE_INVALID"]);
    let event = |lines: &str| {
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
    };
    assert_eq!(
        told(&event("SUMMARY:x")),
        ["bank.ics2:1 HOLIDAY_FILE_INVALID"]
    );
    assert_eq!(
        told(&event("DTSTART:20261225T090000Z")),
        ["bank.ics3:1 HOLIDAY_FILE_INVALID"]
    );
    assert_eq!(
        told(&event("DTSTART:20261325")),
        ["bank.ics3:1 HOLIDAY_FILE_INVALID"]
    );
    assert_eq!(
        told(&event("DTSTART:20261225\nRRULE:FREQ=YEARLY")),
        ["bank.ics4:1 HOLIDAY_FILE_INVALID"]
    );
    assert_eq!(
        told(&event("DTSTART:20261225\nDTEND:20261225")),
        ["bank.ics2:1 HOLIDAY_FILE_INVALID"]
    );
}

/// Given a file of holidays of which the end, or a line that ends something, is missing, then it is not
/// taken for what is left of it.
#[test]
fn a_file_of_holidays_that_is_cut_off_is_refused() {
    const EVENT: &str = "BEGIN:VEVENT\nDTSTART:20261225\n";
    let told = |ics: &str| -> Vec<String> {
        let flaws = read_with(WHOLE, &[("bank.ics", ics)]).unwrap_err();
        assert!(flaws.iter().all(|it| it.code == "HOLIDAY_FILE_INVALID"));
        let told = flaws.iter().map(|Flaw { place, message, .. }| {
            assert_eq!(place.file, "bank.ics");
            let missing = message.split_once(": ").map_or("", |(_, it)| it);
            format!("{} {missing}", place.line)
        });
        told.collect()
    };
    let (no_event_end, no_end) = ("END:VEVENT is missing", "END:VCALENDAR is missing");
    // In the middle of an event, between two, and before another calendar.
    assert_eq!(
        told(&format!("BEGIN:VCALENDAR\n{EVENT}")),
        [format!("2 {no_event_end}"), format!("3 {no_end}")]
    );
    assert_eq!(
        told(&format!("BEGIN:VCALENDAR\n{EVENT}END:VCALENDAR\n")),
        [format!("2 {no_event_end}")]
    );
    assert_eq!(
        told(&format!(
            "BEGIN:VCALENDAR\n{EVENT}{EVENT}END:VEVENT\nEND:VCALENDAR\n"
        )),
        [format!("2 {no_event_end}")]
    );
    let one = format!("BEGIN:VCALENDAR\n{EVENT}END:VEVENT\n");
    assert_eq!(told(&one), [format!("4 {no_end}")]);
    assert_eq!(
        told(&format!("{one}{one}END:VCALENDAR\n")),
        [format!("5 {no_end}")]
    );
    // The beginning of an event is missing.
    assert_eq!(
        told(&format!("{one}END:VEVENT\nEND:VCALENDAR\n")),
        ["5 BEGIN:VEVENT is missing"]
    );
    // Wherever it is cut; only the end of the last line may be missing.
    for cut in 0..BANK.len() - "\r\n".len() {
        assert!(!told(&BANK[..cut]).is_empty(), "{:?}", &BANK[..cut]);
    }
    let whole = format!("{one}END:VCALENDAR\n{one}end:vcalendar ");
    for ics in [BANK.trim_end(), BANK, whole.as_str()] {
        read_with(WHOLE, &[("bank.ics", ics)]).unwrap();
    }
}

#[test]
fn a_file_of_holidays_without_an_event_is_refused() {
    for ics in [
        "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nEND:VCALENDAR\n",
    ] {
        let flaws = read_with(WHOLE, &[("bank.ics", ics)]).unwrap_err();
        let told: Vec<String> = flaws.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "bank.ics:1:1: the file has no event, and so no holiday (HOLIDAY_FILE_INVALID): write an event \
                 for each holiday (BEGIN:VEVENT, DTSTART;VALUE=DATE:20261225, END:VEVENT), or take the file \
                 out of `holiday_files`"
            ]
        );
    }
}

#[test]
fn no_text_makes_the_reader_stop_working() {
    let alphabet: Vec<&str> = WHOLE.split_inclusive([' ', '\n', '"']).collect();
    for cut in 0..alphabet.len() {
        let before: String = alphabet[..cut].concat();
        let without: String = [&alphabet[..cut], &alphabet[(cut + 1).min(alphabet.len())..]]
            .concat()
            .concat();
        let _ = (
            read_with(&before, &[]),
            read_with(&without, &[("bank.ics", BANK)]),
        );
    }
}

#[test]
fn a_jurisdiction_that_no_complaint_can_have_is_a_flaw() {
    let document = |code: &str| {
        format!("policy = \"ours\"\nversion = 1\n[applies_to]\njurisdictions = [\"{code}\"]\n")
    };
    for code in ["GB", "GB-ENG", "US-CA", "AT-9"] {
        assert!(read_with(&document(code), &[]).is_ok(), "{code}");
    }
    for code in ["England", "gb", "GB-", "GB_ENG", "GB-ENGL"] {
        assert_eq!(
            flaws(&document(code), &[]),
            ["4:18 VALUE_MALFORMED"],
            "{code}"
        );
    }
}
