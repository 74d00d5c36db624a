//! Where a policy puts complaints: which rule fits, and what is wrong with rules.

use proptest::prelude::*;
use redress_policy::Policy;
use redress_policy::document::{Choose, Fact, Facts, Flaw, Known, Source};

const OURS: &str = r#"policy = "ours"
version = 1

[applies_to]
jurisdictions = ["AT", "DE"]

[queues.safety]
about = "What can hurt"
[queues.german]
[queues.all]

[skills.safety]
[skills.german]

[[routing]]
rule = "dangerous"
about = "What can hurt somebody"
severities = ["critical", "major"]
queue = "safety"
skills = ["safety", "german"]

[[routing]]
rule = "vulnerable"
vulnerable = true
languages = "de"
queue = "german"
skills = "german"
choose = "by_hand"

[[routing]]
rule = "kettles"
products = ["Kettle", "Lid"]
queue = "german"

[[routing]]
rule = "everything_else"
queue = "all"
"#;

fn read(text: &str) -> Result<Policy, Vec<Flaw>> {
    let file = "policy.toml";
    Policy::read(Source { file, text }, &mut |_| Err("none".to_owned()))
}

fn flaws(text: &str) -> Vec<String> {
    let told = read(text).unwrap_err();
    let told = told.iter().map(|it| {
        assert!(!it.remedy.is_empty());
        format!("{}:{} {}", it.place.line, it.place.column, it.code)
    });
    told.collect()
}

fn facts(jurisdiction: &str, product: &str) -> Facts {
    Facts::default()
        .with(Fact::Jurisdiction, jurisdiction)
        .with(Fact::Product, product)
}

fn rule<'p>(policy: &'p Policy, facts: &Facts, more: (&str, &str, Option<bool>)) -> &'p str {
    let (severity, language, vulnerable) = more;
    let known = Known {
        facts,
        severity: Some(severity).filter(|it| !it.is_empty()),
        language: Some(language).filter(|it| !it.is_empty()),
        vulnerable,
    };
    policy.route(&known).map_or("none", |it| &it.name)
}

#[test]
fn the_first_rule_that_fits_counts() {
    let policy = read(OURS).unwrap();
    let kettle = facts("AT-9", "Kettle");
    let other = facts("DE", "Pan");
    assert_eq!(rule(&policy, &kettle, ("", "", None)), "kettles");
    assert_eq!(rule(&policy, &other, ("", "", None)), "everything_else");
    assert_eq!(
        rule(&policy, &kettle, ("critical", "de", Some(true))),
        "dangerous"
    );
    assert_eq!(
        rule(&policy, &kettle, ("minor", "de-AT", Some(true))),
        "vulnerable"
    );
    assert_eq!(
        rule(&policy, &kettle, ("minor", "DE", Some(true))),
        "vulnerable"
    );
    // Another language, and a language that only begins alike.
    assert_eq!(
        rule(&policy, &kettle, ("minor", "den", Some(true))),
        "kettles"
    );
    assert_eq!(
        rule(&policy, &kettle, ("minor", "de", Some(false))),
        "kettles"
    );
    assert_eq!(
        rule(&policy, &facts("GB", "Kettle"), ("", "", None)),
        "none"
    );
    let routing = policy.routing();
    assert_eq!(routing.rule("vulnerable").unwrap().choose, Choose::ByHand);
    assert_eq!(routing.rule("kettles").unwrap().choose, Choose::LeastLoad);
    assert_eq!(routing.queues["safety"].as_deref(), Some("What can hurt"));
}

