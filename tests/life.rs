//! `docs/life.md` typed line by line, and the same life lived by a Python client.
//!
//! In its console blocks a line that begins with `$ ` is typed (lines that begin with `> ` go on with it), and
//! what follows is what has to be answered: `..` in a line stands for anything, and a line that is `..` for any
//! number of lines.

use std::collections::BTreeMap;
use std::process::Command;

use crate::clients::stubs;
use crate::started::{Answer, Server, binary, folder_named_by, redress, root};

const TOOLS: &str = "the independent clients (`cargo xtask test` makes it)";

/// What is typed, and what has to be answered.
#[derive(Debug)]
struct Step {
    line: usize,
    typed: String,
    expected: Vec<String>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_block = false;
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            in_block = line == "```console";
        } else if in_block {
            if let Some(typed) = line.strip_prefix("$ ") {
                steps.push(Step {
                    line: number + 1,
                    typed: typed.to_owned(),
                    expected: Vec::new(),
                });
            } else if let Some(step) = steps.last_mut() {
                match line.strip_prefix("> ") {
                    Some(more) => step.typed = format!("{}\n{more}", step.typed),
                    None => step.expected.push(line.to_owned()),
                }
            }
        }
    }
    steps
}

/// Where complaints' references are in a text, as in `RD-2026-000001-8`.
fn references(text: &str) -> Vec<&str> {
    const SHAPE: &str = "RD-0000-000000-0";
    let fits = |at: usize| {
        let part = text.get(at..at + SHAPE.len())?;
        let same = |(is, shape): (u8, u8)| match shape {
            b'0' => is.is_ascii_digit(),
            other => is == other,
        };
        part.bytes().zip(SHAPE.bytes()).all(same).then_some(part)
    };
    text.match_indices("RD-")
        .filter_map(|(at, _)| fits(at))
        .collect()
}

/// The page's references, and those that this server gave in their places: they hold the year.
#[derive(Debug, Default)]
struct Given(BTreeMap<String, String>);

impl Given {
    fn learn(&mut self, expected: &str, answered: &str) {
        for (told, given) in references(expected).into_iter().zip(references(answered)) {
            self.0
                .entry(told.to_owned())
                .or_insert_with(|| given.to_owned());
        }
    }

    fn of(&self, text: &str) -> String {
        let put = |text: String, (told, given): (&String, &String)| text.replace(told, given);
        self.0.iter().fold(text.to_owned(), put)
    }
}

/// Whether a line is the one that is expected, in which `..` stands for anything.
fn fits(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("..");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What of the answer is not as the page has it.
fn differs(expected: &[String], answered: &[&str]) -> Option<String> {
    match (expected.split_first(), answered.split_first()) {
        (None, None) => None,
        (None, Some((line, _))) => Some(format!("also answered: {line}")),
        (Some((any, expected)), _) if any == ".." => {
            let from =
                (0..=answered.len()).find(|from| differs(expected, &answered[*from..]).is_none());
            match from {
                Some(_) => None,
                None => Some(format!("not answered: {}", expected.join("\n"))),
            }
        }
        (Some((line, _)), None) => Some(format!("not answered: {line}")),
        (Some((line, expected)), Some((is, answered))) => {
            if fits(line.trim_end(), is.trim_end()) {
                differs(expected, answered)
            } else {
                Some(format!("expected: {line}\nanswered: {is}"))
            }
        }
    }
}

/// As typed in a shell in which `redress` is the program, and this server the one that runs.
fn typed(server: &Server, line: &str) -> Answer {
    let program = redress(server.folder.path());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(line);
    for (name, value) in program.get_envs() {
        if value.is_none() {
            shell.env_remove(name);
        }
    }
    let folder = binary().parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap();
    shell.env("PATH", format!("{folder}:{path}"));
    for service in ["INTAKE", "WORKFLOW", "REPORTING"] {
        shell.env(format!("REDRESS_CLIENT__{service}"), &server.grpc);
    }
    Answer::of(shell.current_dir(server.folder.path()))
}

/// Given the page, when it is followed line by line, then every answer is as it says.
#[test]
fn the_page_of_a_complaints_life_is_true_line_by_line() {
    let page = std::fs::read_to_string(root().join("docs/life.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() > 20, "the page has {} steps", steps.len());
    let server = Server::start();
    let mut given = Given::default();
    for step in &steps {
        if step.typed.starts_with("redress serve") {
            continue;
        }
        let answer = typed(&server, &given.of(&step.typed));
        let said = format!("{}{}", answer.out, answer.err);
        given.learn(&step.expected.join("\n"), &said);
        let told: Vec<&str> = said.lines().filter(|it| !it.trim().is_empty()).collect();
        let lines = step.expected.iter().filter(|it| !it.trim().is_empty());
        let lines: Vec<String> = lines.map(|line| given.of(line)).collect();
        if let Some(differs) = differs(&lines, &told) {
            panic!(
                "docs/life.md, line {}: {}\n{differs}\n\nall that was answered:\n{said}",
                step.line, step.typed
            );
        }
    }
}

#[test]
fn a_python_client_lives_through_the_same() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let server = Server::start();
    let stubs = stubs(&tools);
    let mut client = Command::new(tools.join("bin/python"));
    client.arg(root().join("tests/clients/life.py"));
    client.arg(server.grpc.trim_start_matches("http://"));
    client.arg(root().join("crates/policy/packs"));
    let answer = Answer::of(client.env("PYTHONPATH", stubs.path()));
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(
        answer.out.lines().last(),
        Some("closed again"),
        "{answer:?}"
    );
}

#[test]
fn what_is_expected_of_a_line_is_compared_with_gaps() {
    assert!(fits("a .. c", "a b c") && fits("a", "a") && fits("..c", "abc"));
    assert!(!fits("a .. c", "a b d") && !fits("a", "ab") && !fits("a..b..c", "a c"));
    let expected = ["one".to_owned(), "..".to_owned(), "last".to_owned()];
    assert_eq!(differs(&expected, &["one", "two", "three", "last"]), None);
    assert!(differs(&expected, &["one", "two"]).is_some());
    assert!(differs(&expected, &["two", "last"]).is_some());
}
