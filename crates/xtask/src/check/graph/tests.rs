use serde_json::json;

use super::*;

/// A crate of ours: (name of its folder, what it depends on as (name, is ours, is for tests)).
type Crate<'a> = (&'a str, &'a [(&'a str, bool, bool)]);

fn workspace(crates: &[Crate<'_>]) -> Workspace {
    let packages: Vec<Value> = crates.iter().map(package).collect();
    let foreign = ["jiff", "sled", "tokio"].map(|name| {
        json!({ "id": name, "name": name, "version": "1.0.0", "source": "registry",
                "manifest_path": "", "dependencies": [] })
    });
    let nodes: Vec<Value> = crates
        .iter()
        .map(node)
        .chain([leads_to("jiff", "tokio")])
        .collect();
    let packages = [packages, foreign.to_vec()].concat();
    let metadata = json!({ "packages": packages, "resolve": { "nodes": nodes } });
    let mut workspace = Workspace::read(&metadata).expect("the metadata is whole");
    for member in &mut workspace.members {
        member.manifest = "[dependencies]\nredress-store\nsled\njiff\n".to_owned();
    }
    workspace
}

fn package((name, uses): &Crate<'_>) -> Value {
    let dependencies: Vec<Value> = uses
        .iter()
        .map(|(to, is_ours, is_for_tests)| {
            let kind = if *is_for_tests {
                json!("dev")
            } else {
                Value::Null
            };
            let path = if *is_ours {
                json!(format!("/w/crates/{to}"))
            } else {
                Value::Null
            };
            json!({ "name": if *is_ours { format!("redress-{to}") } else { (*to).to_owned() },
                    "kind": kind, "path": path })
        })
        .collect();
    json!({ "id": name, "name": format!("redress-{name}"), "version": "0.1.0", "source": null,
            "manifest_path": format!("/w/crates/{name}/Cargo.toml"),
            "dependencies": dependencies })
}

fn node((name, uses): &Crate<'_>) -> Value {
    let deps: Vec<Value> = uses
        .iter()
        .map(|(to, _, is_for_tests)| {
            let kind = if *is_for_tests {
                json!("dev")
            } else {
                Value::Null
            };
            json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] })
        })
        .collect();
    json!({ "id": name, "deps": deps })
}

fn leads_to(from: &str, to: &str) -> Value {
    json!({ "id": from, "deps": [{ "pkg": to, "dep_kinds": [{ "kind": null }] }] })
}

fn check(crates: &[Crate<'_>], exceptions: &[Exception], expected: &[&str]) {
    let found = workspace(crates).wrong_arrows_but(exceptions);
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn arrows_that_point_down_are_right() {
    check(
        &[
            (
                "event-log",
                &[("store", true, false), ("evidence", true, false)],
            ),
            (
                "intake",
                &[("event-log", true, false), ("feedback", true, false)],
            ),
            ("redress", &[("intake", true, false)]),
            ("tests", &[("redress", true, false), ("store", true, true)]),
        ],
        &[],
        &[],
    );
}

#[test]
fn a_service_does_not_use_another_service() {
    check(
        &[("workflow", &[("intake", true, false)])],
        &[],
        &[
            "/w/crates/workflow/Cargo.toml:1: dependencies point one way: \
           workflow must not use intake",
        ],
    );
}

#[test]
fn a_domain_crate_does_not_use_the_store_even_in_tests() {
    check(
        &[("complaint", &[("store", true, true)])],
        &[],
        &[
            "/w/crates/complaint/Cargo.toml:2: dependencies point one way: \
           complaint must not use store",
        ],
    );
}

#[test]
fn only_the_store_knows_sled() {
    check(&[("store", &[("sled", false, false)])], &[], &[]);
    check(
        &[("event-log", &[("sled", false, false)])],
        &[],
        &[
            "/w/crates/event-log/Cargo.toml:3: one crate per outside thing: \
           only store may use sled",
        ],
    );
}

#[test]
fn a_pure_crate_uses_only_what_is_listed_outside_its_tests() {
    check(
        &[(
            "statistics",
            &[("proptest", false, true), ("serde", false, false)],
        )],
        &[],
        &[],
    );
    check(
        &[("statistics", &[("tokio", false, false)])],
        &[],
        &[
            "/w/crates/statistics/Cargo.toml:1: a pure crate knows nothing of the outside: \
           statistics must not use tokio",
        ],
    );
}

#[test]
fn a_pure_crate_does_not_reach_the_outside_through_another() {
    let found = workspace(&[("envelope", &[("jiff", false, false)])]).impure_closures();
    assert_eq!(found.len(), 1);
    assert!(
        found[0].to_string().ends_with("envelope reaches tokio"),
        "{}",
        found[0]
    );
}

#[test]
fn a_crate_without_a_place_is_named() {
    check(
        &[("gadget", &[])],
        &[],
        &[
            "/w/crates/gadget/Cargo.toml:1: dependencies point one way: \
           gadget has no place in rules.rs",
        ],
    );
}

#[test]
fn an_exception_permits_one_arrow_and_must_be_needed() {
    let exception = Exception {
        from: "vault",
        to: "event-log",
        reason: "a reason",
    };
    check(
        &[("vault", &[("event-log", true, false)])],
        &[exception],
        &[],
    );
    check(
        &[("vault", &[])],
        &[exception],
        &[
            "crates/xtask/src/check/rules.rs:1: an exception is needed: nothing needs \
           vault -> event-log any more (a reason)",
        ],
    );
}