#[test]
fn what_is_wrong_with_a_rule_is_told_with_its_place() {
    let text = r#"policy = "ours"
version = 1
[applies_to]
jurisdictions = ["AT"]
[queues.all]
colour = "red"
[skills.safety]
[[routing]]
rule = "abroad"
jurisdictions = ["GB", "US-CA"]
queue = "all"
[[routing]]
rule = "kettles"
products = ["Kettle", "Lid"]
queue = "al"
skills = ["safety", "safety", "german"]
[[routing]]
rule = "lids"
products = ["Lid"]
severities = ["terrible", "minor"]
queue = "all"
chose = "least_load"
[[routing]]
rule = "by_nobody"
queue = "all"
choose = "by_dice"
languages = []
[[routing]]
products = ["Pan"]
[[routing]]
rule = "kettles"
queue = "all"
"#;
    assert_eq!(
        flaws(text),
        [
            "6:1 KEY_UNKNOWN",
            "10:17 RULE_NEVER_FITS",
            "15:9 QUEUE_UNKNOWN",
            "16:21 REPEATED",
            "16:31 SKILL_UNKNOWN",
            "18:8 RULE_NEVER_FITS",
            "20:15 WORD_UNKNOWN",
            "22:1 KEY_UNKNOWN",
            "26:10 WORD_UNKNOWN",
            "27:13 VALUE_MALFORMED",
            "28:1 KEY_MISSING",
            "28:1 KEY_MISSING",
            "31:8 REPEATED",
            "31:8 RULE_NEVER_FITS",
        ]
    );
}

#[test]
fn an_error_says_what_would_make_it_right() {
    let text = OURS.replace("queue = \"safety\"", "queue = \"saftey\"");
    let told: Vec<String> = read(&text)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "policy.toml:19:9: the policy has no queue `saftey` (QUEUE_UNKNOWN): write one of \
             `all`, `german`, `safety`, or a table `[queues.saftey]`"
        ]
    );
}

#[test]
fn a_policy_without_rules_routes_nothing() {
    let policy = read("policy = \"ours\"\nversion = 1\n").unwrap();
    assert_eq!(
        rule(&policy, &facts("AT", "Kettle"), ("critical", "de", None)),
        "none"
    );
    assert!(policy.routing().queues.is_empty());
}

/// A rule over a few values of each kind, as a document writes it.
fn conditions() -> impl Strategy<Value = String> {
    let some = |key: &'static str, values: &'static [&'static str]| {
        prop::sample::subsequence(values, 0..=2).prop_map(move |chosen| match &chosen[..] {
            [] => String::new(),
            chosen => format!("{key} = {chosen:?}\n"),
        })
    };
    (
        some("products", &["Kettle", "Lid"]),
        some("jurisdictions", &["AT", "AT-9", "DE"]),
        some("severities", &["critical", "minor"]),
        some("languages", &["de", "de-AT"]),
        prop::sample::select(&["", "vulnerable = true\n", "vulnerable = false\n"][..]),
    )
        .prop_map(|(a, b, c, d, e)| format!("{a}{b}{c}{d}{e}"))
}

/// Every complaint that the values above can tell apart.
fn all_complaints(policy: &Policy) -> Vec<&str> {
    let mut all = Vec::new();
    for product in ["Kettle", "Lid", "Pan"] {
        for jurisdiction in ["AT", "AT-9", "AT-1", "DE", "GB"] {
            for severity in ["", "critical", "minor", "major"] {
                for language in ["", "de", "de-AT", "fr"] {
                    for vulnerable in [None, Some(true), Some(false)] {
                        let facts = facts(jurisdiction, product);
                        all.push(rule(policy, &facts, (severity, language, vulnerable)));
                    }
                }
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Held against all complaints there are: what is told to fit nothing fits nothing.
    #[test]
    fn a_rule_that_is_said_never_to_fit_never_does(one in conditions(), other in conditions()) {
        let head = "policy = \"ours\"\nversion = 1\n[queues.all]\n";
        let written = |name: &str, conditions: &str| {
            format!("[[routing]]\nrule = \"{name}\"\nqueue = \"all\"\n{conditions}")
        };
        let (first, second) = (written("first", &one), written("second", &other));
        match read(&format!("{head}{first}{second}")) {
            Ok(policy) => {
                // A complaint that no earlier rule takes exists, or several together would hide it:
                // one rule alone does not.
                prop_assert!(all_complaints(&policy).contains(&"second"));
            }
            Err(flaws) => {
                prop_assert!(flaws.iter().all(|it| it.code == "RULE_NEVER_FITS"));
                // Whatever the second takes alone, the first takes.
                let alone = read(&format!("{head}{second}")).unwrap();
                let before = read(&format!("{head}{first}")).unwrap();
                let pairs = all_complaints(&alone).into_iter().zip(all_complaints(&before));
                for (second, first) in pairs {
                    prop_assert!(second == "none" || first == "first");
                }
            }
        }
    }
}
