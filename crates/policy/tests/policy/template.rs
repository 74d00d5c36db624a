//! What is said to complainants: what is read, filled and found, and every error with its place.

use redress_policy::document::{Field, Source};
use redress_policy::{Pack, Policy};

const HEAD: &str = "policy = \"ours\"\nversion = 1\n";

fn read(text: &str) -> Result<Policy, Vec<String>> {
    let source = Source {
        file: "policy.toml",
        text,
    };
    Policy::read(source, &mut |_| Err("no such file".to_owned())).map_err(|flaws| {
        let told = flaws.iter().map(|it| {
            assert!(!it.message.is_empty() && !it.remedy.is_empty());
            format!("{}:{} {}", it.place.line, it.place.column, it.code)
        });
        told.collect()
    })
}

#[track_caller]
fn check(templates: &str, flaws: &[&str]) {
    assert_eq!(read(&format!("{HEAD}{templates}")).unwrap_err(), flaws);
}

fn one(subject: &str, text: &str) -> String {
    format!(
        "{HEAD}[messages]\nfallback_language = \"en\"\n[[template]]\nname = \"a\"\n\
         language = \"en\"\nsubject = \"{subject}\"\ntext = \"\"\"{text}\"\"\"\n"
    )
}

fn filled(text: &str) -> Result<String, Field> {
    let policy = read(&one("s", text)).unwrap();
    let template = policy.templates().find("a", None).unwrap();
    let value = |field: Field| (field != Field::Issue).then(|| format!("<{}>", field.word()));
    template.fill(value).map(|it| it.text)
}

#[test]
fn gaps_are_filled_and_doubled_braces_are_braces() {
    let whole = "{reference} {product} {received_on} {next_due_on} {text}";
    let expected = "<reference> <product> <received_on> <next_due_on> <text>";
    assert_eq!(filled(whole).unwrap(), expected);
    assert_eq!(
        filled("a {{b}} {{{text}}} }}{{").unwrap(),
        "a {b} {<text>} }{"
    );
    assert_eq!(filled("Grüße, {text}").unwrap(), "Grüße, <text>");
    assert_eq!(filled("{issue}"), Err(Field::Issue));
}

#[test]
fn a_subject_stays_one_line_whatever_fills_it() {
    let policy = read(&one("re {product}", "x")).unwrap();
    let template = policy.templates().find("a", None).unwrap();
    let filled = template.fill(|_| Some("a\r\nBcc: b".to_owned())).unwrap();
    assert_eq!(filled.subject, "re a  Bcc: b");
}

#[test]
fn a_template_is_found_in_the_language_without_its_region_and_then_in_the_fallback() {
    let policy = Pack::named("iso-10002").unwrap().policy().unwrap();
    let language = |asked| {
        let found = policy.templates().find("progress", asked);
        found.map(|it| it.language.clone()).unwrap()
    };
    assert_eq!(language(Some("de-AT-1901")), "de");
    assert_eq!(language(Some("DE")), "de");
    assert_eq!(language(Some("fr")), "en");
    assert_eq!(language(None), "en");
    assert!(policy.templates().find("unknown", Some("de")).is_none());
    assert_eq!(policy.templates().fallback(), "en");
}

#[test]
fn what_is_wrong_in_braces_is_told_where_it_stands() {
    let place = |text: &str| read(&one("s", text)).unwrap_err();
    assert_eq!(place("ä {name}"), ["9:13 TEMPLATE_FIELD_UNKNOWN"]);
    assert_eq!(
        place("\nof {a} and {b}"),
        [
            "10:4 TEMPLATE_FIELD_UNKNOWN",
            "10:12 TEMPLATE_FIELD_UNKNOWN"
        ]
    );
    assert_eq!(place("{{ } {text}"), ["9:14 TEMPLATE_BRACE_ALONE"]);
    assert_eq!(place("\n{text"), ["10:1 TEMPLATE_BRACE_ALONE"]);
    assert_eq!(place("{a{text}"), ["9:11 TEMPLATE_BRACE_ALONE"]);
    // Free words do not belong into a subject.
    assert_eq!(
        read(&one("{text}", "x")).unwrap_err(),
        ["8:12 TEMPLATE_FIELD_UNKNOWN"]
    );
}

#[test]
fn what_is_missing_or_said_twice_is_told() {
    let template = |language: &str| {
        format!(
            "[[template]]\nname = \"a\"\nlanguage = \"{language}\"\nsubject = \"s\"\ntext = \"t\"\n"
        )
    };
    let messages = "[messages]\nfallback_language = \"en\"\n";
    check(&template("en"), &["3:1 KEY_MISSING"]);
    check(
        &format!("{messages}{}", template("de")),
        &["6:8 TEMPLATE_WITHOUT_FALLBACK"],
    );
    let twice = format!("{messages}{}{}", template("en"), template("EN"));
    check(&twice, &["11:8 REPEATED"]);
    check(
        &format!("{messages}{}", template("e")),
        &["7:12 LANGUAGE_INVALID"],
    );
    check("[messages]\n", &["3:1 KEY_MISSING"]);
    let bare = "[messages]\nfallback_language = \"en\"\n[[template]]\nname = \"a\"\ntypo = 1\n";
    check(
        bare,
        &[
            "5:1 KEY_MISSING",
            "5:1 KEY_MISSING",
            "5:1 KEY_MISSING",
            "7:1 KEY_UNKNOWN",
        ],
    );
    let informs = template("en") + "informs = \"perhaps\"\n";
    check(&format!("{messages}{informs}"), &["10:11 WORD_UNKNOWN"]);
}
