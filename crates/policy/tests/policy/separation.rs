//! Which duties a policy separates, and from which severity on.

use redress_policy::Policy;
use redress_policy::document::{Fact, Facts, SEVERITIES, Source};

fn read(text: &str) -> Result<Policy, Vec<String>> {
    let file = "policy.toml";
    let read = Policy::read(Source { file, text }, &mut |_| Err("none".to_owned()));
    read.map_err(|flaws| {
        let told = flaws.iter();
        told.map(|it| format!("{}:{} {}", it.place.line, it.place.column, it.code))
            .collect()
    })
}

const OURS: &str = r#"policy = "ours"
version = 1
[applies_to]
jurisdictions = ["AT"]
[skills.safety]
[separation]
from_severity = "major"
investigator_skills = "safety"
approval = true
approver_skills = ["safety"]
"#;

#[test]
fn a_severity_and_all_worse_ones_are_separated_where_the_policy_applies() {
    let policy = read(OURS).unwrap();
    let of = |jurisdiction: &str| Facts::default().with(Fact::Jurisdiction, jurisdiction);
    let separated = SEVERITIES.map(|severity| policy.separates(&of("AT-9"), severity).is_some());
    assert_eq!(separated, [true, true, false, false, false]);
    assert!(policy.separates(&of("GB"), "critical").is_none());
    assert!(policy.separates(&of("AT"), "of_a_later_version").is_none());
    let separation = policy.separation().unwrap();
    assert_eq!(separation.investigator_skills, ["safety"]);
    assert!(separation.approval);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let text = OURS
        .replace("\"major\"", "\"bad\"")
        .replace("approval = true\n", "colour = 1\n")
        .replace("[skills.safety]\n", "");
    assert_eq!(
        read(&text).unwrap_err(),
        [
            "6:17 WORD_UNKNOWN",
            "7:23 SKILL_UNKNOWN",
            "8:1 KEY_UNKNOWN",
            "9:19 KEY_MISSING",
            "9:20 SKILL_UNKNOWN",
        ]
    );
}
